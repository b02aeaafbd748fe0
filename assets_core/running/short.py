"""Short steps, of whichever assets: begun together, and committed together.

Each takes the same way as a step that is done alone. Only what costs the same for one and
for many is done for many: taking claims, looking at inputs, making files durable, and the
transaction. What goes wrong with many is done again for each alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from assets_core.errors import CollectedError, SourceError
from assets_core.model.records import StepRecord
from assets_core.planning.plan import Verdict
from assets_core.protocols.io import IOManager
from assets_core.running.attempt import Attempt, Job
from assets_core.running.committing import (
    Made,
    Result,
    Showing,
    commit,
    store_table,
)
from assets_core.running.heads import is_far
from assets_core.running.step import Decided, compute, decided_under, give_up, to_show
from assets_core.running.storing import Fail, stored_each
from assets_core.running.streaming import Written
from assets_core.running.tools import Tools

LARGE_BYTES = 1 << 20
"""How large a table is that is stored at once, by whoever has computed it."""


class Done(NamedTuple):
    """A step that was done, of which nobody can see anything yet.

    Attributes:
        found: What is to be stored and shown, what is stored and to be shown, or how the
            step ended.
        seconds: What it has taken.
    """

    attempt: Attempt
    found: Result | Showing | StepRecord
    seconds: float

    @property
    def waiting_bytes(self) -> int:
        """Return how many bytes of memory it holds until it is stored."""
        return self.found.table.nbytes if isinstance(self.found, Result) else 0


class Finished(NamedTuple):
    """How some steps ended, and those that have to be done again, each alone."""

    records: list[StepRecord]
    again: list[Job]


def begin(tools: Tools, jobs: Sequence[Job]) -> list[Decided] | None:
    """Take some cells and decide about them again; None if each has to be done alone."""
    attempts = {job.cell: tools.new_id() for job in jobs}
    claims = tools.store.claim_all(jobs[0].env, attempts, tools.owner)
    if not isinstance(claims, tuple):
        return None  # another run has one of them: whoever does that one waits for it
    try:
        return decided_under(tools, jobs, claims)
    except BaseException as error:
        give_up(tools, jobs, claims)
        if isinstance(error, Exception):
            return None  # the one that it is about says so
        raise


def do(tools: Tools, decided: Decided, fail: Fail) -> Done | None:
    """Do what a verdict asks for; None if the step has to be done again, alone."""
    attempt, verdict = decided
    started = tools.clock.elapsed()
    found: Result | Showing | StepRecord
    try:
        found = to_show(attempt, verdict) or _computed(attempt, verdict)
    except (CollectedError, SourceError):
        abandon(tools, [decided])
        return None  # what was seen when it began counts no more
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        found = fail(attempt.job.cell, error)
    except BaseException:
        abandon(tools, [decided])
        raise
    return Done(attempt, found, tools.clock.elapsed() - started)


def _computed(attempt: Attempt, verdict: Verdict) -> Result | Showing:
    result = compute(attempt, verdict)
    large = isinstance(result.table, Written) or result.table.nbytes >= LARGE_BYTES
    if large or is_far(attempt.manager):
        return store_table(attempt, result, "computed")
    return result


def abandon(tools: Tools, decided: Iterable[Decided]) -> None:
    """Give back what was begun and is not done."""
    attempts = [attempt for attempt, _ in decided]
    if attempts:
        give_up(tools, [one.job for one in attempts], [one.claim for one in attempts])


def finish(tools: Tools, done: Sequence[Done], fail: Fail) -> Finished:
    """Store what was computed and let all be shown, in one transaction."""
    started = tools.clock.elapsed()
    ended = [one.found for one in done if not isinstance(one.found, Result)]
    for made in _by_manager(done):
        ended += stored_each(made, fail)
    shown = [one for one in ended if isinstance(one, Showing)]
    records = [one for one in ended if isinstance(one, StepRecord)]
    finished = _commit(shown, fail)
    records += finished.records
    _give_back(tools, done, records, finished.again)
    share = (tools.clock.elapsed() - started) / len(done)
    took = {one.attempt.job.cell: one.seconds + share for one in done}
    by_cell = {one.cell: replace(one, seconds=took[one.cell]) for one in records}
    # In the order in which they were done, in however many groups that was.
    return Finished([by_cell[cell] for cell in took if cell in by_cell], finished.again)


def _by_manager(done: Sequence[Done]) -> Iterator[list[Made]]:
    """Yield what has to be stored, that of one IO manager and of one asset together."""
    made: dict[IOManager, list[Made]] = {}
    for one in sorted(done, key=lambda one: one.attempt.job.asset.key):
        if isinstance(one.found, Result):
            made.setdefault(one.attempt.manager, []).append((one.attempt, one.found))
    yield from made.values()


def _commit(shown: Sequence[Showing], fail: Fail) -> Finished:
    if not shown:
        return Finished([], [])
    try:
        return Finished(commit(shown), [])
    except CollectedError:
        if len(shown) == 1:
            return Finished([], [shown[0].attempt.job])
    except Exception as error:  # noqa: BLE001 - of one of them
        if len(shown) == 1:
            return Finished([fail(shown[0].attempt.job.cell, error)], [])
    alone = [_commit([one], fail) for one in shown]
    return Finished(
        [record for one in alone for record in one.records],
        [job for one in alone for job in one.again],
    )


def _give_back(
    tools: Tools,
    done: Sequence[Done],
    records: Sequence[StepRecord],
    again: Sequence[Job],
) -> None:
    """Give back the claims that no commit has given back."""
    left = {one.cell for one in records if one.status in {"skipped", "failed"}}
    left |= {job.cell for job in again}
    attempts = [one.attempt for one in done if one.attempt.job.cell in left]
    if attempts:
        give_up(tools, [one.job for one in attempts], [one.claim for one in attempts])
