"""What a workspace and its handles give to whoever looks: data, SQL, differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets_core import AssetsError, UsageError, Workspace
from tests.flows.small_project import Project

SHOP = """
from assets_core import DailyPartitions
LIMIT = 2
DAYS = DailyPartitions("2024-01-01", "2024-01-04")


@asset
def orders() -> pa.Table:
    return pa.table({"id": [1, 2, 3], "price": [1, 2, 3]})


@asset(key="raw/cheap")
def cheap(orders: pa.Table) -> pa.Table:
    rows = [row for row in orders.to_pylist() if row["price"] <= LIMIT]
    return pa.Table.from_pylist(rows, schema=orders.schema)


@asset(partitions=DAYS)
def same() -> pa.Table:
    return pa.table({"n": [1, 2]})
"""


@pytest.fixture
def shop(project: Project) -> Project:
    """Return a project in which everything is made."""
    project.write(SHOP)
    assert project.run().status == "success"
    return project


def test_partitions_that_share_a_file_are_each_counted_once(shop: Project) -> None:
    """Three days of the same content are one file, and two rows each."""
    with Workspace.open(shop.folder) as workspace:
        found = workspace.sql("SELECT date, count(*) FROM same GROUP BY date ORDER BY date")
        assert [count for _, count in found.fetchall()] == [2, 2, 2]


def test_sql_reads_what_was_shown_at_a_time(shop: Project) -> None:
    """And in another environment, and through names in quotes."""
    with Workspace.open(shop.folder) as workspace:
        then = workspace.tools.clock.now()
        workspace.environments.create("dev")
    shop.edit("LIMIT = 2", "LIMIT = 1")
    shop.run("raw/cheap")
    with Workspace.open(shop.folder) as workspace:
        count = "SELECT count(*) FROM raw.cheap"
        from datetime import UTC, datetime

        at = datetime.fromtimestamp(then, UTC)
        assert workspace.sql(count).fetchall() == [(1,)]
        assert workspace.sql(count, as_of=at).fetchall() == [(2,)]
        assert workspace.sql(count, env="dev").fetchall() == [(2,)]
        assert workspace.sql('FROM "raw/cheap" SELECT count(*)').fetchall() == [(1,)]
        handle = workspace["raw/cheap"]
        assert handle.to_pandas(env="dev")["id"].to_list() == [1, 2]
        assert handle.to_arrow(as_of=at, columns=["id"]).to_pydict() == {"id": [1, 2]}
        assert handle.diff(since=at).rows == (0, 1, 0, {})
        before = handle.history()[1]
        assert handle.diff(version=before.id[:16]).rows == handle.diff().rows
        assert handle.diff(key=("id",)).key == ("id",)


def test_a_query_reads_files_and_no_whole_tables(shop: Project) -> None:
    """DuckDB's own plan says that it scans Parquet, the column that is asked for."""
    with Workspace.open(shop.folder) as workspace:
        plan = workspace.sql("SELECT price FROM orders WHERE id > 1").explain()
    assert "PARQUET" in plan.upper()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda one: one["raw/cheep"], "did you mean 'raw/cheap'?"),
        (lambda one: one.sql("FROM orderz"), "did you mean 'orders'?"),
        (lambda one: one.sql("SELEC 1"), "mend the SQL"),
        (lambda one: one.sql("SELECT 1; SELECT 2"), "this is SELECT and SELECT"),
        (lambda one: one.sql("-- FROM orders"), "this is nothing"),
        (lambda one: one["orders"].to_pandas(columns=["prize"]), "did you mean 'price'?"),
        (lambda one: one["orders"].to_arrow(columns="id"), "columns=['id']"),
        (lambda one: one["orders"].to_pandas(env="dve"), "dve"),
        (lambda one: one["same"].to_pandas(partition="2024-02-01"), "2024-02-01"),
        (
            lambda one: one["orders"].to_pandas(as_of="2020-01-01"),
            "'orders' was never built by 2020-01-01 00:00:00 UTC\n  Fix: name a later time",
        ),
        (lambda one: one["orders"].diff(), "has shown no other data before"),
        (lambda one: one["same"].diff(), "name it"),
        (lambda one: one["orders"].diff(since="x", version="y"), "leave out"),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(
    shop: Project, asked: object, said: str
) -> None:
    """The nearest name, or the fix."""
    with Workspace.open(shop.folder) as workspace, pytest.raises(AssetsError) as raised:
        asked(workspace)  # type: ignore[operator]
    assert said in str(raised.value)


def test_a_query_of_a_person_cannot_write(shop: Project) -> None:
    """Not even over the file that an asset shows, which COPY would replace."""
    data = shop.folder / "data" / "orders.parquet"
    before = data.read_bytes()
    with Workspace.open(shop.folder) as workspace:
        for query in (
            f"COPY (SELECT 1) TO '{data}'",
            f"EXPLAIN ANALYZE COPY (SELECT 1) TO '{data}'",
            f"ATTACH '{shop.folder}/new.duckdb'",
        ):
            with pytest.raises(UsageError, match="one SELECT"):
                workspace.sql(query)
        assert workspace.sql("SUMMARIZE orders").shape[0] == 2
        assert len(workspace.sql("DESCRIBE orders").fetchall()) == 2
    assert data.read_bytes() == before
    assert not (shop.folder / "new.duckdb").exists()


def test_looking_changes_nothing(shop: Project) -> None:
    """Whatever shows itself reads; the data and the heads stay as they are."""

    def files() -> dict[str, int]:
        """Return the files of the data, and when they were written."""
        data = Path(shop.folder) / "data"
        return {str(one): one.lstat().st_mtime_ns for one in data.rglob("*")}

    before = files()
    with Workspace.open(shop.folder) as workspace:
        heads = workspace.tools.store.heads("main")
        found: list[Any] = [workspace, workspace["same"], workspace.plan()]
        for value in found:
            assert "ac-shown" in str(value._repr_html_())
        assert workspace.tools.store.heads("main") == heads
        assert len(workspace.runs()) == 1
    assert files() == before
