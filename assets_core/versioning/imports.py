"""What import statements inside functions stand for."""

from __future__ import annotations

import importlib.util
import sys
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from assets_core.versioning.namespaces import Namespace
from assets_core.versioning.places import Place, place_of
from assets_core.versioning.scopes import Imported

__all__ = ["Outside", "Unloadable", "bring", "load"]


class Outside(NamedTuple):
    """Something of a package that is not loaded yet: it is known by its name alone."""

    path: str


class Unloadable(NamedTuple):
    """A module of the project that cannot be loaded."""

    reason: str


def bring(namespace: Namespace, given: Imported) -> tuple[object, ModuleType | None]:
    """Return what an import gives its name, and the loaded module that it is taken from.

    In place of a value there may be `Outside` or `Unloadable`.
    """
    name = namespace.module_named(given)
    if not name:
        why = f"imports '{given.module}' relative to a package that is not known"
        return Unloadable(why), None
    inner = load(given.inner) if given.inner else None
    if isinstance(inner, Unloadable):
        return inner, None
    module = load(name)
    if isinstance(module, Outside) and given.name:
        return Outside(f"{module.path}.{given.name}"), None
    if not given.name or not isinstance(module, ModuleType):
        return module, None
    return _taken(module, given.name)


def _taken(module: ModuleType, name: str) -> tuple[object, ModuleType | None]:
    """Return a name of a loaded module, which may be a module inside it."""
    if name in vars(module):
        return vars(module)[name], module
    inner = load(f"{module.__name__}.{name}")
    if isinstance(inner, ModuleType):
        return inner, None
    if place_of(vars(module)) is not Place.PROJECT:
        return Outside(f"{module.__name__}.{name}"), None
    return _lazy(module, name), module


def load(name: str) -> ModuleType | Outside | Unloadable:
    """Return a module: the project's in any case, another only if it is loaded."""
    module = sys.modules.get(name)
    if isinstance(module, ModuleType):
        return module
    top = name.partition(".")[0]
    if not _is_projects(top):
        return Outside(name)
    try:
        return import_module(name)
    except Exception as error:  # noqa: BLE001 - the user's module may raise anything
        return Unloadable(f"imports '{name}', which cannot be loaded: {error}")


def _lazy(module: ModuleType, name: str) -> object:
    """Return what a module's own `__getattr__` gives for a name."""
    try:
        return getattr(module, name)
    except Exception as error:  # noqa: BLE001 - the user's module may raise anything
        return Unloadable(
            f"imports '{name}' from '{module.__name__}', which fails: {error}"
        )


def _is_projects(top: str) -> bool:
    loaded = sys.modules.get(top)
    if loaded is not None:
        return place_of(vars(loaded)) is Place.PROJECT
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    if spec is None:
        return False
    folders = list(spec.submodule_search_locations or ())
    names = {"__name__": top, "__spec__": spec, "__path__": folders}
    return place_of(names) is Place.PROJECT
