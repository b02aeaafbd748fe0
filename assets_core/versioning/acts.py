"""What statements do while their module loads, beside giving values to names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from assets_core.versioning.readings import Act

__all__ = ["acts_of", "does_more_than_bind"]


def does_more_than_bind(statement: ast.stmt) -> bool:
    """Return whether a statement does more than give values to names."""
    if isinstance(statement, ast.Assign):
        return any(not isinstance(target, ast.Name) for target in statement.targets)
    return True


def acts_of(statement: ast.stmt) -> Iterator[Act]:
    """Yield what a statement calls, or changes in place, while the module is loaded."""
    for node in _acts(statement):
        call = node if isinstance(node, ast.Call) else None
        calls = call is not None and isinstance(call.func, ast.Name | ast.Attribute)
        yield Act(_root(node), calls, bool(call and (call.args or call.keywords)))


def _acts(statement: ast.stmt) -> Iterator[ast.expr]:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Expr(value=ast.Call() as call):
                yield call
            case ast.Assign(targets=targets):
                yield from (each for each in targets if _is_part(each))
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                yield from [target] if _is_part(target) else []
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from (each for each in node.decorator_list if _registers(each))
            case ast.stmt() | ast.excepthandler() | ast.match_case():
                waiting += ast.iter_child_nodes(node)
            case _:
                pass


def _is_part(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute | ast.Subscript)


def _registers(decorator: ast.expr) -> bool:
    """Return whether a decorator makes something known to a package."""
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name.startswith("register")


def _root(node: ast.expr) -> str:
    """Return the name that an expression starts with, or that `setattr` changes."""
    while True:
        match node:
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[first, *_]):
                node = first
            case ast.Call(func=inner):
                node = inner
            case ast.Attribute(value=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return ""
