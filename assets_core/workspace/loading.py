"""Load what cells show or have shown, and let them show something earlier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypedDict

from assets_core.errors import MissingDataError, UsageError, nearest
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import Cell
from assets_core.model.records import Materialization
from assets_core.model.versions import Window, config_digest, recipe_digest
from assets_core.planning.reads import AllKeys, windows_at
from assets_core.protocols.frames import QueryTable
from assets_core.running.filing import paths_of
from assets_core.running.heads import absent_among
from assets_core.running.reading import (
    Found,
    found_cells,
    found_of,
    read_found,
    schema_of,
)
from assets_core.running.scanning import refuse_unknown, scan, table_of
from assets_core.running.slices import with_fields
from assets_core.running.tools import Tools
from assets_core.upkeep.rollback import let_go, roll_back
from assets_core.workspace import opening
from assets_core.workspace.environments import (
    refuse_unknown as refuse_unknown_environment,
)
from assets_core.workspace.expectations import Expecting, rules_of
from assets_core.workspace.finding import find_cell, find_cells, find_version
from assets_core.workspace.partitioning import Asked, partitions_text
from assets_core.workspace.past import Past, When, as_it_was, time_text, with_keys

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa


class Which(TypedDict, total=False):
    """Which part of an asset is asked for, as it is said to `load` and its like."""

    partition: str | None
    partitions: Asked
    version: str | None
    as_of: When | None
    columns: Sequence[str] | None


class Moment(TypedDict, total=False):
    """Of which time and environment data is asked for."""

    as_of: When | None
    env: str | None


class WhichData(Which, total=False):
    """Which data of an asset is asked for: a part of it, in an environment."""

    env: str | None


class Part(NamedTuple):
    """Which part of an asset is asked for: one partition, or several, or a version."""

    partition: str | None
    partitions: str
    version: str | None
    columns: tuple[str, ...] | None


def part_of(
    *,
    partition: str | None = None,
    partitions: Asked = None,
    version: str | None = None,
    as_of: When | None = None,
    columns: Sequence[str] | None = None,
    env: str | None = None,  # noqa: ARG001 - a part is the same in each
) -> Part:
    """Return which part somebody asks for."""
    if as_of is not None and version is not None:
        raise UsageError(
            "A version and a time are asked for", fix="leave out version= or as_of="
        )
    return Part(partition, partitions_text(partitions), version, _tuple(columns))


def _tuple(columns: Sequence[str] | None) -> tuple[str, ...] | None:
    if isinstance(columns, str):  # each letter would be a column
        raise UsageError(f"columns='{columns}' is no list", fix=f"columns=['{columns}']")
    return None if columns is None else tuple(columns)


class Opened(Expecting, Protocol):
    """The part of a workspace that loading needs."""

    tools: Tools
    graph_of_assets: Graph
    env: str

    def asset(self, key: str) -> Asset:
        """Return an asset by its key."""
        ...

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...


def load_table(workspace: Opened, key: str, which: WhichData) -> pa.Table:
    """Return the data of a part of an asset."""
    _refuse_file(workspace.asset(key))
    found, columns = _found(workspace, key, which), _tuple(which.get("columns"))
    for one in found[:1] if columns else ():
        refuse_unknown(key, columns or (), with_fields(schema_of(one.made), one.parts))
    return read_found(workspace.tools, found, columns)


def scan_table(workspace: Opened, key: str, which: WhichData) -> pl.LazyFrame:
    """Return a part of an asset as a lazy frame."""
    _refuse_file(workspace.asset(key))
    found = _found(workspace, key, which)
    frame: pl.LazyFrame = scan(workspace.tools, found, _tuple(which.get("columns")))
    return frame


def answer(workspace: Opened, query: str, when: Moment) -> duckdb.DuckDBPyRelation:
    """Return what a query over assets finds."""
    _refuse_unknown_words(when, Moment)

    def table(key: str) -> QueryTable:
        _refuse_file(workspace.asset(key))
        which = WhichData(as_of=when.get("as_of"), env=when.get("env"))
        return table_of(workspace.tools, _found(workspace, key, which), None)

    assets = workspace.graph_of_assets.assets
    return opening.answer(query, [one.key for one in assets], table)


def load_any(workspace: Opened, key: str, which: WhichData) -> Any:
    """Return a part of a table as a pandas frame, or the path of a file."""
    if workspace.asset(key).file is None:
        return load_table(workspace, key, which).to_pandas()
    if which.get("columns") is not None:
        raise UsageError(f"'{key}' is a file and has no columns", fix="take columns= away")
    paths = paths_of(workspace.tools, _found(workspace, key, which))
    if len(paths) == 1:
        return next(iter(paths.values()))
    raise UsageError(
        f"'{key}' has {len(paths)} partitions, each a file",
        fix="name one: partition='KEY'",
    )


def _refuse_file(asset: Asset) -> None:
    if asset.file is not None:
        raise UsageError(
            f"'{asset.key}' is a file, and was asked for as a table",
            fix=f"load('{asset.key}') gives the path of the file",
        )


def _found(workspace: Opened, key: str, which: WhichData) -> list[Found]:
    """Return the results that a part of an asset is made of."""
    _refuse_unknown_words(which, WhichData)
    part, when = part_of(**which), which.get("as_of")
    tools, asset, keys = workspace.tools, workspace.asset(key), workspace.keys()
    env = which.get("env") or workspace.env
    if env != workspace.env:
        refuse_unknown_environment(tools.store, env)
    if part.version is not None:
        cell = find_cell(asset, part.partition, keys)
        return _there(tools, [Found(find_version(tools.store, cell, part.version), {})])
    past = tools if when is None else as_it_was(tools, env, when)
    if isinstance(past.store, Past):
        with _told_when(past, asset.key):
            found = _found_then(past, env, asset, keys, part)
        return _there(past, found)
    cells = find_cells(asset, part.partition, part.partitions, keys)
    return found_cells(tools, env, keys, cells, asset.partition_columns)


def _refuse_unknown_words(said: Mapping[str, Any], known: type) -> None:
    """Raise `UsageError` for a word that says nothing about which data is meant."""
    words = list(known.__annotations__)
    for word in said:
        if word not in words:
            near = nearest(word, words, 1)
            raise UsageError(
                f"{word}= says nothing about which data is meant",
                fix=f"did you mean {near[0]}=?" if near else f"it takes {', '.join(words)}",
            )


@contextmanager
def _told_when(past: Tools, key: str) -> Iterator[None]:
    """Say of what was not there that it was not there then."""
    try:
        yield
    except MissingDataError as error:
        error.problem += f" by {time_text(past.clock.now())}"
        error.fix = f"name a later time; 'assets show {key}' tells when it was made"
        raise


def _found_then(
    past: Tools, env: str, asset: Asset, keys: AllKeys, part: Part
) -> list[Found]:
    """Return what was shown then, also of partitions that are no more."""
    own, heads = keys.get(asset.key), past.store.heads(env, [asset.key])
    names = asset.partition_columns
    if own is None:
        cells = find_cells(asset, part.partition, part.partitions, keys)
        return found_cells(past, env, keys, cells, names)
    shown = (cell.partition for cell in heads)
    then = {**keys, asset.key: with_keys(own, [one for one in shown if one is not None])}
    cells = find_cells(asset, part.partition, part.partitions, then)
    return found_of(past, heads, then, cells, names)


def _there(tools: Tools, found: list[Found]) -> list[Found]:
    """Return results of before, or raise if the data of one was collected."""
    absent = absent_among(tools, (one.made.stored for one in found))
    for made in (one.made for one in found):
        if (made.stored.storage, made.stored.location) in absent:
            raise MissingDataError(
                f"The data of version {made.id[:12]} of '{made.cell}' is gone: it was"
                " collected or deleted",
                fix="[retention] says how long earlier versions are kept; 'assets show"
                f" {made.cell.asset}' lists them",
                where=made.stored.location,
            )
    return found


def roll_back_or_release(
    workspace: Opened, key: str, part: Part, *, release: bool
) -> tuple[Cell, ...]:
    """Let a cell show an earlier version and hold it there, or let go of cells again.

    Returns:
        The cells whose heads have moved.
    """
    asset, keys = workspace.asset(key), workspace.keys()
    tools, env = workspace.tools, workspace.env
    if (part.version is None) != release:
        raise UsageError(
            "Name a version with --to, or let go with --release; one of them",
            fix=f"run 'assets show {asset.key}' to see the versions",
        )
    if part.partitions:
        cells = find_cells(asset, part.partition, part.partitions, keys)
    else:
        cells = [find_cell(asset, part.partition, keys)]
    if part.version is None:
        return _let_go(workspace, asset, cells)
    if len(cells) != 1:
        raise UsageError(
            f"A version is one of a single partition, and these are {len(cells):,}",
            fix=f"name one with --partition; 'assets show {asset.key} --partition KEY'"
            " lists its versions",
        )
    made = find_version(tools.store, cells[0], part.version)
    _refuse_other_time(made, windows_at(keys, cells[0]))
    roll_back(tools, asset, made, env, windows_at(keys, cells[0]))
    return (cells[0],)


def _let_go(workspace: Opened, asset: Asset, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Let go of those cells that are held; of a single one, or raise."""
    tools, env = workspace.tools, workspace.env
    if len(cells) > 1:
        heads = tools.store.heads_of(env, cells)
        cells = [cell for cell in cells if cell in heads and heads[cell].held]
        if not cells:
            raise UsageError(
                f"None of these partitions of '{asset.key}' is held",
                fix=f"'assets list {asset.key}' tells how many are",
            )
    for cell in cells:
        let_go(tools, asset, cell, env, rules_of(workspace))
    return tuple(cells)


def _refuse_other_time(made: Materialization, windows: tuple[Window, ...]) -> None:
    """Raise if a partition stood for another time when a result was made."""
    config = config_digest(made.config)
    recipe = recipe_digest(made.cell, windows, made.code, config, made.inputs)
    if windows and recipe != made.recipe:
        raise UsageError(
            f"Version {made.id[:12]} of '{made.cell}' was made when that partition stood"
            " for another time",
            fix="choose another version, or give the partitions back the zone and kind that"
            " they had",
        )
