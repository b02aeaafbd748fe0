"""Which type in DuckDB holds each canonical type, and the way back without loss.

Only types are used that both DuckDB 1.5 and 2 have. Where DuckDB has no type of equal
meaning, the nearest that keeps every bit is used, and the recorded type is restored when
the table is read:

    nanoseconds with a zone           TIMESTAMP_NS, in UTC
    other instants with a zone        TIMESTAMP WITH TIME ZONE; the record has the zone
    columns of nothing but null       INTEGER
    bytes of fixed size               BLOB
    fields that differ in case only   fields with other names

Not held at all: half floats, decimals of 256 bits, durations. DuckDB's INTERVAL has
months and days, and is another thing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from pyarrow import lib

from assets_core.errors import UnsupportedDataError
from assets_core.model.quoting import Definition, quoted_name
from assets_core.versioning.canonical import as_recorded
from io_managers.duckdb.names import shown_names

_LARGEST_ARRAY = 100_000  # DuckDB's own limit

_FLAT = {
    lib.Type_NA: "INTEGER",
    lib.Type_BOOL: "BOOLEAN",
    lib.Type_INT8: "TINYINT",
    lib.Type_INT16: "SMALLINT",
    lib.Type_INT32: "INTEGER",
    lib.Type_INT64: "BIGINT",
    lib.Type_UINT8: "UTINYINT",
    lib.Type_UINT16: "USMALLINT",
    lib.Type_UINT32: "UINTEGER",
    lib.Type_UINT64: "UBIGINT",
    lib.Type_FLOAT: "FLOAT",
    lib.Type_DOUBLE: "DOUBLE",
    lib.Type_DATE32: "DATE",
    lib.Type_STRING: "VARCHAR",
    lib.Type_BINARY: "BLOB",
    lib.Type_FIXED_SIZE_BINARY: "BLOB",
}
_TIMESTAMPS = {
    "ms": ("TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE"),
    "us": ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
    "ns": ("TIMESTAMP_NS", "TIMESTAMP_NS"),
}
_MADE_OF: dict[int, Callable[[Any], str]] = {
    lib.Type_TIMESTAMP: lambda kind: _TIMESTAMPS[kind.unit][kind.tz is not None],
    lib.Type_TIME64: lambda kind: {"us": "TIME", "ns": "TIME_NS"}[kind.unit],
    lib.Type_DECIMAL128: lambda kind: f"DECIMAL({kind.precision}, {kind.scale})",
    lib.Type_LARGE_LIST: lambda kind: f"{_sql_type(kind.value_type)}[]",
    lib.Type_FIXED_SIZE_LIST: lambda kind: f"{_sql_type(kind.value_type)}{_size(kind)}",
    lib.Type_STRUCT: lambda kind: f"STRUCT({', '.join(_definitions(kind))})",
    lib.Type_MAP: lambda kind: (
        f"MAP({_sql_type(kind.key_type)}, {_sql_type(kind.item_type)})"
    ),
}


class _NotHeld(Exception):  # noqa: N818 - it never leaves this file
    """A type that DuckDB does not have; `args` has the one that is meant."""


def column_definitions(schema: pa.Schema) -> list[Definition]:
    """Return each column as a CREATE TABLE statement has it.

    >>> column_definitions(pa.schema([("id", pa.int64()), ("at", pa.timestamp("ms"))]))
    ['"id" BIGINT', '"at" TIMESTAMP_MS']

    Raises:
        UnsupportedDataError: DuckDB has no type that would hold a column.
    """
    found = []
    for field, shown in zip(schema, shown_names(schema.names), strict=True):
        try:
            found.append(Definition(f"{quoted_name(shown)} {_sql_type(field.type)}"))
        except _NotHeld as refused:
            inside = "" if field.type == refused.args[0] else f", with {refused.args[0]}"
            raise UnsupportedDataError(
                f"Column {field.name!r} has the type {field.type}{inside}, "
                "which DuckDB does not have",
                fix="cast it to another type, or keep the asset in Parquet",
            ) from None
    return found


def _sql_type(kind: pa.DataType) -> str:
    if kind.id in _FLAT:
        return _FLAT[kind.id]
    if kind.id not in _MADE_OF:
        raise _NotHeld(kind)
    return _MADE_OF[kind.id](kind)


def _size(kind: Any) -> str:
    return f"[{kind.list_size}]" if kind.list_size <= _LARGEST_ARRAY else "[]"


def _definitions(kind: pa.DataType) -> list[str]:
    names = shown_names(field.name for field in kind)
    return [
        f"{quoted_name(name)} {_sql_type(field.type)}"
        for name, field in zip(names, kind, strict=True)
    ]


def casts_for_views(schema: pa.Schema) -> list[Definition]:
    """Return what a view over Parquet has to say about columns of some types.

    DuckDB 2 gives them types that 1.5 does not know, and which make the whole file
    unreadable there.

    >>> casts_for_views(pa.schema([("id", pa.int64()), ("at", pa.timestamp("ns", "UTC"))]))
    ['CAST("at" AS TIMESTAMP WITH TIME ZONE) AS "at"']
    """
    found = []
    for shown, kind in zip(shown_names(schema.names), schema.types, strict=True):
        plain = _known_everywhere(kind)
        if plain != kind:
            name = quoted_name(shown)
            found.append(Definition(f"CAST({name} AS {_sql_type(plain)}) AS {name}"))
    return found


def _known_everywhere(kind: Any) -> pa.DataType:
    if kind.id == lib.Type_NA:
        return pa.int32()
    if kind.id == lib.Type_TIMESTAMP and kind.unit == "ns" and kind.tz is not None:
        return pa.timestamp("us", kind.tz)
    inside = [_known_everywhere(one) for one in _inside(kind)]
    return _made_of(kind, inside, [kind.field(i).name for i in range(kind.num_fields)])


# Into the database.


def as_shown(table: pa.Table) -> pa.Table:
    """Return a canonical table under the names and types that DuckDB has for it.

    What is flat is not copied: the same values are called something else.
    """
    columns = [_whole(column) for column in table.columns]
    names = shown_names(table.schema.names)
    return _relabelled(
        pa.Table.from_arrays(columns, schema=table.schema),
        pa.schema(list(zip(names, map(_shown, table.schema.types), strict=True))),
    )


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a nested column in chunks that are no slices of something larger.

    DuckDB 1.5 reads other rows from a struct inside a slice, and DuckDB 2 refuses it.
    """
    if not column.type.num_fields:
        return column
    return pa.chunked_array(map(_not_sliced, column.chunks), column.type)


