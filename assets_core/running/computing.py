"""Compute cells: load what they read, call the function, cut, check, and store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from assets_core.errors import MissingDataError, SourceError
from assets_core.model.assets import Asset, Form, Input, Source
from assets_core.model.graph_lists import refuse_yielded
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.origins import DatabaseRows, is_handed_over
from assets_core.model.records import Materialization
from assets_core.protocols.frames import MadeOf, StepFrames
from assets_core.running.accepting import (
    Checked,
    New,
    checked,
    own_parts,
    seen_beside,
)
from assets_core.running.attempt import Attempt
from assets_core.running.away import Arrived, as_errand, opened
from assets_core.running.calling import Call, call_function
from assets_core.running.commanding import as_command
from assets_core.running.committing import Result, new_result
from assets_core.running.context import OwnPartition
from assets_core.running.filing import as_argument, new_path, path_of, paths_of, written
from assets_core.running.querying import as_query, origins_of
from assets_core.running.reading import (
    Found,
    read_materialization,
    read_one,
)
from assets_core.running.returned import by_output
from assets_core.running.scanning import scan, table_of
from assets_core.running.slices import own_rows, parts_of, split, together, with_columns
from assets_core.running.streaming import Taking, Written
from assets_core.running.tools import Tools
from assets_core.versioning.canonical import canonical_table, in_canonical_order

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")


class Computed:
    """What one call of a function made, cell by cell, and what it left beside the data."""

    def __init__(self, attempts: Sequence[Attempt]) -> None:
        self.attempts = attempts
        self._first = attempts[0]
        self._tools = self._first.tools
        self._started = self._tools.clock.elapsed()
        self.call = call_of(self._first, _partitions(attempts), _previous(attempts))
        self._paths = [_path_for(attempt) for attempt in attempts]
        if not self._first.job.asset.outputs:
            self.call = replace(self.call, path=self._paths[0])
        self._plans: list[Mapping[str, MadeOf]] = []
        self._taking = Taking(self._first)
        try:
            tables = called(attempts, self.call, self._taken, self._room())
        except BaseException:
            self._taking.discard()
            raise
        self._columns = tables[0].column_names
        self.tables = self._cut(tables)

    def _room(self) -> dict[str, Path]:
        """Return where files are to be written, by the names of the outputs."""
        names = {key: name for name, key in self._first.job.asset.outputs.items()}
        pairs = zip(self.attempts, self._paths, strict=True)
        return {names.get(one.job.asset.key, ""): path for one, path in pairs if path}

    def _taken(self, made: Any) -> list[pa.Table | Written]:
        """Return what the function returned, as tables: one, or one for each output."""
        asset = self._first.job.asset
        self._plans.clear()  # of a call that failed and is tried again
        if not asset.outputs:
            return [self._as_table(self._first, made, self._paths[0])]
        named = by_output(asset, made)
        return [
            self._as_table(one, named[one.job.asset.key], path)
            for one, path in zip(self.attempts, self._paths, strict=True)
        ]

    def _as_table(
        self, attempt: Attempt, made: Any, path: Path | None
    ) -> pa.Table | Written:
        """Return what was returned for one asset: a table, or the list of its files."""
        if path is not None:
            self._plans.append({})
            return written(attempt, made, path)
        if isinstance(made, Arrived):
            self._plans.append(made.origins)
            return self._taking.take(made.table)
        self._plans.append(self._tools.frames.origins(made))
        return self._taking.take(made)

    def _cut(self, tables: list[pa.Table | Written]) -> list[pa.Table | Written]:
        """Return the rows of each cell."""
        if isinstance(tables[0], Written):
            return tables
        tables = [canonical_table(table) for table in tables]
        job = self._first.job
        keys, names = job.keys.get(job.asset.key), job.asset.partition_columns
        cells = [attempt.job.cell for attempt in self.attempts]
        if keys is not None and job.asset.batch == 1:
            parts = parts_of(names, keys, job.cell.partition or "")
            files = [attempt.job.asset.file is not None for attempt in self.attempts]
            tables = [
                table if is_file else own_rows(cell, table, parts, keys)
                for cell, table, is_file in zip(cells, tables, files, strict=True)
            ]
        elif keys is not None:
            tables = split(tables[0], cells, names, keys)
        return [
            table if attempt.job.asset.ordered else in_canonical_order(table)
            for attempt, table in zip(self.attempts, tables, strict=True)
        ]

    def result(self, number: int, reasons: tuple[str, ...]) -> Result:
        """Return the table of one cell as it has to be stored, its record, its checks.

        Raises:
            SchemaError: A blocking check does not pass.
        """
        try:
            return self._result(self.attempts[number], number, reasons)
        except BaseException:
            self._taking.discard()
            raise

    def discard(self) -> None:
        """Throw away what was written of a stream that nobody wants to keep."""
        self._taking.discard()

    def _result(self, attempt: Attempt, number: int, reasons: tuple[str, ...]) -> Result:
        table, path = self.tables[number], self._paths[number]
        if isinstance(table, Written):
            found = Checked(table, table.checks, table.refused)
        else:
            found = checked(attempt, table, path, self._beside(attempt))
        expected, tools = attempt.job.expected, self._tools
        plan = self._plans[number if attempt.job.asset.outputs else 0]
        made = new_result(attempt, found.table, reasons, plan)
        by_query = attempt.job.asset.query is not None
        made = replace(
            made,
            seconds=(tools.clock.elapsed() - self._started) / len(self.attempts),
            metadata=dict(self.call.metadata),
            origins=origins_of(attempt, self._columns) if by_query else made.origins,
            made_with={**tools.made_with, **dict(expected.code.packages), **self.call.uses},
        )
        return Result(found.table, made, found.checks, found.refused)

    def _beside(self, attempt: Attempt) -> dict[AssetKey, Callable[[], New]]:
        """Return what the same call has made of other assets, for checks that read them."""
        if not attempt.job.asset.outputs:
            return {}
        made = zip(self.attempts, self.tables, self._paths, strict=True)
        return {
            other.job.asset.key: partial(seen_beside, other, table, path)
            for other, table, path in made
            if other.job.asset is not attempt.job.asset
        }


def call_of(
    attempt: Attempt, partitions: tuple[OwnPartition, ...], previous: Callable[[], Any]
) -> Call:
    """Return a call of the function of an asset, which has not been made yet."""
    job, store = attempt.job, attempt.tools.store

    def add(name: str, keys: Iterable[str]) -> int:
        refuse_yielded(job.graph.list_makers, name)
        return store.add_dynamic_keys(name, keys)

    return Call(job.run_id, job.asset, previous, partitions, add)


def called(
    attempts: Sequence[Attempt],
    call: Call,
    finish: Callable[[Any], T],
    paths: Mapping[str, Path] = MappingProxyType({}),
) -> T:
    """Call the function with what the cells read; return what is made of its result.

    Args:
        paths: Where files are to be written, by the names of the outputs.
    """
    first = attempts[0]
    with opened(first.tools, first.job.asset) as frames:
        arguments: Mapping[str, Any] = {
            given.parameter: _load(attempts, frames, number)
            for number, given in enumerate(first.job.asset.inputs)
        }
        if first.job.asset.query is not None:
            call, arguments = as_query(call, arguments, first.tools.frames)
        elif first.job.asset.command is not None:
            call, arguments = as_command(first.tools, call, paths, arguments)
        else:
            call = as_errand(first.tools, call, first.job.cell, frames)
        # Read out while the frames are open: a lazy result still needs its inputs.
        found = call_function(first.tools, call, arguments, finish)
    _same_sources(first)
    return found


def _path_for(attempt: Attempt) -> Path | None:
    """Return where a file is to be written; None for a table."""
    return None if attempt.job.asset.file is None else new_path(attempt)


def _partitions(attempts: Sequence[Attempt]) -> tuple[OwnPartition, ...]:
    """Return the partitions that one call makes; of several outputs all make the same."""
    return tuple(
        OwnPartition.of(one.job.cell.partition, one.job.windows, own_parts(one))
        for one in (attempts[:1] if attempts[0].job.asset.outputs else attempts)
        if one.job.cell.partition is not None
    )


def _load(attempts: Sequence[Attempt], frames: StepFrames, number: int) -> Any:
    """Return what one parameter receives."""
    first = attempts[0]
    given = first.reads[number].given
    node = first.job.graph.nodes[given.upstream]
    if isinstance(node, Source):
        return _read_source(first, frames, node, given)
    cells = dict.fromkeys(cell for one in attempts for cell in one.reads[number].cells)
    found = [_found(first, cell) for cell in _in_order(first, cells)]

    if node.file is not None:
        with _fix_for_held(first, found):
            return as_argument(paths_of(first.tools, found), given)

    def load(some: list[Found], name: str) -> Any:
        if given.form is Form.SQL:
            with _fix_for_held(first, some):
                return table_of(first.tools, some, given.columns)
        if given.form is Form.POLARS_LAZY:
            with _fix_for_held(first, some):
                return scan(first.tools, some, given.columns)
        return frames.load(_read(first, some, given), given.form, name)

    if not given.many:
        return load(found, given.parameter) if found else None
    loaded = {
        one.made.cell.partition or "": load([one], f"{given.parameter}_{place}")
        for place, one in enumerate(found)
    }
    return loaded if given.many == "dict" else list(loaded.values())


def _read_source(attempt: Attempt, frames: StepFrames, source: Source, given: Input) -> Any:
    seen = next(seen for one, seen in attempt.observed if one.key == source.key)
    found = attempt.tools.sources.read(source, seen)
    if not isinstance(source.origin, DatabaseRows):
        return found
    return frames.load(found, given.form, given.parameter)


def _in_order(attempt: Attempt, cells: dict[Cell, None]) -> list[Cell]:
    """Return cells of one upstream in the order of their keys."""
    asset = next(iter(cells), Cell(attempt.job.asset.key)).asset
    keys = attempt.job.keys.get(asset)
    if keys is None:
        return list(cells)
    return sorted(cells, key=lambda cell: keys.position(cell.partition or "") or 0)


def _found(attempt: Attempt, cell: Cell) -> Found:
    job = attempt.job
    node, keys = job.graph.nodes[cell.asset], job.keys.get(cell.asset)
    if keys is None or cell.partition is None or isinstance(node, Source):
        return Found(attempt.made[cell], {})
    parts = parts_of(node.partition_columns, keys, cell.partition)
    return Found(attempt.made[cell], parts)


def _read(attempt: Attempt, found: Sequence[Found], given: Input) -> pa.Table:
    tables = []
    for one in found:
        with _fix_for_held(attempt, [one]):
            tables.append((one.made.cell, read_one(attempt.tools, one, given.columns)))
    return tables[0][1] if len(tables) == 1 else together(tables)


@contextmanager
def _fix_for_held(attempt: Attempt, found: Sequence[Found]) -> Iterator[None]:
    """Let what is missing say how it is made again although it was rolled back."""
    try:
        yield
    except MissingDataError as error:
        held = [one.made.cell for one in found if attempt.known.holds(one.made.cell)]
        if held:
            error.fix = f"assets materialize {held[0].asset} --force"
        raise


def _previous(attempts: Sequence[Attempt]) -> Callable[[], Any]:
    """Return what gives what the cells show now; of several outputs by their names."""
    asset, tools = attempts[0].job.asset, attempts[0].tools
    shown = [(one.job, one.shown, own_parts(one)) for one in attempts]
    names = {key: name for name, key in asset.outputs.items()}

    def previous() -> Any:
        if names:
            pairs = [(job.asset, made) for job, made, _ in shown if made is not None]
            return {names[one.key]: _as_it_was(tools, one, made) for one, made in pairs}
        if asset.file is not None:
            made = shown[0][1]
            return None if made is None else _as_it_was(tools, asset, made)
        tables = [
            (job.cell, with_columns(read_materialization(tools, made), parts))
            for job, made, parts in shown
            if made is not None
        ]
        return together(tables).to_pandas() if tables else None

    return previous


def _as_it_was(tools: Tools, asset: Asset, made: Materialization) -> Any:
    if asset.file is not None:
        return path_of(tools, made)
    return read_materialization(tools, made).to_pandas()


def _same_sources(attempt: Attempt) -> None:
    """Refuse a result whose sources changed while it was computed."""
    for source, before in attempt.observed:
        if is_handed_over(source.origin):
            continue
        after = attempt.tools.sources.observe(source, before)
        # Also one that changed and was put back: what was read may be what lay between.
        if after.version != before.version or after.identity.moved(before.identity):
            raise SourceError(
                f"Source '{source.key}' changed while '{attempt.job.cell}' was computed",
                fix="run again when whatever writes the file has finished",
                where=before.path,
            )
