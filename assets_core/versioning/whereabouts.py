"""Where loaded things come from, and under which global names they are known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from assets_core.model.assets import Asset, Check, MultiAsset
from assets_core.versioning.namespaces import Namespace, Origin, loaded_module
from assets_core.versioning.places import (
    Place,
    module_path,
    place_of,
    place_of_module,
    public_path,
)
from assets_core.versioning.readings import Read
from assets_core.versioning.scopes import Imported

__all__ = ["SCALARS", "Whereabouts"]

SCALARS = frozenset({type(None), bool, int, float, complex, str, bytes})
_INSIDE = frozenset({Place.PROJECT, Place.BINARY})
_NOWHERE = object()
_PLAIN = frozenset({BuiltinFunctionType, FunctionType, ModuleType, type})
"""What most names are of, which holds nothing and is no definition."""


class Whereabouts:
    """Knows modules by their global names, and remembers what it found out.

    Args:
        read: Reads the texts of modules.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self.nowhere = Namespace({}, read)
        self._namespaces: dict[int, Namespace] = {}
        self._classes: dict[type, bool] = {}
        self._known_as: dict[int, list[Origin]] = {}
        self._schemas: dict[int, tuple[Origin, str]] = {}
        self._kept: list[object] = []

    def namespace(self, names: dict[str, Any]) -> Namespace:
        """Return the namespace with these global names."""
        found = self._namespaces.get(id(names))
        if found is None:
            found = self._namespaces[id(names)] = Namespace(names, self._read)
        return found

    def namespace_of_class(self, value: type) -> Namespace:
        """Return the namespace that a class was made in."""
        for member in vars(value).values():
            if type(member) is FunctionType:
                names = member.__globals__
                if names.get("__name__") == value.__module__:
                    return self.namespace(names)
        module = loaded_module(value.__module__)
        return self.namespace({} if module is None else vars(module))

    def is_projects(self, value: object) -> bool:
        """Return whether a function, class or module is the project's."""
        if isinstance(value, ModuleType):
            return self.namespace(vars(value)).place.ours
        if type(value) is FunctionType:
            return self.namespace(value.__globals__).place.ours
        return isinstance(value, type) and self.is_ours(value)

    def is_ours(self, kind: type) -> bool:
        """Return whether a class is the project's."""
        found = self._classes.get(kind)
        if found is None:
            found = self._classes[kind] = _place_of_class(kind) is Place.PROJECT
        return found

    def binary_module(self, value: object) -> ModuleType | None:
        """Return the compiled module of the project that a function or class is from."""
        name, own = getattr(value, "__module__", None), getattr(value, "__name__", None)
        if not isinstance(name, str) or not isinstance(own, str):
            return None
        module = loaded_module(name)
        if module is None or self.namespace(vars(module)).place is not Place.BINARY:
            return None
        return module

    def path(self, value: object, origin: Origin | None = None) -> str | None:
        """Return the public path of a thing from outside the project, else None."""
        if isinstance(value, ModuleType):
            place = self.namespace(vars(value)).place
            return None if place in _INSIDE else module_path(value)
        if origin is not None:
            path = _path_by_import(origin, value)
            if path is not None:
                return path
        if type(value) in SCALARS or self.is_projects(value):
            return None
        module = getattr(value, "__module__", None)
        if isinstance(module, str) and place_of_module(module) in _INSIDE:
            return None
        return public_path(value)

    def definer(self, origin: Origin, value: object) -> Origin:
        """Return where an imported name was first given."""
        seen = {origin.namespace}
        while not origin.namespace.binds(origin.name):
            found = self._imported_from(origin, value)
            if found is None or found.namespace in seen:
                break
            origin = found
            seen.add(origin.namespace)
        return origin

    def _imported_from(self, origin: Origin, value: object) -> Origin | None:
        for given in origin.namespace.imports(origin.name):
            module = loaded_module(origin.namespace.module_named(given))
            if module is not None and vars(module).get(given.name, _NOWHERE) is value:
                namespace = self.namespace(vars(module))
                if namespace.place.ours:
                    return Origin(namespace, given.name)
        return None

    def home(self, value: object) -> Origin | None:
        """Return the global name under which a value was made, if it has one."""
        inner = value
        while type(inner) is FunctionType and hasattr(inner, "__wrapped__"):
            inner = inner.__wrapped__
        name = str(getattr(inner, "__qualname__", "<locals>"))
        if "<locals>" not in name and "<lambda>" not in name:
            if type(inner) is FunctionType:
                return Origin(self.namespace(inner.__globals__), name.partition(".")[0])
            if isinstance(inner, type):
                return Origin(self.namespace_of_class(inner), name.partition(".")[0])
        known = (self.definer(each, value) for each in self.known_as(value))
        return next((each for each in known if each.namespace.binds(each.name)), None)

    def known_as(self, value: object) -> list[Origin]:
        """Return the global names, in all modules of the project, that a value has."""
        if type(value) in SCALARS:
            return []
        self._read_all()
        return self._known_as.get(id(value), [])

    def schema_of(self, value: object) -> tuple[Origin, str] | None:
        """Return the global name of an asset with a value as its schema, and the option."""
        self._read_all()
        return self._schemas.get(id(value))

    def _read_all(self) -> None:
        """Note every global name of the project, once."""
        if self._known_as:
            return
        for module in list(sys.modules.values()):  # of which there may be thousands
            if isinstance(module, ModuleType):
                names = vars(module)
                if place_of(names).ours:
                    self.namespace(names)
        for namespace in list(self._namespaces.values()):
            if namespace.place.ours:
                self._read_names(namespace)

    def _read_names(self, namespace: Namespace) -> None:
        known, given = self._known_as, dict(namespace.names)
        self._kept.append(given)  # what is gone could leave its id to another value
        for name, value in given.items():
            kind = type(value)
            if kind in SCALARS or name.startswith("__"):
                continue
            origin = Origin(namespace, name)
            if kind not in _PLAIN:
                self._note(origin, value)
            elif id(value) in known:
                known[id(value)].append(origin)
            else:
                known[id(value)] = [origin]

    def _note(self, origin: Origin, value: object) -> None:
        for each in _in_containers(value):
            self._known_as.setdefault(id(each), []).append(origin)
            if isinstance(each, Asset | Check | MultiAsset):
                self._known_as.setdefault(id(each.function), []).append(origin)
            if isinstance(each, Asset) and each.schema is not None:
                self._schemas.setdefault(id(each.schema), (origin, "schema"))
            for one in each.assets if isinstance(each, MultiAsset) else ():
                if one.schema is not None:
                    self._schemas.setdefault(id(one.schema), (origin, "outputs"))


def _in_containers(value: object) -> Iterator[object]:
    """Yield a value and, where it is a container, what it holds."""
    yield value
    if type(value) in {list, tuple}:
        yield from value  # type: ignore[misc]
    elif isinstance(value, dict) and type(value) is dict:
        yield from value.values()


def _path_by_import(origin: Origin, value: object) -> str | None:
    """Return `module.name` as an import statement has it, if it is a package's module."""
    for given in origin.namespace.imports(origin.name):
        if given.level or not given.name or _is_inside(given):
            continue
        module = loaded_module(given.module)
        if module is not None and vars(module).get(given.name, _NOWHERE) is value:
            return f"{given.module}.{given.name}"
    return None


def _is_inside(given: Imported) -> bool:
    return place_of_module(given.module) in _INSIDE


def _place_of_class(kind: type) -> Place:
    name = getattr(kind, "__module__", None)
    if isinstance(name, str) and loaded_module(name) is not None:
        return place_of_module(name)
    return Place.PROJECT
