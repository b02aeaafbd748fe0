"""Make a result real: staged, sealed, committed, published.

The metadata store's transaction is the moment. Before it nobody can see the data; after
it the data is there, and only the stable path may still have to follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
    StepRecord,
    StepStatus,
    StoredData,
)
from assets_core.running.attempt import Attempt
from assets_core.running.heads import head_window
from assets_core.running.publishing import publish_all
from assets_core.versioning.canonical import schema_to_json
from assets_core.versioning.data_version import data_version

if TYPE_CHECKING:
    import pyarrow as pa

_NOWHERE = StoredData("", "", 0, "")


def new_result(
    attempt: Attempt, table: pa.Table, reasons: tuple[str, ...]
) -> Materialization:
    """Return the record of a table that was just computed; it is stored nowhere yet."""
    version = data_version(table)
    expected = attempt.job.expected
    return Materialization(
        id=attempt.claim.attempt,
        cell=attempt.job.cell,
        recipe=expected.recipe(attempt.making),
        code=expected.code.digest,
        validation=expected.validation.digest,
        config=expected.config,
        inputs=attempt.inputs,
        data_version=version.digest,
        columns=tuple(
            Column(one["name"], one["type"], version.columns[one["name"]])
            for one in schema_to_json(table.schema)
        ),
        rows=table.num_rows,
        stored=_NOWHERE,
        run_id=attempt.job.run_id,
        committed_at=0.0,
        seconds=0.0,
        reasons=reasons,
    )


def store_result(
    attempt: Attempt,
    table: pa.Table,
    made: Materialization,
    checks: tuple[CheckRecord, ...],
    status: StepStatus,
) -> StepRecord:
    """Write a table, make it durable, and let the cell show it."""
    return commit([store_table(attempt, table, made, checks, status)])[0]


def store_table(
    attempt: Attempt,
    table: pa.Table,
    made: Materialization,
    checks: tuple[CheckRecord, ...],
    status: StepStatus,
) -> Showing:
    """Write a table and make it durable; nobody sees it yet."""
    manager = attempt.manager
    staged = manager.stage(attempt.job.cell, table, attempt.claim.attempt)
    try:
        stored = manager.seal(staged)
    except BaseException:
        manager.discard(staged)
        raise
    at = made.committed_at or attempt.tools.clock.now()  # a copy keeps its age
    made = replace(made, stored=stored, committed_at=at)
    return Showing(attempt, made, status, checks, new=True)


def show_result(
    attempt: Attempt,
    made: Materialization,
    checks: tuple[CheckRecord, ...],
    status: StepStatus,
    reasons: tuple[str, ...],
) -> StepRecord:
    """Let the cell show a result that is already stored."""
    record = commit([Showing(attempt, made, status, checks, new=False)])[0]
    return replace(record, reasons=reasons)


class Showing(NamedTuple):
    """A result that a cell is to show.

    Attributes:
        new: Whether it is not recorded yet.
    """

    attempt: Attempt
    made: Materialization
    status: StepStatus
    checks: tuple[CheckRecord, ...]
    new: bool


def commit(results: Sequence[Showing]) -> list[StepRecord]:
    """Let cells show results: all of them in one transaction, or none."""
    tools = results[0].attempt.tools
    publications = tools.store.commit_all([_commit(one) for one in results])
    notes = [note for note in publications if note is not None]
    try:
        publish_all(tools, results[0].attempt.job.asset, notes)
    except AssetsError as error:
        # The data is committed and safe, and the notes for its paths are kept.
        tools.notify(Warned(f"{error}\n  The next run tries it again"))
    return [
        record_of(one.attempt.job.cell, one.status, one.made, one.made.reasons, one.checks)
        for one in results
    ]


def _commit(one: Showing) -> Commit:
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
        publish=True,
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
        rows=made.rows,
        bytes=made.stored.bytes,
        data_version=made.data_version,
        reasons=reasons,
        materialization=made.id,
        checks=checks,
    )
