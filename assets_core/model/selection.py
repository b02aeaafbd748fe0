"""The words that choose assets: `+orders`, `raw/*`, `group:marts and not tag:slow`.

A hand-written parser that takes linear time. Only this grammar:

    selection := and ( "or" and )*
    and       := not ( "and" not )*
    not       := "not" not | walk
    walk      := [ [N] "+" ] atom [ "+" [N] ]
    atom      := "(" selection ")" | ATTRIBUTE ":" VALUE [ "=" VALUE ] | KEY

`+` alone means all the way, `2+` means two steps. Several selections are a union.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from assets_core.errors import SelectionError, nearest
from assets_core.model.assets import Node
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey

ATTRIBUTES = ("group", "tag", "owner", "kind", "status", "source")
STATUSES = ("fresh", "stale", "missing", "failed", "held")
MAX_LENGTH = 4096
MAX_DEPTH = 64

_TOKEN = re.compile(r"\s*(?:(?P<mark>[()+])|(?P<word>[^\s()+]+))")
_NO_STATUS: Mapping[AssetKey, str] = {}


def select(
    selections: Iterable[str],
    graph: Graph,
    statuses: Callable[[], Mapping[AssetKey, str]] | None = None,
) -> frozenset[AssetKey]:
    """Return the keys of the assets and sources that any of the selections names.

    Args:
        selections: No selection at all means every asset and source.
        statuses: Asked only if a selection has `status:`.

    Raises:
        SelectionError: It cannot be read, or names what does not exist.
    """
    texts = list(selections)
    if not texts:
        return frozenset(graph.nodes)
    found: frozenset[AssetKey] = frozenset()
    for text in texts:
        found |= _Reader(text, graph, statuses).read()
    return found


def mentions_status(selections: Iterable[str]) -> bool:
    """Return whether any of the selections asks for a status."""
    return any("status:" in text for text in selections)


@dataclass(slots=True)
class _Reader:
    """Reads one selection from left to right."""

    text: str
    graph: Graph
    statuses: Callable[[], Mapping[AssetKey, str]] | None
    tokens: tuple[tuple[str, int], ...] = ()
    place: int = 0
    depth: int = 0

    def read(self) -> frozenset[AssetKey]:
        if len(self.text) > MAX_LENGTH:
            raise SelectionError(
                f"The selection is longer than {MAX_LENGTH} characters",
                fix="select by group:, tag: or a pattern such as 'raw/*'",
            )
        self.tokens = tuple(_tokens(self.text))
        if not self.tokens:
            raise SelectionError(
                "The selection is empty", fix="leave it out to select everything"
            )
        found = self._or()
        if self.place < len(self.tokens):
            self._stop(f"'{self.tokens[self.place][0]}' is not expected here")
        return found

    def _peek(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    def _or(self) -> frozenset[AssetKey]:
        found = self._and()
        while self._peek().lower() == "or":
            self.place += 1
            found |= self._and()
        return found

    def _and(self) -> frozenset[AssetKey]:
        found = self._not()
        while self._peek().lower() == "and":
            self.place += 1
            found &= self._not()
        return found

    def _not(self) -> frozenset[AssetKey]:
        turned = 0
        while self._peek().lower() == "not":
            self.place += 1
            turned += 1
        found = self._walk()
        return frozenset(self.graph.nodes) - found if turned % 2 else found

    def _walk(self) -> frozenset[AssetKey]:
        up: int | None = 0
        following = (
            self.tokens[self.place + 1][0] if self.place + 1 < len(self.tokens) else ""
        )
        if self._peek().isdecimal() and following == "+":
            up = int(self._peek())
            self.place += 2
        elif self._peek() == "+":
            up = None
            self.place += 1
        found = self._atom()
        down: int | None = 0
        if self._peek() == "+":
            self.place += 1
            down = None
            if self._peek().isdecimal():
                down = int(self._peek())
                self.place += 1
        return (
            found
            | (self.graph.ancestors(found, up) if up != 0 else frozenset())
            | (self.graph.descendants(found, down) if down != 0 else frozenset())
        )

    def _atom(self) -> frozenset[AssetKey]:
        word = self._peek()
        if word == "(":
            return self._group()
        if not word or word in ")+" or word.lower() in {"and", "or", "not"}:
            self._stop(
                f"a name is missing before '{word}'"
                if word
                else "a name is missing at the end"
            )
        self.place += 1
        attribute, colon, value = word.partition(":")
        if colon:
            return self._attribute(attribute.lower(), value)
        return self._keys(word, self.graph.nodes, "asset")

    def _group(self) -> frozenset[AssetKey]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._stop(f"parentheses are more than {MAX_DEPTH} deep")
        self.place += 1
        found = self._or()
        if self._peek() != ")":
            self._stop("a ')' is missing")
        self.place += 1
        self.depth -= 1
        return found

    def _attribute(self, attribute: str, value: str) -> frozenset[AssetKey]:
        if attribute not in ATTRIBUTES:
            near = nearest(attribute, ATTRIBUTES)
            raise SelectionError(
                f"Selections have no '{attribute}:'",
                fix=f"use {' '.join(f'{name}:' for name in (near or ATTRIBUTES))}",
            )
        if not value:
            self._stop(f"a value is missing after '{attribute}:'")
        if attribute == "status":
            return self._with_status(value)
        if attribute == "source":
            sources = {node.key: node for node in self.graph.sources}
            return self._keys(value, sources, "source")
        values = {key: _values(node, attribute) for key, node in self.graph.nodes.items()}
        found = frozenset(
            key for key, many in values.items() if any(_matches(one, value) for one in many)
        )
        if not found and not _is_pattern(value):
            known = {one for many in values.values() for one in many}
            raise SelectionError(
                f"Nothing has {attribute} '{value}'", fix=_suggest(value, known, attribute)
            )
        return found

    def _with_status(self, value: str) -> frozenset[AssetKey]:
        if value not in STATUSES:
            raise SelectionError(
                f"There is no status '{value}'", fix=f"use one of {', '.join(STATUSES)}"
            )
        statuses = self.statuses() if self.statuses else _NO_STATUS
        return frozenset(key for key, status in statuses.items() if status == value)

    def _keys(
        self, word: str, nodes: Mapping[AssetKey, Node], kind: str
    ) -> frozenset[AssetKey]:
        if _is_pattern(word):
            return frozenset(map(AssetKey, fnmatch.filter(nodes, word)))
        if word in nodes:
            return frozenset({AssetKey(word)})
        raise SelectionError(f"There is no {kind} '{word}'", fix=_suggest(word, nodes, ""))

    def _stop(self, problem: str) -> None:
        index = (
            self.tokens[self.place][1] if self.place < len(self.tokens) else len(self.text)
        )
        raise SelectionError(
            f"Selection '{self.text}' cannot be read: {problem} (character {index + 1})",
            fix="write for example: +orders  'raw/*'  'group:marts and not tag:slow'",
        )


def _tokens(text: str) -> Iterable[tuple[str, int]]:
    place = 0
    while match := _TOKEN.match(text, place):
        yield match[match.lastgroup or 0], match.start(match.lastgroup or 0)
        place = match.end()


def _values(node: Node, attribute: str) -> tuple[str, ...]:
    if attribute == "group":
        return (node.group,) if node.group else ()
    if attribute == "tag":
        # A tag `team=ops` is found by `tag:team=ops` and by `tag:team`.
        return tuple(one for tag in node.tags for one in {tag, tag.partition("=")[0]})
    if attribute == "owner":
        return node.owners
    return (node.kind,)


def _is_pattern(word: str) -> bool:
    return any(mark in word for mark in "*?[")


def _matches(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern) if _is_pattern(pattern) else text == pattern


def _suggest(word: str, known: Iterable[str], attribute: str) -> str:
    prefix = f"{attribute}:" if attribute else ""
    near = nearest(word, known)
    if near:
        return "did you mean " + " or ".join(f"'{prefix}{one}'" for one in near) + "?"
    return "run 'assets list' to see what there is"
