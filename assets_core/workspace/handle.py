"""One asset of a workspace, to look at: `workspace["delays"]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, Unpack

from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Node
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import CheckRecord, Materialization, RunRecord
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reads import AllKeys
from assets_core.running.tools import Tools
from assets_core.shown import shown
from assets_core.workspace.changes import changes
from assets_core.workspace.differences import AssetDifference
from assets_core.workspace.finding import Selection, find_cell
from assets_core.workspace.loading import WhichData
from assets_core.workspace.partitioning import Asked
from assets_core.workspace.past import When
from assets_core.workspace.settings import Settings
from assets_core.workspace.status import Statuses

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


@shown
class History(tuple[Materialization, ...]):  # noqa: SLOT001 - it has an attribute
    """Results of one cell, newest first.

    Attributes:
        shown: The id of the one that the cell shows; None if it shows nothing.
    """

    shown: str | None = None


@shown
class Checks(tuple[CheckRecord, ...]):
    """What the checks of one result found."""

    __slots__ = ()


@shown
class Runs(tuple[RunRecord, ...]):
    """Runs, newest first."""

    __slots__ = ()


class Opened(Protocol):
    """The part of a workspace that a handle needs."""

    tools: Tools
    graph_of_assets: Graph
    env: str
    settings: Settings

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...

    def planned(self, wanted: Wanted, keys: AllKeys | None = None) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        ...

    def statuses(
        self, selection: Selection = None, *, partitions: Asked = None
    ) -> Statuses:
        """Return the status of assets and sources."""
        ...

    def load_arrow(self, key: str, **which: Unpack[WhichData]) -> pa.Table:
        """Return the data of an asset as an Arrow table."""
        ...

    def scan(self, key: str, **which: Unpack[WhichData]) -> pl.LazyFrame:
        """Return the data of an asset as a lazy polars frame."""
        ...


@shown
@frozen
class Lineage:
    """What reads what, of a project or around one asset.

    Attributes:
        about: The asset that it is around; None of a whole project.
    """

    workspace: Opened
    graph: Graph
    about: AssetKey | None = None

    @property
    def nodes(self) -> Mapping[AssetKey, Node]:
        """Return every asset and source by key, upstream before downstream."""
        return self.graph.nodes

    def upstream(self, key: str) -> tuple[AssetKey, ...]:
        """Return what an asset reads."""
        return self.graph.upstream(AssetKey(key))


@shown
class AssetHandle:
    """An asset with its data and its history."""

    def __init__(self, workspace: Opened, asset: Asset) -> None:
        self.workspace = workspace
        self.asset = asset

    @property
    def key(self) -> str:
        """Return its key."""
        return self.asset.key

    def to_arrow(self, **which: Unpack[WhichData]) -> pa.Table:
        """Return its data as an Arrow table.

        Args:
            which: `partition`, one of its partitions; `partitions`, several, such as
                `2024-01..2024-03`, all that are there by default; `version`, the id of
                one of its materializations; `as_of`, a time, to see what it showed then;
                `columns`, the only ones to read; `env`, an environment.
        """
        return self.workspace.load_arrow(self.asset.key, **which)

    def to_pandas(self, **which: Unpack[WhichData]) -> pd.DataFrame:
        """Return its data as a pandas frame, see `to_arrow`."""
        frame: pd.DataFrame = self.to_arrow(**which).to_pandas()
        return frame

    def to_polars(self, **which: Unpack[WhichData]) -> pl.DataFrame:
        """Return its data as a polars frame, see `to_arrow`."""
        import polars as pl  # noqa: PLC0415 - an extra; only for those who ask for it

        return pl.DataFrame(self.to_arrow(**which))

    def scan(self, **which: Unpack[WhichData]) -> pl.LazyFrame:
        """Return its data as a lazy polars frame, see `Workspace.scan`."""
        return self.workspace.scan(self.asset.key, **which)

    def history(self, limit: int = 20, *, partition: str | None = None) -> History:
        """Return its results, or those of one partition, newest first."""
        cell = Cell(self.asset.key, partition)
        store = self.workspace.tools.store
        found = History(store.history(cell, limit))
        head = store.head(self.workspace.env, cell)
        found.shown = head.materialization if head else None
        return found

    def checks(self, *, partition: str | None = None) -> Checks:
        """Return what its checks found on what it shows, or one partition of it."""
        cell = find_cell(self.asset, partition, self.workspace.keys())
        store = self.workspace.tools.store
        head = store.head(self.workspace.env, cell)
        return Checks(store.checks(head.materialization) if head else ())

    def diff(
        self,
        *,
        since: When | None = None,
        version: str | None = None,
        partition: str | None = None,
        key: tuple[str, ...] = (),
    ) -> AssetDifference:
        """Return how what it shows differs from what it has shown.

        Args:
            since: From what it showed at a time.
            version: From one of its materializations. Without a time and a version, from
                the one before, which had other data.
            partition: One of its partitions; needed with a version.
            key: The columns that say which rows are the same; by default those that are
                unique by its schema, else rows are compared as a whole.
        """
        return changes(self.workspace, self.asset, since, (version, partition), key)

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema of its data."""
        schema: pa.Schema = self.to_arrow().schema
        return schema

    def __repr__(self) -> str:
        return f"<Asset '{self.key}'>"
