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
from assets_core.backends.process_owner import (
    interrupt,
    is_alive,
    is_alive_among_hosts,
    this_process,
)
from assets_core.backends.programs import LocalPrograms
from assets_core.backends.sqlite import open_sqlite
from assets_core.backends.system_clock import SystemClock, new_id
from assets_core.backends.threads import ThreadsExecutor
from assets_core.errors import ConfigurationError, UsageError, nearest
from assets_core.files import make_folder, put_text
from assets_core.model.assets import Asset, Definition
from assets_core.model.events import Event
from assets_core.model.graph import Graph, build_graph
from assets_core.model.hiding import is_telling, keep_secret, secrets_in
from assets_core.model.keys import AssetKey
from assets_core.model.records import RunRecord
from assets_core.protocols.executor import Executor
from assets_core.protocols.frames import QueryTable
from assets_core.protocols.io import FilesIOManager, IOManager
from assets_core.protocols.metadata import MetadataStore
from assets_core.protocols.observer import Observer
from assets_core.protocols.validator import Validator
from assets_core.running.tools import Tools
from assets_core.workspace.commands import ready_commands
from assets_core.workspace.expectations import io_problems, schema_problems
from assets_core.workspace.file_objects import FileObjects
from assets_core.workspace.kept_queries import KeptQueries
from assets_core.workspace.needs import need_problems
from assets_core.workspace.past import read_only
from assets_core.workspace.plugins import make_io_managers
from assets_core.workspace.provenance import made_with
from assets_core.workspace.queries import ready_queries
from assets_core.workspace.settings import (
    EXECUTORS,
    FILE,
    POSTGRES,
    Settings,
    find_project,
)
from assets_core.workspace.sources import Sources
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


def open_store(settings: Settings) -> MetadataStore:
    """Open the metadata store that the settings name; make it if it may be written."""
    store = _opened_store(settings)
    return read_only(store) if settings.read_only else store


def _opened_store(settings: Settings) -> MetadataStore:
    url = settings.metadata_url
    if url.startswith(POSTGRES):
        _make_folder(settings.state, settings)
        return _open_postgres(url, settings)
    path = settings.root / url.removeprefix("sqlite:///")
    if not settings.read_only:
        _make_folder(path.parent, settings)
    return open_sqlite(path, is_alive, read_only=settings.read_only)


def _make_folder(folder: Path, settings: Settings) -> None:
    try:
        if not folder.is_dir():
            make_folder(folder, mode=0o700)
            if folder == settings.state:
                put_text(folder / ".gitignore", "*\n")
    except OSError as error:
        raise ConfigurationError(
            f"The folder of the metadata store cannot be made: {error.strerror}",
            fix="run where you may write, or set [metadata] url to another place",
            where=str(folder),
        ) from error


def _open_postgres(url: str, settings: Settings) -> MetadataStore:
    try:
        backend = import_module("assets_core.backends.postgres")
    except ImportError as error:
        raise ConfigurationError(
            "The driver 'psycopg' for PostgreSQL is not installed",
            fix="pip install 'assets-core[postgres]'",
            where="[metadata] url",
        ) from error
    store: MetadataStore = backend.open_postgres(
        url,
        settings.metadata_schema,
        is_alive_among_hosts,
        read_only=settings.read_only,
    )
    try:
        _refuse_another(store, settings)
    except BaseException:
        store.close()
        raise
    return store


def _refuse_another(store: MetadataStore, settings: Settings) -> None:
    """Raise if the store is that of another project; one without a name may be any."""
    if not settings.is_named:
        return
    owner = store.keeping.belong_to(settings.name)
    if owner != settings.name:
        schema = settings.metadata_schema
        raise ConfigurationError(
            f"The metadata store belongs to the project '{owner}', and this one is called"
            f" '{settings.name}'",
            fix="set [metadata] schema to a name that no other project has; if this one was"
            " renamed, set the value of the row 'project' in the table"
            f" {schema}.facts to the new name",
            where=f"[metadata] schema = {schema}",
        )


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


def environment() -> Mapping[str, str]:
    """Return the variables of this process; those whose names tell so are hidden."""
    found = dict(os.environ)
    keep_secret(value for name, value in found.items() if is_telling(name))
    return found


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
