"""Annotations without their quotes: `"Frame"` and `Frame` say the same."""

from __future__ import annotations

import ast
import re

__all__ = ["unquoted"]

# Only what can be a type is parsed; anything else in quotes stays the text that it is.
_TYPE_LIKE = re.compile(r"""[A-Za-z_'"(][\w\s.,\[\]()|'"]*\Z""")
_TYPE_NODES = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.List,
    ast.Constant,
    ast.BinOp,
    ast.BitOr,
    ast.Load,
)


def unquoted(annotation: ast.expr) -> ast.expr:
    """Return an annotation with the types that it quotes in place of the quotes.

    What `Literal` holds, and all but the first part of `Annotated`, is data and stays.

    >>> ast.unparse(unquoted(ast.parse("dict[str, 'Frame']", mode="eval").body))
    'dict[str, Frame]'
    """
    if isinstance(annotation, ast.Name | ast.Attribute):
        return annotation
    if any(
        type(node) is ast.Constant and type(node.value) is str
        for node in ast.walk(annotation)
    ):
        return _without_quotes(annotation)
    return annotation


def _without_quotes(node: ast.expr) -> ast.expr:
    match node:
        case ast.Constant(value=str() as text):
            parsed = _as_type(text)
            return node if parsed is None else unquoted(parsed)
        case ast.Subscript():
            return ast.Subscript(node.value, _inside(node), ast.Load())
        case ast.Tuple():
            return ast.Tuple([_without_quotes(part) for part in node.elts], ast.Load())
        case ast.List():
            return ast.List([_without_quotes(part) for part in node.elts], ast.Load())
        case ast.BinOp(op=ast.BitOr()):
            return ast.BinOp(
                _without_quotes(node.left), node.op, _without_quotes(node.right)
            )
        case _:
            return node


def _inside(node: ast.Subscript) -> ast.expr:
    name = _last_name(node.value)
    if name == "Literal":
        return node.slice
    if name == "Annotated" and isinstance(node.slice, ast.Tuple) and node.slice.elts:
        first, *data = node.slice.elts
        return ast.Tuple([_without_quotes(first), *data], ast.Load())
    return _without_quotes(node.slice)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _as_type(text: str) -> ast.expr | None:
    if not _TYPE_LIKE.match(text.strip()):
        return None
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return (
        parsed if all(isinstance(node, _TYPE_NODES) for node in ast.walk(parsed)) else None
    )
