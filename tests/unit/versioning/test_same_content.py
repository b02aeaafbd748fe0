"""What says the same is the same version, whoever made it and however it lies in memory."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assets_core.backends.frames import ArrowFrames
from assets_core.versioning.canonical import canonical_table, in_canonical_order
from assets_core.versioning.data_version import data_version

NAN = float("nan")
LISTS = pa.large_list(pa.int64())
UTC = pa.timestamp("us", "UTC")
AT = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)

ORDERS = pa.table({"id": [1, 2], "who": ["ada", "bob"], "total": [0.5, 2.0]})

Pair = tuple[Any, Any]


def of(values: Any, kind: pa.DataType | None = None) -> pa.Table:
    """Return a table of one column."""
    return pa.table({"x": pa.array(values, kind)})


def nan_of_every_kind(kind: str, unsigned: str, patterns: list[int]) -> pa.Table:
    """Return a column of NaN with other bits in each row."""
    return of(np.array(patterns, unsigned).view(kind))


def marked(kind: pa.DataType, **field: Any) -> pa.Table:
    """Return a table of one column whose field says more than its type."""
    return pa.table([pa.array([1], kind)], schema=pa.schema([pa.field("x", kind, **field)]))


def dictionary(indices: list[int | None], values: list[str | None]) -> pa.Table:
    """Return a column of text that is spelled out elsewhere."""
    return of(
        pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8()), pa.array(values))
    )


def arrow_dtypes(table: pa.Table) -> pd.DataFrame:
    """Return a frame whose columns Arrow holds."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


IN_MEMORY: dict[str, Callable[[], Pair]] = {
    "NaN, 64 bits": lambda: (
        nan_of_every_kind("f8", "u8", [0x7FF8 << 48, 0xFFF8 << 48, (0x7FF << 52) + 1]),
        of([NAN] * 3),
    ),
    "NaN, 32 bits": lambda: (
        nan_of_every_kind("f4", "u4", [0x7FC00000, 0xFFC00000, 0x7F800001]),
        of([NAN] * 3, pa.float32()),
    ),
    "NaN, 16 bits": lambda: (
        nan_of_every_kind("f2", "u2", [0x7E00, 0xFE00, 0x7C01]),
        of([NAN] * 3, pa.float16()),
    ),
    "NaN inside a list": lambda: (of([[NAN]]), of([[-NAN]])),
    "chunks": lambda: (of([1, 2, 3]), pa.table({"x": pa.chunked_array([[1], [2, 3]])})),
    "empty chunks": lambda: (
        of([1, 2]),
        pa.table({"x": pa.chunked_array([[], [1], [], [2]], pa.int64())}),
    ),
    "no chunks": lambda: (
        of([], pa.int64()),
        pa.table({"x": pa.chunked_array([], pa.int64())}),
    ),
    "chunks inside lists": lambda: (
        of([[1, 2], None, [3]], LISTS),
        pa.concat_tables([of([[1, 2]], LISTS), of([None, [3]], LISTS)]),
    ),
    "a slice of numbers": lambda: (of([0, 1, None, 3]).slice(1, 2), of([1, None])),
    "a slice of booleans": lambda: (of([None] + [True] * 20).slice(3), of([True] * 18)),
    "a slice of text": lambda: (of(["a", "b", "c"]).slice(1), of(["b", "c"])),
    "a slice of lists": lambda: (of([[1], [2, 3], []]).slice(1), of([[2, 3], []])),
    "a slice of structs": lambda: (of([{"a": 1}, {"a": 2}]).slice(1), of([{"a": 2}])),
    "a slice of pairs": lambda: (
        of([[1, 2], [3, 4]], pa.list_(pa.int8(), 2)).slice(1),
        of([[3, 4]], pa.list_(pa.int8(), 2)),
    ),
    "a slice of maps": lambda: (
        of([[("a", 1)], [("b", 2)]], pa.map_(pa.string(), pa.int8())).slice(1),
        of([[("b", 2)]], pa.map_(pa.string(), pa.int8())),
    ),
    "a validity that says nothing": lambda: (of([None, 1, 2]).slice(1), of([1, 2])),
    "nullability": lambda: (marked(pa.int64(), nullable=False), of([1])),
    "metadata of a column": lambda: (marked(pa.int64(), metadata={"unit": "m"}), of([1])),
    "metadata": lambda: (of([1]).replace_schema_metadata({"pandas": "{}"}), of([1])),
    "nullability inside": lambda: (
        of([{"a": 1}], pa.struct([pa.field("a", pa.int64(), nullable=False)])),
        of([{"a": 1}]),
    ),
    "what the field of a list is called": lambda: (
        of([[1]], pa.list_(pa.field("element", pa.int64(), nullable=False))),
        of([[1]]),
    ),
    "rows that were taken one by one": lambda: (ORDERS.take(pa.array([0, 1])), ORDERS),
}

