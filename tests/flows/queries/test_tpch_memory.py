"""What a query of TPC-H holds in memory as an asset, against DuckDB by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assets_core import Workspace
from tests.flows.queries.test_tpch import QUERIES, TABLES, make_project

SCALE, ALLOWED = "1", 1.2
ASSETS = """
from assets_core import Workspace

with Workspace.open() as workspace:
    workspace.materialize("{name}", force=True, upstream=False)
"""
BY_HAND = """
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

with duckdb.connect() as connection:
    connection.execute("CREATE SCHEMA tpch")
    for name in {tables}:
        file = f"data/tpch/{{name}}.parquet"
        connection.execute(f"CREATE VIEW tpch.{{name}} AS FROM read_parquet('{{file}}')")
    found = connection.sql(Path("{name}.sql").read_text()).to_arrow_table()
    pq.write_table(found, "by_hand.parquet")
"""
PEAK = """
from pathlib import Path

(line,) = [one for one in Path("/proc/self/status").open() if one.startswith("VmHWM")]
print(int(line.split()[1]) / 1024)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose tables are there."""
    folder = make_project(tmp_path_factory.mktemp("tpch"), SCALE)
    with Workspace.open(folder) as workspace:
        keys = [f"tpch/{name}" for name in TABLES]
        assert workspace.materialize(keys).status == "success"
    return folder


def peak(folder: Path, program: str) -> float:
    """Return the most megabytes that a program held at once: the middle of three runs."""
    found = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", program + PEAK],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        found.append(float(done.stdout.split()[-1]))
    return sorted(found)[1]


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the peak of memory")
@pytest.mark.parametrize("name", [one.stem for one in QUERIES])
def test_a_query_takes_hardly_more_memory_than_by_hand(made: Path, name: str) -> None:
    """Nothing of its tables is held twice: DuckDB reads the files itself."""
    ours = peak(made, ASSETS.format(name=name))
    by_hand = peak(made, BY_HAND.format(name=name, tables=TABLES))

    print(f"{name}: {ours:.0f} MB, by hand {by_hand:.0f} MB, {ours / by_hand:.2f}")  # noqa: T201
    assert ours <= ALLOWED * by_hand
