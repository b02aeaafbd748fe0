"""A project made ready: plan it, materialize it, look into it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assets_core.errors import ConfigurationError, RunFailed, UsageError, nearest
from assets_core.model.assets import Asset, Definition, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN, Materialization, RunRecord, RunRequest
from assets_core.model.selection import select
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.staleness import Expected
from assets_core.protocols.observer import Observer
from assets_core.running.reading import read_head, read_materialization
from assets_core.running.result import RunResult
from assets_core.running.runner import carry_out
from assets_core.running.tools import Tools
from assets_core.upkeep.doctor import Examined
from assets_core.upkeep.gc import Collected, collect
from assets_core.upkeep.rollback import let_go, roll_back
from assets_core.upkeep.verify import verify
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace import opening
from assets_core.workspace.discovery import find_definitions
from assets_core.workspace.expectations import expectations
from assets_core.workspace.explaining import Explanation, explain
from assets_core.workspace.handle import AssetHandle
from assets_core.workspace.kept_readings import KeptReadings
from assets_core.workspace.knowledge import plan_for
from assets_core.workspace.provenance import who
from assets_core.workspace.settings import FILE, Settings, find_project, read_settings
from assets_core.workspace.status import AssetStatus, statuses

if TYPE_CHECKING:
    import duckdb
    import networkx as nx
    import pandas as pd
    import pyarrow as pa

SHOWN = 10  # failed steps in one message

Selection = str | Asset | Source | Iterable[str | Asset | Source] | None


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
        if env != MAIN:
            raise UsageError(
                f"There is no environment '{env}'", fix=f"leave it out, or use '{MAIN}'"
            )
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
        start = opening.here() if folder is None else Path(folder).resolve()
        root = find_project(start) if folder is None else start
        if root is None or find_project(root) != root:
            raise ConfigurationError(
                f"There is no project in {start}"
                + (" or above it" if folder is None else ""),
                fix=f"run 'assets init my_project', or write {FILE}",
                where=str(start),
            )
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

    # What to do.

    def select(self, selection: Selection = None) -> frozenset[AssetKey]:
        """Return the keys that a selection names; without one, all."""
        return select(
            _texts(selection),
            self.graph_of_assets,
            lambda: {key: found.status for key, found in self.statuses().items()},
        )

    def plan(
        self, selection: Selection = None, *, force: bool = False, upstream: bool = True
    ) -> Plan:
        """Return what would be done, and why; changes nothing."""
        return self.planned(Wanted(self.select(selection), force=force, upstream=upstream))[
            0
        ]

    def planned(self, wanted: Wanted) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        return plan_for(self.tools, self.graph_of_assets, self.expected, wanted, self.env)

    def materialize(
        self,
        selection: Selection = None,
        *,
        force: bool = False,
        upstream: bool = True,
        jobs: int | None = None,
    ) -> RunResult:
        """Make assets fresh: compute what is stale, and nothing else.

        Raises:
            RunFailed: A step failed; the error carries the result.
        """
        result = self.run(
            RunRequest(_texts(selection), force=force, upstream=upstream, by=who()),
            jobs=jobs,
        )
        if result.status == "failed":
            raise run_failed(result)
        return result

    def run(
        self,
        request: RunRequest,
        *,
        jobs: int | None = None,
        executor: str | None = None,
        computed: frozenset[Cell] = frozenset(),
    ) -> RunResult:
        """Carry out a request; steps that fail are in the result.

        Args:
            computed: Cells that a forced run has done before it was stopped.
        """
        wanted = Wanted(
            self.select(request.selection), request.force, request.upstream, computed
        )
        plan, _ = self.planned(wanted)
        with closing(opening.make_executor(self.settings, executor, jobs)) as workers:
            return carry_out(
                self.tools, self.graph_of_assets, self.expected, plan, request, workers
            )

    def resume(self, run_id: str, *, jobs: int | None = None) -> RunResult:
        """Go on with what a run has left undone."""
        record = self.find_run(run_id)
        done = frozenset(step.cell for step in record.steps if step.status == "computed")
        return self.run(record.request, jobs=jobs, computed=done)

    # What there is.

    def statuses(self) -> dict[AssetKey, AssetStatus]:
        """Return the status of every asset and source."""
        wanted = Wanted(frozenset(self.graph_of_assets.nodes))
        plan, known = self.planned(wanted)
        return statuses(self.graph_of_assets, plan, known, self.tools.store)

    def why(self, key: str) -> Explanation:
        """Return the status of an asset and the chain of reasons down to the root cause."""
        return explain(self, self.asset(key))

    def lineage(self, key: str | None = None) -> Graph:
        """Return the graph of assets: all of it, or what one asset reads and is read by."""
        graph = self.graph_of_assets
        if key is None:
            return graph
        found = self.select(f"+{self.node(key).key}+")
        return graph.part(found)

    def graph(self) -> nx.DiGraph:
        """Return the graph as a networkx graph, with an edge from what is read."""
        import networkx as nx  # noqa: PLC0415 - only for those who ask for it

        found = nx.DiGraph()
        for node in self.graph_of_assets.nodes.values():
            found.add_node(node.key, kind=node.kind, group=node.group, tags=node.tags)
            found.add_edges_from((upstream, node.key) for upstream in node.upstream)
        return found

    def runs(self, limit: int = 50) -> tuple[RunRecord, ...]:
        """Return the latest runs, newest first."""
        return self.tools.store.runs(limit)

    def find_run(self, run_id: str) -> RunRecord:
        """Return one run by its id or the beginning of it."""
        record = self.tools.store.run(run_id)
        if record is not None:
            return record
        like = [run.id for run in self.runs(1000) if run_id and run.id.startswith(run_id)]
        if len(like) == 1:
            return self.tools.store.run(like[0]) or self.find_run("")
        raise UsageError(
            f"There is no run '{run_id}'"
            if not like
            else f"'{run_id}' begins several runs",
            fix="run 'assets runs' to see them",
        )

    def load(self, key: str, *, version: str | None = None) -> pd.DataFrame:
        """Return the data of an asset as a pandas frame.

        Args:
            version: The id of one of its materializations; by default what it shows now.
        """
        frame: pd.DataFrame = self.load_arrow(key, version=version).to_pandas()
        return frame

    def load_arrow(
        self,
        key: str,
        *,
        version: str | None = None,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return the data of an asset as an Arrow table."""
        asset = self.asset(key)
        if version is None:
            return read_head(self.tools, self.env, asset.key, columns)
        return read_materialization(self.tools, self.version(asset, version), columns)

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """Return what a DuckDB query over assets finds; `raw/orders` is `raw.orders`."""
        keys = [asset.key for asset in self.graph_of_assets.assets]
        return opening.answer(query, keys, self.load_arrow)

    def version(self, asset: Asset, version: str) -> Materialization:
        """Return a result of an asset by its id or the beginning of it."""
        history = self.tools.store.history(Cell(asset.key), limit=10_000)
        found = [made for made in history if made.id.startswith(version)]
        if len(found) == 1:
            return found[0]
        raise UsageError(
            f"'{asset.key}' has no version '{version}'"
            if not found
            else f"'{version}' begins several versions of '{asset.key}'",
            fix=f"run 'assets show {asset.key}' to see its history",
        )

    # Keeping what was made.

    def verify(self, selection: Selection = None, *, deep: bool = False) -> Examined:
        """Read what is stored and return what is not what it was when it was written.

        Args:
            selection: Assets; without one, all.
            deep: Also look at earlier versions, and compare content with data versions.
        """
        return verify(self.tools, self.env, self.select(selection), deep=deep)

    def rollback(self, key: str, *, to: str | None = None, release: bool = False) -> None:
        """Show an earlier version of an asset and hold it there, or let go of it again.

        Args:
            key: The asset.
            to: The id of one of its materializations, or the beginning of it.
            release: Let runs decide about the asset again.
        """
        asset = self.asset(key)
        if (to is None) != release:
            raise UsageError(
                "A rollback names a version, or releases the asset; one of them",
                fix=f"run 'assets show {key}' to see the versions",
            )
        if to is None:
            let_go(self.tools, asset, self.env)
        else:
            roll_back(self.tools, asset, self.version(asset, to), self.env)

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
        nodes: Mapping[AssetKey, Asset | Source] = self.graph_of_assets.nodes
        found = nodes.get(AssetKey(key))
        if found is None:
            near = nearest(key, nodes)
            raise UsageError(
                f"There is no asset '{key}'",
                fix=f"did you mean '{near[0]}'?"
                if near
                else "run 'assets list' to see them",
            )
        return found

    def asset(self, key: str) -> Asset:
        """Return an asset by its key."""
        found = self.node(key)
        if isinstance(found, Source):
            raise UsageError(
                f"'{key}' is a source: its data is made and kept by others",
                fix="name an asset that reads it: "
                + ", ".join(self.graph_of_assets.downstream.get(found.key, ())),
            )
        return found

    def __repr__(self) -> str:
        count = len(self.graph_of_assets.assets)
        return f"<Workspace '{self.settings.name}': {count} assets in {self.settings.root}>"


def run_failed(result: RunResult) -> RunFailed:
    """Return the error of a failed run, which names every step that failed."""
    failed = [step for step in result.steps if step.status == "failed" and step.error]
    lines = [f"{step.cell}: {step.error.message}" for step in failed[:SHOWN] if step.error]
    if len(failed) > SHOWN:
        lines.append(f"and {len(failed) - SHOWN} more: assets runs {result.run_id}")
    error = RunFailed(
        "\n".join([f"{len(failed)} of {len(result.steps)} steps failed", *lines]),
        fix=f"mend what is named above, then: assets resume {result.run_id}",
    )
    error.result = result
    return error


def _texts(selection: Selection) -> tuple[str, ...]:
    if selection is None:
        return ()
    if isinstance(selection, str | Asset | Source):
        selection = [selection]
    return tuple(one if isinstance(one, str) else one.key for one in selection)
