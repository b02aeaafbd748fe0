"""Which type each type becomes in canonical form, and which are refused.

Widths of integers, precision and scale of decimals, units and zones, and lists of fixed
size stay: they are what somebody declared. A type is refused when a Parquet file cannot
hold it, or when its bytes mean more than they say and nothing here knows what.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from pyarrow import lib

from assets_core.errors import UnsupportedDataError

_EXTENSION = b"ARROW:extension:name"

# Lists of Arrow's type numbers: a look at one costs a tenth of asking pa.types.
_STAY = frozenset(
    {lib.Type_NA, lib.Type_BOOL, lib.Type_DATE32, lib.Type_TIME64, lib.Type_DURATION}
    | {lib.Type_INT8, lib.Type_INT16, lib.Type_INT32, lib.Type_INT64}
    | {lib.Type_UINT8, lib.Type_UINT16, lib.Type_UINT32, lib.Type_UINT64}
    | {lib.Type_HALF_FLOAT, lib.Type_FLOAT, lib.Type_DOUBLE}
    | {lib.Type_STRING, lib.Type_BINARY}
)
_STORED_AS_IT_LIES = frozenset(
    {"arrow.uuid", "arrow.json", "arrow.fixed_shape_tensor", "arrow.timestamp_with_offset"}
)


class _Unstorable(Exception):  # noqa: N818 - it never leaves this file
    """A type that no table file holds; `args` are the reason and the fix."""


class _TooLong(Exception):  # noqa: N818 - it never leaves this file
    """Values that do not fit into one chunk."""


def canonical_column(field: pa.Field) -> pa.DataType:
    """Return the canonical type of a column.

    >>> canonical_column(pa.field("words", pa.list_(pa.large_string())))
    LargeListType(large_list<item: string>)

    Raises:
        UnsupportedDataError: It cannot be stored.
    """
    kind = field.type
    if kind.id in _STAY and field.metadata is None:
        return kind
    try:
        return _canonical_field(field)
    except _Unstorable as refused:
        reason, fix = refused.args
        raise UnsupportedDataError(
            f"Column {field.name!r} has the type {kind}, which cannot be stored: {reason}",
            fix=fix,
        ) from None


def _canonical_field(field: pa.Field) -> pa.DataType:
    # Without a class of its own, an extension type comes as its storage and this mark.
    extension = (field.metadata or {}).get(_EXTENSION)
    if extension is not None:
        _check_extension(extension.decode(errors="replace"))
    return _canonical_type(field.type)


def _canonical_type(kind: pa.DataType) -> pa.DataType:
    if kind.id in _STAY:
        return kind
    return _CANONICAL.get(kind.id, _refuse)(kind)


def _refuse(kind: pa.DataType) -> pa.DataType:
    raise _Unstorable(*_REFUSED.get(kind.id, ("Parquet has no such type", "leave it out")))


def _canonical_timestamp(kind: pa.DataType) -> pa.DataType:
    return pa.timestamp("ms", kind.tz) if kind.unit == "s" else kind


def _canonical_bytes(kind: pa.DataType) -> pa.DataType:
    _check_size(kind.byte_width)
    return kind


def _canonical_list(kind: pa.DataType) -> pa.DataType:
    return pa.large_list(_canonical_field(kind.value_field))


def _canonical_fixed_size_list(kind: pa.DataType) -> pa.DataType:
    _check_size(kind.list_size)
    return pa.list_(_canonical_field(kind.value_field), kind.list_size)


def _canonical_map(kind: pa.DataType) -> pa.DataType:
    return pa.map_(_canonical_field(kind.key_field), _canonical_field(kind.item_field))


def _decoded(kind: pa.DataType) -> pa.DataType:
    return _canonical_type(kind.value_type)


def _canonical_decimal(kind: pa.DataType) -> pa.DataType:
    if not 0 <= kind.scale <= kind.precision:
        raise _Unstorable(
            "the scale of a decimal lies between 0 and its precision",
            "cast it to a decimal with such a scale",
        )
    if kind.id == lib.Type_DECIMAL256:
        return kind
    return pa.decimal128(kind.precision, kind.scale)


def _canonical_struct(kind: pa.DataType) -> pa.DataType:
    names = [field.name for field in kind]
    if not names:
        raise _Unstorable("a struct needs fields", "leave the column out, or add a field")
    if len(set(names)) != len(names):
        raise _Unstorable("a struct has several fields of one name", "rename the fields")
    return pa.struct([(field.name, _canonical_field(field)) for field in kind])


def _canonical_extension(kind: pa.DataType) -> pa.DataType:
    name = kind.extension_name
    if name == "arrow.bool8":
        return pa.bool_()
    _check_extension(name)
    return _canonical_type(kind.storage_type)


def _check_extension(name: str) -> None:
    if name not in _STORED_AS_IT_LIES:
        raise _Unstorable(
            f"it means more than its bytes say, and {name!r} is not known here",
            "cast it to text, numbers, timestamps or bytes",
        )


def _check_size(size: int) -> None:
    if size == 0:
        raise _Unstorable("its values have no size", "leave the column out")


_REFUSED = {
    lib.Type_INTERVAL_MONTH_DAY_NANO: (
        "Parquet has no intervals of months and days",
        "cast it to a duration, or make columns of months, days and seconds",
    ),
    lib.Type_DENSE_UNION: (
        "Parquet has no unions",
        "make one column for each type that it holds",
    ),
}
_REFUSED[lib.Type_SPARSE_UNION] = _REFUSED[lib.Type_DENSE_UNION]

_CANONICAL: dict[int, Callable[[pa.DataType], pa.DataType]] = {
    lib.Type_LARGE_STRING: lambda _: pa.string(),
    lib.Type_STRING_VIEW: lambda _: pa.string(),
    lib.Type_LARGE_BINARY: lambda _: pa.binary(),
    lib.Type_BINARY_VIEW: lambda _: pa.binary(),
    lib.Type_FIXED_SIZE_BINARY: _canonical_bytes,
    lib.Type_DATE64: lambda _: pa.date32(),
    lib.Type_TIME32: lambda _: pa.time64("us"),
    lib.Type_TIMESTAMP: _canonical_timestamp,
    lib.Type_DECIMAL32: _canonical_decimal,
    lib.Type_DECIMAL64: _canonical_decimal,
    lib.Type_DECIMAL128: _canonical_decimal,
    lib.Type_DECIMAL256: _canonical_decimal,
    lib.Type_LIST: _canonical_list,
    lib.Type_LARGE_LIST: _canonical_list,
    lib.Type_LIST_VIEW: _canonical_list,
    lib.Type_LARGE_LIST_VIEW: _canonical_list,
    lib.Type_FIXED_SIZE_LIST: _canonical_fixed_size_list,
    lib.Type_STRUCT: _canonical_struct,
    lib.Type_MAP: _canonical_map,
    lib.Type_DICTIONARY: _decoded,
    lib.Type_RUN_END_ENCODED: _decoded,
    pa.uuid().id: _canonical_extension,
}
