"""The walk from thing to thing through the loaded objects of a project."""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from assets_core.model.assets import Asset, Check, Source
from assets_core.model.versions import digest
from assets_core.versioning.classes import look_at_class
from assets_core.versioning.findings import Findings
from assets_core.versioning.functions import look_at_function
from assets_core.versioning.modules import look_at_module
from assets_core.versioning.namespaces import Namespace, Origin, loaded_module
from assets_core.versioning.places import Place, module_path, place_of_module, public_path
from assets_core.versioning.resolving import Standing
from assets_core.versioning.sources import look_at_instance, look_at_source
from assets_core.versioning.things import Node, Thing
from assets_core.versioning.value_frames import changeable_frame, frame_kind_of
from assets_core.versioning.value_kinds import CHANGEABLE, kind_of
from assets_core.versioning.values import (
    Content,
    Kind,
    Kinds,
    Paths,
    ValueWriter,
    short_text,
)

__all__ = ["Walk"]

_SCALARS = frozenset({type(None), bool, int, float, complex, str, bytes})
_INSIDE = frozenset({Place.PROJECT, Place.BINARY})


class Walk:
    """Makes a node of everything that is met, once.

    Whatever is met is kept alive, so that no identity can be taken over by another object.

    Args:
        root: The project's folder.
    """

    def __init__(self, root: str) -> None:
        self.paths = Paths(root)
        self._kinds = Kinds(_kind_of, _is_changeable, self.path, self.is_ours)
        self._namespaces: dict[int, Namespace] = {}
        self._nodes: dict[object, Node] = {}
        self._contents: dict[int, Content] = {}
        self._classes: dict[type, bool] = {}
        self._elsewhere: dict[int, list[Origin]] | None = None
        self._kept: list[object] = []

    # Where things come from

    def namespace(self, names: dict[str, Any]) -> Namespace:
        """Return the namespace with these global names."""
        found = self._namespaces.get(id(names))
        if found is None:
            found = self._namespaces[id(names)] = Namespace(names)
        return found

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

    def path(self, value: object, origin: Origin | None = None) -> str | None:
        """Return the public path of a thing from outside the project, else None."""
        if isinstance(value, ModuleType):
            place = self.namespace(vars(value)).place
            return None if place in _INSIDE else module_path(value)
        if origin is not None:
            path = _path_by_import(origin, value)
            if path is not None:
                return path
        kind = type(value)
        if kind in _SCALARS or self.is_projects(value):
            return None
        module = getattr(value, "__module__", None)
        if isinstance(module, str) and place_of_module(module) in _INSIDE:
            return None
        return public_path(value)

    def definer(self, origin: Origin, value: object) -> Origin:
        """Return where an imported name was first given."""
        seen = {origin.namespace}
        while not origin.namespace.binds(origin.name):
            for given in origin.namespace.imports(origin.name):
                module = loaded_module(origin.namespace.module_named(given))
                if module is None or vars(module).get(given.name, _kind_of) is not value:
                    continue
                namespace = self.namespace(vars(module))
                if namespace.place.ours and namespace not in seen:
                    origin = Origin(namespace, given.name)
                    seen.add(namespace)
                    break
            else:
                break
        return origin

    def same_elsewhere(self, value: object) -> list[Origin]:
        """Return the global names, in all modules of the project, that stand for a value."""
        if type(value) in _SCALARS:
            return []
        if self._elsewhere is None:
            self._elsewhere = self._all_globals()
        return self._elsewhere.get(id(value), [])

    def _all_globals(self) -> dict[int, list[Origin]]:
        for module in list(sys.modules.values()):
            if isinstance(module, ModuleType):
                self.namespace(vars(module))
        found: dict[int, list[Origin]] = {}
        for namespace in list(self._namespaces.values()):
            if not namespace.place.ours:
                continue
            for name, value in list(namespace.names.items()):
                if name.startswith("__") or type(value) in _SCALARS:
                    continue
                self._kept.append(value)
                for each in (value, *_inside(value)):
                    found.setdefault(id(each), []).append(Origin(namespace, name))
        return found

    # Nodes

    def node(self, value: object, name: str) -> Node:
        """Return the node of anything that is not known by a public path."""
        if isinstance(value, Asset | Check):
            value = value.function
        if type(value) in _SCALARS:
            return self._constant(value, name, self.content(value))
        key = ("object", id(value))
        found = self._nodes.get(key)
        if found is not None:
            return found
        look = self._look(value, name)
        if isinstance(look, Node):
            return look
        self._kept.append(value)
        self._nodes[key] = look = Node(look)
        return look

    def _look(self, value: object, name: str) -> Any:
        if type(value) is FunctionType:
            return lambda: look_at_function(self, value)
        if isinstance(value, type):
            return lambda: look_at_class(self, value, self._namespace_of_class(value))
        if isinstance(value, ModuleType):
            return lambda: look_at_module(self, value)
        content = self.content(value)
        if any(part is value for part in content.parts):
            return lambda: look_at_instance(self, value)
        if content.parts or content.gaps or content.changeable:
            return lambda: self._value(value, name)
        return self._constant(value, name, content)

    def _constant(self, value: object, name: str, content: Content) -> Node:
        key = ("constant", content.digest, name)
        if key not in self._nodes:
            self._nodes[key] = Node(lambda: self._value(value, name))
        return self._nodes[key]

    def _value(self, value: object, name: str) -> Thing:
        findings = Findings(self, Standing(name, self.namespace({})))
        content = digest("value", findings.content(value, name), *findings.paths)
        short = name.rpartition(".")[2]
        thing = findings.thing("constant", name, content, short)
        object.__setattr__(thing, "text", short_text(value, name))
        return thing

    def source(self, value: object, origin: Origin | None) -> Node | None:
        """Return the node of the statements that made a value, if they can have a name."""
        if origin is None:
            if type(value) in _SCALARS:
                return None
            return Node(lambda: self._look_at_home(value))
        key = ("source", id(origin.namespace), origin.name)
        if key not in self._nodes:
            self._nodes[key] = Node(lambda: look_at_source(self, origin, value))
        return self._nodes[key]

    def _look_at_home(self, value: object) -> Thing:
        home = self._home(value)
        source = None if home is None else self.source(value, home)
        return (
            Thing("", "", digest("nothing"), missing=True)
            if source is None
            else source.thing
        )

    def _home(self, value: object) -> Origin | None:
        """Return the global name under which a value was made, if it has one."""
        inner = value
        while type(inner) is FunctionType and hasattr(inner, "__wrapped__"):
            inner = inner.__wrapped__
        name = str(getattr(inner, "__qualname__", "<locals>"))
        if "<locals>" not in name and "<lambda>" not in name:
            if type(inner) is FunctionType:
                return Origin(self.namespace(inner.__globals__), name.partition(".")[0])
            if isinstance(inner, type):
                return Origin(self._namespace_of_class(inner), name.partition(".")[0])
        known = [self.definer(each, value) for each in self.same_elsewhere(value)]
        return next((each for each in known if each.namespace.binds(each.name)), None)

    def _namespace_of_class(self, value: type) -> Namespace:
        for member in vars(value).values():
            if type(member) is FunctionType:
                names = member.__globals__
                if names.get("__name__") == value.__module__:
                    return self.namespace(names)
        module = loaded_module(value.__module__)
        return self.namespace({} if module is None else vars(module))

    def content(self, value: object) -> Content:
        """Return the content of a value."""
        if type(value) in _SCALARS:
            return ValueWriter(self._kinds, self.paths).content(value)
        found = self._contents.get(id(value))
        if found is None:
            found = ValueWriter(self._kinds, self.paths).content(value)
            self._contents[id(value)] = found
            self._kept.append(value)
        return found


