"""Which columns of a stored table a reader wants."""

from __future__ import annotations

import pyarrow as pa

from assets_core.errors import UsageError, nearest
from assets_core.model.keys import Cell


def wanted_columns(
    cell: Cell, schema: pa.Schema, columns: tuple[str, ...] | None
) -> list[str]:
    """Return the names of the columns to read: all of them if none are named.

    Raises:
        UsageError: There is no such column.
    """
    unknown = [name for name in columns or () if name not in schema.names]
    if unknown:
        near = nearest(unknown[0], schema.names)
        raise UsageError(
            f"'{cell}' has no column '{unknown[0]}'",
            fix=f"did you mean '{near[0]}'?"
            if near
            else f"it has {', '.join(schema.names)}",
        )
    return list(schema.names if columns is None else columns)
