"""Partitions that hold the same rows share one file, and are still as many tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assets_core import Workspace
from tests.flows.small_project import Project

DAYS = """
from assets_core import DailyPartitions, MonthlyPartitions, sql_asset
import polars as pl

DAYS = DailyPartitions("2024-01-01", "2024-01-05")
MONTHS = MonthlyPartitions("2024-01-01", "2024-02-01")


@asset(partitions=DAYS)
def days(context) -> pa.Table:
    odd = context.partition.key == "2024-01-03"
    return pa.table({"n": [1, 2, 3] if odd else [1, 2]})


by_day = sql_asset("by_day", "select date, count(n) as n from days group by date")
in_all = sql_asset("in_all", "select count(*) as n, sum(n)::bigint as total from days")
of_month = sql_asset(
    "of_month",
    "select sum(n)::bigint as total from days",
    partitions=MONTHS,
    inputs={"days": Upstream("days", missing="skip")},
)
copied = sql_asset(
    "copied", "select date, n from days", partitions=DAYS, batch="all"
)


@asset
def lazily(days: pl.LazyFrame) -> pl.LazyFrame:
    return days.group_by("date").agg(pl.len().alias("n"))


@asset
def lazily_in_all(days: pl.LazyFrame) -> pl.LazyFrame:
    return days.select(pl.len().alias("n"), pl.col("n").sum().alias("total"))
"""
ROWS = [2, 2, 3, 2]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Give a project of four days, three of them alike, and what reads them."""
    project = Project(Path(tmp_path_factory.mktemp("same")))
    project.write(DAYS)
    result = project.run()
    assert result.status == "success", [one.error for one in result.steps if one.error]
    with Workspace.open(project.folder) as workspace:
        yield workspace


@pytest.mark.parametrize("key", ["by_day", "lazily"])
def test_each_partition_is_counted_once_by_its_name(opened: Workspace, key: str) -> None:
    """In SQL and in a lazy frame, where the partition column tells them apart."""
    found = opened[key].to_arrow().sort_by("date")
    assert found["n"].to_pylist() == ROWS


@pytest.mark.parametrize("key", ["in_all", "lazily_in_all"])
def test_rows_of_all_are_counted_without_their_names(opened: Workspace, key: str) -> None:
    """Where no partition column is asked for, a file counts as often as it is shown."""
    assert opened[key].to_arrow().to_pylist() == [{"n": 9, "total": 15}]


def test_a_partition_of_several_reads_each_of_them(opened: Workspace) -> None:
    """As a month reads its days."""
    assert opened["of_month"].to_arrow()["total"].to_pylist() == [15]


def test_one_call_for_several_partitions_gives_each_its_rows(opened: Workspace) -> None:
    """Rows go back to the partition that they came from."""
    found = opened["copied"].to_arrow().to_pandas()
    assert found.groupby("date")["n"].count().tolist() == ROWS


def test_a_person_who_looks_sees_each_of_them(opened: Workspace) -> None:
    """With `sql`, with and without the partition column, and with `scan`."""
    days = opened["days"]
    assert opened.sql("SELECT count(*), sum(n) FROM days").fetchall() == [(9, 15)]
    counts = "SELECT count(*) FROM days GROUP BY date ORDER BY date"
    assert [count for (count,) in opened.sql(counts).fetchall()] == ROWS
    assert opened.sql("SELECT * FROM days WHERE date = '2024-01-02'").shape == (2, 2)
    frame = days.scan().collect()
    assert frame.shape == (9, 2)
    assert frame.group_by("date").len().sort("date")["len"].to_list() == ROWS
    assert days.scan(columns=["n"]).collect()["n"].sum() == 15
    two = days.scan(partitions="2024-01-01..2024-01-02").collect()
    assert two["date"].n_unique() == 2
