"""How arrays and frames are written: by what they hold, whatever holds it.

None of the libraries is imported here. A value of one can only exist where its library
has been loaded, and what is needed is asked of the value itself.
"""

from __future__ import annotations

from typing import Any

from assets_core.versioning.values import Kind, ValueWriter

__all__ = ["changeable_frame", "frame_kind_of", "holds_rows"]


def frame_kind_of(owner: type) -> Kind | None:
    """Return how the instances of a class of a known library are written."""
    return _KINDS.get(_name(owner))


def changeable_frame(owner: type) -> bool:
    """Return whether the instances of a class are arrays or frames changed in place."""
    return _name(owner) in _CHANGEABLE


def holds_rows(owner: type) -> bool:
    """Return whether SQL can name a variable that holds an instance of a class."""
    return _name(owner) in _QUERIED


def _name(owner: type) -> str:
    return f"{owner.__module__.partition('.')[0]}.{owner.__qualname__}"


# NumPy


def _array(writer: ValueWriter, value: Any) -> None:
    kind = value.dtype
    writer.put("array", str(value.shape))
    _dtype(writer, kind)
    if kind.hasobject or kind.names:
        writer.each(value.ravel().tolist())
    elif kind.char in _WIDE:
        writer.each(repr(each) for each in value.ravel().tolist())
    else:
        if kind.kind in "fc":
            value = value.copy()
            value[value != value] = float("nan")  # noqa: PLR0124 - every NaN as one NaN
        writer.put("data", value.tobytes())


_WIDE = "gG"  # long doubles, whose bytes are not all part of the number


def _masked(writer: ValueWriter, value: Any) -> None:
    writer.put("masked")
    _array(writer, value.filled(value.fill_value))
    writer.write(value.mask)
    writer.write(value.fill_value)


def _number(writer: ValueWriter, value: Any) -> None:
    writer.put("number", value.dtype.str)
    is_nan = value.dtype.kind in "fc" and value != value  # noqa: PLR0124
    wide = value.dtype.char in _WIDE
    writer.put("data", "nan" if is_nan else repr(value) if wide else value.tobytes())


def _dtype(writer: ValueWriter, value: Any) -> None:
    writer.put("dtype", str(value.descr if value.names else value.str))


# pandas


def _frame(writer: ValueWriter, value: Any) -> None:
    writer.put("frame")
    _index(writer, value.columns)
    _index(writer, value.index)
    for position in range(value.shape[1]):
        _column(writer, value.iloc[:, position].array)
    writer.pairs(value.attrs)


def _series(writer: ValueWriter, value: Any) -> None:
    writer.put("series")
    writer.write(value.name)
    _index(writer, value.index)
    _column(writer, value.array)
    writer.pairs(value.attrs)


def _index(writer: ValueWriter, value: Any) -> None:
    writer.put("index", type(value).__name__)
    writer.each(value.names)
    if type(value).__name__ == "RangeIndex":
        writer.each((value.start, value.stop, value.step))
    elif value.nlevels > 1:
        for level in range(value.nlevels):
            _index(writer, value.get_level_values(level))
    else:
        writer.write(getattr(value, "freqstr", None))
        _column(writer, value.array)


def _column(writer: ValueWriter, value: Any) -> None:
    """Write an extension array: as numbers where it is nothing else, else one by one."""
    _pandas_dtype(writer, value.dtype)
    name = type(value).__name__
    if name == "NumpyExtensionArray":
        _array(writer, value.to_numpy())
    elif name in {"DatetimeArray", "TimedeltaArray", "PeriodArray"}:
        _array(writer, value.view("i8"))
    elif name == "Categorical":
        _array(writer, value.codes)
    else:
        writer.each(list(value))


def _pandas_dtype(writer: ValueWriter, value: Any) -> None:
    writer.put("type", str(value))
    categories = getattr(value, "categories", None)
    if categories is not None:
        writer.write(bool(value.ordered))
        _index(writer, categories)


def _moment(writer: ValueWriter, value: Any) -> None:
    writer.put("moment", f"{value.isoformat()} {value.unit}")
    writer.write(getattr(value, "tzinfo", None))


def _said(name: str) -> Kind:
    """Return a writer for what its text says entirely."""

    def write(writer: ValueWriter, value: Any) -> None:
        writer.put(name, f"{type(value).__name__} {value!r}")

    return write


# Arrow and Polars


def _table(writer: ValueWriter, value: Any) -> None:
    writer.put("table", type(value).__name__)
    _schema(writer, value.schema)
    for column in value.columns:
        writer.each(column.to_pylist())


def _schema(writer: ValueWriter, value: Any) -> None:
    writer.put(
        "schema", value.to_string(show_field_metadata=True, show_schema_metadata=True)
    )
    writer.write(value.metadata)


def _field(writer: ValueWriter, value: Any) -> None:
    writer.put("field", f"{value} {value.nullable}")
    writer.write(value.metadata)


def _arrow_values(writer: ValueWriter, value: Any) -> None:
    writer.put("values", str(value.type))
    writer.each(value.to_pylist())


def _scalar(writer: ValueWriter, value: Any) -> None:
    writer.put("scalar", str(value.type))
    writer.write(value.as_py())


def _polars_frame(writer: ValueWriter, value: Any) -> None:
    writer.put("polars frame", repr(list(value.schema.items())))
    for column in value.get_columns():
        writer.each(column.to_list())


def _polars_series(writer: ValueWriter, value: Any) -> None:
    writer.put("polars series", repr((value.name, value.dtype)))
    writer.each(value.to_list())


_KINDS: dict[str, Kind] = {
    "numpy.ndarray": _array,
    "numpy.ma.MaskedArray": _masked,
    "numpy.MaskedArray": _masked,
    "numpy.generic": _number,
    "numpy.dtype": _dtype,
    "pandas.DataFrame": _frame,
    "pandas.Series": _series,
    "pandas.Index": _index,
    "pandas.ExtensionArray": _column,
    "pandas.ExtensionDtype": _pandas_dtype,
    "pandas.Timestamp": _moment,
    "pandas.Timedelta": _moment,
    "pandas.NaTType": _said("not a time"),
    "pandas.NAType": _said("missing"),
    "pandas.Interval": _said("interval"),
    "pandas.Period": _said("period"),
    "pandas.BaseOffset": _said("offset"),
    "pyarrow.Table": _table,
    "pyarrow.RecordBatch": _table,
    "pyarrow.Schema": _schema,
    "pyarrow.Field": _field,
    "pyarrow.DataType": _said("type"),
    "pyarrow.Array": _arrow_values,
    "pyarrow.ChunkedArray": _arrow_values,
    "pyarrow.Scalar": _scalar,
    "polars.DataFrame": _polars_frame,
    "polars.Series": _polars_series,
    "polars.DataType": _said("type"),
}
_CHANGEABLE = frozenset({"numpy.ndarray", "pandas.DataFrame", "pandas.Series"})
_QUERIED = frozenset(
    {
        "numpy.ndarray",
        "pandas.DataFrame",
        "pandas.Series",
        "polars.DataFrame",
        "polars.LazyFrame",
        "polars.Series",
        "pyarrow.Table",
        "pyarrow.RecordBatch",
        "pyarrow.RecordBatchReader",
        "pyarrow.Dataset",
        "pyarrow.InMemoryDataset",
        "pyarrow.FileSystemDataset",
        "duckdb.DuckDBPyRelation",
        "_duckdb.DuckDBPyRelation",
    }
)
