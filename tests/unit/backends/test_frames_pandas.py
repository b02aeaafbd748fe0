"""Frames of pandas: what becomes a table as it is, and what is refused with a way out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assets_core.backends.frames_pandas import from_arrow, to_arrow
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form

NAN = float("nan")


def objects(*values: Any) -> pd.DataFrame:
    """Return a frame with one column of Python objects."""
    return pd.DataFrame({"x": pd.Series(values, dtype=object)})


def load(table: pa.Table) -> pd.DataFrame:
    """Return a table as a function would get it."""
    frame = from_arrow(table, Form.PANDAS, "orders")
    assert isinstance(frame, pd.DataFrame)
    return frame


def test_a_plain_index_is_dropped() -> None:
    """Row numbers are not data, wherever they start."""
    frame = pd.DataFrame({"n": range(5)})
    filtered = frame[frame["n"] > 2]

    for given in (frame, filtered, frame.iloc[::2]):
        assert to_arrow(given).column_names == ["n"]


def test_named_indexes_become_the_first_columns() -> None:
    """A `groupby` puts its keys into the index; they are data."""
    frame = pd.DataFrame({"a": [1, 1, 2], "b": ["x", "y", "x"], "n": [1, 2, 3]})
    levels = frame.groupby(["a", "b"]).sum()
    named = pd.DataFrame({"n": [1, 2]}, index=pd.RangeIndex(2, name="id"))

    assert to_arrow(levels).to_pydict() == {
        "a": [1, 1, 2],
        "b": ["x", "y", "x"],
        "n": [1, 2, 3],
    }
    assert to_arrow(named).to_pydict() == {"id": [0, 1], "n": [1, 2]}
    assert list(levels.columns) == ["n"]


INDEXES = {
    "without a name": pd.DataFrame({"n": [1, 2]}, index=[5, 7]),
    "one level without a name": pd.DataFrame(
        {"n": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)], names=["a", None])
    ),
    "the name of a column": pd.DataFrame({"n": [1]}, index=pd.Index([2], name="n")),
}


@pytest.mark.parametrize("frame", INDEXES.values(), ids=INDEXES)
def test_any_other_index_is_refused(frame: pd.DataFrame) -> None:
    """To drop it or to keep it is not ours to guess."""
    with pytest.raises(UnsupportedDataError, match="index") as caught:
        to_arrow(frame)

    assert "reset_index(" in caught.value.fix


NAMES = {
    "number": (pd.DataFrame([[1]]), "0", "astype(str)"),
    "levels": (pd.DataFrame({("a", "b"): [1]}), "('a', 'b')", "join"),
    "none": (pd.DataFrame([[1]], columns=[None]), "None", "astype(str)"),
    "twice": (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a'", "rename"),
}


@pytest.mark.parametrize(("frame", "name", "fix"), NAMES.values(), ids=NAMES)
def test_names_that_no_table_can_have_are_refused(
    frame: pd.DataFrame, name: str, fix: str
) -> None:
    """A name is turned into text by its owner, not by us."""
    with pytest.raises(UnsupportedDataError, match="column") as caught:
        to_arrow(frame)

    assert name in caught.value.problem
    assert fix in caught.value.fix


def test_nan_of_numpy_is_null_and_nan_of_arrow_is_nan() -> None:
    """NumPy has no other way to say that there is no value; Arrow has."""
    frame = pd.DataFrame({"numpy": [1.0, NAN], "small": np.array([1, NAN], "f2")})
    arrow = pa.chunked_array([[NAN, None]])
    frame["arrow"] = pd.Series(arrow, dtype=pd.ArrowDtype(pa.float64()))
    table = to_arrow(frame)

    assert [table.column(name).null_count for name in table.column_names] == [1, 1, 1]
    assert str(table.column("arrow").to_pylist()) == "[nan, None]"


GOOD: dict[str, tuple[pd.DataFrame, pa.DataType]] = {
    "text": (objects("a", None, NAN), pa.string()),
    "numbers": (objects(1, 2.5, None), pa.float64()),
    "numbers of numpy": (objects(np.int8(1), 2), pa.int64()),
    "decimals": (objects(Decimal("1.5"), 2, pd.NA), pa.decimal128(2, 1)),
    "booleans": (objects(True, None), pa.bool_()),  # noqa: FBT003 - the value itself
    "dates": (objects(dt.date(2024, 1, 1), pd.NaT), pa.date32()),
    "times with a zone": (
        objects(pd.Timestamp("2024-01-01", tz="UTC"), None),
        pa.timestamp("us", "UTC"),
    ),
    "nanoseconds": (objects(pd.Timestamp(1, unit="ns")), pa.timestamp("ns")),
    "durations": (objects(pd.Timedelta(1, unit="ns")), pa.duration("ns")),
    "times of day": (objects(dt.time(1)), pa.time64("us")),
    "lists": (objects([1], None, np.array([2])), pa.list_(pa.int64())),
    "structs": (
        objects({"a": 1}, {"b": "x"}),
        pa.struct([("a", pa.int64()), ("b", pa.string())]),
    ),
    "nothing": (objects(None, None), pa.null()),
}


@pytest.mark.parametrize(("frame", "kind"), GOOD.values(), ids=GOOD)
def test_objects_of_one_type_are_a_column(frame: pd.DataFrame, kind: pa.DataType) -> None:
    """Old code holds text, dates and decimals as Python objects."""
    assert to_arrow(frame).schema.field("x").type == kind


# Arrow alone takes the first four without a word, and loses something.
MIXED: dict[str, tuple[pd.DataFrame, list[str]]] = {
    "text and bytes": (
        objects("a", b"b"),
        ["str (first in row 0)", "bytes (first in row 1)"],
    ),
    "dates and times": (
        objects(dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, 5, tzinfo=dt.UTC)),
        ["date (first in row 0)", "datetime (first in row 1)"],
    ),
    "with and without a zone": (
        objects(pd.Timestamp("2024", tz="UTC"), pd.Timestamp("2024")),
        ["zone"],
    ),
    "sets": (objects({1, 2}), ["set (first in row 0)"]),
    "numbers and text": (
        objects(1, None, 2, "a", 2.5),
        ["int (first in row 0)", "str (first in row 3)", "float (first in row 4)"],
    ),
    "booleans and numbers": (objects(True, 2), ["bool", "int"]),  # noqa: FBT003 - the value
    "structs and lists": (objects({"a": 1}, [1]), ["dict", "list"]),
    "anything": (objects(1, object()), ["object (first in row 1)"]),
    "decimals and floats": (objects(Decimal(1), 1.5), ["row 1", "float"]),
    "lists of everything": (objects([1], [1, "a"]), ["row 1", "list"]),
    "too large": (objects(1, 2, 2**70), ["row 2", "int"]),
    "not exact": (objects(2**60 + 1, 0.5), ["'x'", "row"]),
    "half a character": (objects("a", "\ud800"), ["row 1", "str"]),
}


@pytest.mark.parametrize(("frame", "told"), MIXED.values(), ids=MIXED)
def test_objects_of_many_types_are_refused_with_the_row(
    frame: pd.DataFrame, told: list[str]
) -> None:
    """The one bad row among millions is what has to be found."""
    with pytest.raises(UnsupportedDataError, match="Column 'x'") as caught:
        to_arrow(frame)

    assert [part for part in told if part not in caught.value.problem] == []
    assert caught.value.fix


DTYPES = {
    "complex numbers": pd.DataFrame({"x": [1j]}),
    "sparse columns": pd.DataFrame({"x": pd.arrays.SparseArray([0, 1])}),
    "long doubles": pd.DataFrame({"x": np.array([1], "longdouble")}),
}


@pytest.mark.parametrize("frame", DTYPES.values(), ids=DTYPES)
def test_dtypes_without_a_column_type_are_refused(frame: pd.DataFrame) -> None:
    """The error names the column, not a number of NumPy's."""
    with pytest.raises(UnsupportedDataError, match="Column 'x' has the dtype"):
        to_arrow(frame)


