"""Make a result real: staged, sealed, committed, published.

The metadata store's transaction is the moment. Before it nobody can see the data; after
it the data is there, and only the stable path may still have to follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from assets_core.errors import AssetsError
from assets_core.model.events import Warned
from assets_core.model.keys import Cell
from assets_core.model.records import (
    CheckRecord,
    Column,
    Commit,
    Head,
    Materialization,
    Quarantined,
    StepRecord,
    StepStatus,
    StoredData,
    refused_attempt,
)
from assets_core.protocols.frames import MadeOf
from assets_core.protocols.io import IOManager, SharingIOManager, Staged
from assets_core.running.attempt import Attempt
from assets_core.running.heads import head_window
from assets_core.running.publishing import publish_all
from assets_core.running.streaming import Written
from assets_core.running.tracing import traced
from assets_core.versioning.canonical import schema_to_json
from assets_core.versioning.data_version import data_version

if TYPE_CHECKING:
    import pyarrow as pa


class Result(NamedTuple):
    """A table as it has to be stored, its record, and what its checks found.

    Attributes:
        refused: The rows that its schema refuses, which are stored beside it.
    """

    table: pa.Table | Written
    made: Materialization
    checks: tuple[CheckRecord, ...]
    refused: pa.Table | Written | None = None


Made = tuple[Attempt, Result]
"""A cell and what was computed for it."""

_NOWHERE = StoredData("", "", 0, "")


def new_result(
    attempt: Attempt,
    table: pa.Table | Written,
    reasons: tuple[str, ...],
    plan: Mapping[str, MadeOf] = MappingProxyType({}),
) -> Materialization:
    """Return the record of a table that was just computed; it is stored nowhere yet.

    Args:
        plan: What a lazy frame has said of where its columns come from.
    """
    version = table.version if isinstance(table, Written) else data_version(table)
    expected = attempt.job.expected
    columns = tuple(
        Column(one["name"], one["type"], version.columns[one["name"]])
        for one in schema_to_json(table.schema)
    )
    by_function = attempt.job.asset.query is None
    held = None if isinstance(table, Written) else table
    return Materialization(
        id=attempt.claim.attempt,
        cell=attempt.job.cell,
        recipe=expected.recipe(attempt.making),
        code=expected.code.digest,
        validation=expected.validation.digest,
        config=expected.config,
        inputs=attempt.inputs,
        data_version=version.digest,
        columns=columns,
        rows=table.num_rows,
        stored=_NOWHERE,
        run_id=attempt.job.run_id,
        committed_at=0.0,
        seconds=0.0,
        reasons=reasons,
        origins=traced(attempt, held, columns, plan) if by_function else None,
    )


def store_result(attempt: Attempt, result: Result, status: StepStatus) -> StepRecord:
    """Write a table, make it durable, and let the cell show it."""
    return commit([store_table(attempt, result, status)])[0]


def store_table(attempt: Attempt, result: Result, status: StepStatus) -> Showing:
    """Write a table and make it durable; nobody sees it yet."""
    return store_tables([[(attempt, result)]], status)[0]


def store_tables(objects: Sequence[Sequence[Made]], status: StepStatus) -> list[Showing]:
    """Write tables of one asset and make them durable; nobody sees them yet.

    Args:
        objects: The cells that are kept together in one object, for each of these.
    """
    manager = objects[0][0][0].manager
    staged = _write(manager, objects)
    try:
        sealed = manager.seal(staged)
    except BaseException:
        _discard(manager, staged)
        raise
    aside = iter(sealed[len(objects) :])
    return [
        shown
        for one, stored in zip(objects, sealed, strict=False)
        for shown in _shown(one, stored, aside, status)
    ]


def _write(manager: IOManager, objects: Sequence[Sequence[Made]]) -> list[Staged]:
    """Write the tables of some objects, and after them the rows that were refused."""
    alone = [
        (attempt, result.table, attempt.claim.attempt)
        for ((attempt, result),) in (one for one in objects if len(one) == 1)
    ]
    refused = [
        (attempt, result.refused, refused_attempt(attempt.claim.attempt))
        for one in objects
        for attempt, result in one
        if result.refused is not None
    ]
    staged = iter(_write_each(manager, alone))
    written: list[Staged] = []
    try:
        written.extend(
            next(staged) if len(one) == 1 else _write_together(manager, one)
            for one in objects
        )
        return [*written, *_write_each(manager, refused)]
    except BaseException:
        _discard(manager, [*written, *staged])
        raise


def _write_each(
    manager: IOManager, tables: Sequence[tuple[Attempt, pa.Table | Written, str]]
) -> list[Staged]:
    """Write tables; what was written while it was made is there already."""
    waiting = [
        (attempt.job.cell, table, name)
        for attempt, table, name in tables
        if not isinstance(table, Written)
    ]
    staged = iter(manager.stage(waiting) if waiting else ())
    return [
        table.staged if isinstance(table, Written) else next(staged)
        for _, table, _ in tables
    ]


def _write_together(manager: IOManager, made: Sequence[Made]) -> Staged:
    assert isinstance(manager, SharingIOManager)  # noqa: S101 - nothing else is given several
    tables = [(attempt.job.cell, result.table) for attempt, result in made]
    return manager.stage_together(tables, made[0][0].claim.attempt)


def _discard(manager: IOManager, staged: Iterable[Staged]) -> None:
    for one in staged:
        manager.discard(one)


def _shown(
    results: Sequence[Made],
    stored: StoredData,
    aside: Iterator[StoredData],
    status: StepStatus,
) -> Iterator[Showing]:
    """Yield what is shown of one object."""
    shares = _shares(stored.bytes, [result.table.nbytes for _, result in results])
    for share, (attempt, (table, made, checks, refused)) in zip(
        shares, results, strict=True
    ):
        tools, own = attempt.tools, replace(stored, bytes=share)
        if not isinstance(table, Written):
            tools.recent.keep(attempt.job.cell, own, table)
        at = made.committed_at or tools.clock.now()  # a copy keeps its age
        whole = replace(
            made,
            stored=own,
            committed_at=at,
            quarantined=None if refused is None else _quarantined(refused, next(aside)),
        )
        yield Showing(attempt, whole, status, checks, new=True)


def _quarantined(rows: pa.Table | Written, stored: StoredData) -> Quarantined:
    columns = schema_to_json(rows.schema)
    return Quarantined(
        rows.num_rows, tuple((one["name"], one["type"]) for one in columns), stored
    )


def _shares(size: int, parts: Sequence[int]) -> list[int]:
    """Return how many bytes of an object each of its parts accounts for.

    >>> _shares(100, [1, 2])
    [33, 67]
    """
    parts = parts if any(parts) else [1] * len(parts)
    whole, sums = sum(parts), [0, *accumulate(parts)]
    return [size * high // whole - size * low // whole for low, high in pairwise(sums)]


class Showing(NamedTuple):
    """A result that a cell is to show.

    Attributes:
        new: Whether it is not recorded yet.
        why: Why it is shown, where that is not why it was made.
    """

    attempt: Attempt
    made: Materialization
    status: StepStatus
    checks: tuple[CheckRecord, ...]
    new: bool
    why: tuple[str, ...] | None = None


def commit(results: Sequence[Showing]) -> list[StepRecord]:
    """Let cells show results: all of them in one transaction, or none."""
    tools = results[0].attempt.tools
    publications = tools.store.commit_all([commit_of(one) for one in results])
    assets = [one.attempt.job.asset for one in results]
    try:
        publish_all(tools, assets, [note for note in publications if note])
    except AssetsError as error:
        # The data is committed and safe, and the notes for its paths are kept.
        tools.notify(Warned(f"{error}\n  The next run tries it again"))
    return [
        record_of(
            one.attempt.job.cell,
            one.status,
            one.made,
            one.made.reasons if one.why is None else one.why,
            one.checks,
        )
        for one in results
    ]


def commit_of(one: Showing) -> Commit:
    """Return the change of a head that lets a cell show a result."""
    job, made = one.attempt.job, one.made
    before = one.attempt.before
    return Commit(
        claim=one.attempt.claim,
        head=Head(
            made.id,
            made.recipe,
            made.data_version,
            job.expected.stamp,
            made.committed_at,
            window=head_window(job.windows),
            rows=made.rows,
        ),
        before=None if before is None else before.materialization,
        materialization=made if one.new else None,
        versions=(job.expected.code, job.expected.validation),
        validated=job.expected.validation.digest,
        checks=one.checks,
        # Where nothing was shown there is no path to take away.
        publish=job.asset.publish != "none" or before is not None,
        run_id=job.run_id,
    )


def record_of(
    cell: Cell,
    status: StepStatus,
    made: Materialization | None,
    reasons: tuple[str, ...],
    checks: tuple[CheckRecord, ...] = (),
) -> StepRecord:
    """Return how a step ended that shows a result."""
    if made is None:
        return StepRecord(cell, status, reasons=reasons, checks=checks)
    return StepRecord(
        cell=cell,
        status=status,
        calling=made.seconds if status == "computed" else None,
        rows=made.rows,
        bytes=made.stored.bytes,
        data_version=made.data_version,
        reasons=reasons,
        quarantined=made.quarantined.rows if made.quarantined else 0,
        materialization=made.id,
        checks=checks,
    )
