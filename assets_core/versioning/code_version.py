"""The code version of a function: everything of the project that makes its result.

From the function the walk goes to all that it uses: helpers, classes, constants, objects.
The version is one digest over all of them and over who uses whom by which name; where
they stand takes no part in it, so that moving a helper changes nothing. What cannot be
told for certain makes the version opaque: better computed once too often than wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from assets_core.model.versions import CodeVersion, Component, digest
from assets_core.versioning.effects import effects, look_at_effects, modules_behind
from assets_core.versioning.namespaces import Namespace
from assets_core.versioning.parsing import read_text
from assets_core.versioning.places import Place, distributions, place_of_module
from assets_core.versioning.readings import Read
from assets_core.versioning.things import Edge, Node
from assets_core.versioning.tour import Tour
from assets_core.versioning.walk import Walk

__all__ = ["CodeVersions"]

Packages = Literal["record", "minor", "exact"]


class CodeVersions:
    """Code versions of one loaded project; remembers what it has seen.

    Args:
        root: The project's folder. Paths inside it count relative to it.
        packages: How the versions of installed packages count: not at all (`record`),
            up to the minor number, or exactly.
        read: Reads the texts of modules; it may remember them.
    """

    def __init__(
        self, root: str, *, packages: Packages = "record", read: Read = read_text
    ) -> None:
        self._walk = Walk(root, read)
        self._packages = packages
        self._gaps: dict[Node, tuple[str, ...]] = {}
        self._effects: dict[int, Node | None] = {}
        self._behind: dict[int, list[Node]] = {}
        self._known: dict[int, tuple[object, CodeVersion]] = {}

    def of(self, function: Callable[..., Any]) -> CodeVersion:
        """Return the code version of a function, or of anything else that can be called."""
        known = self._known.get(id(function))
        if known is None:
            name = getattr(function, "__name__", type(function).__name__)
            known = function, self._version(function, str(name), "function")
            self._known[id(function)] = known
        return known[1]

    def of_object(self, value: object, name: str) -> CodeVersion:
        """Return the version of the code that made an object, such as a schema.

        Args:
            value: A class, a function, or what an expression made.
            name: What it is called, for people.
        """
        return self._version(value, name, "")

    def _version(self, value: object, name: str, kind: str) -> CodeVersion:
        tour = Tour(self._gaps, self._walk.shared)
        node = self._walk.node(value, name)
        tour.visit(Edge(name, node, self._walk.source(value, None), owned=False))
        self._add_effects(tour)
        packages = _distributions(tour.outside)
        counted = [each for each in map(self._counted, packages) if each]
        return CodeVersion(
            digest("code 1", tour.digest(), *(digest(*each) for each in counted)),
            (*tour.components(kind), *map(_component, counted)),
            tour.opaque,
            packages,
        )

    def _add_effects(self, tour: Tour) -> None:
        """Add what the modules of all that was met do to the outside while they load."""
        asked: set[int] = set()
        while True:
            new = [each for each in tour.namespaces if id(each) not in asked]
            if not new:
                return
            asked |= {id(each) for each in new}
            found = {node: None for each in new for node in self._effects_behind(each)}
            for node in sorted(found, key=lambda node: node.thing.content):
                tour.visit(Edge("on load", node, None, owned=False))

    def _effects_behind(self, namespace: Namespace) -> list[Node]:
        if id(namespace) not in self._behind:
            nodes = map(self._effects_of, modules_behind(self._walk, namespace))
            self._behind[id(namespace)] = [node for node in nodes if node is not None]
        return self._behind[id(namespace)]

    def _effects_of(self, namespace: Namespace) -> Node | None:
        if id(namespace) not in self._effects:
            placed = effects(self._walk, namespace)
            node = Node(lambda: look_at_effects(self._walk, namespace, placed))
            self._effects[id(namespace)] = node if placed else None
        return self._effects[id(namespace)]

    def _counted(self, package: tuple[str, str]) -> tuple[str, ...]:
        """Return what of a package's version is part of the digest."""
        name, version = package
        if self._packages == "record":
            return ()
        if self._packages == "minor":
            version = ".".join(version.split(".")[:2])
        return name, version


def _component(counted: tuple[str, ...]) -> Component:
    name, version = counted
    return Component("package", name, digest(*counted), version)


def _distributions(modules: frozenset[str]) -> tuple[tuple[str, str], ...]:
    found = {
        each
        for module in modules
        if place_of_module(module) in {Place.PACKAGE, Place.FRAMEWORK}
        for each in distributions(module)
    }
    return tuple(sorted(found))
