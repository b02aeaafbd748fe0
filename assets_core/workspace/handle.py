"""One asset of a workspace, to look at: `workspace["delays"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.model.records import Materialization
from assets_core.running.tools import Tools
from assets_core.workspace.partitioning import Asked

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Opened(Protocol):
    """The part of a workspace that a handle needs."""

    tools: Tools

    def load_arrow(
        self,
        key: str,
        *,
        partition: str | None = None,
        partitions: Asked = None,
        version: str | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return the data of an asset as an Arrow table."""
        ...


class AssetHandle:
    """An asset with its data and its history."""

    def __init__(self, workspace: Opened, asset: Asset) -> None:
        self._workspace = workspace
        self.asset = asset

    @property
    def key(self) -> str:
        """Return its key."""
        return self.asset.key

    def to_arrow(
        self, *, partitions: Asked = None, columns: tuple[str, ...] | None = None
    ) -> pa.Table:
        """Return its data as an Arrow table.

        Args:
            partitions: Which, such as `2024-01..2024-03`; all that are there by default.
            columns: The only columns to read.
        """
        return self._workspace.load_arrow(
            self.asset.key, partitions=partitions, columns=columns
        )

    def to_pandas(
        self, *, partitions: Asked = None, columns: tuple[str, ...] | None = None
    ) -> pd.DataFrame:
        """Return its data as a pandas frame, see `to_arrow`."""
        table = self.to_arrow(partitions=partitions, columns=columns)
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def to_polars(
        self, *, partitions: Asked = None, columns: tuple[str, ...] | None = None
    ) -> pl.DataFrame:
        """Return its data as a polars frame, see `to_arrow`."""
        import polars as pl  # noqa: PLC0415 - an extra; only for those who ask for it

        return pl.DataFrame(self.to_arrow(partitions=partitions, columns=columns))

    def history(
        self, limit: int = 20, *, partition: str | None = None
    ) -> tuple[Materialization, ...]:
        """Return its results, or those of one partition, newest first."""
        return self._workspace.tools.store.history(Cell(self.asset.key, partition), limit)

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema of its data."""
        schema: pa.Schema = self.to_arrow().schema
        return schema

    def __repr__(self) -> str:
        return f"<Asset '{self.key}'>"
