"""Remember that nothing was to be done, with everything that this answer stands on.

An answer is remembered only of a process that found everything fresh which others had
computed, so that whatever is another in each process was seen to make no difference. And
only if all that was read meanwhile had settled before this process began.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
import time
import zoneinfo
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import ModuleType
from typing import Protocol

from assets_core.backends.file_stamps import UnsettledError, stamps_of, state_of
from assets_core.backends.noticing import Noticed, noticing
from assets_core.model.events import Event, RunStarted
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.model.origins import ManyFiles, OneFile
from assets_core.model.partitions import (
    DynamicPartitions,
    Partitions,
    ProductPartitions,
    StaticPartitions,
)
from assets_core.model.partitions.grids import step
from assets_core.model.partitions.settling import TimePartitions
from assets_core.model.versions import Digest
from assets_core.protocols.io import Watched, WatchedIOManager
from assets_core.protocols.metadata import MetadataStore
from assets_core.running.tools import Tools
from assets_core.versioning.module_text import start_of_process
from assets_core.versioning.places import Place
from assets_core.versioning.places import place_of as place_of_names
from assets_core.versioning.still_names import TRUSTED
from assets_core.versioning.stillness import restless
from assets_core.workspace.answers import (
    Answer,
    keep_answer,
    keep_reason,
    place_of,
    surroundings,
)
from assets_core.workspace.settings import Settings

_STATE_FILES = ("/proc/", "/sys/")


class NotRememberedError(Exception):
    """Why an answer is not remembered."""


class Project(Protocol):
    """The part of a workspace that is looked at."""

    tools: Tools
    graph_of_assets: Graph
    settings: Settings
    env: str


class Remembering:
    """Looks on while a project is loaded and planned; is told before it is opened."""

    def __init__(self, settings: Settings, command: str) -> None:
        self._settings = settings
        self._command = command
        began = time.time()
        self._began = min(began, start_of_process() or began)
        self._salt = secrets.token_hex(16)
        self._path = tuple(sys.path)
        self._variables = frozenset(os.environ)
        self._surroundings: Digest | None = None
        with suppress(OSError):  # the current folder is gone: nothing is remembered
            self._surroundings = surroundings(self._salt, settings)
        self._stack = ExitStack()
        self._noticed: Noticed = self._stack.enter_context(noticing())
        self._state: Digest | None = None
        self._is_over = False

    def notify(self, event: Event) -> None:
        """Look no more if a run has something to do."""
        if isinstance(event, RunStarted) and event.steps:
            self.stop()

    def stop(self) -> None:
        """Look no more; nothing is going to be remembered."""
        self._stack.close()
        self._is_over = True

    def opened(self, store: MetadataStore, env: str) -> None:
        """Take note of what is known before anything is planned."""
        self._state = store.state(env)

    def end(self, project: Project, fresh: int) -> str:
        """Remember that so many cells are fresh and nothing is to be done.

        Returns:
            Why it is not remembered; empty if it is.
        """
        if self._is_over:
            return "there was something to do"
        self._stack.close()
        place = place_of(project.settings.state, self._command, project.env)
        try:
            keep_answer(place, self._answer(project, fresh))
        except (NotRememberedError, UnsettledError) as error:
            keep_reason(place, str(error))
            return str(error)
        return ""

    def _answer(self, project: Project, fresh: int) -> Answer:
        tools, graph, env = project.tools, project.graph_of_assets, project.env
        since = time.time()
        refuse_what_cannot_be_told(graph)
        if self._noticed.outside:
            reached = ", ".join(sorted(self._noticed.outside))
            raise NotRememberedError(f"loading the project did more than read: {reached}")
        stored = self._stored(tools)
        own = self._own(watched for watched, _ in stored)
        files = stamps_of(self._read(own), self._began)
        why_restless = restless(texts_of_project(), is_inert)
        if why_restless:
            raise NotRememberedError(why_restless)
        state = tools.store.state(env)
        if state is None or state != self._state:
            raise NotRememberedError("the metadata store was changed meanwhile")
        found, root = self._surroundings, self._settings.root
        # To find modules later, whoever loads a project leaves its folder at the end.
        loaded = (*self._path, *({str(root)} - {*self._path}))
        path = self._path if tuple(sys.path) == loaded else sys.path
        # Packages set variables of their own when they are imported, as Pandera does.
        now = surroundings(self._salt, self._settings, path, self._variables)
        if found is None or now != found:
            raise NotRememberedError("the project changes what it is loaded in")
        return Answer(
            *(fresh, self._salt, found, files, stored),
            sources=_sources(graph),
            state=state,
            since=since,
            until=until(tools, graph, env, self._began),
        )

    def _stored(self, tools: Tools) -> tuple[tuple[Watched, str], ...]:
        found: list[tuple[Watched, str]] = []
        for manager in tools.io.values():
            watched = manager.watched() if isinstance(manager, WatchedIOManager) else None
            if watched is None:
                raise NotRememberedError(f"only a look tells what {manager.storage} holds")
            for one in watched:
                state = state_of(one, self._began)
                if state is None:
                    raise NotRememberedError(f"stored data came or went in {one[1]}")
                found.append((one, state))
        return tuple(found)

    def _own(self, stored: Iterable[Watched]) -> Iterator[str]:
        """Yield what is looked at in other ways: folders, files, and the locks of these."""
        yield str(self._settings.state)
        for kind, place in stored:
            yield place
            if kind == "file":
                yield f"{place}.lock"

    def _read(self, own: Iterable[str]) -> set[str]:
        """Return all files and folders that loading and planning rests on."""
        read = {one for one in self._noticed.paths if not one.endswith(".pyc")}
        folders = {*_folders_of_modules()}
        read |= {*_files_of_modules(), *folders, *_hidden_modules(folders), *_zones(read)}
        others = (*(f"{one}{os.sep}" for one in own), *_STATE_FILES)
        return {
            one for one in read if not (f"{one}/".startswith(others) or _is_device(one))
        }


def refuse_what_cannot_be_told(graph: Graph) -> None:
    """Raise if more than files and the metadata store tells whether assets are fresh."""
    for source in graph.sources:
        if not isinstance(source.origin, OneFile | ManyFiles):
            raise NotRememberedError(f"only a look tells the version of '{source.key}'")
    for asset in graph.assets:
        if any(callable(given.mapping) for given in asset.inputs):
            raise NotRememberedError(f"a function tells what '{asset.key}' reads")
        if asset.command is not None and asset.command.files:
            raise NotRememberedError(f"'{asset.key}' is made by a program with files")


def _sources(graph: Graph) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for one in graph.sources:
        if isinstance(one.origin, OneFile):
            found[one.key] = ("file", one.origin.path)
        elif isinstance(one.origin, ManyFiles):
            found[one.key] = ("files", one.origin.pattern)
    return found


def until(tools: Tools, graph: Graph, env: str, now: float) -> float | None:
    """Return from when on there may be more to do, by the clock alone."""
    moments: list[float] = []
    aging: dict[AssetKey, float] = {}
    for asset in graph.assets:
        if asset.partitions is not None:
            moments += _changes(asset.partitions, now)
        if asset.freshness is not None:
            aging[asset.key] = asset.freshness.max_age.total_seconds()
    heads = tools.store.heads(env, list(aging)) if aging else {}
    moments += [head.at + aging[cell.asset] for cell, head in heads.items()]
    return min(moments, default=None)


def _changes(partitions: Partitions, now: float) -> Iterator[float]:
    """Yield when partitions may be others."""
    if isinstance(partitions, ProductPartitions):
        for _, side in partitions.dimensions:
            yield from _changes(side, now)
    elif isinstance(partitions, TimePartitions):
        yield step(partitions.grid, int(now), 1)
    elif not isinstance(partitions, StaticPartitions | DynamicPartitions):
        raise NotRememberedError("partitions are of a kind that is not known")


def _modules() -> Iterator[ModuleType]:
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            yield module


def _files_of_modules() -> Iterator[str]:
    """Yield the files of all loaded modules."""
    for module in _modules():
        file = vars(module).get("__file__")
        if isinstance(file, str):
            yield os.path.abspath(file)  # noqa: PTH100 - of thousands
    for place in sys.path:
        folder = Path(place or ".")
        if folder.name in {"site-packages", "dist-packages"} and folder.is_dir():
            yield from (str(one) for one in folder.glob("*.pth"))


def _folders_of_modules() -> Iterator[str]:
    """Yield the folders in which modules were looked for."""
    for place in (*sys.path, *sys.path_importer_cache):
        yield os.path.abspath(place)  # noqa: PTH100 - of hundreds


def _hidden_modules(folders: Iterable[str]) -> Iterator[str]:
    """Yield what may become a module without its folder showing that anything came.

    A folder in which an `__init__.py` may come, beside or before a module of its name;
    and links, for what they point to may come.
    """
    names = {name.rpartition(".")[2] for name in sys.modules}
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            for one in entries:
                if one.is_symlink() or (one.name in names and one.is_dir()):
                    yield one.path


def _zones(read: Iterable[str]) -> Iterator[str]:
    """Yield where the time zones that were read would have been found before."""
    package = sys.modules.get("tzdata.zoneinfo")
    places = (*zoneinfo.TZPATH, *getattr(package, "__path__", ()))
    for one in read:
        for place in places:
            if one.startswith(f"{place}/"):
                name = one.removeprefix(f"{place}/")
                yield from (f"{other}/{name}" for other in zoneinfo.TZPATH)


def _is_device(path: str) -> bool:
    """Return whether something is no file but a device, such as `/dev/urandom`."""
    if not path.startswith("/dev/"):
        return False
    with suppress(OSError):
        return stat.S_ISCHR(Path(path).stat().st_mode)
    return False


def texts_of_project() -> dict[str, str]:
    """Return the texts of all loaded modules of the project, by name.

    Raises:
        NotRememberedError: One has none.
    """
    found: dict[str, str] = {}
    loaded: dict[str, object] = dict(sys.modules)
    for name, module in loaded.items():
        if not isinstance(module, ModuleType) or name == "__main__":
            continue
        place = place_of_names(vars(module))
        if place not in {Place.PROJECT, Place.BINARY}:
            continue
        file: object = vars(module).get("__file__")
        if file is None:
            continue  # a folder alone, or made by a library while it was loaded
        if not isinstance(file, str) or not file.endswith(".py"):
            raise NotRememberedError(f"the module '{name}' has no text")
        try:
            text = Path(file).read_text("utf-8")
        except (OSError, ValueError):
            raise NotRememberedError(f"the module '{name}' cannot be read") from None
        found[f"{name}.__init__" if hasattr(module, "__path__") else name] = text
    return found


def is_inert(path: str) -> bool:
    """Return whether what an import path names is a value that is always the same."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        module = sys.modules.get(".".join(parts[:length]))
        if isinstance(module, ModuleType):
            return _is_inert_in(module, parts[length:])
    return False


def _is_inert_in(module: ModuleType, names: list[str]) -> bool:
    value: object = module
    for name in names:
        value = vars(module).get(name) if value is module else getattr(value, name, None)
        if value is None or isinstance(value, ModuleType):
            return False
        ours = place_of_names(vars(module)) is Place.PROJECT
        if isinstance(value, type) or ours:
            return True
    root = module.__name__.partition(".")[0]
    plain = root == "typing" or (root in TRUSTED and not callable(value))
    return plain and value is not module
