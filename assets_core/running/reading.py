"""Read what assets show, or what they have shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assets_core.errors import MissingDataError
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Materialization
from assets_core.planning.reads import AllKeys
from assets_core.running.heads import current_heads
from assets_core.running.slices import parts_of, together, with_columns
from assets_core.running.tools import Tools
from assets_core.versioning.canonical import schema_from_json

if TYPE_CHECKING:
    import pyarrow as pa


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
    heads = current_heads(tools, env, cells, keys)
    found = tools.store.materializations(head.materialization for head in heads.values())
    tables = []
    for cell in cells:
        head = heads.get(cell)
        if head is None or head.materialization not in found:
            continue
        made = found[head.materialization]
        table = read_materialization(tools, made, stored_columns(made, columns, names))
        own = keys.get(cell.asset)
        if own is not None and cell.partition is not None:
            table = with_columns(table, parts_of(names, own, cell.partition))
        tables.append((cell, table))
    if not cells:
        raise MissingDataError(
            "There is no partition yet that could be read",
            fix="a partition is there once its time has passed, or once it was added",
        )
    if not tables:
        which = str(cells[0]) if len(cells) == 1 else cells[0].asset
        raise MissingDataError(
            f"'{which}' was never built", fix=f"assets materialize {cells[0].asset}"
        )
    whole = tables[0][1] if len(tables) == 1 else together(tables)
    return whole if columns is None else whole.select(columns)


def stored_columns(
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
    manager = tools.io_with(made.cell, made.stored)
    schema = schema_from_json(
        [{"name": one.name, "type": one.type} for one in made.columns]
    )
    return manager.read(made.cell, made.stored, schema, columns)
