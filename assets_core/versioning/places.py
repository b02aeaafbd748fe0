"""Whose code it is: the project's, an installed package's, Python's own, or ours.

The project's is what was loaded from source outside the standard library and outside
`site-packages`; so a package that was installed for editing belongs to it, and a `.venv`
inside the project's folder does not.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import BuiltinMethodType, ModuleType
from typing import Any

from assets_core.versioning.installed import distribution

__all__ = ["Place", "distributions", "place_of", "place_of_module", "public_path"]

_FRAMEWORK = frozenset({"assets_core", "io_managers"})
_INSTALLED = frozenset({"site-packages", "dist-packages"})


class Place(StrEnum):
    """Where a module comes from."""

    PROJECT = "project"
    BINARY = "binary"  # the project's, but compiled: there is no source to read
    PACKAGE = "package"
    STANDARD = "standard"
    FRAMEWORK = "framework"

    @property
    def ours(self) -> bool:
        """Return whether its source is the project's."""
        return self is Place.PROJECT


def place_of(names: Mapping[str, Any]) -> Place:
    """Return where a module comes from, given its global names."""
    name = str(names.get("__name__", ""))
    top = name.partition(".")[0]
    if top in _FRAMEWORK:
        return Place.FRAMEWORK
    spec = names.get("__spec__")
    file = names.get("__file__") or getattr(spec, "origin", None)
    if not isinstance(file, str) or file in {"built-in", "frozen", "namespace"}:
        folders = list(names.get("__path__") or ())
        if folders and isinstance(folders[0], str):
            return _place_of_file(os.path.join(folders[0], "__init__.py"))  # noqa: PTH118
        known = top in sys.stdlib_module_names and file is not None
        if known or top == "builtins":
            return Place.STANDARD
        package = sys.modules.get(name.rpartition(".")[0])  # which may make it at run time
        return Place.PROJECT if package is None else place_of(vars(package))
    return _place_of_file(file)


@cache
def _place_of_file(file: str) -> Place:
    path = os.path.abspath(file)  # noqa: PTH100 - one call, many times
    if _INSTALLED.intersection(Path(path).parts) or path.startswith(_folders("purelib")):
        return Place.PACKAGE
    if path.startswith(_folders("stdlib")):
        return Place.STANDARD
    return Place.BINARY if path.endswith(tuple(EXTENSION_SUFFIXES)) else Place.PROJECT


@cache
def _folders(kind: str) -> tuple[str, ...]:
    if kind == "purelib":
        found = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        found |= {*site.getsitepackages(), site.getusersitepackages()}
    else:
        found = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
        found |= {os.path.dirname(os.__file__)}  # noqa: PTH120
        found |= {path for path in sys.path if path.endswith(".zip") and "python3" in path}
    real = {os.path.realpath(path) for path in found if path}
    return tuple(sorted(path + os.sep for path in found | real if path))


def place_of_module(name: str) -> Place:
    """Return where the loaded module with that name comes from."""
    module = sys.modules.get(name)
    if module is None:
        top = name.partition(".")[0]
        return Place.STANDARD if top in sys.stdlib_module_names else Place.PACKAGE
    return place_of(vars(module))


def public_path(value: object) -> str | None:
    """Return `module.name` of a function or class, if that is where it can be found.

    >>> from functools import reduce
    >>> public_path(reduce), public_path(lambda: 0)
    ('functools.reduce', None)
    """
    owner = getattr(value, "__objclass__", value)
    module = getattr(owner, "__module__", None)
    name = getattr(value, "__qualname__", getattr(value, "__name__", None))
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    found: Any = sys.modules.get(module)
    with suppress(Exception):  # a module that loads lazily may fail in any way
        for part in name.split("."):
            found = getattr(found, part, None)
    # Bound C methods are made anew at each look; anything else has to be the same object,
    # and may answer `==` in a way of its own.
    same = found is value or (isinstance(value, BuiltinMethodType) and found == value)
    if not same:
        return None
    return f"{_stable(module)}.{name}"


def _stable(module: str) -> str:
    """Return a name that stays when Python moves its own code between private modules."""
    if place_of_module(module) is not Place.STANDARD:
        return module
    first, *rest = module.split(".")
    return ".".join([first.lstrip("_"), *(each for each in rest if each[0] != "_")])


def module_path(module: ModuleType) -> str:
    """Return the name of a module, the same under every Python."""
    return _stable(str(getattr(module, "__name__", "")))


@cache
def distributions(top: str) -> tuple[tuple[str, str], ...]:
    """Return the distributions that a top-level module comes from, with versions."""
    found = distribution(top)
    if found is not None and found.has(top):
        return ((found.name, found.version),)
    names = sorted(set(_by_top_level().get(top, ())))
    version = import_module("importlib.metadata").version
    return tuple((name, version(name)) for name in names)


@cache
def _by_top_level() -> Mapping[str, list[str]]:
    found: Mapping[str, list[str]] = import_module(
        "importlib.metadata"
    ).packages_distributions()
    return found
