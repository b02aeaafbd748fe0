"""Cutting tables into partitions."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pytest

from assets_core import StaticPartitions
from assets_core.errors import DataError
from assets_core.model.keys import AssetKey, Cell
from assets_core.running.slices import split

KEYS = StaticPartitions(["a", "b", "c", "d"]).keys()
ROWS = AssetKey("rows")


def test_rows_of_each_partition_keep_their_order() -> None:
    """Also where they come mixed, in several chunks, and not all are asked for."""
    chunks = [["b", "a"], [], ["d", "b", "a", "b"]]
    table = pa.table({"n": range(6), "partition": pa.chunked_array(chunks, pa.string())})
    cells = [Cell(ROWS, key) for key in ("c", "b", "a")]

    found = split(table, cells, ("partition",), KEYS)

    assert [one.to_pydict() for one in found] == [
        {"n": []},
        {"n": [0, 3, 5]},
        {"n": [1, 4]},
    ]


@pytest.mark.parametrize("keys", [["a", None], [None, None], ["a", "x"]])
def test_a_row_of_no_partition_is_refused(keys: list[str | None]) -> None:
    """Nobody would find it again."""
    table = pa.table({"n": [1, 2], "partition": pa.array(keys, pa.string())})

    with pytest.raises(DataError, match="not belong to this call"):
        split(table, [Cell(ROWS, "a")], ("partition",), KEYS)


def test_no_rows_are_cut_into_no_rows() -> None:
    """A day without sales is a day."""
    table = pa.table({"n": pa.array([], pa.int64()), "partition": pa.array([], pa.null())})

    (found,) = split(table, [Cell(ROWS, "a")], ("partition",), KEYS)

    assert found.schema == pa.schema([("n", pa.int64())])
    assert found.num_rows == 0


def test_cutting_loads_arrows_functions_late() -> None:
    """Commands that compute nothing load this module, too; the functions take a while."""
    script = (
        "import sys, assets_core.running.slices; sys.exit('pyarrow.compute' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
