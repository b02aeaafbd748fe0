"""Tables in pandas.

A frame of pandas can hold what a table cannot: an index, Python objects of any type
side by side, names that are no text. Where that would be lost or guessed, it is refused,
with the line that settles it. NaN in a column that NumPy holds means "no value".
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form

_EXACT_FLOATS = 2**53  # up to here a float64 holds every whole number
_NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
_FAILURES = (pa.ArrowException, KeyError, OverflowError, TypeError, ValueError)

# What may stand side by side in a column of Python objects; the first that fits counts.
_FAMILIES: tuple[tuple[type, ...], ...] = (
    (str,),
    (bytes, bytearray),
    (bool, np.bool_),
    (dt.datetime, np.datetime64),
    (dt.date,),
    (dt.time,),
    (dt.timedelta, np.timedelta64),
    (uuid.UUID,),
    (int, float, decimal.Decimal, np.integer, np.floating),
    (dict,),
    (list, tuple, np.ndarray),
)
_MOMENTS = (_FAMILIES[3], _FAMILIES[6])


def form_of(value: Any) -> Form | None:
    """Return the form that a value has, None if it is no table."""
    return Form.PANDAS if isinstance(value, pd.DataFrame) else None


def to_arrow(value: Any) -> pa.Table:
    """Return a frame as a table, its named index as the first columns."""
    if not isinstance(value, pd.DataFrame):
        series = isinstance(value, pd.Series)
        raise UnsupportedDataError(
            f"A pandas.{type(value).__name__} was returned, which is no table",
            fix="return value.to_frame()" if series else "return a pandas.DataFrame",
        )
    frame = _without_index(value)
    names = list(frame.columns)
    _check_names(names)
    columns = {str(name): column for name, column in frame.items()}
    found = {
        name: _one_type(name, column)
        for name, column in columns.items()
        if column.dtype == np.object_
    }
    small = _small_table(columns | found)
    if small is not None:
        return small
    if found:
        frame = frame.assign(**found)
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except _FAILURES as error:
        raise _unfit(frame, error) from error


def _small_table(columns: Mapping[str, pd.Series[Any]]) -> pa.Table | None:
    """Return what `Table.from_pandas` gives for a small frame.

    It describes the frame as well, which takes longer than the columns, and is left out.
    """
    if sum(map(len, columns.values())) > FEW_VALUES:
        return None
    try:
        arrays = [_array(column) for column in columns.values()]
    except _FAILURES:
        return None  # which says better what is wrong
    return pa.table(arrays, names=list(columns)) if arrays else None


def _array(column: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    plain = isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf"
    return pa.array(column.to_numpy() if plain else column, from_pandas=True)


FEW_BYTES = 1 << 20
"""Up to so many bytes a thread costs more than it saves."""

FEW_VALUES = FEW_BYTES // 8
"""Up to so many values a frame is converted without threads."""

_made: dict[int, tuple[weakref.ref[pa.Table], pd.DataFrame]] = {}
"""Frames of small tables that are still held, for who reads them next."""


def from_arrow(table: pa.Table, form: Form, name: str) -> Any:  # noqa: ARG001 - as its siblings
    """Return a new frame, which shares nothing that could be changed.

    It is what `table.to_pandas()` gives, but for whole numbers beside nulls that a float
    would not hold: they keep their value, in pandas' own nullable type, or as Python's
    numbers inside lists, structs and maps.
    """
    if table.nbytes > FEW_BYTES:
        return _from_arrow(table, name)
    _, frame = _made.get(id(table), (None, None))
    if frame is None:
        frame = _from_arrow(table, name)
        if frame.empty or any(map(pa.types.is_nested, table.schema.types)):
            return frame  # a copy would share Python objects that can be changed
        number = id(table)
        _made[number] = weakref.ref(table, lambda _: _made.pop(number, None)), frame
    return frame.copy()


def _from_arrow(table: pa.Table, name: str) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = table.to_pandas(use_threads=table.nbytes > FEW_BYTES)
    except _FAILURES as error:
        raise _unread(table, name, error) from error
    for field in table.schema:
        column = table.column(field.name)
        if not _needs_all_digits(column):
            continue
        if field.type in _NULLABLE:
            frame[field.name] = column.to_pandas(types_mapper=_NULLABLE.get)
        else:
            frame[field.name] = column.to_pandas(integer_object_nulls=True)
    return frame


def without_places(value: Any) -> Any:
    """Return a part of a frame without the numbers that its rows had in the whole.

    >>> without_places(pd.DataFrame({"n": [1, 2, 3]})[1:]).index.tolist()
    [0, 1]
    """
    index = getattr(value, "index", None)
    if not isinstance(value, pd.DataFrame) or isinstance(index, pd.MultiIndex):
        return value
    numbers = pd.api.types.is_integer_dtype(value.index.dtype)
    unnamed = value.index.name is None
    return value.reset_index(drop=True) if numbers and unnamed else value


def _without_index(frame: pd.DataFrame) -> pd.DataFrame:
    index = frame.index
    names = list(index.names)
    if isinstance(index, pd.RangeIndex) and names == [None]:
        return frame
    if None in names:
        raise UnsupportedDataError(
            f"The frame has an index ({type(index).__name__}) without a name, and a table "
            "has only columns",
            fix="return frame.reset_index(drop=True)\n"
            "or, to keep it as a column, frame.rename_axis('name').reset_index()",
        )
    twice = [name for name in names if name in frame.columns or names.count(name) > 1]
    if twice:
        raise UnsupportedDataError(
            f"The index {twice[0]!r} would become a column, and there already is one",
            fix="return frame.reset_index(drop=True), or rename the index",
        )
    return frame.reset_index()


def _check_names(names: list[Any]) -> None:
    for name in names:
        if isinstance(name, tuple):
            raise UnsupportedDataError(
                f"The columns have several levels, such as {name!r}",
                fix='frame.columns = ["_".join(map(str, name)) for name in frame.columns]',
            )
        if not isinstance(name, str):
            raise UnsupportedDataError(
                f"The column {name!r} has a name that is no text but {type(name).__name__}",
                fix="frame.columns = frame.columns.astype(str)",
            )
        if names.count(name) > 1:
            raise UnsupportedDataError(
                f"The frame has several columns called {name!r}",
                fix="rename them, or leave all but one out",
            )


def _one_type(name: Any, column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column of Python objects, or raise if Arrow would have to guess."""
    there = column.notna().to_numpy()
    types = set(map(type, column.to_numpy()[there]))
    families = {_family_of(kind) for kind in types}
    if len(families) > 1 or None in families:
        raise _mixed(name, column, there)
    if families.isdisjoint(_MOMENTS):
        return column
    # Arrow would drop nanoseconds, and take times without a zone for times in UTC.
    inferred = column.infer_objects()
    if pd.api.types.is_object_dtype(inferred):
        raise UnsupportedDataError(
            f"Column {name!r} holds times in different zones, or some without a zone",
            fix=f"frame[{name!r}] = pandas.to_datetime(frame[{name!r}], utc=True)",
        )
    return inferred


