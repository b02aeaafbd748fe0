"""A plan: what would be done, and why. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assets_core.model.keys import Cell
from assets_core.planning.reasons import Reason

Action = Literal["compute", "revalidate", "reuse"]


@dataclass(frozen=True, slots=True)
class Step:
    """One cell of a plan.

    Attributes:
        certain: False when the only reason is that an upstream will run: the step is
            skipped if the upstream's data turns out unchanged.
    """

    cell: Cell
    action: Action
    reasons: tuple[Reason, ...]

    @property
    def certain(self) -> bool:
        """Return whether the step has a reason of its own."""
        return any(reason.kind != "upstream_will_run" for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that make a selection fresh, upstream first.

    Attributes:
        fresh: Selected cells that need nothing.
        forced: Cells that are computed even if nothing changed.
        held: Cells that were rolled back on purpose and are left as they are.
    """

    env: str
    steps: tuple[Step, ...] = ()
    fresh: tuple[Cell, ...] = ()
    forced: frozenset[Cell] = frozenset()
    held: tuple[Cell, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Return how many steps there are of each action, and the cells that are fresh."""
        counts = {"compute": 0, "revalidate": 0, "reuse": 0}
        for step in self.steps:
            counts[step.action] += 1
        return {**counts, "fresh": len(self.fresh)}
