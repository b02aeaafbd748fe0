"""Rows in canonical order: total, the same from every start, and pleasant to read."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assets_core.versioning.canonical import canonical_table, in_canonical_order
from assets_core.versioning.data_version import data_version

ENTRIES = pa.map_(pa.string(), pa.int64())
SORTED: list[tuple[pa.DataType, list[Any]]] = [
    (pa.int8(), [-3, 0, 2, None]),
    (pa.uint64(), [0, 2**64 - 1, None]),
    (pa.bool_(), [False, True, None]),
    (pa.string(), ["", "B", "a", "a\0", "ab", "é", "😀", None]),
    (pa.binary(), [b"", b"\x00", b"a", b"\xff", None]),
    (pa.binary(2), [b"\x00\xff", b"ab", None]),
    (pa.float16(), [-math.inf, -1.5, -0.0, 0.0, 1.5, math.inf, math.nan, None]),
    (pa.float32(), [-math.inf, -1.5, -0.0, 0.0, 1.5, math.inf, math.nan, None]),
    (pa.float64(), [-math.inf, -1.5, -0.0, 0.0, 5e-324, 1.5, math.inf, math.nan, None]),
    (pa.date32(), [-1, 0, 1, None]),
    (pa.timestamp("ns", "Europe/Paris"), [-(2**62), 0, 2**62, None]),
    (pa.duration("s"), [-1, 0, None]),
    (pa.time64("ns"), [0, 1, None]),
    (pa.decimal128(5, 2), [Decimal("-9.5"), Decimal(0), Decimal(300), None]),
    (pa.decimal256(60, 2), [Decimal("-9.5"), Decimal(0), Decimal(300), None]),
    (pa.large_list(pa.float64()), [[], [-0.0], [0.0], [0.0, 1.0], [None], None]),
    (pa.list_(pa.string(), 2), [["a", "b"], ["b", "a"], ["b", None], None]),
    (
        pa.struct([("a", pa.int64()), ("A", pa.int8())]),
        [(1, 2), (2, 1), (2, None), (None, 0), None],
    ),
    (ENTRIES, [[], [("a", 1)], [("a", None)], [("a", None), ("b", 1)], None]),
]


@pytest.mark.parametrize(("kind", "values"), SORTED, ids=[str(kind) for kind, _ in SORTED])
def test_values_are_sorted_from_small_to_large_with_nulls_last(
    kind: pa.DataType, values: list[Any]
) -> None:
    """The order is total: -0.0 comes before 0.0, and all NaN are one."""
    expected = pa.array(values, kind)
    for shuffled in (values[::-1], values[1::2] + values[::2]):
        table = in_canonical_order(pa.table({"x": pa.array(shuffled, kind)}))

        assert str(table.column("x").to_pylist()) == str(expected.to_pylist())


def test_the_first_column_counts_first() -> None:
    """People look for rows in the order of the columns."""
    table = pa.table({"a": [2, 1, 2, 1], "b": ["x", "z", "w", "y"]})

    assert in_canonical_order(table).to_pydict() == {
        "a": [1, 1, 2, 2],
        "b": ["y", "z", "w", "x"],
    }


def test_rows_that_differ_only_in_the_sign_of_zero_are_told_apart() -> None:
    """To DuckDB they are equal, so that their order would be left to chance."""
    one = pa.table({"zero": [0.0, -0.0], "name": ["a", "b"]})
    two = one.take(pa.array([1, 0]))

    assert data_version(in_canonical_order(one)) == data_version(in_canonical_order(two))
    assert in_canonical_order(one).column("name").to_pylist() == ["b", "a"]


def test_nan_of_any_bits_is_one_nan() -> None:
    """A data version does not tell them apart, so the order must not either."""
    bits = np.array([0xFFF8 << 48, 0x7FF8 << 48, 0x7FF0000000000001], np.uint64)
    table = pa.table({"nan": bits.view(np.float64), "name": ["c", "a", "b"]})

    assert in_canonical_order(table).column("name").to_pylist() == ["a", "b", "c"]


def test_rows_in_order_are_not_copied() -> None:
    """Most tables come from sorted data."""
    table = pa.table({"n": [1, 2, 2, None]})

    assert in_canonical_order(table) is table


def test_names_of_columns_do_not_matter_to_the_sort() -> None:
    """DuckDB does not tell "a" from "A", and "row" is a word of SQL."""
    names = ["row", "ROW", 'a"b', "key0", ""]
    table = pa.table([pa.array([2, 1])] * len(names), names=names)

    assert in_canonical_order(table).column("").to_pylist() == [1, 2]


def test_tables_of_every_shape_are_sorted() -> None:
    """Chunks, slices and columns without any value are ordinary."""
    column = pa.chunked_array(
        [pa.array([[9], [3]]).slice(1), [[1]], [None]], pa.list_(pa.int64())
    )
    table = canonical_table(pa.table({"nothing": pa.nulls(3), "x": column}))

    assert in_canonical_order(table).column("x").to_pylist() == [[1], [3], None]
    assert in_canonical_order(table.slice(0, 0)).num_rows == 0


def test_nothing_is_left_in_the_folder_for_what_does_not_fit(tmp_path: Path) -> None:
    """A folder that fills up by and by is found when it is full."""
    in_canonical_order(pa.table({"n": [2, 1]}), spill_to=str(tmp_path))

    assert list(tmp_path.iterdir()) == []
