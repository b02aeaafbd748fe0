"""Values stay what they are while their column gets another type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assets_core.errors import UnsupportedDataError
from assets_core.versioning.canonical import as_recorded, canonical_table


def runs(values: list[Any]) -> Any:
    """Return values in run-end encoding."""
    return pc.run_end_encode(pa.array(values))


def words() -> Any:
    """Return a dictionary array with nulls in the indices and among the words."""
    return pa.DictionaryArray.from_arrays(pa.array([1, 0, None, 2]), ["a", "b", None])


def backwards() -> Any:
    """Return a list view whose values lie in another order than its rows."""
    return pa.ListViewArray.from_arrays([3, 0, 0], [1, 2, 1], pa.array([1, 2, 3, 4]))


VALUES: list[tuple[str, Callable[[], Any], list[Any]]] = [
    ("dictionary", words, ["b", "a", None, None]),
    ("sliced dictionary", lambda: words()[1:], ["a", None, None]),
    ("runs", lambda: runs(["a", "a", None, "b"]), ["a", "a", None, "b"]),
    ("sliced runs", lambda: runs([1, 1, 2, 2, 3])[1:4], [1, 2, 2]),
    ("list view", backwards, [[4], [1, 2], [1]]),
    ("sliced list view", lambda: backwards()[1:], [[1, 2], [1]]),
    (
        "dictionary of views",
        lambda: pa.DictionaryArray.from_arrays(
            pa.array([1, 0]), pa.array(["a", "b"], pa.string_view())
        ),
        ["b", "a"],
    ),
    (
        "list view with empty rows",
        lambda: pa.ListViewArray.from_arrays([0, 2, 9], [0, 2, 0], pa.array(range(9))),
        [[], [2, 3], []],
    ),
    (
        "list of runs",
        lambda: pa.ListArray.from_arrays([0, 1, 4], runs(["a", "a", "b", None]))[1:],
        [["a", "b", None]],
    ),
    (
        "list of dictionaries",
        lambda: pa.ListArray.from_arrays([0, 1, 4], words(), mask=pa.array([True, False])),
        [None, ["a", None, None]],
    ),
    (
        "struct of runs",
        lambda: pa.StructArray.from_arrays(
            [runs([1, 1, 2])], ["a"], mask=pa.array([False, True, False])
        )[1:],
        [None, {"a": 2}],
    ),
    (
        "dictionary of lists",
        lambda: pa.DictionaryArray.from_arrays(pa.array([1, 0]), pa.array([["a"], None])),
        [None, ["a"]],
    ),
    (
        "map of views",
        lambda: pa.array(
            [[("k", "v")], None, [], [("a", None), ("b", "x")]],
            pa.map_(pa.string(), pa.string_view()),
        )[2:],
        [[], [("a", None), ("b", "x")]],
    ),
    (
        "fixed-size list of views",
        lambda: pa.array([["a", "b"], None, [None, "d"]], pa.list_(pa.string_view(), 2))[
            1:
        ],
        [None, [None, "d"]],
    ),
    (
        "list of ids",
        lambda: pa.ListArray.from_arrays(
            [0, None, 1, 2], pa.array([b"0" * 16, None], pa.uuid())
        ),
        [[b"0" * 16], None, [None]],
    ),
    (
        "large text",
        lambda: pa.array(["a", None, "ß", ""], pa.large_string())[1:],
        [None, "ß", ""],
    ),
    ("bool8", lambda: pa.array([1, 0, None], pa.bool8()), [True, False, None]),
    (
        "date64",
        lambda: pa.array([dt.date(2024, 2, 29)], pa.date64()),
        [dt.date(2024, 2, 29)],
    ),
    ("time32", lambda: pa.array([dt.time(1, 2, 3)], pa.time32("s")), [dt.time(1, 2, 3)]),
    (
        "decimal32",
        lambda: pa.array([Decimal("1.50")], pa.decimal32(5, 2)),
        [Decimal("1.50")],
    ),
]


@pytest.mark.parametrize(
    ("array", "values"), [v[1:] for v in VALUES], ids=[v[0] for v in VALUES]
)
def test_values_stay_what_they_are(array: Callable[[], Any], values: list[Any]) -> None:
    """Arrow's own cast gets some of these wrong without a word."""
    table = canonical_table(pa.table({"x": array()}))
    table.validate(full=True)

    assert table.column("x").to_pylist() == values


def test_large_text_is_shared_not_copied() -> None:
    """Frames of pandas hold large strings; a copy of all text would cost as much again."""
    given = pa.array(["some text", "more"], pa.large_string())
    table = canonical_table(pa.table({"x": given}))

    assert table.column("x").chunk(0).buffers()[2].address == given.buffers()[2].address


def test_text_of_more_than_two_gigabytes_is_split() -> None:
    """The text of a canonical chunk counts in 32 bits, that of pandas in 64."""
    size = 1 << 30
    nothing = pa.py_buffer(np.zeros(4 * size, np.uint8))  # memory that is never touched
    offsets = pa.py_buffer(np.arange(5, dtype=np.int64) * size)
    valid = pa.py_buffer(bytes([0b1101]))
    text = pa.Array.from_buffers(pa.large_string(), 4, [valid, offsets, nothing])
    inside = pa.StructArray.from_arrays([text], ["text"])
    table = canonical_table(pa.table({"x": text, "inside": inside}))

    for name in ("x", "inside"):
        assert [len(chunk) for chunk in table.column(name).chunks] == [1, 1, 1, 1]
    for column in (table.column("x"), table.column("inside").flatten()[0]):
        assert column.is_valid().to_pylist() == [True, False, True, True]
    assert [len(chunk.buffers()[2]) for chunk in table.column("x").chunks] == [size] * 4


