"""What the walk finds: things, and the names by which one uses another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import NamedTuple, Protocol

from assets_core.frozen import frozen
from assets_core.model.versions import Digest
from assets_core.versioning.namespaces import Namespace, Origin
from assets_core.versioning.values import Content, Paths
from assets_core.versioning.whereabouts import Whereabouts

__all__ = ["Edge", "Node", "Thing", "World"]


class Node:
    """The place of a thing, which is looked at only when it is needed.

    Args:
        look: Returns the thing, or the node that this one turns out to be.
    """

    __slots__ = ("_look", "_real", "_thing")

    def __init__(self, look: Callable[[], Thing | Node]) -> None:
        self._look = look
        self._thing: Thing | None = None
        self._real: Node = self

    @property
    def thing(self) -> Thing:
        """The thing."""
        if self._thing is None:
            self._settle()
        return self._thing  # type: ignore[return-value]

    @property
    def real(self) -> Node:
        """The node that stands for the thing, among those that turn out to be the same."""
        if self._thing is None:
            self._settle()
        return self._real

    def _settle(self) -> None:
        found = self._look()
        if isinstance(found, Node):
            self._real = found.real
            found = found.thing
        self._thing = found


class Edge(NamedTuple):
    """One thing uses another.

    Attributes:
        label: The name that it has there.
        target: What is used.
        source: The statements that made it, which count where it cannot be told itself.
        owned: It is part of what uses it, rather than named by it.
    """

    label: str
    target: Node
    source: Node | None
    owned: bool


@frozen
class Thing:
    """A function, a class, a value: whatever makes a result.

    Attributes:
        kind: As in `Component`; empty for what people need not see.
        name: For people; it takes no part in the version.
        content: Of itself, without what it uses.
        short: Its own name, without that of its module.
        text: A short value to show.
        opaque: Why its version cannot be known.
        gaps: What of it can only be known from the statements that made it.
        outside: Modules of packages that it uses.
        namespace: The module that it was loaded with.
        changeable: By the identity of everything in it that could be changed in place, at
            which positions it stands.
        missing: It is the statements that made a value, and there are none.
    """

    kind: str
    name: str
    content: Digest
    short: str = ""
    text: str = ""
    edges: tuple[Edge, ...] = ()
    opaque: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    outside: frozenset[str] = frozenset()
    namespace: Namespace | None = None
    changeable: Mapping[int, list[int]] = field(default_factory=dict)
    missing: bool = False

    @property
    def plain(self) -> bool:
        """Return whether it is a value without identity, such as a number or a text."""
        return self.kind == "constant" and not self.edges and not self.changeable


class World(Protocol):
    """What those who look at things ask of the walk."""

    paths: Paths
    where: Whereabouts

    def node(self, value: object, name: str) -> Node:
        """Return the node of what has no public path; `name` is for people."""
        ...

    def source(self, value: object, origin: Origin | None) -> Node | None:
        """Return the node of the statements that made a value, if they can have a name."""
        ...

    def loading(self, namespace: Namespace) -> Node:
        """Return the node of a module for what it does while it is loaded, alone."""
        ...

    def content(self, value: object) -> Content:
        """Return the content of a value."""
        ...
