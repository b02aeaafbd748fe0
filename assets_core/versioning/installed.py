"""What is installed beside us: distributions with their versions, and entry points.

These are the answers of `importlib.metadata`, without what that loads to read e-mail, for
the folders that installers write today. Anything else is left to it: an egg, an archive on
Python's path, somebody's own finder.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, NamedTuple


class Distribution(NamedTuple):
    """One that is installed.

    Attributes:
        place: The folder with its modules.
        listed: The modules that it says it has; not all say so.
    """

    name: str
    version: str
    place: Path
    listed: frozenset[str]

    def has(self, top: str) -> bool:
        """Return whether a module at the top comes from it."""
        return top in self.listed or os.path.exists(self.place / top)  # noqa: PTH110


def distribution(name: str) -> Distribution | None:
    """Return the first distribution of that name on Python's path."""
    with suppress(_UnusualError, OSError, UnicodeError):
        wanted = re.sub(r"[-_.]+", "_", name).lower()
        folder = next((one for key, one in _folders() if key == wanted), None)
        return None if folder is None else _read(folder)
    metadata: Any = import_module("importlib.metadata")
    try:
        found = metadata.distribution(name)
    except (metadata.PackageNotFoundError, ValueError):
        return None
    listed = frozenset((found.read_text("top_level.txt") or "").split())
    return Distribution(found.name, found.version, Path(found.locate_file("")), listed)


def entry_points(group: str) -> dict[str, str]:
    """Return what the entry points of a group name, `module:attribute`, by name."""
    found: dict[str, str] = {}
    try:
        seen: set[str] = set()
        for name, folder in _folders():
            text = "" if name in seen else _text(folder / "entry_points.txt")
            seen.add(name)
            found |= _section(text, group)
    except (_UnusualError, OSError, UnicodeError):
        points = import_module("importlib.metadata").entry_points(group=group)
        return {point.name: point.value for point in points}
    return found


def load(value: str) -> Any:
    """Import what an entry point names."""
    module, _, names = value.partition("[")[0].strip().partition(":")
    found: Any = import_module(module.strip())
    for name in filter(None, names.strip().split(".")):
        found = getattr(found, name)
    return found


class _UnusualError(Exception):
    """Something is installed in a way that is not read here."""


def _folders() -> Iterator[tuple[str, Path]]:
    """Yield what describes each distribution, by name and in the order of the path."""
    others = (one for one in sys.meta_path if one is not PathFinder)
    if any(hasattr(one, "find_distributions") for one in others):
        raise _UnusualError
    for place in sys.path:
        folder = place or "."
        try:
            changed = os.stat(folder).st_mtime_ns  # noqa: PTH116 - one call, many times
        except (FileNotFoundError, NotADirectoryError):
            continue
        for key, name in _listed(folder, changed):
            yield key, Path(folder, name)


@cache
def _listed(folder: str, _changed: int) -> tuple[tuple[str, str], ...]:
    if not os.path.isdir(folder):  # noqa: PTH112
        raise _UnusualError
    found = []
    for name in os.listdir(folder):  # noqa: PTH208
        stem, _, ending = name.lower().rpartition(".")
        if ending in {"egg", "egg-info"}:
            raise _UnusualError
        if ending == "dist-info":
            found.append((re.sub(r"[-_.]+", "_", stem.partition("-")[0]), name))
    return tuple(found)


def _read(folder: Path) -> Distribution:
    said: dict[str, str] = {}
    with (folder / "METADATA").open(encoding="utf-8") as lines:
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon or {"name", "version"} <= said.keys():
                break
            said.setdefault(name.lower(), value.strip())
    if not {"name", "version"} <= said.keys():
        raise _UnusualError
    listed = frozenset(_text(folder / "top_level.txt").split())
    return Distribution(said["name"], said["version"], folder.parent, listed)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def _section(text: str, group: str) -> Mapping[str, str]:
    """Return the lines of one section of a file of entry points."""
    found: dict[str, str] = {}
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line == f"[{group}]"
        elif inside and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name.strip()] = value.strip()
    return found
