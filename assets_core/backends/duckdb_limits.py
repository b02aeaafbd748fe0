"""What DuckDB changes in a table without a word; who hands one over has to refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

_MICROSECONDS = ("INTERVAL", "TIMESTAMP WITH TIME ZONE")


def taken_for_one(columns: Iterable[str]) -> tuple[str, str] | None:
    """Return two columns of which DuckDB renames one: it does not tell them apart.

    >>> taken_for_one(["id", "name", "ID"])
    ('id', 'ID')
    """
    known: dict[str, str] = {}
    for column in columns:
        other = known.setdefault(column.lower(), column)
        if other != column:
            return other, column
    return None


def cut_off(table: pa.Table, kinds: Sequence[Any]) -> pa.Field | None:
    """Return the first column with nanoseconds that DuckDB cuts off.

    Args:
        kinds: The types that DuckDB has the columns in.
    """
    for field, kind in zip(table.schema, kinds, strict=True):
        if str(kind) in _MICROSECONDS and field.type.unit == "ns":
            try:
                table.column(field.name).cast(_in_microseconds(field.type))
            except pa.ArrowInvalid:
                return field
    return None


def _in_microseconds(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    return pa.duration("us")
