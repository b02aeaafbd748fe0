"""From one root to everything that it uses, numbered in the order in which it is met.

The numbers make the version: a thing is written with its content and, for each name that
it uses, the number of what that name stands for. Two programs have the same version only
if they are the same things, joined by the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from assets_core.model.versions import Component, Digest, digest
from assets_core.versioning.namespaces import Namespace
from assets_core.versioning.things import Edge, Node, Thing

__all__ = ["Tour"]


_Place = tuple[int, int]
"""The number of a thing, and the position of a changeable value in it."""


class Tour:
    """Collects what a root uses.

    Args:
        gaps: What cannot be told about nodes, remembered from tour to tour.
        candidates: The identities of changeable values that several things hold.
    """

    def __init__(
        self, gaps: dict[Node, tuple[str, ...]], candidates: Collection[int]
    ) -> None:
        self._gaps = gaps
        self._candidates = candidates
        self._numbers: dict[Node, int] = {}
        self._links: list[list[tuple[str, Node]]] = []
        self._things: list[Thing] = []
        self._opaque: dict[str, None] = {}

    def visit(self, edge: Edge) -> None:
        """Add what an edge leads to, and everything behind it."""
        links = self._followed(edge)
        waiting = [node for _, node in reversed(links)]
        while waiting:
            node = waiting.pop()
            if node in self._numbers:
                continue
            thing = node.thing
            self._numbers[node] = len(self._things)
            self._things.append(thing)
            self._opaque.update(dict.fromkeys(thing.opaque))
            links = [link for each in thing.edges for link in self._followed(each)]
            self._links.append(links)
            waiting += [target for _, target in reversed(links)]

    def _followed(self, edge: Edge) -> list[tuple[str, Node]]:
        """Return the target of an edge, with the statements that fill its gaps."""
        gaps = self._open_gaps(edge.target)
        links = [(edge.label, edge.target)]
        if gaps and edge.source is not None and not edge.source.thing.missing:
            links.append((f"{edge.label} made by", edge.source.real))
        elif gaps and not edge.owned:
            self._opaque.update(dict.fromkeys(gaps))
        return links

    def _open_gaps(self, node: Node) -> tuple[str, ...]:
        """Return what is not known about a node and what belongs to it."""
        if node not in self._gaps:
            found = _gaps(node, lambda _: True)
            if found:  # only then is it worth asking for the statements behind each part
                found = _gaps(node, lambda edge: not _is_made_by(edge))
            self._gaps[node] = tuple(found)
        return self._gaps[node]

    @property
    def namespaces(self) -> list[Namespace]:
        """The modules of everything that was met, each once."""
        found = {id(thing.namespace): thing.namespace for thing in self._things}
        return [each for each in found.values() if each is not None]

    @property
    def outside(self) -> frozenset[str]:
        """The modules of packages that are used."""
        return frozenset().union(*(thing.outside for thing in self._things))

    @property
    def opaque(self) -> tuple[str, ...]:
        """Why the version cannot be known."""
        return tuple(self._opaque)

    def digest(self) -> Digest:
        """Return one digest for everything and how it hangs together."""
        parts: list[str] = []
        for thing, links in zip(self._things, self._links, strict=True):
            parts += (thing.kind, thing.content, str(len(links)))
            for label, node in links:
                parts += (label, str(self._numbers[node]))
        for place, same in self._shared().items():
            parts += (*map(str, place), *map(str, same))
        return digest("things 1", *parts)

    def _shared(self) -> dict[_Place, _Place]:
        """Return which changeable values are one and the same, seen from several things."""
        found: dict[_Place, _Place] = {}
        for identity in self._candidates:
            places = [
                (number, position)
                for number, thing in enumerate(self._things)
                for position in thing.changeable.get(identity, ())
            ]
            found.update(dict.fromkeys(places[1:], places[0] if places else (0, 0)))
        return dict(sorted(found.items()))

    def components(self, root: str = "") -> tuple[Component, ...]:
        """Return everything that people should see, under names that differ.

        Args:
            root: What kind of thing the root is called, in place of its own.
        """
        found: list[Component] = []
        shared = self._shared()
        taken: dict[tuple[str, str], int] = {}
        for number, (thing, links) in enumerate(
            zip(self._things, self._links, strict=True)
        ):
            kind = (thing.kind if number else root) or thing.kind
            if not kind:
                continue
            times = taken[kind, thing.name] = taken.get((kind, thing.name), 0) + 1
            name = thing.name if times == 1 else f"{thing.name} ({times})"
            # Which helper a name stands for shows here; what is inside it, there.
            used = [
                f"{label} {node.thing.kind} {node.thing.short}" for label, node in links
            ]
            used += [
                f"{position} is in {self._things[other].short}"
                for (owner, position), (other, _) in shared.items()
                if owner == number
            ]
            found.append(Component(kind, name, digest(thing.content, *used), thing.text))
        return tuple(found)


def _is_made_by(edge: Edge) -> bool:
    return edge.source is not None and not edge.source.thing.missing


def _gaps(node: Node, follow: Callable[[Edge], bool]) -> dict[str, None]:
    found: dict[str, None] = {}
    seen = {node}
    waiting = [node]
    while waiting:
        thing = waiting.pop().thing
        found.update(dict.fromkeys(thing.gaps))
        for edge in thing.edges:
            if edge.owned and edge.target not in seen and follow(edge):
                seen.add(edge.target)
                waiting.append(edge.target)
    return found
