"""The one form in which every table is hashed and stored.

The same rows come as string views from Polars, as large strings from pandas and as
dictionaries from a Parquet file. Here they become equal:

    string kinds, dictionaries    string (in chunks below 2 GiB)
    binary kinds                  binary
    lists, large lists, views     large_list, its field called `item`
    date64                        date32
    time32                        time64[us]
    timestamp[s]                  timestamp[ms]; other units, and zone names, stay
    decimal32, decimal64          decimal128 of the same precision and scale
    run-end encoded               decoded
    Arrow's own extension types   what they are stored as; bool8 is bool

all the way down, without nullability and metadata. Widths of integers, precision and
scale of decimals, and lists of fixed size stay: they are what somebody declared. What a
Parquet file cannot hold is refused, by column and type, before anything is written.

Only the form changes here, never a value: what would lose something is refused too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa
from pyarrow import lib

from assets_core.errors import UnsupportedDataError
from assets_core.versioning.canonical_arrays import convert_column
from assets_core.versioning.canonical_order import row_order
from assets_core.versioning.canonical_types import canonical_column
from assets_core.versioning.type_text import parse_type, type_text

_LARGEST_CHUNK = 2**31 - 1
_WIDE = {lib.Type_STRING: pa.large_string(), lib.Type_BINARY: pa.large_binary()}


def canonical_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema in canonical form; the very same object if it is so already.

    >>> canonical_schema(pa.schema([("s", pa.large_string())])).field("s").type
    DataType(string)

    Raises:
        UnsupportedDataError: A type or the names of columns cannot be stored.
    """
    names = schema.names
    _check_names(names)
    fields = list(schema)
    types = [canonical_column(field) for field in fields]
    same = schema.metadata is None and all(
        kind is field.type or kind.equals(field.type, check_metadata=True)
        for kind, field in zip(types, fields, strict=True)
    )
    if same and all(field.nullable and field.metadata is None for field in fields):
        return schema
    return pa.schema(list(zip(names, types, strict=True)))


def canonical_table(table: pa.Table) -> pa.Table:
    """Return the table in canonical form; itself, uncopied, if it is so already.

    Raises:
        UnsupportedDataError: A column cannot be stored.
    """
    given = table.schema
    schema = canonical_schema(given)
    if schema is given:
        return table
    columns = [
        convert_column(column, field.type, field.name)
        for column, field in zip(table.columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def as_recorded(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return what a store gave back with exactly the canonical schema it was stored with.

    Columns are found by name. Use it rather than Arrow's `cast`, which breaks some nested
    nulls, and with them the table.

    >>> stored = pa.table({"s": pa.array(["a"], pa.large_string())})
    >>> as_recorded(stored, pa.schema([("s", pa.string())])).schema.field("s").type
    DataType(string)

    Raises:
        UnsupportedDataError: A value does not fit the recorded type.
    """
    columns = [convert_column(table.column(f.name), f.type, f.name) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def canonical_batches(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Return a stream of the same rows in canonical form, read as it is asked for."""
    schema = canonical_schema(reader.schema)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            yield from canonical_table(pa.Table.from_batches([batch])).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def in_canonical_order(table: pa.Table, *, spill_to: str = "") -> pa.Table:
    """Return a canonical table with its rows in canonical order: see canonical_order.py.

    Args:
        spill_to: A folder for what does not fit into memory, by default the system's
            folder for temporary files. It is left as it was.

    >>> in_canonical_order(pa.table({"n": [3, None, 1]})).column("n").to_pylist()
    [1, 3, None]
    """
    if table.num_rows < 2:  # noqa: PLR2004 - one row is in order
        return table
    order = row_order(table, spill_to)
    if bool((order == np.arange(len(order))).all()):
        return table
    rows = pa.array(order)
    if table.nbytes <= _LARGEST_CHUNK:
        return table.take(rows)
    # Taking rows joins chunks, and text does not count beyond 2 GiB.
    wide = pa.schema([(field.name, _wide(field.type)) for field in table.schema])
    return canonical_table(table.cast(wide).take(rows))


def schema_to_json(schema: pa.Schema) -> list[dict[str, str]]:
    """Return a canonical schema as plain values.

    >>> schema_to_json(pa.schema([("n", pa.int64())]))
    [{'name': 'n', 'type': 'int64'}]
    """
    return [{"name": field.name, "type": type_text(field.type)} for field in schema]


def schema_from_json(columns: Iterable[Mapping[str, str]]) -> pa.Schema:
    """Return the schema that `schema_to_json` described.

    >>> schema_from_json([{"name": "n", "type": "int64"}]).names
    ['n']
    """
    return pa.schema([(column["name"], parse_type(column["type"])) for column in columns])


def _check_names(names: list[str]) -> None:
    if not names:
        raise UnsupportedDataError(
            "The table has no columns", fix="return a table with at least one column"
        )
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise UnsupportedDataError(
            "The table has several columns called " + ", ".join(map(repr, twice)),
            fix="rename them, or leave all but one out",
        )


def _wide(kind: pa.DataType) -> pa.DataType:
    if kind.id in _WIDE:
        return _WIDE[kind.id]
    if kind.id == lib.Type_LARGE_LIST:
        return pa.large_list(_wide(kind.value_type))
    if kind.id == lib.Type_FIXED_SIZE_LIST:
        return pa.list_(_wide(kind.value_type), kind.list_size)
    if kind.id == lib.Type_MAP:
        return pa.map_(_wide(kind.key_type), _wide(kind.item_type))
    if kind.id == lib.Type_STRUCT:
        return pa.struct([(field.name, _wide(field.type)) for field in kind])
    return kind
