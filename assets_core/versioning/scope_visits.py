"""What opens a scope of its own: functions, classes, comprehensions, type parameters."""

from __future__ import annotations

import ast
from typing import Any

from assets_core.versioning.annotations import unquoted
from assets_core.versioning.name_walk import NameWalk, Visit, Waiting
from assets_core.versioning.scopes import Scope

__all__ = ["SCOPE_VISITS"]


def _function(walk: NameWalk, node: Any, scope: Scope, _: object) -> None:
    walk.bind(node.name, scope)
    types, found = _typed(node, scope)
    inner = Scope("function", types, f"{scope.path}{node.name}.<locals>.")
    line = min((each.lineno for each in node.decorator_list), default=node.lineno)
    walk.names.functions.setdefault((node.name, line), []).append(node)
    found += _decorators(walk, node, scope)
    found += _arguments(walk, node.args, types, inner)
    if node.returns is not None:
        found.append((unquoted(node.returns), types, True))
    found += [(each, inner, False) for each in node.body]
    walk.inside(node, inner, found)


def _lambda(walk: NameWalk, node: ast.Lambda, scope: Scope, _: object) -> None:
    inner = Scope("function", scope, f"{scope.path}<lambda>.<locals>.")
    walk.names.functions.setdefault(("<lambda>", node.lineno), []).append(node)
    found = _arguments(walk, node.args, scope, inner)
    walk.inside(node, inner, [*found, (node.body, inner, False)])


def _class(walk: NameWalk, node: ast.ClassDef, scope: Scope, _: object) -> None:
    walk.bind(node.name, scope)
    types, found = _typed(node, scope)
    inner = Scope("class", types, f"{scope.path}{node.name}.")
    inner.private = node.name.lstrip("_")
    walk.names.classes.setdefault(scope.path + node.name, []).append(node)
    found += _decorators(walk, node, scope)
    found += [(each, types, False) for each in [*node.bases, *node.keywords]]
    found += [(each, inner, False) for each in node.body]
    walk.inside(node, inner, found)


def _typed(node: Any, scope: Scope) -> tuple[Scope, list[Waiting]]:
    """Return the scope of a definition's type parameters, or the one it stands in."""
    parameters = getattr(node, "type_params", None)
    if not parameters:
        return scope, []
    types = Scope("types", scope, scope.path)
    types.bound.update(types.mangled(each.name) for each in parameters)
    return types, [(each, types, False) for each in parameters]


def _decorators(walk: NameWalk, node: Any, scope: Scope) -> list[Waiting]:
    found: list[Waiting] = []
    for each in node.decorator_list:
        found += walk.spanned(each, scope)
        if isinstance(each, ast.Call):
            walk.marked.update(keyword for keyword in each.keywords if keyword.arg)
    return found


def _arguments(
    walk: NameWalk, given: ast.arguments, scope: Scope, inner: Scope
) -> list[Waiting]:
    found: list[Waiting] = []
    every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    for each in every:
        if each is not None:
            inner.bound.add(inner.mangled(each.arg))
            if each.annotation is not None:
                found.append((unquoted(each.annotation), scope, True))
    for default in [*given.defaults, *given.kw_defaults]:
        if default is not None:
            found += walk.spanned(default, scope)
    return found


def _comprehension(walk: NameWalk, node: Any, scope: Scope, _: object) -> None:
    inner = Scope("comprehension", scope, scope.path)
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    found: list[Waiting] = [(each, inner, False) for each in results]
    outer = scope
    for each in node.generators:
        found += [(each.target, inner, False), (each.iter, outer, False)]
        found += [(test, inner, False) for test in each.ifs]
        outer = inner  # only the first iterable is worked out outside
    walk.then(found)


def _type_alias(walk: NameWalk, node: Any, scope: Scope, _: object) -> None:
    walk.bind(node.name.id, scope)
    types, found = _typed(node, scope)
    walk.then([*found, (node.value, types, False)])


SCOPE_VISITS: dict[type, Visit] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.Lambda: _lambda,
    ast.ClassDef: _class,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
}
if hasattr(ast, "TypeAlias"):  # Python 3.12
    SCOPE_VISITS[ast.TypeAlias] = _type_alias
