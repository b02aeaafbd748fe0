"""The shapes of expressions that the walk over names knows."""

from __future__ import annotations

import ast
from typing import TypeGuard

from assets_core.versioning.scopes import Step

__all__ = [
    "chain_of",
    "global_by_text",
    "is_guard",
    "is_name",
    "is_whole",
    "logger_arguments",
]

_LARGE = 1 << 64  # Python limits how large numbers can be written

_LOGGER_MAKERS = frozenset({"getLogger", "get_logger", "getChild"})


def chain_of(node: ast.AST) -> tuple[str, tuple[Step, ...]] | None:
    """Return the name and the steps of `name.attribute["key"]`, or None for anything else.

    >>> chain_of(ast.parse("config.limits['max']", mode="eval").body)
    ('config', (('.', 'limits'), ('[', 'max')))
    """
    steps: list[Step] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append((".", node.attr))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            key = node.slice.value
            if not _is_key(key):
                return None
            steps.append(("[", key))
        else:
            return None
        node = node.value
    return node.id, tuple(reversed(steps))


def _is_key(value: object) -> TypeGuard[str | int]:
    if type(value) is int:
        return abs(value) < _LARGE
    return type(value) is str and is_whole(value)


def is_whole(text: str) -> bool:
    """Return whether a text has no half characters, so that it can be written down."""
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def global_by_text(node: ast.AST) -> str:
    """Return the name in `globals()["name"]`, else nothing."""
    match node:
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="globals"), args=[], keywords=[]),
            slice=ast.Constant(value=str() as name),
            ctx=ast.Load(),
        ):
            return name
        case _:
            return ""


def logger_arguments(node: ast.Call, made_by: str | int) -> list[ast.AST]:
    """Return the arguments of a call, without `__name__` where it only names a logger.

    The name of a logger is that of its module, which may move.
    """
    arguments: list[ast.AST] = [*node.args, *node.keywords]
    if made_by in _LOGGER_MAKERS:
        return [each for each in arguments if not is_name(each, "__name__")]
    return arguments


def is_name(node: ast.AST, name: str) -> bool:
    """Return whether an expression is just that name."""
    return isinstance(node, ast.Name) and node.id == name


def is_guard(node: ast.AST, name: str) -> bool:
    """Return whether a statement is `if name:` or `if name == …:`."""
    if not isinstance(node, ast.If):
        return False
    test = node.test.left if isinstance(node.test, ast.Compare) else node.test
    return is_name(test, name) or (isinstance(test, ast.Attribute) and test.attr == name)
