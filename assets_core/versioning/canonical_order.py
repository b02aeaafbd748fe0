"""Rows in canonical order, for assets whose order means nothing.

The rows are sorted by all columns, the first one first, nulls last. The order is total:
rows that differ in anything that a data version sees are never taken for equal, so the
same rows give the same table in whichever order they came. Text is ordered by its
bytes, a struct by its fields, a list by its values.

DuckDB does the sorting, on all threads and with what does not fit into memory on disk.
It is shown keys that are ordered as the values are and that it cannot misunderstand:
-0.0 comes before 0.0, and a time zone or a wide decimal is only a number.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import lib

from assets_core.versioning.canonical_arrays import list_like, validity


def row_order(table: pa.Table, spill_to: str) -> npt.NDArray[np.int64]:
    """Return the numbers of a canonical table's rows in canonical order.

    >>> row_order(pa.table({"n": [3, None, 1]}), "").tolist()
    [2, 0, 1]
    """
    import duckdb  # noqa: PLC0415 - slow to load, and most runs sort nothing

    keys = _keys(table)
    by = ", ".join(f"{name} ASC NULLS LAST" for name in keys.column_names[1:])
    # Made when it is needed, and removed when the connection is closed.
    spill = str(Path(spill_to or tempfile.gettempdir()) / f"assets-order-{uuid4().hex}")
    with duckdb.connect(config={"temp_directory": spill}) as connection:
        connection.register("keys", keys)
        ordered = connection.sql(f"SELECT row FROM keys ORDER BY {by}")  # noqa: S608
        numbers: npt.NDArray[np.int64] = ordered.to_arrow_table().column("row").to_numpy()
        return numbers


def _keys(table: pa.Table) -> pa.Table:
    """Return the numbers of the rows and, for each column, a key for every row."""
    columns: dict[str, Any] = {"row": np.arange(table.num_rows)}
    for i, column in enumerate(table.columns):
        columns[f"key{i}"] = pa.chunked_array([_key(chunk) for chunk in column.chunks])
    return pa.table(columns)


def _key(array: pa.Array) -> pa.Array:
    return _KEYS.get(array.type.id, _as_it_is)(array)


def _as_it_is(array: pa.Array) -> pa.Array:
    return array


def _number_key(array: pa.Array) -> pa.Array:
    """Return dates, times and durations as the numbers that they are."""
    return array.view(pa.int64() if array.type.byte_width == _EIGHT else pa.int32())


def _text_key(array: pa.Array) -> pa.Array:
    return array.view(pa.binary())


def _float_key(array: pa.Array) -> pa.Array:
    """Return whole numbers in the order of the floats, -0.0 before 0.0, NaN last."""
    size = array.type.byte_width
    values = np.frombuffer(
        array.buffers()[1], f"<f{size}", len(array), offset=array.offset * size
    )
    whole = np.dtype(f"<i{size}")
    bits = np.where(np.isnan(values), np.array(np.nan, values.dtype), values).view(whole)
    # Negative floats count downwards: turn all their bits but the sign.
    keys = np.where(bits < 0, bits ^ np.iinfo(whole).max, bits)
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(whole), len(array), [validity(array), pa.py_buffer(keys)]
    )


def _decimal_key(array: pa.Array) -> pa.Array:
    """Return bytes in the order of the decimals: highest first, with the sign turned."""
    size, length = array.type.byte_width, len(array)
    lowest_first = np.frombuffer(
        array.buffers()[1], np.uint8, length * size, offset=array.offset * size
    )
    keys = lowest_first.reshape(length, size)[:, ::-1].copy()
    keys[:, 0] ^= 0x80
    return pa.Array.from_buffers(
        pa.binary(size), length, [validity(array), pa.py_buffer(keys)]
    )


def _list_key(array: Any) -> pa.Array:
    return list_like(array, _key(array.flatten()))


def _map_key(array: Any) -> pa.Array:
    """Return lists of the entries, as which a map is stored."""
    entries = array.values
    return _list_key(
        pa.Array.from_buffers(
            pa.list_(entries.type),
            len(array),
            array.buffers()[:2],
            offset=array.offset,
            children=[entries],
        )
    )


def _struct_key(array: Any) -> pa.Array:
    # DuckDB does not tell "a" from "A", so that the fields are numbered.
    fields = [_key(field) for field in array.flatten()]
    names = [f"field{i}" for i in range(len(fields))]
    mask = array.is_null() if array.null_count else None
    return pa.StructArray.from_arrays(fields, names=names, mask=mask)


_EIGHT = 8
_KEYS: dict[int, Callable[[Any], pa.Array]] = {
    lib.Type_NA: lambda array: pa.nulls(len(array), pa.int8()),
    lib.Type_HALF_FLOAT: _float_key,
    lib.Type_FLOAT: _float_key,
    lib.Type_DOUBLE: _float_key,
    lib.Type_STRING: _text_key,
    lib.Type_DATE32: _number_key,
    lib.Type_TIME64: _number_key,
    lib.Type_TIMESTAMP: _number_key,
    lib.Type_DURATION: _number_key,
    lib.Type_DECIMAL128: _decimal_key,
    lib.Type_DECIMAL256: _decimal_key,
    lib.Type_LARGE_LIST: _list_key,
    lib.Type_FIXED_SIZE_LIST: _list_key,
    lib.Type_MAP: _map_key,
    lib.Type_STRUCT: _struct_key,
}
