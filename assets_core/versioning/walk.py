"""The walk from thing to thing through the loaded objects of a project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

from assets_core.model.assets import Asset, Check, MultiAsset, Source
from assets_core.model.origins import OneFile, VersionFunction
from assets_core.model.versions import digest
from assets_core.versioning.classes import look_at_class
from assets_core.versioning.findings import Findings
from assets_core.versioning.functions import look_at_function
from assets_core.versioning.modules import look_at_module
from assets_core.versioning.namespaces import Namespace, Origin
from assets_core.versioning.parsing import read_text
from assets_core.versioning.readings import Read
from assets_core.versioning.resolving import Standing
from assets_core.versioning.short_text import short_text
from assets_core.versioning.sources import look_at_option, look_at_source
from assets_core.versioning.things import Node, Thing
from assets_core.versioning.value_frames import changeable_frame, frame_kind_of
from assets_core.versioning.value_kinds import CHANGEABLE, kind_of
from assets_core.versioning.values import (
    Content,
    Kind,
    Kinds,
    Paths,
    ValueWriter,
)
from assets_core.versioning.whereabouts import SCALARS, Whereabouts

__all__ = ["Walk"]


class Walk:
    """Makes a node of everything that is met, once.

    Whatever is met is kept alive, so that no identity can be taken over by another object.

    Args:
        root: The project's folder.
        read: Reads the texts of modules.
    """

    def __init__(self, root: str, read: Read = read_text) -> None:
        self.paths = Paths(root)
        self.where = Whereabouts(read)
        self._kinds = Kinds(_kind_of, _is_changeable, self.where.path, self.where.is_ours)
        self._nodes: dict[object, Node] = {}
        self._contents: dict[int, Content] = {}
        self._kept: list[object] = []
        self._held: set[int] = set()
        self.shared: set[int] = set()  # identities of what several values hold

    def node(self, value: object, name: str) -> Node:
        """Return the node of anything that is not known by a public path."""
        if isinstance(value, Asset | Check | MultiAsset):
            value = value.function
        if type(value) in SCALARS:
            return self._constant(value, name, self.content(value))
        key = ("object", id(value))
        found = self._nodes.get(key)
        if found is None:
            look = self._look(value, name)
            if isinstance(look, Node):  # a constant: its identity means nothing
                return look
            self._kept.append(value)
            found = self._nodes[key] = Node(look)
        return found

    def _look(self, value: object, name: str) -> Callable[[], Thing] | Node:
        if type(value) is FunctionType:
            function = value
            return lambda: look_at_function(self, function)
        binary = self.where.binary_module(value)
        if binary is not None:
            return self.node(binary, binary.__name__)
        if isinstance(value, type):
            kind, namespace = value, self.where.namespace_of_class(value)
            return lambda: look_at_class(self, kind, namespace)
        if isinstance(value, ModuleType):
            module = value
            return lambda: look_at_module(self, module)
        content = self.content(value)
        if content.parts or content.gaps or content.changeable:
            return lambda: self._value(value, name)
        return self._constant(value, name, content)

    def _constant(self, value: object, name: str, content: Content) -> Node:
        key = ("constant", content.digest, name)
        if key not in self._nodes:
            self._nodes[key] = Node(lambda: self._value(value, name))
        return self._nodes[key]

    def _value(self, value: object, name: str) -> Thing:
        findings = Findings(self, Standing(name, self.where.nowhere))
        content = digest("value", findings.content(value, name), *findings.paths)
        unseen = any(part is value for part in self.content(value).parts)
        kind = "" if unseen else "constant"  # its statements are what people are shown
        thing = findings.thing(kind, name, content, name.rpartition(".")[2])
        return replace(thing, text=short_text(value, name))

    def loading(self, namespace: Namespace) -> Node:
        """Return the node of a module for what it does while it is loaded, alone."""
        key = ("loading", namespace)
        if key not in self._nodes:
            thing = Thing("", "", digest("loading"), namespace=namespace)
            self._nodes[key] = Node(lambda: thing)
        return self._nodes[key]

    def source(self, value: object, origin: Origin | None) -> Node | None:
        """Return the node of the statements that made a value, if they can have a name."""
        if origin is not None:
            return self._statements(origin)
        if type(value) in SCALARS:
            return None
        return Node(lambda: self._home(value))

    def _statements(self, origin: Origin) -> Node:
        key = ("source", origin.namespace, origin.name)
        if key not in self._nodes:
            value = origin.namespace.names.get(origin.name)
            self._nodes[key] = Node(lambda: look_at_source(self, origin, value))
        return self._nodes[key]

    def _home(self, value: object) -> Node | Thing:
        home = self.where.home(value)
        if home is not None:
            return self._statements(home)
        asset = self.where.schema_of(value)
        if asset is not None:
            return look_at_option(self, *asset)
        return Thing("", "", digest("nothing"), missing=True)

    def content(self, value: object) -> Content:
        """Return the content of a value."""
        if type(value) in SCALARS:
            return ValueWriter(self._kinds, self.paths).content(value)
        found = self._contents.get(id(value))
        if found is None:
            found = ValueWriter(self._kinds, self.paths).content(value)
            self._contents[id(value)] = found
            self.shared |= self._held.intersection(found.changeable)
            self._held.update(found.changeable)
            self._kept.append(value)
        return found


def _write_asset(writer: ValueWriter, value: Any) -> None:
    writer.put("asset", value.key if isinstance(value, Asset) else value.name)
    writer.code(value.function)


def _write_outputs(writer: ValueWriter, value: MultiAsset) -> None:
    for one in value.assets:
        writer.put("output", one.key)
    writer.code(value.function)


def _write_source(writer: ValueWriter, value: Source) -> None:
    writer.put("source", value.key)
    origin = value.origin
    if isinstance(origin, VersionFunction):
        writer.code(origin.function)
    else:  # without the secrets of a URL
        writer.text(origin.path if isinstance(origin, OneFile) else str(origin))


_DEFINITIONS: dict[type, Kind] = {
    Asset: _write_asset,
    Check: _write_asset,
    MultiAsset: _write_outputs,
    Source: _write_source,
}


def _kind_of(owner: type) -> Kind | None:
    return _DEFINITIONS.get(owner) or kind_of(owner) or frame_kind_of(owner)


def _is_changeable(kind: type) -> bool:
    return issubclass(kind, CHANGEABLE) or changeable_frame(kind)