def _family_of(kind: type) -> tuple[type, ...] | None:
    return next((family for family in _FAMILIES if issubclass(kind, family)), None)


def _mixed(name: Any, column: pd.Series[Any], there: Any) -> UnsupportedDataError:
    """Return an error with the first row of each type of a column."""
    values = column.to_numpy()
    rows: dict[str, int] = {}
    for row in np.flatnonzero(there).tolist():
        rows.setdefault(type(values[row]).__qualname__, row)
    seen = ", ".join(f"{kind} (first in row {row})" for kind, row in rows.items())
    return UnsupportedDataError(
        f"Column {name!r} holds Python objects that are no one type of a table: {seen}",
        fix=f"make them one type, as in frame[{name!r}] = frame[{name!r}].astype(str)",
    )


def _unfit(frame: pd.DataFrame, whole: Exception) -> UnsupportedDataError:
    """Return an error about the first column that alone cannot be converted."""
    name, error = next(_failing(frame.columns, lambda n: _as_array(frame[n])), ("", whole))
    if not name:
        return UnsupportedDataError(f"The frame cannot be stored: {_line(whole)}")
    column = frame[name]
    if not pd.api.types.is_object_dtype(column):
        return UnsupportedDataError(
            f"Column {name!r} has the dtype {column.dtype}, which cannot be stored: "
            f"{_line(error)}",
            fix=f"cast it, as in frame[{name!r}] = frame[{name!r}].astype(…)",
        )
    row = _first_failing_row(column)
    kind = type(column.iloc[row]).__qualname__
    return UnsupportedDataError(
        f"Column {name!r} cannot be stored: row {row}, of type {kind}: {_line(error)}",
        fix=f"make the values of frame[{name!r}] one type",
    )


def _failing(
    names: Any, convert: Callable[[str], object]
) -> Iterator[tuple[str, Exception]]:
    for name in names:
        try:
            convert(name)
        except _FAILURES as error:
            yield name, error


def _as_array(column: pd.Series[Any]) -> pa.Array:
    return pa.Array.from_pandas(column)


def _first_failing_row(column: pd.Series[Any]) -> int:
    """Return the last row of the shortest beginning that cannot be converted."""
    good, bad = 0, len(column)
    while bad - good > 1:
        middle = (good + bad) // 2
        if next(_failing([middle], lambda count: _as_array(column.iloc[:count])), None):
            bad = middle
        else:
            good = middle
    return bad - 1


def _needs_all_digits(column: pa.ChunkedArray) -> bool:
    """Return whether numbers stand beside nulls that a float would make others."""
    numbers = [part for chunk in column.chunks for part in _long_numbers(chunk)]
    if not any(part.null_count for part in numbers):
        return False
    ends = [end for part in numbers for end in pc.min_max(part).as_py().values()]
    return any(abs(end) > _EXACT_FLOATS for end in ends if end is not None)


def _long_numbers(array: Any) -> Iterator[pa.Array]:
    """Yield the integers of 64 bits in a canonical array, on every level."""
    kind = array.type
    if kind in _NULLABLE:
        yield array
    elif pa.types.is_struct(kind):
        for field in array.flatten():
            yield from _long_numbers(field)
    elif pa.types.is_map(kind):
        first, last = array.offsets[0].as_py(), array.offsets[-1].as_py()
        entries = array.values.slice(first, last - first)  # noqa: PD011 - Arrow's own
        yield from _long_numbers(entries)
    elif pa.types.is_nested(kind):
        yield from _long_numbers(array.flatten())


def _unread(table: pa.Table, name: str, whole: Exception) -> UnsupportedDataError:
    found = next(_failing(table.column_names, lambda n: table.column(n).to_pandas()), None)
    column, error = found or (table.column_names[0], whole)
    return UnsupportedDataError(
        f"Input {name!r} cannot be a pandas frame: column {column!r} of type "
        f"{table.schema.field(column).type}: {_line(error)}",
        fix="annotate the parameter as pyarrow.Table, or leave that column out",
    )


def _line(error: Exception) -> str:
    """Return what an error of Arrow says, on one line."""
    text = str(error.args[0] if error.args else error)
    return text.partition("\n")[0]
