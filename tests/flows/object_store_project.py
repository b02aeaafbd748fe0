"""A small project whose tables lie in a bucket, behind a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from tests.flows.small_project import SETTINGS, Project

if TYPE_CHECKING:
    from tests.object_store.proxy import Proxy
    from tests.object_store.swift_server import Swift

SHOP = """
LIMIT = 3
prices = source("prices", path="prices.txt")


@asset
def orders(prices: Path) -> pa.Table:
    return pa.table({"price": [int(word) for word in prices.read_text().split()]})


@asset
def cheap(orders: pa.Table) -> pa.Table:
    kept = [n for n in orders["price"].to_pylist() if n <= LIMIT]
    return pa.table({"price": kept})


@asset
def batches(orders: pa.RecordBatchReader) -> pa.RecordBatchReader:
    schema = pa.schema([("price", pa.int64())])
    return pa.RecordBatchReader.from_batches(schema, list(orders))
"""


def settings_of(root: str, options: str = "") -> str:
    """Return the settings of a project whose tables lie in an object store."""
    return f'{SETTINGS}[io.lake]\ntype = "parquet"\nroot = "{root}"\n{options}'


class Lake:
    """A project in a bucket, behind a proxy."""

    def __init__(self, project: Project, swift: Swift, proxy: Proxy) -> None:
        self.project, self.swift, self.proxy = project, swift, proxy
        self.prefix = swift.new_prefix()
        self.root = f"s3://lake/{self.prefix}"

    def write(self, more: str = "", body: str = SHOP) -> Project:
        """Write the project."""
        options = (
            f'timeout = 4\n{more}[io.lake.storage_options]\nkey = "${{LAKE_KEY}}"\n'
            f'secret = "${{LAKE_SECRET}}"\nendpoint_url = "{self.proxy.url}"\n'
        )
        self.project.write(body, settings=settings_of(self.root, options))
        (self.project.folder / "prices.txt").write_text("1 2 3 4 5")
        return self.project

    def names(self) -> list[str]:
        """Return the names of the objects below the root."""
        found = self.swift.names(f"{self.prefix}/")
        return sorted(name.removeprefix(f"{self.prefix}/") for name in found)

    def objects(self) -> list[str]:
        """Return the names of the sealed objects."""
        return [one for one in self.names() if one.endswith(".parquet")]


def load(project: Project, key: str) -> dict[str, list[object]]:
    """Open a project afresh and load one of its tables."""
    with Workspace.open(project.folder) as workspace:
        found: dict[str, list[object]] = workspace.load_arrow(key).to_pydict()
        return found


def findings(project: Project) -> list[str]:
    """Return what the doctor finds, after reading every byte."""
    with Workspace.open(project.folder) as workspace:
        found = examine(workspace.tools, workspace.graph_of_assets, "main").findings
        return [one.kind for one in found]
