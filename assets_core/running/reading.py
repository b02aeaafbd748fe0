"""Read what assets show, or what they have shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assets_core.errors import CorruptDataError, MissingDataError
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization
from assets_core.planning.reads import AllKeys
from assets_core.running.gone import noted_if_gone
from assets_core.running.heads import current_heads
from assets_core.running.slices import parts_of, together, with_columns
from assets_core.running.tools import Tools
from assets_core.versioning.canonical import schema_from_json

if TYPE_CHECKING:
    import pyarrow as pa


class Found(NamedTuple):
    """A result that a cell shows, and the value of each of its partition columns."""

    made: Materialization
    parts: Mapping[str, str]


def read_head(
    tools: Tools,
    env: str,
    graph: Graph,
    keys: AllKeys,
    key: AssetKey,
    columns: tuple[str, ...] | None = None,
) -> pa.Table:
    """Return the data that an asset shows: of partitions, all that are there."""
    own, node = keys.get(key), graph.nodes[key]
    cells = [Cell(key)] if own is None else [Cell(key, one) for one in own]
    names = node.partition_columns if isinstance(node, Asset) else ()
    return read_cells(tools, env, keys, cells, names, columns)


def read_cells(
    tools: Tools,
    env: str,
    keys: AllKeys,
    cells: Sequence[Cell],
    names: tuple[str, ...],
    columns: tuple[str, ...] | None = None,
) -> pa.Table:
    """Return the data of those cells that were built, as one table.

    Args:
        cells: Of one asset.
        names: Its partition columns.
    """
    return read_found(tools, found_cells(tools, env, keys, cells, names), columns)


def read_found(
    tools: Tools, found: Sequence[Found], columns: tuple[str, ...] | None = None
) -> pa.Table:
    """Return the data of some results of one asset as one table."""
    tables = [(one.made.cell, read_one(tools, one, columns)) for one in found]
    return tables[0][1] if len(tables) == 1 else together(tables)


def read_one(tools: Tools, one: Found, columns: tuple[str, ...] | None = None) -> pa.Table:
    """Return the data of one result with its partition columns."""
    stored = _stored_columns(one.made, columns, tuple(one.parts))
    table = with_columns(read_materialization(tools, one.made, stored), one.parts)
    return table if columns is None else table.select(columns)


def found_cells(
    tools: Tools, env: str, keys: AllKeys, cells: Sequence[Cell], names: tuple[str, ...]
) -> list[Found]:
    """Return what those cells show that were built, in the order that is asked for.

    Args:
        cells: Of one asset.
        names: Its partition columns.

    Raises:
        MissingDataError: None of them was built.
    """
    return found_of(tools, current_heads(tools, env, cells, keys), keys, cells, names)


def found_of(
    tools: Tools,
    heads: Mapping[Cell, Head],
    keys: AllKeys,
    cells: Sequence[Cell],
    names: tuple[str, ...],
) -> list[Found]:
    """Return what some heads show, see `found_cells`."""
    records = tools.store.materializations(head.materialization for head in heads.values())
    own = keys.get(cells[0].asset) if cells else None
    found = [
        Found(
            made,
            {}
            if own is None or cell.partition is None
            else parts_of(names, own, cell.partition),
        )
        for cell in cells
        if cell in heads and (made := records.get(heads[cell].materialization)) is not None
    ]
    if not cells:
        raise MissingDataError(
            "There is no partition yet that could be read",
            fix="a partition is there once its time has passed, or once it was added",
        )
    if not found:
        which = str(cells[0]) if len(cells) == 1 else cells[0].asset
        raise MissingDataError(
            f"'{which}' was never built", fix=f"assets materialize {cells[0].asset}"
        )
    return found


def _stored_columns(
    made: Materialization, columns: tuple[str, ...] | None, names: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Return the columns to read of a result to get some of its partition's columns.

    Where only partition columns are wanted it is one more: it tells the number of rows.
    """
    if columns is None or not names:
        return columns
    kept = tuple(name for name in columns if name not in names)
    return kept or tuple(one.name for one in made.columns[:1])


def read_materialization(
    tools: Tools, made: Materialization, columns: tuple[str, ...] | None = None
) -> pa.Table:
    """Return the data of one result."""
    table = tools.recent.find(made.cell, made.stored, columns)
    if table is not None:
        return table
    manager = tools.io_with(made.cell, made.stored)
    with noted_if_gone(tools, made):
        return manager.read(made.cell, made.stored, schema_of(made), columns)


def schema_of(made: Materialization) -> pa.Schema:
    """Return the schema that a result was stored with."""
    return schema_from_json([{"name": one.name, "type": one.type} for one in made.columns])


def read_quarantined(tools: Tools, made: Materialization) -> pa.Table | None:
    """Return the rows that were refused of one result, None if none were.

    Raises:
        DataError: They are gone or damaged; the next run does not look at them.
    """
    aside = made.quarantined
    if aside is None:
        return None
    manager = tools.io_with(made.cell, aside.stored)
    columns = [{"name": name, "type": kind} for name, kind in aside.columns]
    try:
        return manager.read(made.cell, aside.stored, schema_from_json(columns))
    except (CorruptDataError, MissingDataError) as error:
        error.fix = f"assets materialize {made.cell.asset} --force"
        raise


def verify_stored(tools: Tools, made: Materialization) -> None:
    """Raise if the bytes of a result, or of the rows beside it, are not all right."""
    for stored in (made.stored, *([made.quarantined.stored] if made.quarantined else [])):
        tools.io_with(made.cell, stored).verify(made.cell, stored)
