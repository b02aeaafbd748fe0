"""Carry out the steps of many partitions of one asset with one call of its function.

What is wrong with one partition does not cost the others: a partition whose data is
refused is named and the rest is committed, and a call that fails is made again for each
half, until the partition is found at which it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

from assets_core.errors import AssetsError, CollectedError, DataError
from assets_core.files import in_parallel
from assets_core.model.events import Warned
from assets_core.model.keys import Cell
from assets_core.model.records import StepRecord
from assets_core.running.attempt import Job
from assets_core.running.committing import Showing, commit, store_table
from assets_core.running.computing import Computed
from assets_core.running.step import (
    Decided,
    act,
    beside_collections,
    reasons_of,
    run_step,
    under_claims,
)
from assets_core.running.tools import Tools

Fail = Callable[[Cell, Exception | SystemExit], StepRecord]
"""Makes the record of a step that failed, and writes its log."""


def run_batch(tools: Tools, jobs: Sequence[Job], fail: Fail) -> list[StepRecord]:
    """Carry out the steps of some cells of one asset; what fails is in the records."""
    if len(jobs) == 1:
        return [_alone(tools, jobs[0], fail)]
    started = tools.clock.elapsed()
    try:
        records = beside_collections(
            tools, lambda: under_claims(tools, jobs, lambda each: _act(each, fail))
        )
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        if not _may_be_one(error):
            return [fail(job.cell, error) for job in jobs]
        tools.notify(Warned(_halving(jobs, error)))
        half = len(jobs) // 2
        return [
            *run_batch(tools, jobs[:half], fail),
            *run_batch(tools, jobs[half:], fail),
        ]
    seconds = (tools.clock.elapsed() - started) / len(jobs)
    return [replace(record, seconds=seconds) for record in records]


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


def _alone(tools: Tools, job: Job, fail: Fail) -> StepRecord:
    try:
        return run_step(tools, job)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        return fail(job.cell, error)


def _act(decided: Sequence[Decided], fail: Fail) -> list[StepRecord]:
    records: dict[Cell, StepRecord] = {}
    left: list[Decided] = []
    for attempt, verdict in decided:
        try:
            record = act(attempt, verdict)
        except CollectedError:
            raise  # to be tried again, as when a cell is made alone
        except Exception as error:  # noqa: BLE001 - of this cell alone
            record = fail(attempt.job.cell, error)
        if record is None:
            left.append((attempt, verdict))
        else:
            records[attempt.job.cell] = record
    if left:
        records |= {record.cell: record for record in _compute(left, fail)}
    return [records[attempt.job.cell] for attempt, _ in decided]


def _compute(decided: Sequence[Decided], fail: Fail) -> list[StepRecord]:
    computed = Computed([attempt for attempt, _ in decided])
    lock = Lock()

    def store(number: int) -> Showing | StepRecord:
        attempt, verdict = decided[number]
        try:
            with lock:  # what the user's checks do is not made for many at once
                table, made, checks = computed.result(number, reasons_of(verdict))
            return store_table(attempt, table, made, checks, "computed")
        except Exception as error:  # noqa: BLE001 - of this cell alone
            return fail(attempt.job.cell, error)

    stored = in_parallel(store, range(len(decided)))
    results = [one for one in stored if isinstance(one, Showing)]
    failed = [one for one in stored if isinstance(one, StepRecord)]
    return [*failed, *(commit(results) if results else [])]
