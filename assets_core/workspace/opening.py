"""Put a project together: settings, definitions and the backends it runs on.

The only place that chooses backends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from assets_core.backends.frames import ArrowFrames
from assets_core.backends.inline import InlineExecutor
from assets_core.backends.process_owner import (
    interrupt,
    this_process,
)
from assets_core.backends.programs import LocalPrograms
from assets_core.backends.system_clock import SystemClock, new_id
from assets_core.backends.threads import ThreadsExecutor
from assets_core.errors import UsageError, nearest
from assets_core.model.assets import Asset, Definition
from assets_core.model.events import Event
from assets_core.model.graph import Graph, build_graph
from assets_core.model.hiding import keep_secret, secrets_in
from assets_core.model.keys import AssetKey
from assets_core.model.records import RunRecord
from assets_core.protocols.executor import Executor
from assets_core.protocols.frames import QueryTable
from assets_core.protocols.io import FilesIOManager, IOManager
from assets_core.protocols.observer import Observer
from assets_core.protocols.validator import Validator
from assets_core.running.tools import Tools
from assets_core.workspace.commands import ready_commands
from assets_core.workspace.expectations import io_problems, schema_problems
from assets_core.workspace.file_objects import FileObjects
from assets_core.workspace.kept_queries import KeptQueries
from assets_core.workspace.needs import need_problems
from assets_core.workspace.plugins import make_io_managers
from assets_core.workspace.provenance import made_with
from assets_core.workspace.queries import ready_queries
from assets_core.workspace.settings import (
    EXECUTORS,
    Settings,
)
from assets_core.workspace.sources import Sources
from assets_core.workspace.stores import open_store
from assets_core.workspace.surroundings import environment
from assets_core.workspace.validation import LateValidator

if TYPE_CHECKING:
    import duckdb


def build(
    settings: Settings, definitions: Iterable[Definition], observers: list[Observer]
) -> tuple[Graph, Tools]:
    """Return the graph of a project and the tools to run it, or all that is wrong."""
    queries = KeptQueries(settings.state / "readings")
    ready = ready_commands(definitions, settings.root)
    given = ready_queries(ready, settings.root, queries.read)
    io = make_io_managers(settings)
    validator: Validator = LateValidator()
    assets = [one for one in given if isinstance(one, Asset)]
    problems = [
        *io_problems(assets, io),
        *schema_problems(assets, validator),
        *need_problems(given, validator),
    ]
    hide_secrets(settings, assets)
    graph = build_graph(given, problems)
    queries.save()
    _name_files(graph, io)
    clock = SystemClock()
    tools = Tools(
        store=open_store(settings),
        io=io,
        frames=ArrowFrames(),
        validator=validator,
        sources=Sources(settings.root, clock, environment()),
        clock=clock,
        new_id=new_id,
        owner=this_process(),
        logs=settings.state / "logs",
        keep_runs=settings.keep_runs,
        memory_limit=settings.memory_limit,
        made_with=made_with(settings.root),
        notify=_teller(observers),
        queries=queries,
        file_bytes=FileObjects(),
        programs=LocalPrograms(environment()),
        project=settings.name,
    )
    return graph, tools


def hide_secrets(settings: Settings, assets: Iterable[Asset]) -> None:
    """Keep what a project says is secret out of all that is written and shown."""
    variables = environment()
    own = {secret.variable for asset in assets for secret in secrets_in(asset.config)}
    names = own | {*settings.secrets}
    keep_secret((variables[one] for one in names if one in variables), variables.get)


def _name_files(graph: Graph, io: Mapping[str, IOManager]) -> None:
    """Tell those that keep files what these are called."""
    suffixes = {one.key: one.file.suffix for one in graph.assets if one.file is not None}
    for manager in io.values() if suffixes else ():
        if isinstance(manager, FilesIOManager):
            manager.call(suffixes)


def make_executor(settings: Settings, name: str | None, jobs: int | None) -> Executor:
    """Return the executor that is asked for, else the one of the settings."""
    chosen = name or settings.executor
    if chosen not in EXECUTORS:
        near = nearest(chosen, EXECUTORS)
        raise UsageError(
            f"There is no executor '{chosen}'",
            fix=f"did you mean '{near[0]}'?" if near else f"use {' or '.join(EXECUTORS)}",
        )
    count = jobs or settings.jobs or min(4, os.cpu_count() or 1)
    if chosen == "processes":
        made: Executor = import_module("assets_core.backends.processes").ProcessesExecutor(
            count, "assets_core.workspace.worker_process", settings
        )
        return made
    return InlineExecutor() if chosen == "inline" or count == 1 else ThreadsExecutor(count)


def answer(
    query: str, keys: list[AssetKey], table_of: Callable[[str], QueryTable]
) -> duckdb.DuckDBPyRelation:
    """Return what a query over assets finds."""
    found: duckdb.DuckDBPyRelation = import_module(
        "assets_core.backends.frames_query"
    ).relation(query, keys, table_of)
    return found


def stop(run: RunRecord) -> bool:
    """Ask the process of a run to stop; return whether it is there to be asked."""
    return interrupt(run.owner)


def _teller(observers: list[Observer]) -> Callable[[Event], Any]:
    """Return what tells every observer; one that fails is not told again."""

    def tell(event: Event) -> None:
        for observer in list(observers):
            try:
                observer.notify(event)
            except Exception:  # noqa: BLE001 - observers cannot fail a run
                observers.remove(observer)

    return tell
