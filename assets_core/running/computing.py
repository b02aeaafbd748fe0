"""Compute cells: load what they read, call the function, cut, check, and store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets_core.errors import MissingDataError, SourceError
from assets_core.model.assets import Input, Source
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord, Materialization
from assets_core.protocols.frames import StepFrames
from assets_core.running.attempt import Attempt
from assets_core.running.calling import Call, call_function
from assets_core.running.checking import apply_schema, refuse, run_check
from assets_core.running.committing import new_result
from assets_core.running.context import Partition
from assets_core.running.reading import (
    read_head,
    read_materialization,
    stored_columns,
)
from assets_core.running.slices import own_rows, parts_of, split, together, with_columns
from assets_core.versioning.canonical import canonical_table, in_canonical_order

if TYPE_CHECKING:
    import pyarrow as pa


class Computed:
    """What one call of a function made, cell by cell, and what it left beside the data."""

    def __init__(self, attempts: Sequence[Attempt]) -> None:
        self.attempts = attempts
        self._first = attempts[0]
        self._tools = self._first.tools
        self._started = self._tools.clock.elapsed()
        job = self._first.job
        self.call = Call(
            job.run_id,
            job.asset,
            _previous(attempts),
            tuple(_partition(attempt) for attempt in attempts)
            if job.asset.partitions
            else (),
            self._tools.store.add_dynamic_keys,
        )
        self.tables = self._cut(self._compute())

    def _compute(self) -> pa.Table:
        asset, tools = self._first.job.asset, self._tools
        with tools.frames.opened() as frames:
            arguments = {
                given.parameter: _load(self.attempts, frames, number)
                for number, given in enumerate(asset.inputs)
            }
            # Read out while the frames are open: a lazy result still needs its inputs.
            table = tools.frames.to_arrow(call_function(tools, self.call, arguments))
        _same_sources(self._first)
        return canonical_table(table)

    def _cut(self, table: pa.Table) -> list[pa.Table]:
        """Return the rows of each cell."""
        job = self._first.job
        keys, names = job.keys.get(job.asset.key), job.asset.partition_columns
        if keys is None:
            tables = [table]
        elif job.asset.batch == 1:
            parts = parts_of(names, keys, job.cell.partition or "")
            tables = [own_rows(job.cell, table, parts, keys)]
        else:
            cells = [attempt.job.cell for attempt in self.attempts]
            tables = split(table, cells, names, keys)
        return tables if job.asset.ordered else [in_canonical_order(one) for one in tables]

    def result(
        self, number: int, reasons: tuple[str, ...]
    ) -> tuple[pa.Table, Materialization, tuple[CheckRecord, ...]]:
        """Return the table of one cell as it has to be stored, its record, its checks.

        Raises:
            SchemaError: A blocking check does not pass.
        """
        attempt = self.attempts[number]
        table, checks = checked(attempt, self.tables[number])
        expected, tools = attempt.job.expected, self._tools
        made = replace(
            new_result(attempt, table, reasons),
            seconds=(tools.clock.elapsed() - self._started) / len(self.attempts),
            metadata=dict(self.call.metadata),
            made_with={**tools.made_with, **dict(expected.code.packages), **self.call.uses},
        )
        return table, made, checks


def checked(attempt: Attempt, table: pa.Table) -> tuple[pa.Table, tuple[CheckRecord, ...]]:
    """Return the table as it has to be stored; raise if a blocking check does not pass."""
    job, tools = attempt.job, attempt.tools
    parts = _parts(attempt)
    table, records = apply_schema(tools.validator, job.asset, job.cell, table, parts)
    refuse(job.cell, records)
    if job.checks:
        with tools.frames.opened() as frames:

            def load(given: Input) -> Any:
                if given.upstream != job.asset.key:
                    found = read_head(
                        tools, job.env, job.graph, job.keys, given.upstream, given.columns
                    )
                else:
                    whole = with_columns(table, parts)
                    found = whole if given.columns is None else whole.select(given.columns)
                return frames.load(found, given.form, given.parameter)

            records += tuple(run_check(check, job.cell, load) for check in job.checks)
    refuse(job.cell, records)
    return table, records


def _parts(attempt: Attempt) -> dict[str, str]:
    job = attempt.job
    keys = job.keys.get(job.asset.key)
    if keys is None or job.cell.partition is None:
        return {}
    return parts_of(job.asset.partition_columns, keys, job.cell.partition)


def _partition(attempt: Attempt) -> Partition:
    job = attempt.job
    return Partition.of(job.cell.partition or "", job.windows, _parts(attempt))


def _load(attempts: Sequence[Attempt], frames: StepFrames, number: int) -> Any:
    """Return what one parameter receives."""
    first = attempts[0]
    given = first.reads[number].given
    node = first.job.graph.nodes[given.upstream]
    if isinstance(node, Source):
        return first.tools.source_path(node)
    cells = dict.fromkeys(cell for one in attempts for cell in one.reads[number].cells)
    tables = [(cell, _read(first, cell, given)) for cell in _in_order(first, cells)]
    if not given.many:
        if not tables:
            return None
        table = tables[0][1] if len(tables) == 1 else together(tables)
        return frames.load(table, given.form, given.parameter)
    loaded = {
        cell.partition or "": frames.load(table, given.form, f"{given.parameter}_{place}")
        for place, (cell, table) in enumerate(tables)
    }
    return loaded if given.many == "dict" else list(loaded.values())


def _in_order(attempt: Attempt, cells: dict[Cell, None]) -> list[Cell]:
    """Return cells of one upstream in the order of their keys."""
    asset = next(iter(cells), Cell(attempt.job.asset.key)).asset
    keys = attempt.job.keys.get(asset)
    if keys is None:
        return list(cells)
    return sorted(cells, key=lambda cell: keys.position(cell.partition or "") or 0)


def _read(attempt: Attempt, cell: Cell, given: Input) -> pa.Table:
    job, made = attempt.job, attempt.made[cell]
    node, keys = job.graph.nodes[cell.asset], job.keys.get(cell.asset)
    names = () if isinstance(node, Source) else node.partition_columns
    columns = given.columns
    try:
        table = read_materialization(
            attempt.tools, made, stored_columns(made, columns, names)
        )
    except MissingDataError as error:
        if attempt.known.holds(cell):
            error.fix = f"assets materialize {given.upstream} --force"
        raise
    if keys is None or cell.partition is None:
        return table
    table = with_columns(table, parts_of(names, keys, cell.partition))
    return table if columns is None else table.select(columns)


def _previous(attempts: Sequence[Attempt]) -> Callable[[], Any]:
    shown = [(one.job.cell, one.shown, _parts(one)) for one in attempts]

    def previous() -> Any:
        tables = [
            (cell, with_columns(read_materialization(attempts[0].tools, made), parts))
            for cell, made, parts in shown
            if made is not None
        ]
        return together(tables).to_pandas() if tables else None

    return previous


def _same_sources(attempt: Attempt) -> None:
    """Refuse a result whose sources changed while it was computed."""
    for source, before in attempt.observed:
        if attempt.tools.sources.observe(source, before).version != before.version:
            raise SourceError(
                f"Source '{source.key}' changed while '{attempt.job.cell}' was computed",
                fix="run again when whatever writes the file has finished",
                where=before.path,
            )
