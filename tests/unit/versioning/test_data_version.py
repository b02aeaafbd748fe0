"""What changes a data version, what does not, and that it never changes by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from assets_core.versioning.canonical import canonical_table
from assets_core.versioning.data_version import ContentHasher, data_version

NAN, INF = float("nan"), float("inf")


def of(values: Any, kind: pa.DataType | None = None, name: str = "x") -> pa.Table:
    """Return a table of one column."""
    return pa.table({name: pa.array(values, kind)})


def struct(**fields: pa.DataType) -> pa.DataType:
    """Return the type of a struct."""
    return pa.struct(list(fields.items()))


WORDS = pa.map_(pa.string(), pa.int64())
POINT = struct(x=pa.int64(), y=pa.int64())
LISTS = pa.large_list(pa.int64())
NESTED = pa.large_list(LISTS)
FLOATS = pa.large_list(pa.float64())
DAY = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - a time without a zone is a type of its own
STAMP, UTC, PARIS = (pa.timestamp("us", zone) for zone in (None, "UTC", "Europe/Paris"))

# Each pair differs in one small thing.
DIFFERENT: dict[str, tuple[pa.Table, pa.Table]] = {
    "a value": (of([1, 2]), of([1, 3])),
    "the last value": (of(range(1000)), of([*range(999), 0])),
    "the order of rows": (of([1, 2]), of([2, 1])),
    "one row more": (of([1, 2]), of([1, 2, 2])),
    "no rows, one row of null": (of([], pa.int64()), of([None], pa.int64())),
    "one null, two nulls": (of([None], pa.int64()), of([None, None], pa.int64())),
    "null and zero": (of([None, 1]), of([0, 1])),
    "where the null is": (of([None, 1, 1]), of([1, None, 1])),
    "null and empty text": (of([None, "a"]), of(["", "a"])),
    "null and empty bytes": (of([None, b"a"]), of([b"", b"a"])),
    "null and false": (of([None, True]), of([False, True])),
    "null and NaN": (of([None, 1.0]), of([NAN, 1.0])),
    "null and an empty list": (of([None, [1]]), of([[], [1]])),
    "null and a list of null": (of([None, [1]]), of([[None], [1]])),
    "null and a struct of nulls": (of([None], POINT), of([{"x": None, "y": None}], POINT)),
    "null and an empty map": (of([None], WORDS), of([[]], WORDS)),
    "zero and minus zero": (of([0.0]), of([-0.0])),
    "zero and minus zero, 32 bits": (of([0.0], pa.float32()), of([-0.0], pa.float32())),
    "zero and minus zero, 16 bits": (of([0.0], pa.float16()), of([-0.0], pa.float16())),
    "NaN and infinity": (of([NAN]), of([INF])),
    "NaN and infinity, 16 bits": (of([NAN], pa.float16()), of([INF], pa.float16())),
    "plus and minus infinity": (of([INF]), of([-INF])),
    "where the NaN is": (of([NAN, 1.0]), of([1.0, NAN])),
    "the last bit of a float": (of([0.1 + 0.2]), of([0.3])),
    "the smallest float and zero": (of([5e-324]), of([0.0])),
    "true and false": (of([True]), of([False])),
    "bits of booleans": (of([True] * 8 + [False]), of([True] * 9)),
    "upper and lower case": (of(["a"]), of(["A"])),
    "a blank at the end": (of(["a"]), of(["a "])),
    "a zero character at the end": (of(["a"]), of(["a\0"])),
    "composed and decomposed accents": (of(["\u00e9"]), of(["e\u0301"])),
    "where text is cut": (of(["ab", "c"]), of(["a", "bc"])),
    "empty text before and after": (of(["", "a"]), of(["a", ""])),
    "where bytes are cut": (of([b"ab", b"c"]), of([b"a", b"bc"])),
    "text and bytes": (of(["a"]), of([b"a"])),
    "text and a number": (of(["1"]), of([1])),
    "bytes and bytes of fixed size": (of([b"ab"]), of([b"ab"], pa.binary(2))),
    "fixed sizes": (of([b"abcd", b"efgh"], pa.binary(4)), of([b"abcdefgh"], pa.binary(8))),
    "widths of integers": (of([1], pa.int64()), of([1], pa.int32())),
    "signs of integers": (of([1], pa.int64()), of([1], pa.uint64())),
    "widths of floats": (of([1.0], pa.float64()), of([1.0], pa.float32())),
    "zero as integer and float": (of([0]), of([0.0])),
    "zero as integer and boolean": (of([0], pa.int8()), of([False])),
    "integer and boolean nulls": (of([None], pa.int64()), of([None], pa.bool_())),
    "nulls of no type": (of([None], pa.null()), of([None], pa.int64())),
    "how many nulls of no type": (of([None]), of([None, None])),
    "decimals": (of([Decimal("1.5")]), of([Decimal("1.6")])),
    "scale": (of([1], pa.decimal128(5, 0)), of([1], pa.decimal128(5, 1))),
    "precision": (of([1], pa.decimal128(5, 0)), of([1], pa.decimal128(6, 0))),
    "width of decimals": (of([1], pa.decimal128(5, 0)), of([1], pa.decimal256(5, 0))),
    "the sign of a decimal": (
        of([1], pa.decimal256(50, 0)),
        of([-1], pa.decimal256(50, 0)),
    ),
    "dates": (of([dt.date(2024, 1, 1)]), of([dt.date(2024, 1, 2)])),
    "a date and midnight": (of([dt.date(2024, 1, 1)]), of([DAY], STAMP)),
    "one microsecond": (of([1], STAMP), of([2], STAMP)),
    "units of time": (of([DAY], STAMP), of([DAY], pa.timestamp("ms"))),
    "with and without a zone": (of([1], STAMP), of([1], UTC)),
    "zones": (of([1], UTC), of([1], PARIS)),
    "times of day": (of([1], pa.time64("us")), of([2], pa.time64("us"))),
    "units of times of day": (of([0], pa.time64("us")), of([0], pa.time64("ns"))),
    "durations": (of([1], pa.duration("s")), of([2], pa.duration("s"))),
    "units of durations": (of([0], pa.duration("s")), of([0], pa.duration("ms"))),
    "a time and a duration": (of([1], STAMP), of([1], pa.duration("us"))),
    "where lists are cut": (of([[1, 2], [3]]), of([[1], [2, 3]])),
    "where inner lists are cut": (of([[[1], [2]]], NESTED), of([[[1, 2]]], NESTED)),
    "empty inner lists": (of([[[], []]], NESTED), of([[[]]], NESTED)),
    "which list is empty": (of([[], [1]]), of([[1], []])),
    "null inside a list": (of([[1, None]]), of([[1, 0]])),
    "the order inside a list": (of([[1, 2]]), of([[2, 1]])),
    "types inside lists": (of([[1]], LISTS), of([[1]], pa.large_list(pa.int32()))),
    "lists and lists of fixed size": (
        of([[1, 2]], LISTS),
        of([[1, 2]], pa.list_(pa.int64(), 2)),
    ),
    "null inside a list of fixed size": (
        of([[1, None], None], pa.list_(pa.int64(), 2)),
        of([[1, None], [None, None]], pa.list_(pa.int64(), 2)),
    ),
    "which field": (of([{"x": 1, "y": 2}]), of([{"x": 2, "y": 1}])),
    "names of fields": (of([{"x": 1}]), of([{"z": 1}])),
    "the order of fields": (
        of([{"x": 1, "y": 1}]),
        of([{"x": 1, "y": 1}], struct(y=pa.int64(), x=pa.int64())),
    ),
    "null in a field": (of([{"x": 1, "y": None}], POINT), of([{"x": None, "y": 1}], POINT)),
    "keys of maps": (of([[("a", 1)]], WORDS), of([[("b", 1)]], WORDS)),
    "values of maps": (of([[("a", 1)]], WORDS), of([[("a", None)]], WORDS)),
    "the order of maps": (
        of([[("a", 1), ("b", 1)]], WORDS),
        of([[("b", 1), ("a", 1)]], WORDS),
    ),
    "where maps are cut": (
        of([[("a", 1), ("b", 1)], []], WORDS),
        of([[("a", 1)], [("b", 1)]], WORDS),
    ),
    "names of columns": (of([1], name="a"), of([1], name="b")),
    "the order of columns": (
        pa.table({"a": [1], "b": [2]}),
        pa.table({"b": [2], "a": [1]}),
    ),
    "which column": (pa.table({"a": [1], "b": [2]}), pa.table({"a": [2], "b": [1]})),
    "one column more": (pa.table({"a": [1]}), pa.table({"a": [1], "b": [1]})),
    "where names are cut": (
        pa.table({"ab": [1], "c": [1]}),
        pa.table({"a": [1], "bc": [1]}),
    ),
    "columns of an empty table": (of([], pa.int64(), "a"), of([], pa.int64(), "b")),
    "types of an empty table": (of([], pa.int64()), of([], pa.string())),
    "one column more, of nulls": (
        of([1], name="a"),
        pa.table({"a": [1], "b": pa.nulls(1, pa.int64())}),
    ),
    "upper and lower case of a column's name": (of([1], name="a"), of([1], name="A")),
    "accents of a column's name": (of([1], name="\u00e9"), of([1], name="e\u0301")),
    "which row of two columns": (
        pa.table({"a": [1, 2], "b": [1, 2]}),
        pa.table({"a": [1, 2], "b": [2, 1]}),
    ),
    "a list of null and an empty list": (of([[None]], LISTS), of([[]], LISTS)),
    "how deep a value lies": (of([[1]], LISTS), of([[[1]]], NESTED)),
    "null and a list of null, inside": (of([[None]], NESTED), of([[[None]]], NESTED)),
    "sizes of lists of fixed size": (
        of([[1, 2], [3, 4]], pa.list_(pa.int64(), 2)),
        of([[1, 2, 3, 4]], pa.list_(pa.int64(), 4)),
    ),
    "minus zero inside a list": (of([[0.0]]), of([[-0.0]])),
    "null and NaN inside a list": (of([[None]], FLOATS), of([[NAN]], FLOATS)),
    "minus zero inside a struct": (of([{"x": 0.0}]), of([{"x": -0.0}])),
    "null and NaN inside a struct": (
        of([{"x": None}], struct(x=pa.float64())),
        of([{"x": NAN}]),
    ),
    "names of fields inside a list": (of([[{"x": 1}]]), of([[{"z": 1}]])),
    "one field more": (of([{"x": 1}]), of([{"x": 1, "y": None}], POINT)),
    "a struct of one field and its value": (of([{"x": 1}]), of([1])),
    "a list of one value and the value": (of([[1]], LISTS), of([1])),
    "a map and a list of structs": (
        of([[("a", 1)]], WORDS),
        of([[{"key": "a", "value": 1}]]),
    ),
    "types of keys": (
        of([[(1, 1)]], pa.map_(pa.int64(), pa.int64())),
        of([[(1, 1)]], pa.map_(pa.int32(), pa.int64())),
    ),
    "one zone by two names": (of([1], UTC), of([1], pa.timestamp("us", "Etc/UTC"))),
    "a zone and its offset": (of([1], UTC), of([1], pa.timestamp("us", "+00:00"))),
    "the last nanosecond": (
        of([1], pa.timestamp("ns")),
        of([0], pa.timestamp("ns")),
    ),
    "a date and its number": (of([1], pa.date32()), of([1], pa.int32())),
    "a time of day and its number": (of([1], pa.time64("us")), of([1])),
    "a duration and its number": (of([1], pa.duration("us")), of([1])),
    "all bits signed and unsigned": (of([-1]), of([2**64 - 1], pa.uint64())),
    "the same decimal in another scale": (
        of([Decimal("1.5")], pa.decimal128(5, 1)),
        of([Decimal("1.5")], pa.decimal128(5, 2)),
    ),
    "ends of lines": (of(["a\n"]), of(["a\r\n"])),
    "a blank and one that does not break": (of(["a b"]), of(["a\u00a0b"])),
    "a mark of byte order": (of(["a"]), of(["\ufeffa"])),
    "letters that look alike": (of(["a"]), of(["\u0430"])),
    "a value moved over an empty text": (of(["a", "", "b"]), of(["a", "b", ""])),
    "a null moved over an empty text": (of([None, ""]), of(["", None])),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_small_difference_is_another_version(one: pa.Table, other: pa.Table) -> None:
    """A change that is not seen leaves everything below it wrong."""
    assert data_version(one).digest != data_version(other).digest


def test_all_small_differences_give_versions_of_their_own() -> None:
    """Nothing is told from its pair by chance alone."""
    assert len(DIFFERENT) >= 110
    tables = [canonical_table(table) for pair in DIFFERENT.values() for table in pair]
    distinct = {(str(table.schema), str(table.to_pydict())) for table in tables}

    assert len({data_version(table).digest for table in tables}) == len(distinct)


ONE_COLUMN = {
    name: (one, other)
    for name, (one, other) in DIFFERENT.items()
    if (one.column_names, one.num_rows) == (["x"], other.num_rows)
    and other.column_names == ["x"]
}


@pytest.mark.parametrize(("one", "other"), ONE_COLUMN.values(), ids=ONE_COLUMN)
def test_a_small_difference_is_that_of_its_column_alone(
    one: pa.Table, other: pa.Table
) -> None:
    """Who reads another column of the table has nothing to do with it."""
    beside = pa.array(range(one.num_rows))

    versions = [
        data_version(table.add_column(0, "a", beside).append_column("b", beside))
        for table in (one, other)
    ]

    first, second = versions
    assert first.digest != second.digest
    assert first.columns["x"] != second.columns["x"]
    assert [first.columns[name] for name in "ab"] == [second.columns[name] for name in "ab"]


def test_there_are_enough_small_differences_in_one_column() -> None:
    """The filter above must not leave out what it is there for."""
    assert len(ONE_COLUMN) >= 60


def test_a_column_has_its_version_whatever_its_name_and_place() -> None:
    """Who reads one column is not stale when another is renamed or moved."""
    one = data_version(pa.table({"a": [1, None], "b": ["x", "y"]}))
    other = data_version(pa.table({"new": [True, False], "b": ["x", "y"], "c": [1, None]}))

    assert one.columns["b"] == other.columns["b"]
    assert one.columns["a"] == other.columns["c"]
    assert list(one.columns) == ["a", "b"]


def test_rows_beyond_one_block_are_all_seen() -> None:
    """Long columns are hashed in blocks; their seams must not show."""
    rows = (1 << 16) + 3
    numbers = [None if i % 7 == 0 else i for i in range(rows)]
    whole = pa.table({"n": numbers, "l": pa.array([[i] for i in numbers], LISTS)})
    expected = data_version(whole)
    for place in (1, 1 << 16, rows - 1):
        parts = pa.concat_tables([whole.slice(0, place), whole.slice(place)])
        assert data_version(parts) == expected
    numbers[-1] = -1
    assert data_version(of(numbers)).columns["x"] != expected.columns["n"]


def test_a_stream_of_other_columns_is_refused() -> None:
    """Hashing what does not belong would give a version of nothing."""
    hasher = ContentHasher(pa.schema([("n", pa.int64())]))

    with pytest.raises(ValueError, match="do not belong"):
        hasher.update(of(["text"], name="n"))


def test_a_version_can_be_asked_for_on_the_way() -> None:
    """The result of the rows so far does not disturb the rows to come."""
    hasher = ContentHasher(pa.schema([("x", pa.int64())]))
    hasher.update(of([1]))
    first = hasher.result()
    hasher.update(of([2]))

    assert (first, hasher.result()) == (data_version(of([1])), data_version(of([1, 2])))


def test_versions_are_what_they_were() -> None:
    """Every recorded version would be another if the way of hashing changed."""
    table = pa.table(
        {
            "n": pa.array([1, None, -3], pa.int16()),
            "x": [0.5, NAN, None],
            "ok": [True, None, False],
            "name": ["é", "", None],
            "at": pa.array([1, 2, None], UTC),
            "price": pa.array([Decimal("1.50"), None, Decimal(-2)], pa.decimal128(9, 2)),
            "tags": [["a", None], None, []],
            "point": pa.array([{"x": 1, "y": None}, None, {"x": 2, "y": 3}], POINT),
            "words": pa.array([[("a", 1)], None, []], WORDS),
            "pair": pa.array([[1, None], None, [2, 3]], pa.list_(pa.int8(), 2)),
            "nothing": pa.nulls(3),
        }
    )

    assert data_version(table).digest == "8f6ab3686754b08ca5921ad2dfd4f078"
