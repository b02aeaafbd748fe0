"""How a run ended, as a value for whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from assets_core.model.keys import Cell
from assets_core.model.records import RunStatus, StepRecord, count_statuses


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did.

    Attributes:
        steps: Every planned step, in the order of the plan.
        fresh: Selected cells that needed nothing.
        held: Cells that were rolled back on purpose and left as they are.
    """

    run_id: str
    env: str
    status: RunStatus
    steps: tuple[StepRecord, ...]
    fresh: tuple[Cell, ...]
    seconds: float
    held: tuple[Cell, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Return how many steps ended in each way."""
        return count_statuses(self.steps, len(self.fresh))

    def __str__(self) -> str:
        counts = ", ".join(
            f"{count} {word}" for word, count in self.counts.items() if count
        )
        return f"run {self.run_id[:12]} {self.status}: {counts or 'nothing to do'}"
