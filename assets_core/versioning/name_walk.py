"""The pass over a syntax tree: a stack of what is still to be visited.

What each kind of node means stands in `name_visits`; a table there says which of its
functions visits which node. Nodes without an entry have their children visited.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from assets_core.versioning.dynamic import IMPORT
from assets_core.versioning.scopes import Imported, Names, Scope, Use

__all__ = ["Begin", "End", "NameWalk", "Visit", "Waiting"]

Waiting = tuple[Any, Scope, bool]
"""A node, the scope that it stands in, and whether that is inside an annotation."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_NO_NAMES = frozenset({"ctx", "op", "ops", "type_ignores"})


class Begin:
    """Where the uses inside a node begin."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node


class End(Begin):
    """Where they end."""


class NameWalk:
    """Fills `Names`, statement by statement.

    Args:
        visits: What visits which kind of node.
    """

    def __init__(self, visits: Mapping[type, Visit]) -> None:
        self.names = Names()
        self.marked: set[ast.AST] = set()
        self._visits = visits
        self._waiting: list[Waiting] = []
        self._bound: set[str] = set()  # by the statement that is visited

    def top_level(self, node: ast.stmt) -> None:
        """Visit a statement of the module and all that is in it."""
        self._bound = self.names.binds[node] = set()
        self.then(self.spanned(node, self.names.module))
        while self._waiting:
            each, scope, annotation = self._waiting.pop()
            visit = self._visits.get(type(each))
            if visit is None:
                self.children(each, scope, annotation)
            else:
                visit(self, each, scope, annotation)

    def then(self, items: list[Waiting]) -> None:
        """Visit these next, in this order."""
        items.reverse()
        self._waiting += items

    def children(self, node: ast.AST, scope: Scope, annotation: object) -> None:
        """Visit the children of a node."""
        found: list[Waiting] = []
        for name in node._fields:
            if name in _NO_NAMES:
                continue
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append((value, scope, bool(annotation)))
            elif isinstance(value, list):
                found += [
                    (each, scope, bool(annotation))
                    for each in value
                    if isinstance(each, ast.AST)
                ]
        self.then(found)

    def spanned(self, node: ast.AST, scope: Scope) -> list[Waiting]:
        """Return what visits a node and notes where its uses begin and end."""
        if isinstance(node, _DEFINITIONS):  # these note it in any case
            return [(node, scope, False)]
        return [
            (Begin(node), scope, False),
            (node, scope, False),
            (End(node), scope, False),
        ]

    def inside(self, node: ast.AST, inner: Scope, found: list[Waiting]) -> None:
        """Visit what is inside a definition."""
        self.names.inner[node] = inner
        self.then([(Begin(node), inner, False), *found, (End(node), inner, False)])

    def use(self, name: str, scope: Scope, annotation: object, **more: Any) -> None:
        """Note the use of a name."""
        self.names.uses.append(
            Use(scope.mangled(name), scope, annotation=bool(annotation), **more)
        )

    def bind(self, name: str, scope: Scope) -> None:
        """Note that a scope gives a name a value."""
        name = scope.mangled(name)
        if name in scope.globals or name in scope.nonlocals:
            self.names.uses.append(Use(name, scope, guess=True))
            return
        scope.bound.add(name)
        if scope is self.names.module:
            self._bound.add(name)

    def imports(self, name: str, given: Imported, scope: Scope) -> None:
        """Note that an import gives a name."""
        scope.imports.setdefault(scope.mangled(name), []).append(given)
        self.bind(name, scope)
        if not scope.runs_at_load:
            self.use(name, scope, annotation=False, door=IMPORT, guess=True)

    def loads(self, given: Imported, scope: Scope) -> None:
        """Note that a module is loaded, if it is loaded together with this one."""
        if scope.runs_at_load:
            self.names.imported.append(given)


Visit = Callable[[NameWalk, Any, Scope, bool], None]
