"""In Parquet files different values are listed where that is worth it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets_core.testing.io_suite import ORDERS, assert_same, keep
from io_managers.formats.parquet import MANY
from io_managers.parquet import make_parquet

ROWS = 2 * MANY
RANDOM = np.random.default_rng(1)
COLUMNS = {
    "all different": (np.arange(ROWS), False),
    "all different, in no order": (RANDOM.permutation(ROWS) / 7, False),
    "a time for each": (np.arange(ROWS).astype("datetime64[us]"), False),
    "keys of customers": (RANDOM.integers(0, 60_000, ROWS), True),
    "keys of orders, five rows each": (np.arange(ROWS) // 5, True),
    "few": (np.arange(ROWS) % 7 / 3, True),
    "small numbers": ((np.arange(ROWS) % 30_000).astype("int16"), True),
    "text": (np.char.add("row ", np.arange(ROWS).astype(str)), True),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_listed_where_values_come_again(name: str, tmp_path: Path) -> None:
    """And numbers that all differ are written as they are; both are read the same."""
    values, listed = COLUMNS[name]
    table = pa.table({"column": pa.array(values)})
    manager = make_parquet(str(tmp_path), {})
    stored = keep(manager, table)

    assert_same(manager.read(ORDERS, stored, table.schema), table)
    column = pq.read_metadata(manager.parquet_file(ORDERS, stored)).row_group(0).column(0)
    assert ("RLE_DICTIONARY" in column.encodings) == listed


def test_lists_and_names_with_dots_are_written_as_ever(tmp_path: Path) -> None:
    """Columns inside are named by paths, and a dot would be taken for one."""
    numbers = pa.array(np.arange(ROWS))
    table = pa.table(
        {"a.b": numbers, "inside": pa.StructArray.from_arrays([numbers], ["x"])}
    )
    manager = make_parquet(str(tmp_path), {})

    assert_same(manager.read(ORDERS, keep(manager, table), table.schema), table)
