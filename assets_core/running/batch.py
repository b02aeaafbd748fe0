"""Carry out the steps of many partitions by one call, and commit them together.

What is wrong with one partition does not cost the others: a partition whose data is
refused is named and the rest is committed, and a call that fails is made again for each
half, until the partition is found at which it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace

from assets_core.errors import AssetsError, CollectedError, DataError, SourceError
from assets_core.frozen import frozen
from assets_core.model.events import Warned
from assets_core.model.keys import Cell
from assets_core.model.records import StepRecord
from assets_core.running.attempt import Job
from assets_core.running.committing import Made, Showing, commit
from assets_core.running.computing import Computed
from assets_core.running.step import (
    Decided,
    act,
    beside_collections,
    reasons_of,
    run_step,
    under_claims,
)
from assets_core.running.storing import Fail, stored_each
from assets_core.running.tools import Tools

RunSteps = Callable[[Tools, Sequence[Job], Fail], list[StepRecord]]
"""Carries out the steps of some cells of one asset; what fails is in the records."""


def run_batch(tools: Tools, jobs: Sequence[Job], fail: Fail) -> list[StepRecord]:
    """Call the function once for all cells."""
    if len(jobs) == 1:
        return [run_alone(tools, jobs[0], fail)]
    try:
        return _Group(tools, fail).carry_out(jobs)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        if not _may_be_one(error):
            return [fail(job.cell, error) for job in jobs]
        tools.notify(Warned(_halving(jobs, error)))
        half = len(jobs) // 2
        return [
            *run_batch(tools, jobs[:half], fail),
            *run_batch(tools, jobs[half:], fail),
        ]


def _halving(jobs: Sequence[Job], error: Exception | SystemExit) -> str:
    first, last = jobs[0].cell.partition, jobs[-1].cell.partition
    said = str(error).partition("\n")[0]
    return (
        f"{jobs[0].cell.asset}: {len(jobs)} partitions at once, {first} to {last}, failed"
        f" ({type(error).__name__}: {said}); each half is tried for itself"
    )


def _may_be_one(error: Exception | SystemExit) -> bool:
    """Return whether a smaller batch may do better."""
    if isinstance(error, AssetsError):
        return isinstance(error, DataError)
    return not isinstance(error, SystemExit)


def run_alone(tools: Tools, job: Job, fail: Fail) -> StepRecord:
    """Carry out one step and commit it for itself."""
    try:
        return run_step(tools, job)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        return fail(job.cell, error)


@frozen
class _Group:
    """Some cells of one asset that are done together.

    Attributes:
        committed: What has come of them until now, of those that were committed.
    """

    tools: Tools
    fail: Fail
    committed: dict[Cell, StepRecord] = field(default_factory=dict)

    def carry_out(self, jobs: Sequence[Job]) -> list[StepRecord]:
        started = self.tools.clock.elapsed()
        records = beside_collections(self.tools, lambda: self._attempt(jobs))
        seconds = (self.tools.clock.elapsed() - started) / len(jobs)
        return [replace(records[job.cell], seconds=seconds) for job in jobs]

    def _attempt(self, jobs: Sequence[Job]) -> dict[Cell, StepRecord]:
        left = [job for job in jobs if job.cell not in self.committed]
        records = under_claims(self.tools, left, self._act) if left else ()
        return {**{record.cell: record for record in records}, **self.committed}

    def _act(self, decided: Sequence[Decided]) -> list[StepRecord]:
        records: dict[Cell, StepRecord] = {}
        left: list[Decided] = []
        for attempt, verdict in decided:
            try:
                record = act(attempt, verdict)
            except CollectedError:
                raise  # to be tried again, as when a cell is made alone
            except Exception as error:  # noqa: BLE001 - of this cell alone
                record = self.fail(attempt.job.cell, error)
            if record is None:
                left.append((attempt, verdict))
            else:
                records[attempt.job.cell] = record
                if record.status in {"reused", "revalidated"}:
                    self.committed[attempt.job.cell] = record
        if left:
            records |= {record.cell: record for record in self._compute(left)}
        return [records[attempt.job.cell] for attempt, _ in decided]

    def _compute(self, decided: Sequence[Decided]) -> Iterator[StepRecord]:
        """Compute, store and commit."""
        ended = stored_each(self._computed(decided), self.fail)
        yield from (one for one in ended if isinstance(one, StepRecord))
        shown = [one for one in ended if isinstance(one, Showing)]
        records = commit(shown) if shown else []
        self.committed.update((record.cell, record) for record in records)
        yield from records

    def _computed(self, decided: Sequence[Decided]) -> Iterator[Made | StepRecord]:
        """Call the function for all cells; yield what was made for each."""
        computed = Computed([attempt for attempt, _ in decided])
        for number, (attempt, verdict) in enumerate(decided):
            try:
                found = computed.result(number, reasons_of(verdict))
            except SourceError:
                raise  # what was seen of it before counts for none of the others
            except (Exception, SystemExit) as error:  # noqa: BLE001 - of this cell alone
                yield self.fail(attempt.job.cell, error)
            else:
                yield attempt, found
