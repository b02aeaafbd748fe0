"""What a piece of code uses, gathered name by name."""

from __future__ import annotations

import importlib
from collections.abc import Collection
from contextlib import suppress
from types import FunctionType, ModuleType

from assets_core.versioning.dynamic import IMPORT, SUBCLASSES, why_dynamic
from assets_core.versioning.imports import Outside, Unloadable, load
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.namespaces import Origin, loaded_module
from assets_core.versioning.readings import Piece
from assets_core.versioning.resolving import (
    EMPTY,
    LOCAL,
    MISSING,
    Reached,
    Standing,
    look_up,
    look_up_all,
    walk,
)
from assets_core.versioning.scopes import Scope, Use
from assets_core.versioning.text_names import marked_names, table_names
from assets_core.versioning.things import Edge, Node, Thing, World

__all__ = ["Findings"]

_NO_MATTER = frozenset(
    {"__spec__", "__loader__", "__package__", "__cached__", "__path__", "__debug__"}
)
_MODULE = Scope("module", None)


class Findings:
    """Gathers what one thing uses."""

    def __init__(self, world: World, standing: Standing) -> None:
        self.world = world
        self.standing = standing
        self.edges: list[Edge] = []
        self.paths: list[str] = []  # of what it uses from outside the project, by name
        self.used: set[str] = set()
        self._outside: set[str] = set()
        self._opaque: dict[str, None] = {}
        self._gaps: dict[str, None] = {}
        self._changeable: list[int] = []
        self._seen: set[object] = set()

    def thing(self, kind: str, name: str, content: str, short: str = "") -> Thing:
        """Return all that was gathered as one thing."""
        namespace = self.standing.namespace
        changeable: dict[int, list[int]] = {}
        for position, identity in enumerate(self._changeable):
            changeable.setdefault(identity, []).append(position)
        return Thing(
            kind=kind,
            name=name,
            content=content,
            short=short or name.rpartition(".")[2],
            edges=tuple(self.edges),
            opaque=tuple(self._opaque),
            gaps=tuple(self._gaps),
            outside=frozenset(self._outside),
            namespace=namespace if namespace.names and namespace.place.ours else None,
            changeable=changeable,
        )

    def opaque(self, why: str) -> None:
        """Note why the version cannot be known."""
        self._opaque[why] = None

    def gap(self, why: str) -> None:
        """Note what can only be known from the statements that made it."""
        self._gaps[why] = None

    # Values that belong to the thing

    def own(self, label: str, value: object, name: str, source: Node | None = None) -> None:
        """Add a value that is part of the thing."""
        path = self.world.where.path(value)
        if path is not None:
            self._add_path(label, path)
        else:
            source = source or self.world.source(value, None)
            node = self.world.node(value, name)
            self.edges.append(Edge(label, node, source, owned=True))

    def content(self, value: object, name: str, source: Node | None = None) -> str:
        """Add what a value is made of, and return its digest.

        Args:
            value: The value.
            name: For people.
            source: What made it, where that is known.
        """
        found = self.world.content(value)
        self._outside |= found.outside
        self._changeable += found.changeable
        for why in found.gaps if source is None else ():
            self.gap(why)
        for number, part in enumerate(found.parts):
            code = isinstance(part, FunctionType | type | ModuleType)
            if part is value and source is None and not code:
                self._unseen(value, name)
            else:
                self.own(f"part {number}", part, name, source)
        return found.digest

    def _unseen(self, value: object, name: str) -> None:
        """Add an object that does not show what it is made of."""
        kind = type(value)
        wrapped = None
        with suppress(Exception):  # an object may do anything when it is asked
            wrapped = getattr(value, "__wrapped__", None)
        if kind.__name__ != "_lru_cache_wrapper":
            full = f"{kind.__module__}.{kind.__qualname__}"
            self.gap(f"nothing shows how '{name}', a '{full}', was made")
        if self.world.where.path(kind) or self.world.where.binary_module(kind):
            self.own("class", kind, kind.__qualname__)
        if callable(wrapped):
            self.own("wrapped", wrapped, kind.__qualname__)

    def join(self, other: Findings) -> None:
        """Add what another piece of code was found to use."""
        self.edges += other.edges
        self.paths += other.paths
        self._outside |= other._outside
        self._opaque |= other._opaque
        self._gaps |= other._gaps
        self._changeable += other._changeable

    def package(self, module: str) -> None:
        """Note a module of a package that is used."""
        self._outside.add(module.partition(".")[0])

    # Names in code

    def code(self, unit: Unit, piece: Piece, without: Collection[Piece] = ()) -> None:
        """Add everything that a piece of code names."""
        if self.standing.namespace.edited:
            self.opaque(f"'{unit.filename}' was changed after it was loaded")
        for use, target in unit.reading.free(piece, without):
            key = (use.name, use.steps, use.first if use.called else None, use.door, target)
            if key not in self._seen:
                self._seen.add(key)
                self._use(use, target)
        tables = self.standing.namespace.tables
        for text in unit.reading.texts_in(piece) if tables else ():
            for name in table_names(text, tables):
                self._in_text(name)

    def name(self, name: str) -> None:
        """Add a global name."""
        self._use(Use(name, _MODULE, guess=True), _MODULE)

    def first_in(self, unit: Unit, piece: Piece) -> list[Reached]:
        """Return what the first name in a piece, and each step from it, stands for."""
        start, end = piece.span
        if start == end:
            return []
        use, target = unit.reading.uses[start], unit.reading.targets[start]
        found = look_up(self.world, self.standing, use, target)
        return walk(self.world, found, use, self.standing.namespace)

    def _use(self, use: Use, target: Scope) -> None:
        if use.door:
            self._door(use, target)
            return
        self.used.add(use.name)
        for found in look_up_all(self.world, self.standing, use, target):
            self._found(use, target, found)

    def _found(self, use: Use, target: Scope, found: Reached) -> None:
        value = found.value
        if isinstance(value, Outside):
            path = ".".join([value.path, *(str(key) for _, key in use.steps)])
            if not self._is_dynamic(use, None, path):
                self._add_path(use.name, value.path)
        elif isinstance(value, Unloadable):
            self.opaque(f"'{self.standing.who}' {value.reason}")
        elif value is MISSING or value is LOCAL or value is EMPTY:
            self._nothing(use, target, value)
        elif found.origin is None or not self._is_of_the_module(use.name, value):
            self._follow(use, walk(self.world, found, use, self.standing.namespace))

    def _nothing(self, use: Use, target: Scope, why: object) -> None:
        name, who = use.name, self.standing.who
        if use.annotation or use.guess or target.kind == "class":
            return
        if why is MISSING and name == "__class__":
            return  # it is a class inside this code
        origin = Origin(self.standing.namespace, name)
        if why is LOCAL:
            self.gap(f"'{who}' uses '{name}', a local name of a function around it")
        elif why is EMPTY:
            self.gap(f"'{who}' uses '{name}', which had no value yet")
        elif self.standing.at_load and origin.namespace.binds(name):
            self._made_by(origin)  # it was deleted since
        else:
            self.opaque(f"'{who}' uses the name '{name}', which does not exist")

    def _is_of_the_module(self, name: str, value: object) -> bool:
        """Handle the names that every module has; return whether it is one of them."""
        if name in _NO_MATTER or (name == "__name__" and self.standing.at_load):
            return True
        if name == "__file__" and isinstance(value, str):
            relative = self.world.paths.relative(value)
            module = self.standing.namespace.title
            self.paths.append(f"__file__={module if relative is None else relative}")
            return True
        return False

    def _follow(self, use: Use, reached: list[Reached]) -> None:
        first, last = reached[0], reached[-1]
        known = self.world.where.path(last.value) if callable(last.value) else None
        if self._is_dynamic(use, last.value, known):
            return
        path = first.path or self.world.where.path(first.value, first.origin)
        if path is not None:
            if not first.builtin:
                self._add_path(use.name, path)
            if last is first or not self.world.where.is_projects(last.value):
                return
        self._refer(use.name + last.label, last)
        if isinstance(last.value, str):
            tables = self.standing.namespace.tables
            for name in (*marked_names(last.value), *table_names(last.value, tables)):
                self._in_text(name)
        origin = first.origin if self.standing.at_load else None
        if origin is not None and origin.namespace.binds(use.name, often=True):
            self._made_by(origin)  # it may have been another value then

    def _refer(self, label: str, found: Reached) -> None:
        origin = found.origin
        name = f"{self.standing.namespace.full_name(self.standing.who)}.{label}"
        if origin is not None:
            named = origin.namespace.names.get(origin.name)
            origin = self.world.where.definer(origin, named)
            name = origin.namespace.full_name(origin.name) + found.rest
        node = self.world.node(found.value, name)
        source = self.world.source(found.value, origin)
        self.edges.append(Edge(label, node, source, owned=origin is None))

    def _add_path(self, label: str, path: str) -> None:
        self.paths.append(f"{label}={path}")
        self._outside.add(path.partition(".")[0])

    def _made_by(self, origin: Origin) -> None:
        source = self.world.source(None, origin)
        if source is not None:
            self.edges.append(Edge(f"{origin.name} made by", source, None, owned=False))

    def _door(self, use: Use, target: Scope) -> None:
        who = self.standing.who
        if use.door == IMPORT:
            self._imported(use, target)
            return
        if use.door != SUBCLASSES:
            self.opaque(
                f"'{who}' uses '.{use.door}', through which anything can be reached"
            )
            return
        found = look_up(self.world, self.standing, use, target)
        reached = walk(self.world, found, use, self.standing.namespace)
        base = reached[-1].value
        if len(reached) <= len(use.steps) or not isinstance(base, type):
            self.opaque(f"'{who}' looks for subclasses of a class known only when it runs")
        else:
            self._add_subclasses(base)

    def _imported(self, use: Use, target: Scope) -> None:
        """Note the modules that a function imports: what they do while they load counts."""
        look_up_all(self.world, self.standing, use, target)  # which loads them
        for given in target.imports.get(use.name, ()):
            module = loaded_module(
                given.inner or self.standing.namespace.module_named(given)
            )
            if module is not None and self.world.where.is_projects(module):
                namespace = self.world.where.namespace(vars(module))
                node = self.world.loading(namespace)
                self.edges.append(Edge("imports", node, None, owned=False))

    def _add_subclasses(self, base: type) -> None:
        kinds: list[type] = type.__subclasses__(base)
        for number, kind in enumerate(kinds):
            self.own(f"{base.__qualname__} subclass {number}", kind, kind.__qualname__)
            self._add_subclasses(kind)

    def _is_dynamic(self, use: Use, value: object, path: str | None) -> bool:
        why = why_dynamic(value, path)
        if why is None:
            return False
        name = use.first
        if value is importlib.import_module and name is not None and name[:1] != ".":
            self._bring(name)
        else:
            self.opaque(f"'{self.standing.who}' uses {why}")
        return True

    def _bring(self, name: str) -> None:
        module = load(name)
        if isinstance(module, Unloadable):
            self.opaque(f"'{self.standing.who}' {module.reason}")
        elif isinstance(module, ModuleType):
            self.own(f"import {name}", module, name)
        else:
            self._add_path(f"import {name}", module.path)

    def _in_text(self, name: str) -> None:
        """Add a global name that a text mentions."""
        namespace = self.standing.namespace
        key = ("text", name)
        if name in namespace.names and key not in self._seen:
            self._seen.add(key)
            value = namespace.names[name]
            if self.world.where.path(value) is None:
                self._refer(name, Reached(value, Origin(namespace, name)))