def _not_sliced(array: pa.Array) -> pa.Array:
    return pa.concat_arrays([array.slice(0, 0), array])


def _shown(kind: Any) -> pa.DataType:
    if kind.id == lib.Type_TIMESTAMP and kind.unit == "ns":
        return pa.timestamp("ns")
    return _made_of(kind, [_shown(one) for one in _inside(kind)])


def _inside(kind: Any) -> list[Any]:
    """Return the types inside a type: those of fields, of values, of keys and items."""
    if kind.id == lib.Type_MAP:
        return [kind.key_type, kind.item_type]
    return [kind.field(i).type for i in range(kind.num_fields)]


# And back.


def as_stored(found: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return what DuckDB gave, column by column, with the schema that was stored.

    Raises:
        UnsupportedDataError: It does not fit that schema.
        ValueError: It does not even have that shape.
    """
    columns = [
        pa.chunked_array(
            [_with_nulls(chunk, field.type) for chunk in column.chunks],
            None if column.chunks else _like(column.type, field.type),
        )
        for column, field in zip(found.columns, schema, strict=True)
    ]
    like = [
        _like(column.type, kind) for column, kind in zip(columns, schema.types, strict=True)
    ]
    table = pa.Table.from_arrays(columns, names=schema.names)
    return as_recorded(
        _relabelled(table, pa.schema(list(zip(schema.names, like, strict=True)))), schema
    )


def _like(given: Any, kind: Any) -> pa.DataType:
    """Return the layout of a given type with the names and zones of the recorded one."""
    if kind.id == lib.Type_NA:
        return kind
    if given.id == lib.Type_TIMESTAMP == kind.id and given.unit == kind.unit == "ns":
        return kind
    # Another number of types inside is a ValueError.
    inside = [
        _like(one, other) for one, other in zip(_inside(given), _inside(kind), strict=True)
    ]
    names = [kind.field(i).name for i in range(kind.num_fields)]
    return _made_of(given, inside, names)


def _made_of(
    kind: Any, inside: list[pa.DataType], names: list[str] | None = None
) -> pa.DataType:
    """Return a nested type over other types, and other types as they are."""
    if kind.id == lib.Type_STRUCT:
        if names is None:
            names = shown_names(field.name for field in kind)
        return pa.struct(list(zip(names, inside, strict=True)))
    if kind.id == lib.Type_FIXED_SIZE_LIST:
        return pa.list_(*inside, kind.list_size)
    if kind.id in _OF_OTHERS:
        return _OF_OTHERS[kind.id](*inside)
    return kind


_OF_OTHERS: dict[int, Callable[..., pa.DataType]] = {
    lib.Type_LIST: pa.list_,
    lib.Type_LARGE_LIST: pa.large_list,
    lib.Type_MAP: pa.map_,
}


def _with_nulls(array: Any, kind: Any) -> pa.Array:
    """Return an array in which what has no type, on any level, has none again."""
    if kind.id == lib.Type_NA:
        return pa.nulls(len(array))
    if not _has_nulls(kind):
        return array
    if array.offset:
        array = _not_sliced(array)
    if array.type.id == lib.Type_MAP:
        keys = _with_nulls(array.keys, kind.key_type)
        items = _with_nulls(array.items, kind.item_type)
        inside = [pa.StructArray.from_arrays([keys, items], ["key", "value"])]
        types = [keys.type, items.type]
    elif array.type.id == lib.Type_STRUCT:
        inside = [_with_nulls(array.field(i), f.type) for i, f in enumerate(kind)]
        types = [one.type for one in inside]
    else:
        inside = [_with_nulls(array.values, kind.value_type)]
        types = [one.type for one in inside]
    fixed = array.type.id in (lib.Type_STRUCT, lib.Type_FIXED_SIZE_LIST)
    return pa.Array.from_buffers(
        _made_of(array.type, types, [f"f{i}" for i in range(len(types))]),
        len(array),
        array.buffers()[: 1 if fixed else 2],
        children=inside,
    )


def _has_nulls(kind: Any) -> bool:
    return kind.id == lib.Type_NA or any(map(_has_nulls, _inside(kind)))


class _Relabelled:
    """A batch under another schema of the same layout, through Arrow's C interface."""

    def __init__(self, batch: pa.RecordBatch, schema: pa.Schema) -> None:
        self._batch = batch
        self._schema = schema

    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]:
        _, array = self._batch.__arrow_c_array__()
        return self._schema.__arrow_c_schema__(), array


def _relabelled(table: pa.Table, schema: pa.Schema) -> pa.Table:
    if table.schema.equals(schema):
        return table
    batches = [pa.record_batch(_Relabelled(b, schema)) for b in table.to_batches()]
    return pa.Table.from_batches(batches, schema)
