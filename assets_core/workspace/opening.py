"""Put a project together: settings, definitions and the backends it runs on.

The only place that chooses backends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets_core.backends.frames import ArrowFrames
from assets_core.backends.inline import InlineExecutor
from assets_core.backends.local_files import LocalFiles
from assets_core.backends.process_owner import interrupt, is_alive, this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.backends.system_clock import SystemClock, new_id
from assets_core.backends.threads import ThreadsExecutor
from assets_core.errors import ConfigurationError, UsageError, nearest
from assets_core.files import make_folder, put_text
from assets_core.model.assets import Asset, Definition
from assets_core.model.events import Event
from assets_core.model.graph import Graph, build_graph
from assets_core.model.keys import AssetKey
from assets_core.model.records import MAIN, RunRecord
from assets_core.protocols.executor import Executor
from assets_core.protocols.metadata import MetadataStore
from assets_core.protocols.observer import Observer
from assets_core.protocols.validator import Validator
from assets_core.running.tools import Tools
from assets_core.workspace.expectations import io_problems, schema_problems
from assets_core.workspace.plugins import make_io_managers
from assets_core.workspace.provenance import made_with
from assets_core.workspace.settings import EXECUTORS, FILE, Settings, find_project
from assets_core.workspace.validation import LateValidator

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def build(
    settings: Settings, definitions: Iterable[Definition], observers: list[Observer]
) -> tuple[Graph, Tools]:
    """Return the graph of a project and the tools to run it, or all that is wrong."""
    given = list(definitions)
    io = make_io_managers(settings)
    validator: Validator = LateValidator()
    assets = [one for one in given if isinstance(one, Asset)]
    problems = [*io_problems(assets, io), *schema_problems(assets, validator)]
    graph = build_graph(given, problems)
    clock = SystemClock()
    sources = LocalFiles(settings.root, clock)
    tools = Tools(
        store=open_store(settings),
        io=io,
        frames=ArrowFrames(),
        validator=validator,
        sources=sources,
        source_path=sources.path,
        clock=clock,
        new_id=new_id,
        owner=this_process(),
        logs=settings.state / "logs",
        keep_runs=settings.keep_runs,
        made_with=made_with(settings.root),
        notify=_teller(observers),
    )
    return graph, tools


def open_store(settings: Settings) -> MetadataStore:
    """Open the metadata store that the settings name, making its folder if needed."""
    path = settings.root / settings.metadata_url.removeprefix("sqlite:///")
    try:
        if not path.parent.is_dir():
            make_folder(path.parent, mode=0o700)
            if path.parent == settings.state:
                put_text(path.parent / ".gitignore", "*\n")
    except OSError as error:
        raise ConfigurationError(
            f"The folder of the metadata store cannot be made: {error.strerror}",
            fix="run where you may write, or set [metadata] url to another place",
            where=str(path.parent),
        ) from error
    return open_sqlite(path, is_alive)


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
    return InlineExecutor() if chosen == "inline" or count == 1 else ThreadsExecutor(count)


def answer(
    query: str, keys: list[AssetKey], load: Callable[[str], pa.Table]
) -> duckdb.DuckDBPyRelation:
    """Return what a query over assets finds."""
    found: duckdb.DuckDBPyRelation = import_module(
        "assets_core.backends.duckdb_query"
    ).query(query, keys, load)
    return found


def stop(run: RunRecord) -> bool:
    """Ask the process of a run to stop; return whether it is there to be asked."""
    return interrupt(run.owner)


def find_root(folder: str | os.PathLike[str] | None) -> Path:
    """Return the folder of a project: the one given, or the nearest one upward from here.

    Raises:
        ConfigurationError: There is none.
    """
    start = here() if folder is None else Path(folder).resolve()
    root = find_project(start) if folder is None else start
    if root is None or find_project(root) != root:
        raise ConfigurationError(
            f"There is no project in {start}" + (" or above it" if folder is None else ""),
            fix=f"run 'assets init my_project', or write {FILE}",
            where=str(start),
        )
    return root


def refuse_environment(env: str) -> None:
    """Raise `UsageError` if there is no environment of a name."""
    if env != MAIN:
        raise UsageError(
            f"There is no environment '{env}'", fix=f"leave it out, or use '{MAIN}'"
        )


def environment() -> Mapping[str, str]:
    """Return the variables of this process."""
    return dict(os.environ)


def here() -> Path:
    """Return the folder that this process works in."""
    return Path.cwd()


def _teller(observers: list[Observer]) -> Callable[[Event], Any]:
    """Return what tells every observer; one that fails is not told again."""

    def tell(event: Event) -> None:
        for observer in list(observers):
            try:
                observer.notify(event)
            except Exception:  # noqa: BLE001 - observers cannot fail a run
                observers.remove(observer)

    return tell
