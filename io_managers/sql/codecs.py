"""Between Arrow columns and columns of a database, without losing anything.

Whoever looks at the database finds what he expects where it has a type for it: numbers,
texts, dates, times, JSON for what has parts. What no type holds is a text or a count of
units. Nothing is refused but times outside of the years 1 to 9999.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.types as pt
import sqlalchemy as sa

from assets_core.frozen import frozen
from io_managers.plain import (
    floats_of,
    from_digits,
    from_floats,
    from_plain,
    plain_values,
    values_of,
)

_ESCAPE = "\ue000"  # of private use: stands for nothing


@frozen
class Codec:
    """How the columns of one type are kept.

    Attributes:
        sql: The type of the column in the database.
        encode: Returns the values that are written.
        decode: Returns the column that was written, from what is read.
    """

    sql: sa.types.TypeEngine[Any]
    encode: Callable[[pa.Array], list[Any]]
    decode: Callable[[list[Any]], pa.Array]


class _Real(sa.types.UserDefinedType[Any]):
    """Numbers of SQLite, which keeps texts among them: it has neither NaN nor -0.0."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return how the type is called."""
        return "REAL"


def codec_of(kind: pa.DataType, *, sqlite: bool) -> Codec:
    """Return how columns of a canonical type are kept."""
    if pt.is_nested(kind):
        return Codec(
            sa.JSON(none_as_null=True),
            plain_values,
            lambda values: from_plain(values, kind),
        )
    return (_on_sqlite(kind) if sqlite else None) or _natural(kind) or _as_plain(kind)


def _natural(kind: pa.DataType) -> Codec | None:  # noqa: PLR0911 - one for each kind
    """Return how a type is kept for which the database has one."""
    if pt.is_floating(kind):
        double = pt.is_float64(kind)
        sql: type[sa.types.TypeEngine[Any]] = sa.Double if double else sa.REAL
        return Codec(sql(), floats_of, lambda values: from_floats(values, kind))
    if pt.is_decimal(kind):
        return _direct(sa.Numeric(kind.precision, kind.scale), kind)
    if pt.is_uint64(kind):
        return Codec(
            sa.Numeric(20, 0),
            values_of,
            lambda values: pa.array([v if v is None else int(v) for v in values], kind),
        )
    if pt.is_string(kind):
        return Codec(sa.Text(), _escaped, lambda values: _unescaped(values, kind))
    if pt.is_timestamp(kind) and kind.unit != "ns":
        return _of_timestamps(kind)
    for is_kind, sql_type in _DIRECT:
        if is_kind(kind):
            return _direct(sql_type, kind)
    return None


_DIRECT: tuple[tuple[Callable[[pa.DataType], bool], sa.types.TypeEngine[Any]], ...] = (
    (pt.is_boolean, sa.Boolean()),
    (lambda kind: kind in (pa.int8(), pa.int16(), pa.uint8()), sa.SmallInteger()),
    (lambda kind: kind in (pa.int32(), pa.uint16()), sa.Integer()),
    (pt.is_integer, sa.BigInteger()),
    (pt.is_binary, sa.LargeBinary()),
    (pt.is_fixed_size_binary, sa.LargeBinary()),
    (pt.is_date32, sa.Date()),
    (lambda kind: pt.is_time64(kind) and kind.unit == "us", sa.Time()),
)


def _on_sqlite(kind: pa.DataType) -> Codec | None:
    """Return how a type is kept that SQLite would change, for one to a rounded number."""
    if pt.is_decimal(kind) or pt.is_uint64(kind):
        return Codec(
            sa.Text(),
            lambda array: [None if v is None else str(v) for v in array.to_pylist()],
            lambda values: from_digits(values, kind),
        )
    if pt.is_floating(kind):
        return Codec(_Real(), plain_values, lambda values: from_plain(values, kind))
    return _direct(sa.Text(), kind) if pt.is_string(kind) else None


def _as_plain(kind: pa.DataType) -> Codec:
    counted = pt.is_duration(kind)
    sql = sa.BigInteger() if counted else sa.Text()
    return Codec(sql, plain_values, lambda values: from_plain(values, kind))


def _direct(sql: sa.types.TypeEngine[Any], kind: pa.DataType) -> Codec:
    return Codec(sql, values_of, lambda values: pa.array(values, kind))


def _of_timestamps(kind: pa.DataType) -> Codec:
    zoned = kind.tz is not None
    between = pa.timestamp("us", "UTC" if zoned else None)

    def decode(values: list[datetime | None]) -> pa.Array:
        # A database without zones gives back what it was given, which is UTC.
        aware = [
            value.replace(tzinfo=UTC) if value and zoned and value.tzinfo is None else value
            for value in values
        ]
        return pa.array(aware, between).cast(kind)

    return Codec(
        sa.DateTime(timezone=zoned), lambda array: values_of(array.cast(between)), decode
    )


def _escaped(array: pa.Array) -> list[Any]:
    """Return texts without the one sign that PostgreSQL does not take."""
    return [
        text.replace(_ESCAPE, f"{_ESCAPE}1").replace("\0", f"{_ESCAPE}0")
        if text and ("\0" in text or _ESCAPE in text)
        else text
        for text in array.to_pylist()
    ]


def _unescaped(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(
        [
            text.replace(f"{_ESCAPE}0", "\0").replace(f"{_ESCAPE}1", _ESCAPE)
            if text and _ESCAPE in text
            else text
            for text in values
        ],
        kind,
    )
