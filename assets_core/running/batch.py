"""Carry out the steps of many partitions of one asset, and commit them together.

They are made by one call of its function, or by one each where that takes no time. What
is wrong with one partition does not cost the others: a partition whose data is refused
is named and the rest is committed, and a call that fails is made again for each half,
until the partition is found at which it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf

from assets_core.errors import AssetsError, CollectedError, DataError, SourceError
from assets_core.model.events import Warned
from assets_core.model.keys import Cell
from assets_core.model.records import StepRecord
from assets_core.protocols.io import SharingIOManager
from assets_core.running.attempt import Job
from assets_core.running.committing import (
    Made,
    Result,
    Showing,
    commit,
    store_tables,
)
from assets_core.running.computing import Computed
from assets_core.running.step import (
    Decided,
    act,
    beside_collections,
    compute,
    reasons_of,
    run_step,
    under_claims,
)
from assets_core.running.tools import Tools

Fail = Callable[[Cell, Exception | SystemExit], StepRecord]
"""Makes the record of a step that failed, and writes its log."""

GROUP_SECONDS = 0.1
"""How many seconds of short steps of one asset are committed together."""

GROUP_STEPS = 50
"""How many short steps of one asset are committed together at most."""

OBJECT_BYTES = 4 << 20
"""How large tables are together that share an object."""
OBJECT_ROWS = 1 << 20
"""How many rows each of them has at most, so that it is one row group."""
OBJECT_PARTS = 1000
"""How many tables share one at most."""
ROUND_BYTES = 64 << 20
"""How large tables are together that are made durable at one time."""

Results = Callable[[Sequence[Decided]], Iterator[Callable[[], Result]]]
"""What computes each of some cells."""

Ended = Showing | StepRecord
"""A cell that is stored, or one that will not be."""

RunSteps = Callable[[Tools, Sequence[Job], Fail], list[StepRecord]]
"""Carries out the steps of some cells of one asset; what fails is in the records."""


def run_each(tools: Tools, jobs: Sequence[Job], fail: Fail) -> list[StepRecord]:
    """Call the function for each cell, one after the other, and commit them together.

    What took longer than was thought is committed before the next one is computed.
    """
    group = _Group(tools, fail, _results_of_each, GROUP_SECONDS)
    try:
        return group.carry_out(jobs)
    except (Exception, SystemExit):  # noqa: BLE001 - the user's code may raise anything
        done = group.committed
        return [done.get(job.cell) or _alone(tools, job, fail) for job in jobs]


def run_batch(tools: Tools, jobs: Sequence[Job], fail: Fail) -> list[StepRecord]:
    """Call the function once for all cells."""
    if len(jobs) == 1:
        return [_alone(tools, jobs[0], fail)]
    try:
        return _Group(tools, fail, _results_of_all).carry_out(jobs)
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


def _alone(tools: Tools, job: Job, fail: Fail) -> StepRecord:
    try:
        return run_step(tools, job)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        return fail(job.cell, error)


@dataclass(frozen=True, slots=True)
class _Group:
    """Some cells of one asset that are done together.

    Attributes:
        results: What computes them.
        seconds: After how long what was computed is committed, and the rest later.
        committed: What has come of them until now, of those that were committed.
    """

    tools: Tools
    fail: Fail
    results: Results
    seconds: float = inf
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
        """Compute, store and commit, and do so again as long as something is left."""
        left = zip(decided, self.results(decided), strict=True)
        while ended := self._stored(left):
            yield from (one for one in ended if isinstance(one, StepRecord))
            shown = [one for one in ended if isinstance(one, Showing)]
            records = commit(shown) if shown else []
            self.committed.update((record.cell, record) for record in records)
            yield from records

    def _stored(self, left: Iterator[tuple[Decided, Callable[[], Result]]]) -> list[Ended]:
        """Compute and store what is committed next."""
        ended: list[Ended] = []
        for objects in _rounds(_objects(self._computed(left))):
            ended += (one for one in objects if isinstance(one, StepRecord))
            ended += self._store([one for one in objects if isinstance(one, list)])
        return ended

    def _computed(
        self, left: Iterator[tuple[Decided, Callable[[], Result]]]
    ) -> Iterator[Made | StepRecord]:
        """Compute cells until it is time to commit them."""
        until = self.tools.clock.elapsed() + self.seconds
        for (attempt, _), result in left:
            try:
                found = result()
            except SourceError:
                raise  # what was seen of it before counts for none of the others
            except (Exception, SystemExit) as error:  # noqa: BLE001 - of this cell alone
                yield self.fail(attempt.job.cell, error)
            else:
                yield attempt, found
            if self.tools.clock.elapsed() >= until:
                return

    def _store(self, objects: list[list[Made]]) -> list[Ended]:
        if not objects:
            return []
        try:
            return [*store_tables(objects, "computed")]
        except Exception as error:  # noqa: BLE001 - of these cells alone
            alone = [made for one in objects for made in one]
            if len(alone) == 1:
                return [self.fail(alone[0][0].job.cell, error)]
            # Each may do better for itself.
            return [ended for made in alone for ended in self._store([[made]])]


def _objects(
    computed: Iterable[Made | StepRecord],
) -> Iterator[list[Made] | StepRecord]:
    """Yield what is stored together: small tables that may share an object, or one each."""
    waiting: list[Made] = []
    size = 0
    for one in computed:
        if isinstance(one, StepRecord):
            yield one
            continue
        table = one[1][0]
        if waiting and not _fit(waiting, size, one):
            yield waiting
            waiting, size = [], 0
        waiting.append(one)
        size += table.nbytes
    if waiting:
        yield waiting


def _rounds(
    objects: Iterable[list[Made] | StepRecord],
) -> Iterator[list[list[Made] | StepRecord]]:
    """Yield what is held in memory until it is durable."""
    some: list[list[Made] | StepRecord] = []
    size = 0
    for one in objects:
        some.append(one)
        size += _size(one)
        if size >= ROUND_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


def _size(one: list[Made] | StepRecord) -> int:
    """Return how many bytes of memory an object takes before it is written."""
    return sum(table.nbytes for _, (table, *_) in one) if isinstance(one, list) else 0


def _fit(waiting: list[Made], size: int, one: Made) -> bool:
    """Return whether a table may be kept in one object with those before it."""
    attempt, (table, *_) = one
    manager, asset = attempt.manager, attempt.job.asset
    if not (isinstance(manager, SharingIOManager) and manager.shares(asset.publish)):
        return False
    small = size + table.nbytes <= OBJECT_BYTES and table.num_rows <= OBJECT_ROWS
    return (
        small
        and len(waiting) < OBJECT_PARTS
        and table.schema.equals(waiting[0][1][0].schema)
    )


def _results_of_each(decided: Sequence[Decided]) -> Iterator[Callable[[], Result]]:
    for attempt, verdict in decided:
        yield partial(compute, attempt, verdict)


def _results_of_all(decided: Sequence[Decided]) -> Iterator[Callable[[], Result]]:
    computed = Computed([attempt for attempt, _ in decided])
    for number, (_, verdict) in enumerate(decided):
        yield partial(computed.result, number, reasons_of(verdict))