def test_a_value_that_would_be_lost_is_refused_with_its_row() -> None:
    """A date with a time of day is not a date."""
    good, bad = [0, 86_400_000], [5]
    column = pa.chunked_array(
        [pa.array(a, pa.int64()).view(pa.date64()) for a in (good, bad)]
    )

    with pytest.raises(UnsupportedDataError, match="Row 2 of column 'day'"):
        canonical_table(pa.table({"day": column}))


def test_a_store_s_table_gets_exactly_the_recorded_types() -> None:
    """DuckDB gives back bytes without their size, and times without their zone."""
    zoned = pa.timestamp("us", "Europe/Paris")
    schema = pa.schema(
        [("at", zoned), ("id", pa.binary(2)), ("l", pa.large_list(pa.int8()))]
    )
    given = pa.table(
        {
            "extra": [1],
            "l": pa.array([[1]], pa.list_(pa.int32())),
            "id": pa.array([b"ab"]),
            "at": pa.array([5], pa.timestamp("us", "UTC")),
        }
    )
    table = as_recorded(given, schema)

    assert table.schema.equals(schema, check_metadata=True)
    assert table.column("at").cast(pa.int64()).to_pylist() == [5]
    assert table.column("l").to_pylist() == [[1]]


TRIPLE, WORDS = pa.list_(pa.int64(), 3), pa.map_(pa.string(), pa.int64())
AB = pa.struct([("a", pa.int64()), ("b", pa.int64())])
GIVEN_BACK: dict[str, tuple[pa.Array, pa.Array]] = {
    "large bytes of one size": (
        pa.array([b"ab", None], pa.large_binary()),
        pa.array([b"ab", None], pa.binary(2)),
    ),
    "views of bytes of one size": (
        pa.array([b"ab", None], pa.binary_view()),
        pa.array([b"ab", None], pa.binary(2)),
    ),
    "lists of one length": (
        pa.array([[9], [1, 2, 3], None, [4, None, 6]], pa.list_(pa.int32())).slice(1),
        pa.array([[1, 2, 3], None, [4, None, 6]], TRIPLE),
    ),
    "lists of one length inside": (
        pa.array([{"x": [1, 2, 3]}, None], pa.struct([("x", pa.large_list(pa.int64()))])),
        pa.array([{"x": [1, 2, 3]}, None], pa.struct([("x", TRIPLE)])),
    ),
}


@pytest.mark.parametrize(("given", "wanted"), GIVEN_BACK.values(), ids=GIVEN_BACK)
def test_a_store_without_fixed_sizes_may_give_back_any(
    given: pa.Array, wanted: pa.Array
) -> None:
    """Neither DuckDB's bytes nor the lists of most stores know their size."""
    schema = pa.schema([("x", wanted.type)])
    table = as_recorded(pa.table({"x": given}), schema)
    table.validate(full=True)

    assert table.schema.equals(schema, check_metadata=True)
    assert table.column("x").to_pylist() == wanted.to_pylist()


NOT_WHAT_WAS_STORED: dict[str, tuple[pa.Array, pa.DataType]] = {
    "fields in another order": (
        pa.array([{"b": 1, "a": 2}], pa.struct([("b", pa.int64()), ("a", pa.int64())])),
        AB,
    ),
    "other fields": (pa.array([{"a": 1, "c": 2}]), AB),
    "fewer fields": (pa.array([{"a": 1}]), AB),
    "a list that is too short": (pa.array([[1, 2, 3], [1]]), TRIPLE),
    "a list that is too long": (pa.array([[1, 2, 3, 4]]), TRIPLE),
    "a list for a map": (pa.array([[1]]), WORDS),
    "a list for a struct": (pa.array([[1]]), AB),
    "a struct for a list": (pa.array([{"a": 1}]), pa.large_list(pa.int64())),
    "text for a list": (pa.array(["a"]), pa.large_list(pa.int64())),
    "bytes of another size": (pa.array([b"abc"], pa.large_binary()), pa.binary(2)),
    "large text for numbers": (pa.array(["a"], pa.large_string()), pa.int64()),
}


@pytest.mark.parametrize(
    ("given", "kind"), NOT_WHAT_WAS_STORED.values(), ids=NOT_WHAT_WAS_STORED
)
def test_what_is_not_the_recorded_type_is_refused_by_name(
    given: pa.Array, kind: pa.DataType
) -> None:
    """Values must never change their field, and nobody can mend a traceback of Arrow."""
    with pytest.raises(UnsupportedDataError, match="of column 'x'"):
        as_recorded(pa.table({"x": given}), pa.schema([("x", kind)]))


def test_nulls_inside_lists_survive_where_arrow_s_cast_breaks_them() -> None:
    """Such a table is invalid after `cast`; a reader could crash on it."""
    kind = pa.large_list(pa.field("element", pa.struct([("nothing", pa.null())])))
    array = pa.array([[None, None, None], []], kind)
    wanted = pa.large_list(pa.struct([("nothing", pa.null())]))
    table = as_recorded(pa.table({"x": array}), pa.schema([("x", wanted)]))
    table.validate(full=True)

    assert table.column("x").to_pylist() == [[None, None, None], []]