TYPES: dict[str, Callable[[], Pair]] = {
    "large text": lambda: (of(["a", None], pa.large_string()), of(["a", None])),
    "views of text": lambda: (of(["a", None], pa.string_view()), of(["a", None])),
    "large bytes": lambda: (of([b"a"], pa.large_binary()), of([b"a"])),
    "views of bytes": lambda: (of([b"a"], pa.binary_view()), of([b"a"])),
    "large text inside": lambda: (
        of([{"a": ["b"]}], pa.struct([("a", pa.list_(pa.large_string()))])),
        of([{"a": ["b"]}]),
    ),
    "dictionaries": lambda: (dictionary([0, 0], ["a"]), of(["a", "a"])),
    "a dictionary with more than is used": lambda: (dictionary([1], ["z", "a"]), of(["a"])),
    "a dictionary that says a word twice": lambda: (
        dictionary([0, 1], ["a", "a"]),
        of(["a", "a"]),
    ),
    "a dictionary with a null inside": lambda: (
        dictionary([0, 1, None], ["a", None]),
        of(["a", None, None]),
    ),
    "runs": lambda: (of(pc.run_end_encode(pa.array([1, 1, 2]))), of([1, 1, 2])),
    "small lists": lambda: (of([[1]], pa.list_(pa.int64())), of([[1]], LISTS)),
    "views of lists": lambda: (of([[1], []], pa.list_view(pa.int64())), of([[1], []])),
    "views of lists in another order": lambda: (
        of(pa.ListViewArray.from_arrays([1, 0], [1, 1], pa.array([1, 2]))),
        of([[2], [1]]),
    ),
    "seconds": lambda: (of([1], pa.timestamp("s")), of([1000], pa.timestamp("ms"))),
    "times of day in seconds": lambda: (
        of([1], pa.time32("s")),
        of([1_000_000], pa.time64("us")),
    ),
    "dates in milliseconds": lambda: (
        of([dt.date(2024, 1, 1)], pa.date64()),
        of([dt.date(2024, 1, 1)]),
    ),
    "decimals of 32 bits": lambda: (
        of([Decimal("1.5")], pa.decimal32(5, 2)),
        of([Decimal("1.50")], pa.decimal128(5, 2)),
    ),
    "decimals of 64 bits": lambda: (
        of([Decimal("1.5")], pa.decimal64(5, 2)),
        of([Decimal("1.50")], pa.decimal128(5, 2)),
    ),
    "booleans of eight bits": lambda: (
        of(pa.array([1, 0], pa.int8()).cast(pa.bool8())),
        of([True, False]),
    ),
    "UUIDs": lambda: (
        of([uuid.UUID(int=1).bytes], pa.uuid()),
        of([uuid.UUID(int=1).bytes], pa.binary(16)),
    ),
    "JSON": lambda: (of(["{}"], pa.json_(pa.string())), of(["{}"])),
}


def batches() -> Iterator[pa.RecordBatch]:
    """Yield the orders row by row."""
    yield from ORDERS.to_batches(max_chunksize=1)


