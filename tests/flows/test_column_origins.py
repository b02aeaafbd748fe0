"""Where the columns of functions come from: seen where that can be, assumed elsewhere."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from assets_core.workspace.lineage import column_lineage
from tests.flows.small_project import Project

HEAD = """
from datetime import date, timedelta

import pandas as pd
import polars as pl

from assets_core import DailyPartitions, DynamicPartitions, Partition

N = 60
VALUES = [(7 * n * n + 3) % 101 for n in range(N)]


@asset
def orders() -> pa.Table:
    return pa.table({
        "id": list(range(N)),
        "day": [date(2024, 1, 1) + timedelta(days=n) for n in range(N)],
        "hour": [n % 24 for n in range(N)],
        "amount": VALUES,
        "price": [n / 7 for n in VALUES],
        "name": [f"name {n}" for n in VALUES],
        "code": [f"{n:03}" for n in range(N)],
        "paid": [n % 2 == 0 for n in VALUES],
        "none": pa.nulls(N, pa.int64()),
        "one": [1] * N,
        "more": [n * n for n in VALUES],
        "again": [n * n for n in VALUES],
    })
"""


def found(project: Project, body: str, key: str = "made") -> dict[str, str]:
    """Return where the columns of an asset come from, and how that is known."""
    project.write(HEAD + body)
    assert project.run().status == "success"
    with Workspace.open(project.folder) as workspace:
        lineage = column_lineage(workspace, workspace.graph_of_assets)
    edges: dict[str, str] = {}
    for one in lineage.edges:
        if one.asset == key:
            place = f"{one.upstream}.{one.origin} {one.how}"
            edges[one.column] = ", ".join(filter(None, [edges.get(one.column), place]))
    return edges


PASSED_ON = """
@asset
def made(orders: {form}) -> {form}:
    return {result}
"""
RESULTS = {
    "pd.DataFrame": "orders.rename(columns={'amount': 'total'}).assign(new=2.5)",
    "pl.DataFrame": "orders.rename({'amount': 'total'}).with_columns(new=pl.lit(2.5))",
}


@pytest.mark.parametrize("form", RESULTS)
def test_a_column_that_is_passed_on_is_recognized(project: Project, form: str) -> None:
    """By what it holds; not where anybody might have made the same."""
    edges = found(project, PASSED_ON.format(form=form, result=RESULTS[form]))

    seen = {column for column, how in edges.items() if how.endswith("observed")}
    assert seen == {"total", "price", "name"}
    assert edges["total"] == "orders.amount observed"
    assert edges["id"] == "orders.id assumed"
    assert edges["hour"] == "orders.hour assumed"
    # Two columns hold the same: it may be either.
    assert edges["again"] == "orders.again assumed"
    assert "new" not in edges


def test_values_that_a_function_makes_anew_are_not_taken_for_others(
    project: Project,
) -> None:
    """Numbers, days, hours and truths that happen to be the same come from nowhere."""
    edges = found(
        project,
        """
@asset
def made(orders: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "number": range(N),
        "night": pd.date_range("2024-01-01", periods=N).date,
        "clock": [n % 24 for n in range(N)],
        "label": [f"{n:03}" for n in range(N)],
        "flag": [n % 2 == 0 for n in VALUES],
        "unit": 1,
    })
""",
    )

    assert edges == {}


def test_rows_that_were_left_out_leave_a_guess(project: Project) -> None:
    """An equal name and type, among the columns that are read."""
    edges = found(
        project,
        """
@asset(inputs={"rows": Upstream("orders", columns=["amount", "name"])})
def made(rows: pa.Table) -> pa.Table:
    kept = rows.slice(1)
    return kept.append_column("price", pa.array([0.5] * len(kept)))
""",
    )

    assert edges == {"amount": "orders.amount assumed", "name": "orders.name assumed"}


def test_a_lazy_frame_says_it_by_its_plan(project: Project) -> None:
    """Also of columns that are computed, and that nothing else tells."""
    edges = found(
        project,
        """
@asset(inputs={"rows": "orders"})
def made(rows: pl.LazyFrame) -> pl.LazyFrame:
    worth = pl.col("amount") * pl.col("price")
    kept = rows.filter(pl.col("paid")).with_columns(worth=worth)
    return kept.select("id", "worth", label="code", none=pl.lit(0), n=pl.len())
""",
    )

    assert edges == {
        "id": "orders.id observed",
        "worth": "orders.amount observed, orders.price observed",
        "label": "orders.code observed",
    }


def test_of_partitions_each_is_compared_with_what_it_reads(project: Project) -> None:
    """One by one; of several together nothing is seen."""
    days = """
DAYS = DailyPartitions("2024-01-01", "2024-01-03")


@asset(partitions=DAYS)
def days(context) -> pa.Table:
    return pa.table({"v": [n + context.partition.start.day for n in VALUES]})


@asset(partitions=DAYS)
def made(days: pa.Table) -> pa.Table:
    return days


@asset
def month(days: pa.Table) -> pa.Table:
    return days
"""

    assert found(project, days) == {"v": "days.v observed"}
    assert found(project, days, "month")["v"] == "days.v assumed"


def test_of_partitions_that_are_yielded_too(project: Project) -> None:
    """The call itself has no columns that come from anywhere."""
    edges = found(
        project,
        """
@asset(partitions=DynamicPartitions("parts"))
def made(orders: pa.Table):
    yield Partition("all", orders.select(["amount"]))
    yield Partition("few", orders.select(["amount"]).slice(0, 3))
""",
    )

    assert set(edges) <= {"amount"}
