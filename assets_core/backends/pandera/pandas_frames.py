"""Tables as frames of pandas, each column in the form that a schema asks for.

Whole numbers and truth values beside nulls come in pandas' nullable types, so that
nothing is lost: as floats, large numbers would change. And a null never changes the type
of a column. Where `int` is asked for, whole numbers beside nulls have the right type, and
whether nulls may be there is asked of `nullable` alone.

An index with a name is made of the column of that name, which is what it is stored as.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assets_core.backends.pandera.schemas import index_of, typed_parts, wanted_type
from assets_core.errors import UnsupportedDataError

_NULLABLE: dict[pa.DataType, Any] = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}
_STORED_AS = {
    pa.large_string(): pa.string(),
    pa.string_view(): pa.string(),
    pa.large_binary(): pa.binary(),
    pa.binary_view(): pa.binary(),
    pa.date64(): pa.date32(),
    pa.time32("s"): pa.time64("us"),
    pa.time32("ms"): pa.time64("us"),
}
_UNFIT = (pa.ArrowException, OverflowError, TypeError, ValueError)


def pandas_frame(table: pa.Table, schema: Any) -> pd.DataFrame:
    """Return a table as the frame that a schema expects.

    Where whole numbers beside nulls are asked for as `int`, the schema, which is a copy,
    is made to ask for their nullable type.

    Raises:
        UnsupportedDataError: pandas cannot hold a column.
    """
    index = index_of(schema)
    wanted = {} if index is None else {index.name: wanted_type(index)}
    columns = [name for name in table.column_names if name not in wanted]
    for part, names in typed_parts(schema, columns):
        nullable = (_nullable(table.column(name), wanted_type(part)) for name in names)
        relaxed = next((kind for kind in nullable if kind is not None), None)
        if relaxed is not None:
            part.dtype = relaxed
        wanted |= dict.fromkeys(names, wanted_type(part))
    series = {name: _series(table, name, wanted.get(name)) for name in table.column_names}
    frame = pd.DataFrame(series, copy=False)
    return (
        frame if index is None or index.name not in series else frame.set_index(index.name)
    )


def _nullable(column: pa.ChunkedArray, wanted: Any) -> Any:
    """Return the nullable type to ask for, None where the one asked for will do."""
    if isinstance(wanted, np.dtype) and column.null_count:
        return _NULLABLE.get(column.type) if _type_of(wanted) == column.type else None
    return None


def _series(table: pa.Table, name: str, wanted: Any) -> pd.Series[Any]:
    column = table.column(name)
    try:
        made = _as_wanted(column, wanted)
    except _UNFIT:
        made = None  # then as it comes, and the schema says what it thinks of that
    if made is not None:
        return made
    dtype = _NULLABLE.get(column.type) if column.null_count else None
    try:
        return _with_dtype(column, dtype)
    except _UNFIT as error:
        line = str(error).partition("\n")[0]
        raise UnsupportedDataError(
            f"Column {name!r} of type {column.type} cannot be given to a schema of pandas: "
            f"{line}",
            fix="use a schema of pandera.pyarrow, or leave that column out",
        ) from error


def _as_wanted(column: pa.ChunkedArray, wanted: Any) -> pd.Series[Any] | None:
    """Return a column in the form that is asked for, None if it has no such form."""
    if isinstance(wanted, type):
        # Lists and dicts, as Python has them.
        nested = pa.types.is_nested(column.type)
        return pd.Series(column.to_pylist(), dtype=object) if nested else None
    if isinstance(wanted, pd.CategoricalDtype):
        return _as_category(_with_dtype(column, None), wanted)
    if wanted == np.dtype(object) and pa.types.is_string(column.type):
        return _with_dtype(column, None).astype(object)
    stored = _type_of(wanted)
    if stored is None or _stored_as(stored) != column.type:
        return None
    if isinstance(wanted, pd.ArrowDtype):
        return pd.Series(pd.arrays.ArrowExtensionArray(column.cast(stored)))
    return None if isinstance(wanted, np.dtype) else _with_dtype(column, wanted)


def _as_category(values: pd.Series[Any], wanted: pd.CategoricalDtype) -> pd.Series[Any]:
    # Values outside the categories would become nulls; they have to show instead.
    categories: Any = wanted.categories
    if categories is None or not values.dropna().isin(categories).all():
        return values.astype("category")
    return values.astype(wanted)


def _with_dtype(column: pa.ChunkedArray, dtype: Any) -> pd.Series[Any]:
    made: pd.Series[Any] = column.to_pandas(types_mapper=dtype and (lambda _: dtype))
    return made


def _type_of(wanted: Any) -> pa.DataType | None:
    """Return the type of Arrow that a dtype of pandas comes to."""
    if isinstance(wanted, pd.ArrowDtype):
        return wanted.pyarrow_dtype
    if isinstance(wanted, pd.StringDtype):
        return pa.string()
    plain = getattr(wanted, "numpy_dtype", wanted)
    if isinstance(plain, np.dtype) and plain.kind in "biuf":
        return pa.from_numpy_dtype(plain)
    return None


def _stored_as(kind: pa.DataType) -> pa.DataType:
    """Return the type that a column of some type is stored with."""
    if pa.types.is_dictionary(kind):
        return _stored_as(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.large_list(_stored_as(kind.value_type))
    if pa.types.is_timestamp(kind) and kind.unit == "s":
        return pa.timestamp("ms", kind.tz)
    return _STORED_AS.get(kind, kind)
