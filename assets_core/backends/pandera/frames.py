"""Tables as the frames that a schema checks, and back.

A table is stored in one form, and a schema may ask for another of the same data: a
category is stored as text, and a pandas column of whole numbers may be `int64`, `Int64`
or `int64[pyarrow]`. A column is given to the schema in the form that it asks for if that
form is stored as the very type that the column has. Otherwise it comes as its library
makes it, and the schema says what it thinks of that.

What a schema did not change comes back as it was, not as a frame would have it: pandas
knows no difference between NaN and null, and Polars has other types for text.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assets_core.backends.pandera.pandas_frames import pandas_frame
from assets_core.backends.pandera.schemas import Library, typed_parts, wanted_type
from assets_core.errors import UnsupportedDataError

_UNFIT = (pa.ArrowException, OverflowError, TypeError, ValueError)


def to_frame(table: pa.Table, schema: Any, library: Library) -> Any:
    """Return a table as a frame of a library, in the form that a schema asks for.

    The schema is a copy, which over pandas may be made to ask for nullable types.

    Raises:
        UnsupportedDataError: The library cannot hold a column.
    """
    if library is Library.PANDAS:
        return pandas_frame(table, schema)
    if library is Library.POLARS:
        return _polars_frame(table, schema)
    return _arrow_table(table, schema)


def to_table(result: Any, frame: Any, table: pa.Table, library: Library) -> pa.Table:
    """Return what validating made of a frame, which was made of a table, as a table.

    Raises:
        UnsupportedDataError: A column of the result cannot be stored.
    """
    if library is Library.ARROW:
        return result
    if library is Library.PANDAS:
        result, frame = _columns(result), _columns(frame)
    arrays = []
    for name in result.columns:
        made, given = result[name], frame[name] if name in frame.columns else None
        if given is None or made.dtype != given.dtype:
            arrays.append(_array(name, made, None))
        elif _same(made, given):
            arrays.append(table.column(name))
        else:
            arrays.append(_array(name, made, table.column(name).type))
    return pa.table(arrays, names=[str(name) for name in result.columns])


def _same(made: Any, given: Any) -> bool:
    if not made.equals(given):
        return False
    signed = str(made.dtype).lower().startswith("float")
    # 0.0 equals -0.0, and is not the same.
    return not signed or bool(
        (np.signbit(made.to_numpy()) == np.signbit(given.to_numpy())).all()
    )


def _array(name: Any, column: Any, usual: pa.DataType | None) -> Any:
    if hasattr(column, "to_arrow"):
        return column.to_arrow()
    try:
        # What pandas holds as Python objects had a type before.
        return pa.array(column, type=usual)
    except _UNFIT:
        pass
    try:
        return pa.array(column)
    except _UNFIT as error:
        line = str(error).partition("\n")[0]
        raise UnsupportedDataError(
            f"What the schema makes of column {name!r} cannot be stored: {line}",
            fix="let it make values of one type",
        ) from error


def _columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of pandas with a named index as columns, without any other."""
    return frame if None in frame.index.names else frame.reset_index()


def _polars_frame(table: pa.Table, schema: Any) -> Any:
    polars = sys.modules["polars"]  # it was loaded with the schema
    failures = (polars.exceptions.PolarsError, polars.exceptions.PanicException, *_UNFIT)
    columns = {}
    for field in table.schema:
        if _has_decimal256(field.type):
            # Polars would print a traceback of its own.
            raise _unheld(field, "it has no decimals of more than 38 digits")
        try:
            columns[field.name] = polars.from_arrow(table.column(field.name))
        except failures as error:
            raise _unheld(field, str(error)) from error
    for name, wanted in _wanted_of_text(table, schema):
        if wanted == polars.Categorical or isinstance(wanted, polars.Enum):
            try:
                columns[name] = columns[name].cast(wanted)
            except polars.exceptions.PolarsError:
                continue  # it stays text, and the schema says so
    return polars.DataFrame(columns)


def _has_decimal256(kind: pa.DataType) -> bool:
    inside = (kind.field(place).type for place in range(kind.num_fields))
    return pa.types.is_decimal256(kind) or any(map(_has_decimal256, inside))


def _unheld(field: pa.Field, reason: str) -> UnsupportedDataError:
    return UnsupportedDataError(
        f"Column {field.name!r} of type {field.type} cannot be given to a schema of "
        f"Polars: {reason.partition(chr(10))[0]}",
        fix="use a schema of pandera.pyarrow, or leave that column out",
    )


def _arrow_table(table: pa.Table, schema: Any) -> pa.Table:
    for name, wanted in _wanted_of_text(table, schema):
        if str(wanted) == "Categorical":
            place = table.column_names.index(name)
            table = table.set_column(place, name, table.column(name).dictionary_encode())
    return table


def _wanted_of_text(table: pa.Table, schema: Any) -> list[tuple[str, Any]]:
    """Return each column of text with the type that a schema wants it to have."""
    return [
        (name, wanted_type(part))
        for part, names in typed_parts(schema, table.column_names)
        for name in names
        if pa.types.is_string(table.column(name).type)
    ]
