"""How a run ended, as a value for whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from assets_core.errors import RunFailed
from assets_core.frozen import frozen
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import RunStatus, StepRecord, count_statuses
from assets_core.shown import shown


@shown
@frozen
class RunResult:
    """What a run did.

    Attributes:
        steps: Every planned step, in the order of the plan.
        fresh: Selected cells that needed nothing.
        held: Cells that were rolled back on purpose and left as they are.
        backfill: The id of the backfill that it is part of, if any.
        chunks: How many calls that was.
        settled: How many selected cells needed nothing of each asset with partitions of
            which nothing at all was another.
        not_yet: What was asked for and cannot be made yet, and why, in sentences.
    """

    run_id: str
    env: str
    status: RunStatus
    steps: tuple[StepRecord, ...]
    fresh: tuple[Cell, ...]
    seconds: float
    held: tuple[Cell, ...] = ()
    backfill: str | None = None
    chunks: int = 0
    settled: Mapping[AssetKey, int] = field(default_factory=dict)
    not_yet: tuple[str, ...] = ()

    @property
    def fresh_count(self) -> int:
        """Return how many selected cells needed nothing."""
        return len(self.fresh) + sum(self.settled.values())

    @property
    def counts(self) -> dict[str, int]:
        """Return how many steps ended in each way."""
        return count_statuses(self.steps, self.fresh_count)

    def __str__(self) -> str:
        counts = ", ".join(
            f"{count} {word}" for word, count in self.counts.items() if count
        )
        return f"run {self.run_id[:12]} {self.status}: {counts or 'nothing to do'}"


SHOWN = 10  # failed steps in one message


def succeeded(result: RunResult) -> RunResult:
    """Return a result, or raise `RunFailed` if a step of it failed."""
    if result.status == "failed":
        raise run_failed(result)
    return result


def run_failed(result: RunResult) -> RunFailed:
    """Return the error of a failed run, which names every step that failed."""
    failed = [step for step in result.steps if step.status == "failed" and step.error]
    lines = [f"{step.cell}: {step.error.message}" for step in failed[:SHOWN] if step.error]
    if len(failed) > SHOWN:
        lines.append(f"and {len(failed) - SHOWN} more: assets runs {result.run_id}")
    error = RunFailed(
        "\n".join([f"{len(failed)} of {len(result.steps)} steps failed", *lines]),
        fix=f"mend what is named above, then: assets resume {result.run_id}",
    )
    error.result = result
    return error
