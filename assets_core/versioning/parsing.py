"""From a text to its reading: the only place where text is parsed."""

from __future__ import annotations

import ast
import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from assets_core.model.versions import digest
from assets_core.versioning.acts import acts_of, does_more_than_bind
from assets_core.versioning.chains import is_guard
from assets_core.versioning.code_prints import (
    FUNCTIONS,
    Functions,
    Nodes,
    function_nodes,
    pieces_by_print,
)
from assets_core.versioning.name_visits import names_of
from assets_core.versioning.normal_form import normal_form, says_nothing
from assets_core.versioning.readings import Piece, Reading, Statement
from assets_core.versioning.scopes import Names, Scope

__all__ = ["read_text"]


def read_text(text: str, _file: str = "", flags: int = 0) -> Reading:
    """Read a text.

    Args:
        text: The text.
        flags: What `from __future__ import …` set before the text, as in a notebook.

    >>> reading = read_text("def f(x): return scale * x")
    >>> [use.name for use in reading.uses]
    ['scale', 'x']
    """
    try:
        return _read(text, flags)
    except (SyntaxError, ValueError):
        return Reading()
    except (RecursionError, MemoryError):
        return Reading(whole=False)


def _read(text: str, flags: int) -> Reading:
    tree = _parsed(text)
    with _no_collection():
        names = names_of(tree)
        pieces = _Pieces(names)
        functions = {node: pieces.of(node) for node in function_nodes(tree)}
        by_place = {
            key: [functions[node] for node in nodes]
            for key, nodes in names.functions.items()
        }
        return Reading(
            readable=True,
            scopes=_scopes(names),
            uses=names.uses,
            targets=names.targets,
            texts=names.texts,
            functions=by_place,
            classes={
                name: [pieces.of(node) for node in nodes]
                for name, nodes in names.classes.items()
            },
            statements=[
                _statement(node, names, pieces)
                for node in tree.body
                if not says_nothing(node, local=False)
            ],
            prints=_prints(text, flags, by_place, functions),
            stars=names.stars,
            imported=names.imported,
        )


def _parsed(text: str) -> ast.Module:
    with _no_collection(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they were shown when the text was loaded
        return ast.parse(text)


def _prints(text: str, flags: int, by_place: Functions, nodes: Nodes) -> dict[str, Piece]:
    try:
        return pieces_by_print(text, flags, by_place, nodes)
    except (SyntaxError, ValueError):
        return {}  # `await` at the top level of a cell, say


def _scopes(names: Names) -> list[Scope]:
    """Return all scopes that matter, each after the one around it."""
    found: dict[Scope, None] = {names.module: None}
    scopes = [use.scope for use in names.uses] + names.targets + [*names.inner.values()]
    for scope in scopes:
        around: list[Scope] = []
        each: Scope | None = scope
        while each is not None and each not in found:
            around.append(each)
            each = each.parent
        found.update(dict.fromkeys(reversed(around)))
    return list(found)


def _statement(node: ast.stmt, names: Names, pieces: _Pieces) -> Statement:
    return Statement(
        pieces.of(node),
        frozenset(names.binds[node]),
        guarded=is_guard(node, "__name__"),
        imports=isinstance(node, ast.Import | ast.ImportFrom),
        changes=does_more_than_bind(node),
        acts=tuple(acts_of(node)),
    )


class _Pieces:
    """Makes a piece of each node that is asked for, once."""

    def __init__(self, names: Names) -> None:
        self.known: dict[ast.AST, Piece] = {}
        self._names = names

    def of(self, node: ast.AST) -> Piece:
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = self._make(node)
        return found

    def _make(self, node: ast.AST) -> Piece:
        span = self._names.spans.get(node, (0, 0))
        inner = self._names.inner.get(node)
        lines = (getattr(node, "lineno", 0), getattr(node, "end_lineno", 0))
        if isinstance(node, FUNCTIONS):
            return Piece(
                getattr(node, "name", "<lambda>"),
                digest("form", normal_form(node, bare=True)),
                span,
                lines,
                inner,
                decorators=self._decorators(node),
                defaults=tuple(map(self.of, _defaults(node.args))),
            )
        if isinstance(node, ast.ClassDef):
            said = [each for each in node.body if not says_nothing(each, local=False)]
            return Piece(
                node.name,
                digest("form", normal_form(node, bare=True)),
                span,
                lines,
                inner,
                decorators=self._decorators(node),
                body=tuple(map(self.of, said)),
            )
        return Piece("", digest("form", normal_form(node)), span, lines)

    def _decorators(self, node: ast.AST) -> tuple[Piece, ...]:
        return tuple(map(self._decorator, getattr(node, "decorator_list", ())))

    def _decorator(self, node: ast.expr) -> Piece:
        piece = self.of(node)
        if isinstance(node, ast.Call):
            named = [each for each in node.keywords if each.arg]
            piece.options = tuple((str(each.arg), self._option(each)) for each in named)
        return piece

    def _option(self, node: ast.keyword) -> Piece:
        span = self._names.spans.get(node, (0, 0))
        return Piece("", digest("form", normal_form(node.value)), span)


def _defaults(given: ast.arguments) -> list[ast.expr]:
    return [*given.defaults, *(each for each in given.kw_defaults if each is not None)]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from searching a growing syntax tree for garbage: half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