def _path_by_import(origin: Origin, value: object) -> str | None:
    """Return `module.name` as an import statement has it, if it is a package's module."""
    for given in origin.namespace.imports(origin.name):
        module = None if given.level else loaded_module(given.module)
        if module is None or not given.name or place_of_module(given.module) in _INSIDE:
            continue
        if vars(module).get(given.name, _kind_of) is value:
            return f"{given.module}.{given.name}"
    return None


def _place_of_class(kind: type) -> Place:
    name = getattr(kind, "__module__", None)
    if isinstance(name, str) and loaded_module(name) is not None:
        return place_of_module(name)
    return Place.PROJECT


def _inside(value: object) -> list[object]:
    """Return what one looks for by the name of its container, or of its asset."""
    if isinstance(value, Asset | Check):
        return [value.function]
    if type(value) in {list, tuple}:
        return [each for item in value for each in (item, *_inside_asset(item))]  # type: ignore[attr-defined]
    if type(value) is dict:
        return [each for item in value.values() for each in (item, *_inside_asset(item))]
    return []


def _inside_asset(value: object) -> list[object]:
    return [value.function] if isinstance(value, Asset | Check) else []


def _write_asset(writer: ValueWriter, value: Any) -> None:
    writer.put("asset", value.key if isinstance(value, Asset) else value.name)
    writer.code(value.function)


def _write_source(writer: ValueWriter, value: Source) -> None:
    writer.put("source", value.key)
    writer.text(value.path)


_DEFINITIONS: dict[type, Kind] = {
    Asset: _write_asset,
    Check: _write_asset,
    Source: _write_source,
}


def _kind_of(owner: type) -> Kind | None:
    return _DEFINITIONS.get(owner) or kind_of(owner) or frame_kind_of(owner)


def _is_changeable(kind: type) -> bool:
    return issubclass(kind, CHANGEABLE) or changeable_frame(kind)
