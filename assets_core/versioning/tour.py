"""From one root to everything that it uses, numbered in the order in which it is met.

The numbers make the version: a thing is written with its content and, for each name that
it uses, the number of what that name stands for. Two programs have the same version only
if they are the same things, joined by the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from assets_core.model.versions import Component, Digest, digest
from assets_core.versioning.namespaces import Namespace
from assets_core.versioning.things import Edge, Node

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
        self._met: dict[Node, list[tuple[str, Node]]] = {}  # with what each one uses
        self._numbers: dict[Node, int] = {}
        self._opaque: dict[str, None] = {}

    def visit(self, edge: Edge) -> None:
        """Add what an edge leads to, and everything behind it."""
        waiting = [node for _, node in reversed(self._followed(edge))]
        while waiting:
            node = waiting.pop()
            if node in self._met:
                continue
            thing = node.thing
            if not thing.plain or not self._met:  # the root counts, whatever it is
                self._numbers[node] = len(self._numbers)
            self._opaque.update(dict.fromkeys(thing.opaque))
            links = [link for each in thing.edges for link in self._followed(each)]
            self._met[node] = links
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
        found = dict.fromkeys(node.thing.namespace for node in self._met)
        return [each for each in found if each is not None]

    @property
    def outside(self) -> frozenset[str]:
        """The modules of packages that are used."""
        return frozenset().union(*(node.thing.outside for node in self._met))

    @property
    def opaque(self) -> tuple[str, ...]:
        """Why the version cannot be known."""
        return tuple(self._opaque)

    def digest(self) -> Digest:
        """Return one digest for everything and how it hangs together."""
        parts: list[str] = []
        for node in self._numbers:
            thing, links = node.thing, self._met[node]
            parts += (thing.kind, thing.content, str(len(links)))
            for label, target in links:
                # A constant with two names is not told from two constants of one value.
                number = self._numbers.get(target)
                used = f"={target.thing.content}" if number is None else str(number)
                parts += (label, used)
        for place, same in self._shared().items():
            parts += (*map(str, place), *map(str, same))
        return digest("things 1", *parts)

    def _shared(self) -> dict[_Place, _Place]:
        """Return which changeable values are one and the same, seen from several things."""
        found: dict[_Place, _Place] = {}
        for identity in self._candidates:
            places = [
                (number, position)
                for node, number in self._numbers.items()
                for position in node.thing.changeable.get(identity, ())
            ]
            found.update(dict.fromkeys(places[1:], places[0] if places else (0, 0)))
        return dict(sorted(found.items()))

    def components(self, root: str = "") -> tuple[Component, ...]:
        """Return everything that people should see, under names that differ.

        Args:
            root: What kind of thing the root is called, in place of its own.
        """
        found: list[Component] = []
        taken: dict[tuple[str, str], int] = {}
        same = self._same_as()
        for node, links in self._met.items():
            thing = node.thing
            kind, root = root or thing.kind, ""
            if not kind:
                continue
            times = taken[kind, thing.name] = taken.get((kind, thing.name), 0) + 1
            name = thing.name if times == 1 else f"{thing.name} ({times})"
            # Which helper a name stands for shows here; what is inside it, there.
            used = [f"{label} {to.thing.kind} {to.thing.short}" for label, to in links]
            used += same.get(node, ())
            found.append(Component(kind, name, digest(thing.content, *used), thing.text))
        return tuple(found)

    def _same_as(self) -> dict[Node, list[str]]:
        nodes = list(self._numbers)
        found: dict[Node, list[str]] = {}
        for (number, position), (other, _) in self._shared().items():
            told = f"{position} is in {nodes[other].thing.short}"
            found.setdefault(nodes[number], []).append(told)
        return found


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