def change_in_place(frame: pd.DataFrame) -> None:
    """Do what functions do to their inputs."""
    frame.loc[0, "n"] = 99
    frame.iat[0, 1] = -1.5  # noqa: PD009 - one of the ways
    frame.loc[0, "s"] = "changed"
    frame.loc[0, "at"] = pd.Timestamp("2000-01-01", tz="UTC")
    frame["big"] = frame["big"] + 1
    frame.loc[0, "big"] = 5
    frame["new"] = 1
    frame.pop("ok")


def test_no_two_frames_share_what_can_be_changed() -> None:
    """A function that changes its input in place changes nobody else's."""
    table = pa.table(
        {
            "n": [1, 2],
            "x": [0.5, None],
            "s": ["a", None],
            "ok": [True, False],
            "at": pa.array([1, 2], pa.timestamp("us", "UTC")),
            "big": pa.array([2**60, None], pa.int64()),
            "l": [[1], [2]],
        }
    )
    before = table.to_pydict()
    one, other = load(table), load(table)
    untouched = other.copy(deep=True)
    change_in_place(one)

    pd.testing.assert_frame_equal(other, untouched)
    assert table.to_pydict() == before
    with pytest.raises(ValueError, match="read-only"):
        other["l"][0][0] = 99


def test_large_numbers_beside_nulls_keep_their_digits() -> None:
    """As floats, ids of 18 digits would silently become others."""
    large = 2**60 + 1
    table = pa.table(
        {
            "id": [large, None],
            "unsigned": pa.array([2**64 - 1, None], pa.uint64()),
            "small": [1, None],
            "whole": [large, large],
        }
    )
    frame = load(table)

    assert frame["id"][0] == large
    assert frame["unsigned"][0] == 2**64 - 1
    assert [str(dtype) for dtype in frame.dtypes] == ["Int64", "UInt64", "float64", "int64"]
    assert to_arrow(frame).column("id").to_pylist() == [large, None]


