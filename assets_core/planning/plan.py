"""A plan: what would be done, and why. Values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from assets_core.frozen import frozen
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Materialization
from assets_core.planning.reasons import Reason
from assets_core.shown import shown

Action = Literal["compute", "revalidate", "reuse"]


@frozen
class Verdict:
    """What has to be done with one cell.

    Attributes:
        action: None when nothing has to be done.
        reasons: Why.
        made: The result that will be shown without computing, where there is one.
    """

    action: Action | None
    reasons: tuple[Reason, ...] = ()
    made: Materialization | None = None


@frozen
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


@frozen
class Impossible:
    """A cell that cannot be made, because something it reads cannot be there.

    Attributes:
        what: What is not there, in words.
        waits: Whether that is all right: it is made once everything is there.
    """

    cell: Cell
    upstream: AssetKey
    what: tuple[str, ...]
    waits: bool

    def __str__(self) -> str:
        return f"'{self.cell}' reads '{self.upstream}', which has no {', '.join(self.what)}"


@shown
@frozen
class Plan:
    """The steps that make a selection fresh, upstream first.

    Attributes:
        fresh: Selected cells that need nothing.
        impossible: Cells that are left out, because something they read cannot be there.
        pulled: How many of the steps are for cells that were not selected.
        settled: How many selected cells are fresh of each asset that was not looked at
            cell by cell, because nothing about it is another since all were fresh.
        forced: Cells that are computed even if nothing changed.
        held: Cells that were rolled back on purpose and are left as they are.
    """

    env: str
    steps: tuple[Step, ...] = ()
    fresh: tuple[Cell, ...] = ()
    forced: frozenset[Cell] = frozenset()
    held: tuple[Cell, ...] = ()
    impossible: tuple[Impossible, ...] = ()
    pulled: int = 0
    settled: Mapping[AssetKey, int] = field(default_factory=dict)

    @property
    def fresh_count(self) -> int:
        """Return how many selected cells need nothing."""
        return len(self.fresh) + sum(self.settled.values())

    @property
    def cells_by_asset(self) -> dict[AssetKey, int]:
        """Return how many steps there are of each asset."""
        return dict(Counter(step.cell.asset for step in self.steps))

    @property
    def counts(self) -> dict[str, int]:
        """Return how many steps there are of each action, and the cells that are fresh."""
        counts = {"compute": 0, "revalidate": 0, "reuse": 0}
        for step in self.steps:
            counts[step.action] += 1
        return {**counts, "fresh": self.fresh_count}
