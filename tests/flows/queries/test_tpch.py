"""The 22 queries of TPC-H as assets: what they find, read, and where it comes from."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets_core import Workspace
from assets_core.workspace.lineage import column_lineage

QUERIES = sorted((Path(__file__).parent / "tpch").glob("q*.sql"))
TABLES = (
    "customer",
    "lineitem",
    "nation",
    "orders",
    "part",
    "partsupp",
    "region",
    "supplier",
)
MODULE = """
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assets_core import asset, source, sql_asset

def reader(name):
    file = source(f"files/{name}", path=f"files/{name}.parquet")

    @asset(key=f"tpch/{name}", inputs={"file": f"files/{name}"})
    def table(file: Path) -> pa.Table:
        return pq.read_table(file)

    return file, table

"""
DISCOUNTED = ["tpch/lineitem.l_discount", "tpch/lineitem.l_extendedprice"]
FROM = {
    "q01": {
        "l_returnflag": ["tpch/lineitem.l_returnflag"],
        "l_linestatus": ["tpch/lineitem.l_linestatus"],
        "sum_qty": ["tpch/lineitem.l_quantity"],
        "sum_base_price": ["tpch/lineitem.l_extendedprice"],
        "sum_disc_price": DISCOUNTED,
        "sum_charge": [*DISCOUNTED, "tpch/lineitem.l_tax"],
        "avg_qty": ["tpch/lineitem.l_quantity"],
        "avg_price": ["tpch/lineitem.l_extendedprice"],
        "avg_disc": ["tpch/lineitem.l_discount"],
        "count_order": [],
    },
    "q03": {
        "l_orderkey": ["tpch/lineitem.l_orderkey"],
        "revenue": DISCOUNTED,
        "o_orderdate": ["tpch/orders.o_orderdate"],
        "o_shippriority": ["tpch/orders.o_shippriority"],
    },
    "q08": {
        "o_year": ["tpch/orders.o_orderdate"],
        "mkt_share": [*DISCOUNTED, "tpch/nation.n_name"],
    },
    "q13": {"c_count": ["tpch/orders.o_orderkey"], "custdist": []},
    "q15": {
        "s_suppkey": ["tpch/supplier.s_suppkey"],
        "s_name": ["tpch/supplier.s_name"],
        "s_address": ["tpch/supplier.s_address"],
        "s_phone": ["tpch/supplier.s_phone"],
        "total_revenue": DISCOUNTED,
    },
}


def make_project(folder: Path, scale: str) -> Path:
    """Write a project over TPC-H's tables, with each query as an asset."""
    program = Path(sys.executable).with_name("tpchgen-cli")
    files = folder / "files"
    subprocess.run(
        [program, "parquet", "-s", scale, f"--output-dir={files}"],
        check=True,
        capture_output=True,
    )
    lines = [f'{name}_file, {name} = reader("{name}")\n' for name in TABLES]
    for query in QUERIES:
        (folder / query.name).write_text(query.read_text("utf-8"))
        lines.append(f'{query.stem} = sql_asset("{query.stem}", path="{query.name}")\n')
    (folder / "assets.toml").write_text('name = "tpch"\nmodules = ["tables"]\n')
    (folder / "tables.py").write_text(MODULE + "".join(lines))
    return folder


@pytest.fixture(scope="module", params=["0.01", "0.1"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that was materialized, at each size."""
    folder = make_project(tmp_path_factory.mktemp("tpch"), request.param)
    with Workspace.open(folder) as workspace:
        assert workspace.materialize().status == "success"
    return folder


def by_hand(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what DuckDB finds in the files themselves."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA tpch")
        for name in TABLES:
            table = connection.read_parquet(str(folder / "files" / f"{name}.parquet"))
            table.create_view(f"{name}_view")
            connection.execute(f"CREATE VIEW tpch.{name} AS FROM {name}_view")
        return connection.sql(query).fetchall()


def same(value: Any, other: Any) -> bool:
    """Return whether two values are the same, but for the last digits of doubles."""
    if isinstance(value, float):
        return math.isclose(value, other, rel_tol=1e-12)
    return bool(value == other)


def test_every_query_finds_what_duckdb_finds_by_hand(made: Path) -> None:
    """Whatever stands between the query and its tables changes nothing."""
    assert len(QUERIES) == 22
    with Workspace.open(made) as workspace:
        for query in QUERIES:
            table = workspace.load_arrow(query.stem)
            found = [tuple(row.values()) for row in table.to_pylist()]
            wanted = by_hand(made, query.read_text("utf-8"))
            assert len(found) == len(wanted), query.stem
            for row, other in zip(found, wanted, strict=True):
                assert all(map(same, row, other)), (query.stem, row, other)


def test_every_table_of_every_query_is_found(made: Path) -> None:
    """Each stands in the text behind the schema, and nothing else does."""
    with Workspace.open(made) as workspace:
        for query in QUERIES:
            named = set(re.findall(r"\btpch\.(\w+)", query.read_text("utf-8")))
            upstream = set(workspace.asset(query.stem).upstream)
            assert upstream == {f"tpch/{name}" for name in named}, query.stem


def test_every_column_says_where_it_comes_from(made: Path) -> None:
    """Compared with tables that were made by hand."""
    with Workspace.open(made) as workspace:
        edges = column_lineage(workspace, workspace.graph_of_assets).edges
        own = [edge for edge in edges if edge.asset.startswith("q")]
        assert {edge.how for edge in own} == {"exact"}
        for name, columns in FROM.items():
            table = workspace.load_arrow(name)
            assert table.column_names == list(columns)
            for column, wanted in columns.items():
                found = sorted(
                    f"{edge.upstream}.{edge.origin}"
                    for edge in own
                    if (edge.asset, edge.column) == (name, column)
                )
                assert found == sorted(wanted), (name, column)
        known = {edge.asset for edge in own}
        assert {query.stem for query in QUERIES} - known == set()


def test_an_unused_column_and_another_layout_make_nothing_stale(made: Path) -> None:
    """Each query reads the columns that it names, in whatever lines it names them."""
    module = made / "tables.py"
    text = module.read_text()
    more = 'table = pq.read_table(file)\n        return table.append_column("x", table[0])'
    module.write_text(text.replace("return pq.read_table(file)", more))
    for query in QUERIES:
        path = made / query.name
        path.write_text("-- written anew\n" + " ".join(path.read_text().split()))

    with Workspace.open(made) as workspace:
        result = workspace.materialize()

    assert result.counts["computed"] == len(TABLES)
    assert result.counts["skipped"] == len(QUERIES)
