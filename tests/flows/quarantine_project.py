"""A project whose schema refuses some rows, and looks at what came of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from assets_core.workspace.quarantined import load_rows, requeued
from tests.flows.small_project import SETTINGS, Project

MakeOrders = Callable[..., Project]
Row = dict[str, Any]

STORES = {
    "parquet": "",
    "duckdb": '[io.lake]\ntype = "duckdb"\ndatabase = "data/lake.duckdb"\n',
    "duckdb views": '[io.lake]\ntype = "duckdb"\ndatabase = "data/lake.duckdb"\n'
    'storage = "views"\n',
    "sql": '[io.lake]\ntype = "sql"\nurl = "sqlite:///data/lake.db"\n',
}


def orders_maker(project: Project) -> MakeOrders:
    """Return a maker of a project whose one asset reads its rows from a file."""

    def make(prices: str, *, option: str = '"quarantine"', settings: str = "") -> Project:
        project.write(
            f"""
            import pandera.pandas as pa_schema
            from assets_core import Quarantine

            LEAST = 0
            prices = source("prices", path="prices.txt")


            class Orders(pa_schema.DataFrameModel):
                id: int
                price: int = pa_schema.Field(ge=LEAST, nullable=True)


            @asset(schema=Orders, on_invalid={option})
            def orders(prices: Path) -> pa.Table:
                rows = [int(word) for word in prices.read_text().split()]
                ids = pa.array(range(len(rows)), pa.int64())
                return pa.table({{"id": ids, "price": pa.array(rows, pa.int64())}})


            @asset
            def total(orders: pa.Table) -> pa.Table:
                return pa.table({{"total": [sum(orders["price"].to_pylist())]}})
            """,
            settings=SETTINGS + settings,
        )
        (project.folder / "prices.txt").write_text(prices)
        return project

    return make


def aside(project: Project, key: str = "orders") -> list[Row]:
    """Return the rows of an asset that are in quarantine."""
    with Workspace.open(project.folder) as workspace:
        found = load_rows(workspace, workspace.asset(key))
        return [] if found.table is None else found.table.to_pylist()


def requeue(project: Project, partition: str | None = None) -> dict[str, str]:
    """Compute again what has rows in quarantine; return how the steps ended."""
    with Workspace.open(project.folder) as workspace:
        request = requeued(workspace, workspace.asset("orders"), partition, "test")
        return {step.cell.asset: step.status for step in workspace.run(request).steps}


def findings(project: Project) -> list[str]:
    """Return what is wrong with the state of a project."""
    with Workspace.open(project.folder) as workspace:
        found = examine(workspace.tools, workspace.graph_of_assets, "main").findings
        return [one.kind for one in found]
