"""Lazy frames of what cells show or have shown: the data is read when it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assets_core.errors import MissingDataError, UsageError, nearest
from assets_core.protocols.frames import Piece, QueryTable
from assets_core.running.gone import noted_if_gone
from assets_core.running.heads import absent_among
from assets_core.running.reading import Found, read_materialization, schema_of
from assets_core.running.slices import (
    narrowed,
    unified,
    values_of,
    widened,
    with_columns,
    with_fields,
)
from assets_core.running.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa


def scan(
    tools: Tools, found: Sequence[Found], columns: tuple[str, ...] | None = None
) -> Any:
    """Return a lazy frame of some results of one asset.

    Raises:
        MissingDataError: One of them is gone, told by its name.
        UsageError: There is no such column.
    """
    _refuse_absent(tools, found)
    whole, asset = _whole(found), found[0].made.cell.asset
    if columns is not None:
        refuse_unknown(asset, columns, whole)
        whole = narrowed(whole, columns)
    return tools.frames.scan(_pieces(tools, found, whole), whole, asset)


def table_of(
    tools: Tools, found: Sequence[Found], columns: tuple[str, ...] | None
) -> QueryTable:
    """Return some results of one asset as a table for a query.

    Args:
        columns: Names in small letters, of which those are taken that are there.
    """
    _refuse_absent(tools, found)
    whole = _whole(found)
    if columns is not None:
        wanted = set(columns)
        whole = narrowed(whole, [one for one in whole.names if one.lower() in wanted])
    return QueryTable(_pieces(tools, found, whole), whole)


def _whole(found: Sequence[Found]) -> pa.Schema:
    """Return the schema of all results together, partition columns included."""
    return unified(
        [(one.made.cell, with_fields(schema_of(one.made), one.parts)) for one in found]
    )


def _pieces(tools: Tools, found: Sequence[Found], whole: pa.Schema) -> list[Piece]:
    return [_piece(tools, one, schema_of(one.made), whole) for one in found]


def _piece(tools: Tools, one: Found, stored: pa.Schema, whole: pa.Schema) -> Piece:
    """Return one cell of a lazy frame."""
    made, manager = one.made, tools.io_with(one.made.cell, one.made.stored)

    def read(columns: Sequence[str]) -> pa.Table:
        kept = tuple(name for name in columns if name in stored.names)
        # Where nothing stored is wanted, one column tells the number of rows.
        table = read_materialization(tools, made, kept or tuple(stored.names[:1]))
        table = with_columns(table, one.parts)
        table = table.select([name for name in columns if name in table.column_names])
        return widened(made.cell, table, narrowed(whole, columns))

    def parquet_file() -> str | None:
        with noted_if_gone(tools, made):
            return manager.parquet_file(made.cell, made.stored)

    parts = {
        name: value.as_py()
        for name, value in values_of(one.parts).items()
        if name not in stored.names
    }
    return Piece(
        stored,
        parts,
        made.rows,
        parquet_file,
        read,
    )


def _refuse_absent(tools: Tools, found: Sequence[Found]) -> None:
    """Raise if the data of a result is gone, as far as names tell."""
    absent = absent_among(tools, [one.made.stored for one in found])
    for one in found:
        stored = one.made.stored
        if (stored.storage, stored.location) in absent:
            raise MissingDataError(
                f"The stored data of '{one.made.cell}' is gone",
                fix=f"assets materialize {one.made.cell.asset}",
                where=stored.location,
            )


def refuse_unknown(asset: str, columns: Sequence[str], schema: pa.Schema) -> None:
    """Raise `UsageError` if a column is not there, with the nearest one that is."""
    for name in columns:
        if name not in schema.names:
            near = nearest(name, schema.names)
            raise UsageError(
                f"'{asset}' has no column '{name}'",
                fix=f"did you mean '{near[0]}'?"
                if near
                else f"it has {', '.join(schema.names)}",
            )
