"""A project made ready: plan it, materialize it, look into it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, cast

from assets_core.model.assets import Asset, Definition, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN, Backfill, RunRecord, RunRequest
from assets_core.model.selection import select
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reads import AllKeys
from assets_core.planning.staleness import Expected
from assets_core.protocols.observer import Observer
from assets_core.running.result import RunResult, succeeded
from assets_core.running.tools import Tools
from assets_core.upkeep.doctor import Examined
from assets_core.upkeep.gc import Collected, collect
from assets_core.upkeep.verify import verify
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace import opening
from assets_core.workspace.backfills import Preview
from assets_core.workspace.carrying import computed_by, preview_request, run_request
from assets_core.workspace.discovery import find_definitions
from assets_core.workspace.expectations import expectations
from assets_core.workspace.explaining import Explanation, explain
from assets_core.workspace.finding import (
    Selection,
    find_asset,
    find_cell,
    find_node,
    find_run,
    selection_texts,
)
from assets_core.workspace.handle import AssetHandle
from assets_core.workspace.kept_readings import KeptReadings
from assets_core.workspace.knowledge import plan_for
from assets_core.workspace.loading import Part, load_table, roll_back_or_release
from assets_core.workspace.networks import networkx_graph
from assets_core.workspace.partitioning import (
    Asked,
    checked_keys,
    chosen,
    declared_list,
    keys_now,
    partitions_text,
    wanted_partitions,
)
from assets_core.workspace.provenance import who
from assets_core.workspace.settings import Settings, read_settings
from assets_core.workspace.status import AssetStatus, statuses

if TYPE_CHECKING:
    import duckdb
    import networkx as nx
    import pandas as pd
    import pyarrow as pa


class Workspace:
    """A project made ready.

    Use `Workspace.open(folder)`; close it, or use it in a `with` statement.

    Attributes:
        settings: What its settings say.
        graph_of_assets: Its assets and sources.
        env: The environment whose heads it reads and moves.
    """

    def __init__(
        self,
        settings: Settings,
        definitions: Iterable[Definition],
        *,
        env: str = MAIN,
        observers: Iterable[Observer] = (),
    ) -> None:
        opening.refuse_environment(env)
        self.settings = settings
        self.env = env
        self._observers = list(observers)
        graph, tools = opening.build(settings, definitions, self._observers)
        self.graph_of_assets: Graph = graph
        self.tools: Tools = tools
        self._versions = CodeVersions(
            str(settings.root),
            packages=settings.packages,
            read=KeptReadings(settings.state / "readings", settings.root),
        )

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str] | None = None,
        *,
        env: str = MAIN,
        observers: Iterable[Observer] = (),
    ) -> Workspace:
        """Open the project in a folder, or the nearest one upward from here.

        Raises:
            ConfigurationError: There is no project, or its settings are not right.
            DefinitionError: Its definitions cannot work.
        """
        root = opening.find_root(folder)
        settings = read_settings(root, opening.environment())
        return cls(settings, find_definitions(settings), env=env, observers=observers)

    def close(self) -> None:
        """Let go of the metadata store."""
        self.tools.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def expected(self) -> dict[AssetKey, Expected]:
        """Return what the project says of each asset: versions, found when first needed."""
        return expectations(
            self.graph_of_assets, self.tools.io, self._versions, self.tools.validator
        )

    def select(self, selection: Selection = None) -> frozenset[AssetKey]:
        """Return the keys that a selection names; without one, all."""
        return select(
            selection_texts(selection),
            self.graph_of_assets,
            lambda: {key: found.status for key, found in self.statuses().items()},
        )

    def plan(
        self,
        selection: Selection = None,
        *,
        partitions: Asked = None,
        force: bool = False,
        upstream: bool = True,
    ) -> Plan:
        """Return what would be done, and why; changes nothing.

        Args:
            partitions: Which partitions, such as `2024-01-01..2024-01-31`; all by default.
        """
        texts, which = selection_texts(selection), partitions_text(partitions)
        request = RunRequest(texts, force, upstream, partitions=which)
        keys = self.keys()
        return self.planned(self.wanted(request, keys), keys)[0]

    def keys(self) -> AllKeys:
        """Return the partitions that each partitioned asset has at this moment."""
        return keys_now(self.tools, self.graph_of_assets)

    def wanted(
        self, request: RunRequest, keys: AllKeys, computed: frozenset[Cell] = frozenset()
    ) -> Wanted:
        """Return the cells that a request is about."""
        graph, selected = self.graph_of_assets, self.select(request.selection)
        found, partitions = wanted_partitions(request.partitions, graph, keys, selected)
        return Wanted(found, request.force, request.upstream, computed, partitions)

    def planned(self, wanted: Wanted, keys: AllKeys | None = None) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        project = (self.tools, self.graph_of_assets, self.expected)
        return plan_for(*project, wanted, self.env, self.keys() if keys is None else keys)

    def materialize(
        self,
        selection: Selection = None,
        *,
        partitions: Asked = None,
        force: bool = False,
        upstream: bool = True,
        jobs: int | None = None,
    ) -> RunResult:
        """Make assets fresh: compute what is stale, and nothing else.

        Args:
            partitions: Which partitions, such as `2024-01-01..2024-01-31`; all by default.

        Raises:
            RunFailed: A step failed; the error carries the result.
            UsageError: A partition that was asked for does not exist, or cannot be made.
        """
        texts, which = selection_texts(selection), partitions_text(partitions)
        request = RunRequest(texts, force, upstream, by=who(), partitions=which)
        return succeeded(self.run(request, jobs=jobs))

    def run(
        self,
        request: RunRequest,
        *,
        jobs: int | None = None,
        executor: str | None = None,
        computed: frozenset[Cell] = frozenset(),
        most_unasked: int | None = None,
    ) -> RunResult:
        """Carry out a request; steps that fail are in the result.

        Args:
            most_unasked: Stop if more than so many partitions and assets would have to
                run that were not asked for.
            computed: Cells that a forced run has done before it was stopped.
        """
        workers = (self.settings, executor, jobs)
        return run_request(self, request, workers, computed, most_unasked)

    def preview(self, request: RunRequest) -> Preview:
        """Return what a backfill would do, and what that has taken before."""
        return preview_request(self, request)

    def backfill(
        self,
        selection: Selection = None,
        *,
        partitions: Asked = None,
        batch: int | Literal["all", "auto"] | None = None,
        newest: bool = False,
        force: bool = False,
        jobs: int | None = None,
    ) -> RunResult:
        """Make a range of partitions fresh, in chunks; it can be resumed.

        Args:
            partitions: Which, such as `2024-01-01..2024-01-31`; all by default.
            batch: How many partitions one call makes, for assets with `batch=`; `auto`
                chooses by what they have taken before.
            newest: Whether the latest partitions are made first.

        Raises:
            RunFailed: A step failed; the error carries the result.
        """
        texts, which = selection_texts(selection), partitions_text(partitions)
        begun = Backfill("", str(batch or ""), newest)
        request = RunRequest(texts, force, by=who(), partitions=which, backfill=begun)
        return succeeded(self.run(request, jobs=jobs))

    def resume(self, run_id: str, *, jobs: int | None = None) -> RunResult:
        """Go on with what a run has left undone."""
        record = self.find_run(run_id)
        return self.run(record.request, jobs=jobs, computed=computed_by(self, record))

    def statuses(self) -> dict[AssetKey, AssetStatus]:
        """Return the status of every asset and source."""
        plan, known = self.planned(Wanted(frozenset(self.graph_of_assets.nodes)))
        return statuses(self.graph_of_assets, plan, known, self.tools.store)

    def why(self, key: str, *, partition: str | None = None) -> Explanation:
        """Return the status of an asset and the chain of reasons down to the root cause.

        Args:
            partition: A partition; without one, the first that is not fresh.
        """
        if partition is not None:
            find_cell(self.asset(key), partition, self.keys())
        return explain(self, self.asset(key), partition)

    def lineage(self, key: str | None = None) -> Graph:
        """Return the graph of assets: all of it, or what one asset reads and is read by."""
        near = self.select(None if key is None else f"+{self.node(key).key}+")
        return self.graph_of_assets.part(near)

    def graph(self) -> nx.DiGraph:
        """Return the graph as a networkx graph, with an edge from what is read."""
        return networkx_graph(self.graph_of_assets)

    def runs(self, limit: int = 50) -> tuple[RunRecord, ...]:
        """Return the latest runs, newest first."""
        return self.tools.store.runs(limit)

    def find_run(self, run_id: str) -> RunRecord:
        """Return one run by its id or the beginning of it."""
        return find_run(self.tools.store, run_id)

    def load(
        self,
        key: str,
        *,
        partition: str | None = None,
        partitions: Asked = None,
        version: str | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> pd.DataFrame:
        """Return the data of an asset as a pandas frame.

        Args:
            partition: One of its partitions.
            partitions: Several, such as `2024-01..2024-03`; all that are there by default.
            version: The id of one of its materializations; by default what it shows now.
            columns: The only columns to read.
        """
        part = Part(partition, partitions_text(partitions), version, columns)
        return cast("pd.DataFrame", self._load(key, part).to_pandas())

    def load_arrow(
        self,
        key: str,
        *,
        partition: str | None = None,
        partitions: Asked = None,
        version: str | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return the data of an asset as an Arrow table, see `load`."""
        part = Part(partition, partitions_text(partitions), version, columns)
        return self._load(key, part)

    def _load(self, key: str, part: Part) -> pa.Table:
        return load_table(self.tools, self.env, self.asset(key), self.keys(), part)

    def add_partitions(self, name: str, keys: str | Iterable[str]) -> int:
        """Add keys to `DynamicPartitions(name)`; return how many are new."""
        declared_list(self.graph_of_assets, name)
        return self.tools.store.add_dynamic_keys(name, checked_keys(keys))

    def delete_partitions(self, name: str, keys: str | Iterable[str]) -> int:
        """Take keys out of `DynamicPartitions(name)`; return how many it had.

        Their data stays, and is shown again when the key is added again.
        """
        declared_list(self.graph_of_assets, name)
        return self.tools.store.delete_dynamic_keys(name, checked_keys(keys))

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """Return what a DuckDB query over assets finds; `raw/orders` is `raw.orders`."""
        keys = [asset.key for asset in self.graph_of_assets.assets]
        return opening.answer(query, keys, self.load_arrow)

    def verify(
        self, selection: Selection = None, *, partitions: Asked = None, deep: bool = False
    ) -> Examined:
        """Read what is stored and return what is not what it was when it was written.

        Args:
            selection: Assets; without one, all.
            partitions: Which partitions, such as `2024-01-01..2024-01-31`; all by default.
            deep: Also look at earlier versions, and compare content with data versions.
        """
        return verify(self.tools, self.env, chosen(self, selection, partitions), deep=deep)

    def rollback(
        self,
        key: str,
        *,
        to: str | None = None,
        release: bool = False,
        partition: str | None = None,
    ) -> None:
        """Show an earlier version of an asset and hold it there, or let go of it again.

        Args:
            key: The asset.
            to: The id of one of its materializations, or the beginning of it.
            release: Let runs decide about the asset again.
            partition: Which partition, of an asset with partitions.
        """
        asset, keys = self.asset(key), self.keys()
        cell = find_cell(asset, partition, keys)
        roll_back_or_release(self.tools, self.env, asset, cell, keys, to, release=release)

    def gc(self, *, dry_run: bool = False) -> Collected:
        """Delete stored data that nobody needs, as the settings under `retention` say.

        Args:
            dry_run: Change nothing, and return what would be done.
        """
        return collect(self.tools, self.settings.retention, dry_run=dry_run)

    def __getitem__(self, key: str) -> AssetHandle:
        return AssetHandle(self, self.asset(key))

    def __iter__(self) -> Iterator[str]:
        return iter(self.graph_of_assets.nodes)

    def node(self, key: str) -> Asset | Source:
        """Return an asset or source by its key."""
        return find_node(self.graph_of_assets, key)

    def asset(self, key: str) -> Asset:
        """Return an asset by its key."""
        return find_asset(self.graph_of_assets, key)

    def __repr__(self) -> str:
        count = len(self.graph_of_assets.assets)
        return f"<Workspace '{self.settings.name}': {count} assets in {self.settings.root}>"
