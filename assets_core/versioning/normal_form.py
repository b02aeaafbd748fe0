"""One text for every way of writing the same code.

Comments, layout, docstrings, annotations of local names, `pass`, the quotes of annotations
and the way a text is split into pieces leave no trace. Everything else does: two pieces of
code that could behave differently never have the same normal form. The text is the same
on every Python from 3.11 on, which `ast.dump` does not promise.

Where imported names come from is not part of it: whoever asks resolves the names.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from assets_core.versioning.annotations import unquoted

__all__ = ["NORMAL_FORM", "normal_form", "says_nothing"]

NORMAL_FORM = "2"
"""Changes whenever the same code would be written differently from before."""

_NOT_WRITTEN = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_BESIDE = frozenset({"decorator_list"})
_BESIDE_A_CLASS = _BESIDE | {"body"}
_BLOCKS = frozenset({"body", "orelse", "finalbody"})
_ANNOTATIONS = frozenset({"annotation", "returns"})
_LOCAL = {ast.FunctionDef: True, ast.AsyncFunctionDef: True, ast.ClassDef: False}
_DECIMAL = 1 << 64  # larger numbers are written in base 16: Python limits the decimal ones

_Part = str | tuple[ast.AST, bool]
"""Finished text, or a node still to be written and whether its statements are local."""


def normal_form(node: ast.AST, *, bare: bool = False) -> str:
    """Return the normal form of a node.

    Args:
        node: A module, a statement or an expression.
        bare: Leave out the decorators of `node`, what its parameters default to and, of a
            class, all that is inside.

    >>> one, other = "def f(x): return (x + 1)  # more", "def f(x): return x+1"
    >>> normal_form(ast.parse(one)) == normal_form(ast.parse(other))
    True
    """
    return _Writer(node if bare else None).write(node)


class _Writer:
    """Writes with a stack of its own, so that deep expressions cannot exhaust Python's."""

    def __init__(self, bare: ast.AST | None) -> None:
        self.bare = bare
        self.no_defaults = getattr(bare, "args", None)
        self.left_out = _BESIDE_A_CLASS if isinstance(bare, ast.ClassDef) else _BESIDE

    def write(self, node: ast.AST) -> str:
        done: list[str] = []
        waiting: list[_Part] = [(node, False)]
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                done.append(part)
            else:
                inner, local = part
                write = _WRITERS.get(type(inner), _Writer.any_node)
                waiting.extend(reversed(write(self, inner, local)))
        return "".join(done)

    def any_node(self, node: ast.AST, local: object) -> list[_Part]:
        kind = type(node)
        inside = _LOCAL.get(kind, bool(local))
        parts: list[_Part] = ["(" + kind.__name__]
        for name in _written_fields(kind):
            value = getattr(node, name, None)
            if node is self.bare and name in self.left_out:
                continue
            if value.__class__ is list:
                self.add_list(parts, name, value, inside=inside)
            elif isinstance(value, ast.AST):
                if name in _ANNOTATIONS:
                    value = unquoted(value)  # type: ignore[arg-type]
                parts += (f" {name}=", (value, inside))
            elif value is not None:
                parts.append(f" {name}={_atom(value)}")
        parts.append(")")
        return parts

    def add_list(
        self, parts: list[_Part], name: str, values: list[Any], *, inside: bool
    ) -> None:
        if name in _BLOCKS:
            values = [each for each in values if not says_nothing(each, local=inside)]
        if not values:
            return
        parts.append(f" {name}=[")
        for value in values:
            if isinstance(value, ast.AST):
                parts.append((value, inside))
            else:
                parts.append("_ " if value is None else _atom(value))
        parts.append("]")

    def name(self, node: ast.Name, _: object) -> list[_Part]:
        return [f"({node.id})"]

    def constant(self, node: ast.Constant, _: object) -> list[_Part]:
        return [_atom(node.value)]

    def arguments(self, node: ast.arguments, local: object) -> list[_Part]:
        if node is not self.no_defaults:
            return self.any_node(node, local)
        given = ["_" if default is None else "=" for default in node.kw_defaults]
        bare = ast.arguments(
            node.posonlyargs, node.args, node.vararg, node.kwonlyargs, [], node.kwarg, []
        )
        return [f"({len(node.defaults)}{''.join(given)}", *self.any_node(bare, local), ")"]

    def annotated(self, node: ast.AnnAssign, local: object) -> list[_Part]:
        if local and node.value is not None:
            return self.any_node(ast.Assign([node.target], node.value), local)
        return self.any_node(node, local)

    def formatted(self, node: ast.JoinedStr, _: object) -> list[_Part]:
        parts: list[_Part] = []
        text = ""
        for value in node.values:
            if isinstance(value, ast.Constant):
                text += str(value.value)
                continue
            parts += ([_atom(text)] if text else []) + [(value, False)]
            text = ""
        if not parts:
            return [_atom(text)]
        return ["(JoinedStr", *parts, *([_atom(text)] if text else []), ")"]

    def formatted_value(self, node: ast.FormattedValue, local: object) -> list[_Part]:
        spec = node.format_spec
        if isinstance(spec, ast.JoinedStr) and all(_is_empty(part) for part in spec.values):
            node = ast.FormattedValue(node.value, node.conversion)
        return self.any_node(node, local)

    def imported(self, node: ast.Import | ast.ImportFrom, _: object) -> list[_Part]:
        dotted = isinstance(node, ast.Import)
        names = [
            alias.asname or (alias.name.partition(".")[0] if dotted else alias.name)
            for alias in node.names
        ]
        return [f"(Import {' '.join(names)})"]


_WRITERS: dict[type, Callable[[_Writer, Any, object], list[_Part]]] = {
    ast.Name: _Writer.name,
    ast.Constant: _Writer.constant,
    ast.arguments: _Writer.arguments,
    ast.AnnAssign: _Writer.annotated,
    ast.JoinedStr: _Writer.formatted,
    ast.FormattedValue: _Writer.formatted_value,
    ast.Import: _Writer.imported,
    ast.ImportFrom: _Writer.imported,
}


_FIELDS: dict[type, tuple[str, ...]] = {}


def _written_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    known = _FIELDS.get(kind)
    if known is None:
        # Sorted: a later Python may list a node's fields in another order.
        known = _FIELDS[kind] = tuple(sorted(set(kind._fields) - _NOT_WRITTEN))
    return known


def says_nothing(statement: ast.stmt, *, local: bool) -> bool:
    """Return whether a statement has no effect: `pass`, a text, `x: int` of a local."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.AnnAssign(value=None):
            return local
        case _:
            return False


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == ""


def _atom(value: object) -> str:
    """Write a constant so that no other constant, of any type, is written alike."""
    match value:
        case bool() | None:
            return f"{value} "
        case str():
            return f"s{len(value)}:{value}"
        case int():
            return f"i{value if abs(value) < _DECIMAL else hex(value)} "
        case bytes():
            return f"b{value.hex()} "
        case _:
            return f"{type(value).__name__} {value!r} "