LIBRARIES: dict[str, Callable[[], Pair]] = {
    "pandas": lambda: (ORDERS.to_pandas(), ORDERS),
    "columns of pandas held by Arrow": lambda: (arrow_dtypes(ORDERS), ORDERS),
    "nullable columns of pandas": lambda: (ORDERS.to_pandas().convert_dtypes(), ORDERS),
    "a plain index of pandas": lambda: (
        ORDERS.to_pandas().set_index(pd.RangeIndex(7, 9)),
        ORDERS,
    ),
    "a named index of pandas": lambda: (ORDERS.to_pandas().set_index("id"), ORDERS),
    "several named indexes": lambda: (ORDERS.to_pandas().set_index(["id", "who"]), ORDERS),
    "categories of pandas": lambda: (
        ORDERS.to_pandas().astype({"who": "category"}),
        ORDERS,
    ),
    "objects of pandas": lambda: (ORDERS.to_pandas().astype({"who": object}), ORDERS),
    "NaN of NumPy and null": lambda: (
        pd.DataFrame({"x": [1.0, NAN]}),
        of([1.0, None]),
    ),
    "integers beside no value": lambda: (
        pd.DataFrame({"x": pd.array([1, None], "Int64")}),
        of([1, None]),
    ),
    "polars": lambda: (pl.DataFrame(ORDERS.to_pydict()), ORDERS),
    "polars, lazy": lambda: (pl.LazyFrame(ORDERS.to_pydict()), ORDERS),
    "polars and pandas": lambda: (
        pl.DataFrame(ORDERS.to_pydict()),
        pd.DataFrame(ORDERS.to_pydict()),
    ),
    "categories of polars": lambda: (
        pl.DataFrame(ORDERS.to_pydict()).cast({"who": pl.Categorical}),
        ORDERS,
    ),
    "pieces of polars": lambda: (
        pl.concat([pl.DataFrame(row.to_pydict()) for row in batches()], rechunk=False),
        ORDERS,
    ),
    "times of three libraries": lambda: (
        pd.DataFrame({"x": pd.Series([AT]).astype("datetime64[us, UTC]")}),
        pl.DataFrame({"x": [AT]}, schema={"x": pl.Datetime("us", "UTC")}),
    ),
    "DuckDB": lambda: (
        duckdb.connect().sql(
            "SELECT * FROM (VALUES (1::BIGINT, 'ada', 0.5::DOUBLE), (2, 'bob', 2)) "
            "AS orders(id, who, total)"
        ),
        ORDERS,
    ),
    "enumerations of DuckDB": lambda: (
        duckdb.connect().sql("SELECT 'a'::ENUM ('b', 'a') AS x"),
        of(["a"]),
    ),
    "a reader": lambda: (ORDERS.to_reader(max_chunksize=1), ORDERS),
    "batches that are yielded": lambda: (batches(), ORDERS),
    "a list of batches": lambda: (list(batches()), ORDERS),
}

UNORDERED: dict[str, tuple[pa.Table, list[int]]] = {
    "rows turned round": (ORDERS, [1, 0]),
    "nulls first and last": (of([None, 1, 2]), [1, 2, 0]),
    "both zeros": (of([0.0, -0.0, 0.0]), [1, 0, 2]),
    "NaN and null": (of([NAN, None, 1.0]), [2, 1, 0]),
    "lists": (of([[2], [1, 2], None, []]), [3, 2, 1, 0]),
    "structs": (of([{"a": 1, "b": "x"}, None, {"a": 1, "b": None}]), [2, 1, 0]),
    "equal rows": (of(["b", "a", "b", "a"]), [3, 2, 1, 0]),
}

SAME = {**IN_MEMORY, **TYPES, **LIBRARIES}
FRAMES = ArrowFrames()


@pytest.mark.parametrize("make", SAME.values(), ids=SAME)
def test_what_says_the_same_is_the_same_version(make: Callable[[], Pair]) -> None:
    """A version that changes without a change computes everything again."""
    one, other = (canonical_table(FRAMES.to_arrow(value)) for value in make())

    assert one.schema.equals(other.schema, check_metadata=True)
    assert data_version(one) == data_version(other)


@pytest.mark.parametrize(("table", "rows"), UNORDERED.values(), ids=UNORDERED)
def test_rows_in_any_order_are_one_version_where_order_means_nothing(
    table: pa.Table, rows: list[int]
) -> None:
    """As long as their order counts, they are two."""
    table = canonical_table(table)
    other = table.take(pa.array(rows))
    ordered = [data_version(in_canonical_order(one)) for one in (table, other)]

    assert ordered[0] == ordered[1]
    assert data_version(table) != data_version(other)


def test_there_are_enough_cases_of_the_same_content() -> None:
    """Each of these once made, or could make, another version of the same rows."""
    assert len(SAME) + len(UNORDERED) >= 70