def test_long_numbers_beside_nulls_keep_their_digits_on_every_level() -> None:
    """What is true of a column has to be true of what lies inside one."""
    large = 2**60 + 1
    inside = {
        "list": ([[large, None], None], pa.large_list(pa.int64())),
        "pair": ([[large, None], None], pa.list_(pa.int64(), 2)),
        "struct": ([{"n": large}, {"n": None}], pa.struct([("n", pa.int64())])),
        "map": ([[("a", large), ("b", None)]] * 2, pa.map_(pa.string(), pa.int64())),
        "unsigned": ([[2**64 - 1, None], []], pa.large_list(pa.uint64())),
    }
    table = pa.table({name: pa.array(*given) for name, given in inside.items()})

    found = load(table)
    chunks = load(pa.concat_tables([table.slice(1), table.slice(0, 1)]))

    assert [*found["list"][0]] == [*found["pair"][0]] == [large, None]
    assert [value["n"] for value in found["struct"]] == [large, None]
    assert found["map"][0] == [("a", large), ("b", None)]
    assert [*found["unsigned"][0]] == [2**64 - 1, None]
    assert [*chunks["list"][1]] == [large, None]
    back = to_arrow(found[["list", "struct"]])
    assert back.to_pydict() == table.select(back.column_names).to_pydict()


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.large_list(pa.int64())])
def test_a_column_without_any_number_is_a_frame_too(kind: pa.DataType) -> None:
    """Nothing but nulls has neither a smallest nor a largest number."""
    frame = load(pa.table({"n": pa.nulls(2, kind)}))

    assert frame["n"].isna().all()


UNREADABLE: dict[str, Callable[[], pa.Array]] = {
    "dates after year 9999": lambda: pa.array([2**30], pa.date32()),
    "nanoseconds of a day": lambda: pa.array([1], pa.time64("ns")),
    "unknown zones": lambda: pa.array([1], pa.timestamp("us", "Nowhere/Atlantis")),
}


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE)
def test_what_pandas_cannot_hold_is_refused_by_name(make: Callable[[], pa.Array]) -> None:
    """The column and the parameter are named, and the way round it."""
    table = pa.table({"fine": [1], "odd": make()})

    with pytest.raises(UnsupportedDataError, match=r"'orders'.*column 'odd'") as caught:
        load(table)
    assert "pyarrow.Table" in caught.value.fix
