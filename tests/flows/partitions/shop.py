"""A project of orders that one call cuts by customer."""

from __future__ import annotations

import json

import duckdb

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Materialization
from assets_core.workspace.status import AssetStatus
from tests.flows.partitions.slices import SETTINGS, Sliced

ORDERS = """
    raw = source("raw", path="raw.json")


    @asset
    def orders(raw: Path) -> pd.DataFrame:
        rows = json.loads(raw.read_text())
        return pd.DataFrame(rows, columns=["customer", "total"])


    @asset(partitions=DynamicPartitions("customers"))
    def by_customer(orders: pd.DataFrame):
        with open("calls.log", "a") as log:
            log.write("by_customer ")
        for customer, rows in orders.groupby("customer"):
            yield Partition(customer, rows)


    @asset(partitions=DynamicPartitions("customers"))
    def spending(by_customer: pd.DataFrame):
        return pd.DataFrame({"sum": [by_customer["total"].sum()]})


    @asset
    def everyone(by_customer: pd.DataFrame):
        return by_customer
"""
FIRST: list[list[object]] = [["bob", 1], ["ada", 2], ["bob", 3]]


class Shop(Sliced):
    """The project in a folder, which is the current one."""

    def rows(self, given: list[list[object]]) -> None:
        """Write what the source holds."""
        (self.folder / "raw.json").write_text(json.dumps(given))

    def settings(self, more: str) -> None:
        """Write more settings."""
        (self.folder / "assets.toml").write_text(SETTINGS + more)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of the list."""
        with Workspace.open(self.folder) as workspace:
            return workspace.tools.store.dynamic_keys(["customers"])["customers"]

    def calls(self) -> int:
        """Return how often the function was called since the last look."""
        log = self.folder / "calls.log"
        count = len(log.read_text().split()) if log.exists() else 0
        log.unlink(missing_ok=True)
        return count

    def paths(self, key: str = "by_customer") -> set[str]:
        """Return the stable paths of the partitions of an asset."""
        found = (self.folder / "data" / key).rglob("*.parquet")
        return {path.parent.name for path in found}

    def history(self, key: str, partition: str) -> tuple[Materialization, ...]:
        """Return the results of a partition, newest first."""
        with Workspace.open(self.folder) as workspace:
            return workspace.tools.store.history(Cell(AssetKey(key), partition))

    def status(self, key: str) -> AssetStatus:
        """Return how an asset stands."""
        with Workspace.open(self.folder) as workspace:
            return workspace.statuses()[AssetKey(key)]

    def sql(self, query: str) -> list[object]:
        """Return the first column of what a query finds in the DuckDB file."""
        (file,) = self.folder.rglob("*.duckdb")
        with duckdb.connect(str(file), read_only=True) as connection:
            return [row[0] for row in connection.execute(query).fetchall()]
