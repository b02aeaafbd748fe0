"""Finds what others wrote, through entry points. The only place that imports late."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import cast

from assets_core.errors import AssetsError, ConfigurationError, nearest
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN
from assets_core.protocols.io import FilesIOManager, IOManager, MakeIOManager
from assets_core.versioning.installed import entry_points, load
from assets_core.workspace.settings import IOSettings, Settings

GROUP = "assets_core.io_managers"
FILES = "files"


def make_io_managers(settings: Settings) -> dict[str, IOManager]:
    """Return the IO managers of a project by name, or raise all that is wrong with them."""
    known = _installed(tuple(sys.path))
    _refuse_shadow(settings)
    problems: list[str] = []
    made: dict[str, IOManager] = {}
    for name, section in settings.io.items():
        try:
            made[name] = _make(section, known, settings)
        except AssetsError as error:
            problems.append(f"[io.{name}] {error.problem}")
    if FILES in known and not any(isinstance(m, FilesIOManager) for m in made.values()):
        first = next(iter(settings.io.values()))
        section = IOSettings(FILES, {"root": _local_root(first)})
        # By a name that no section has: whoever wants to name it writes a section.
        made.setdefault(FILES, _make(section, known, settings))
    places: dict[str, str] = {}
    for name, manager in made.items():
        other = places.setdefault(_place(manager), name)
        if other != name:
            problems.append(
                f"[io.{name}] is the same place as [io.{other}]: {manager.storage}"
            )
    if problems:
        raise ConfigurationError(
            "; ".join(problems),
            fix="see docs/reference/settings.md for the options of each type",
            where=settings.file or str(settings.root),
        )
    return made


def _local_root(first: IOSettings) -> str:
    """Return the folder in which files are kept that no section is for."""
    root = first.options.get("root")
    return root if isinstance(root, str) and root and "://" not in root else "data"


@cache
def _installed(_path: tuple[str, ...]) -> Mapping[str, str]:
    """Return the entry points of all packages on Python's path, which takes a while."""
    return entry_points(GROUP)


def _place(manager: IOManager) -> str:
    """Return where data lies, however the settings write it: one place has one keeper."""
    return os.path.realpath(manager.stable_path(Cell(AssetKey("any")), env=MAIN))


def _make(section: IOSettings, known: Mapping[str, str], settings: Settings) -> IOManager:
    point = known.get(section.type)
    if point is None:
        near = nearest(section.type, known)
        hint = (
            f"did you mean '{near[0]}'?"
            if near
            else f"installed: {', '.join(sorted(known))}"
        )
        raise ConfigurationError(f"there is no IO manager of type '{section.type}'; {hint}")
    try:
        make = cast("MakeIOManager", load(point))
    except Exception as error:
        raise ConfigurationError(
            f"the IO manager '{section.type}' ({point}) cannot be imported: {error}"
        ) from error
    return make(str(settings.root), section.options)


def _refuse_shadow(settings: Settings) -> None:
    """Refuse a folder of the user's that Python would take for our package."""
    mine = settings.root / "io_managers"
    ours = __file__.removesuffix("assets_core/workspace/plugins.py") + "io_managers"
    if (mine.is_dir() or mine.with_suffix(".py").is_file()) and str(mine) != ours:
        raise ConfigurationError(
            "The project has a module 'io_managers', which hides the package of that name",
            fix="rename it, for example to 'my_io'",
            where=str(mine),
        )
