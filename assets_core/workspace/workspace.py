"""A project made ready: plan it, materialize it, look into it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

from assets_core.model.assets import Asset, Definition, Source
from assets_core.model.events import Preview
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
from assets_core.shown import shown, watchers
from assets_core.upkeep.doctor import Examined
from assets_core.upkeep.gc import Collected
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace import carrying, finding, loading, opening, partitioning
from assets_core.workspace.discovery import find_definitions
from assets_core.workspace.environments import Environments, refuse_unknown
from assets_core.workspace.expectations import expectations
from assets_core.workspace.explaining import Explanation, explain
from assets_core.workspace.finding import Selection
from assets_core.workspace.handle import AssetHandle, Lineage, Runs
from assets_core.workspace.kept_readings import KeptReadings
from assets_core.workspace.knowledge import plan_for
from assets_core.workspace.loading import Moment, WhichData, part_of
from assets_core.workspace.networks import networkx_graph
from assets_core.workspace.partitioning import Asked, asked_for, partitions_text
from assets_core.workspace.past import When, as_it_was
from assets_core.workspace.provenance import who
from assets_core.workspace.settings import Settings, read_settings
from assets_core.workspace.status import Statuses, statuses_of
from assets_core.workspace.surroundings import environment, find_root
from assets_core.workspace.upkeeping import close_all, collected, verified

if TYPE_CHECKING:
    import duckdb
    import networkx as nx
    import polars as pl
    import pyarrow as pa


@shown
class Workspace:
    """A project made ready.

    Use `Workspace.open(folder)`; close it, or use it in a `with` statement.

    Attributes:
        graph_of_assets: Its assets and sources.
        env: The environment whose heads it reads and moves.
    """

    _is_a_view = False

    def __init__(
        self,
        settings: Settings,
        definitions: Iterable[Definition],
        *,
        env: str = MAIN,
        observers: Iterable[Observer] = (),
    ) -> None:
        self.settings = settings
        self.env = env
        graph, tools = opening.build(settings, definitions, [*observers, *watchers()])
        self.graph_of_assets: Graph = graph
        self.tools: Tools = tools
        with tools.closed_on_error():
            refuse_unknown(tools.store, env)
        self.code_versions = CodeVersions(
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
        as_of: When | None = None,
        observers: Iterable[Observer] = (),
    ) -> Workspace:
        """Open the project in a folder, or the nearest one upward from here.

        Args:
            as_of: A time, to look at the project as it was then; nothing can be changed.

        Raises:
            ConfigurationError: There is no project, or its settings are not right.
            DefinitionError: Its definitions cannot work.
        """
        root = find_root(folder)
        settings = read_settings(root, environment())
        made = cls(settings, find_definitions(settings), env=env, observers=observers)
        with made.tools.closed_on_error():
            made.tools = made.tools if as_of is None else as_it_was(made.tools, env, as_of)
        return made

    def close(self) -> None:
        """Let go of the metadata store, and of copies of sources."""
        if not self._is_a_view:  # of one that is still open
            close_all(self.tools)

    def as_of(self, when: When) -> Workspace:
        """Return this project as it was at a time, usable as long as this one is open.

        Everything that reads shows what was shown then; whatever writes is refused.
        """
        past = copy(self)
        past.tools = as_it_was(self.tools, self.env, when)
        past._is_a_view = True  # noqa: SLF001 - of the same class
        return past

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def expected(self) -> dict[AssetKey, Expected]:
        """Return what the project says of each asset: versions, found when first needed."""
        return expectations(
            self.graph_of_assets, self.tools.io, self.code_versions, self.tools.validator
        )

    @property
    def environments(self) -> Environments:
        """Return what makes, compares, promotes and drops environments."""
        masks = self.settings.docs.masks
        return Environments(self.tools, self.graph_of_assets, self.select, masks)

    def select(self, selection: Selection = None) -> frozenset[AssetKey]:
        """Return the keys that a selection names; without one, all."""
        return select(
            finding.selection_texts(selection),
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
        request = asked_for(selection, partitions, force=force, upstream=upstream)
        keys = self.keys()
        return self.planned(self.wanted(request, keys), keys)[0]

    def keys(self) -> AllKeys:
        """Return the partitions that each partitioned asset has at this moment."""
        return partitioning.KeysNow(self.tools, self.graph_of_assets)

    def wanted(
        self, request: RunRequest, keys: AllKeys, computed: frozenset[Cell] = frozenset()
    ) -> Wanted:
        """Return the cells that a request is about."""
        chosen_by = (self.graph_of_assets, keys, self.select(request.selection))
        return partitioning.wanted_by(request, *chosen_by, computed)

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
        request = asked_for(selection, partitions, force=force, upstream=upstream, by=who())
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
            most_unasked: Stop if more cells than so many would run that nobody asked for.
            computed: Cells that a forced run has done before it was stopped.
        """
        workers = (self.settings, executor, jobs)
        return carrying.run_request(self, request, workers, computed, most_unasked)

    def preview(self, request: RunRequest) -> Preview:
        """Return what a backfill would do, and what that has taken before."""
        return carrying.preview_request(self, request)

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
        request = asked_for(selection, partitions, force=force, by=who())
        begun = Backfill("", str(batch or ""), newest)
        return succeeded(self.run(replace(request, backfill=begun), jobs=jobs))

    def resume(self, run_id: str, *, jobs: int | None = None) -> RunResult:
        """Go on with what a run has left undone."""
        record = finding.of_environment(self.find_run(run_id), self.env)
        computed = carrying.computed_by(self, record)
        return self.run(record.request, jobs=jobs, computed=computed)

    def statuses(
        self, selection: Selection = None, *, partitions: Asked = None
    ) -> Statuses:
        """Return the status of assets and sources: of all, or of some partitions alone."""
        return statuses_of(self, asked_for(selection, partitions))

    def why(
        self, key: str, *, partition: str | None = None, partitions: Asked = None
    ) -> Explanation:
        """Return the status of an asset and the chain of reasons down to the root cause.

        Args:
            partitions: Several, all by default; what is not fresh of them is explained.
        """
        return explain(self, self.asset(key), partition, partitions_text(partitions))

    def lineage(self, key: str | None = None) -> Lineage:
        """Return what reads what: all of it, or what one asset reads and is read by."""
        about = None if key is None else self.node(key).key
        keys = self.select(about and f"+{about}+")
        return Lineage(self, self.graph_of_assets.part(keys), about)

    def graph(self) -> nx.DiGraph:
        """Return the graph as a networkx graph, with an edge from what is read."""
        return networkx_graph(self.graph_of_assets)

    def runs(self, limit: int = 50) -> Runs:
        """Return the latest runs in this environment, newest first."""
        return Runs(self.tools.store.runs(limit, self.env))

    def find_run(self, run_id: str) -> RunRecord:
        """Return one run by its id or the beginning of it."""
        return finding.find_run(self.tools.store, run_id)

    def load(self, key: str, **which: Unpack[WhichData]) -> Any:
        """Return the data of a table as a pandas frame; of a file asset, the file's path.

        Args:
            which: `partition`, one of its partitions; `partitions`, several, such as
                `2024-01..2024-03`; `version`, the id of one of its materializations;
                `as_of`, a time, to see what it showed then; `columns`; `env`.
        """
        return loading.load_any(self, key, which)

    def load_arrow(self, key: str, **which: Unpack[WhichData]) -> pa.Table:
        """Return the data of an asset as an Arrow table, see `load`."""
        return loading.load_table(self, key, which)

    def scan(self, key: str, **which: Unpack[WhichData]) -> pl.LazyFrame:
        """Return the data of an asset as a lazy polars frame, see `load`.

        It is read when it is collected: of the partitions that a filter leaves over, the
        columns and row groups that the query needs.
        """
        return loading.scan_table(self, key, which)

    def add_partitions(self, name: str, keys: str | Iterable[str]) -> int:
        """Add keys to `DynamicPartitions(name)`; return how many are new."""
        found = partitioning.growing(self.graph_of_assets, name, keys)
        return self.tools.store.add_dynamic_keys(*found)

    def delete_partitions(self, name: str, keys: str | Iterable[str]) -> int:
        """Take keys out of `DynamicPartitions(name)`; return how many it had.

        Their data stays, and is shown again when the key is added again.
        """
        found = partitioning.growing(self.graph_of_assets, name, keys)
        return self.tools.store.delete_dynamic_keys(*found)

    def sql(self, query: str, **when: Unpack[Moment]) -> duckdb.DuckDBPyRelation:
        """Return what SQL finds, also `as_of` a time or in `env`; `raw/x` is `raw.x`."""
        return loading.answer(self, query, when)

    def verify(
        self,
        selection: Selection = None,
        *,
        partitions: Asked = None,
        deep: bool = False,
        repair: bool = False,
    ) -> Examined:
        """Read what is stored and return what is not what it was when it was written.

        Args:
            deep: Also look at earlier versions, and compare content with data versions.
            repair: Put right what can be, and let the next run compute the rest.
        """
        return verified(self, selection, partitions, deep=deep, repair=repair)

    def rollback(
        self,
        key: str,
        *,
        to: str | None = None,
        release: bool = False,
        partition: str | None = None,
        partitions: Asked = None,
    ) -> tuple[Cell, ...]:
        """Show an earlier version of an asset and hold it there, or let go of it again.

        Args:
            to: The id of one of its materializations, or its beginning.
            release: Let runs decide about the asset again.
            partition: Which partition, of an asset with partitions.
            partitions: Several; those that are held are let go.

        Returns:
            The cells that show another version now, or are no longer held.
        """
        part = part_of(partition=partition, partitions=partitions, version=to)
        return loading.roll_back_or_release(self, key, part, release=release)

    def gc(self, *, partitions: Asked = None, dry_run: bool = False) -> Collected:
        """Delete stored data that nobody needs, as the settings under `retention` say.

        Args:
            partitions: Of which partitions alone.
            dry_run: Change nothing, and return what would be done.
        """
        return collected(self, partitions, dry_run=dry_run)

    def __getitem__(self, key: str) -> AssetHandle:
        return AssetHandle(self, self.asset(key))

    def __iter__(self) -> Iterator[str]:
        return iter(self.graph_of_assets.nodes)

    def node(self, key: str) -> Asset | Source:
        """Return an asset or source by its key."""
        return finding.find_node(self.graph_of_assets, key)

    def asset(self, key: str) -> Asset:
        """Return an asset by its key."""
        return finding.find_asset(self.graph_of_assets, key)

    def __repr__(self) -> str:
        own, known = self.settings, self.graph_of_assets.assets
        return f"<Workspace '{own.name}': {len(known)} assets in {own.root}>"
