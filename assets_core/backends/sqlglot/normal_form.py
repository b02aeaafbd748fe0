"""The normal form of a query: what it says, without how it is written down."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from assets_core.model.versions import Digest, digest

_SAYS_NOTHING = {"quoted", "big_int"}
"""How a name was written; what follows from the dialect."""


def components(tree: exp.Expr) -> tuple[tuple[str, Digest], ...]:
    """Return the digest of a query without its `with`, and of each of these by name."""
    head = tree.args.get("with_")
    ctes = head.expressions if head else []
    own = tree.copy()
    own.set("with_", None)
    recursive = "recursive" if head and head.args.get("recursive") else ""
    return (
        ("", digest("sql 1", recursive, _form(own))),
        *((one.alias, digest("with 1", _form(one))) for one in ctes),
    )


def _form(value: Any) -> str:
    """Return one text for a part of a tree: the same for the same meaning.

    Spaces, comments, quotes around names and the letter case of keywords and functions
    are not in a tree, or are left out; the letter case of names stays, because columns
    are called by it.
    """
    if isinstance(value, exp.Expr):
        name = type(value).__name__
        args = sorted(
            (key, _form(_plain(value, key, one)))
            for key, one in value.args.items()
            if key not in _SAYS_NOTHING and one is not None and one is not False
        )
        return f"({name}{''.join(f' {key}={one}' for key, one in args if one != '[]')})"
    if isinstance(value, list):
        return f"[{' '.join(map(_form, value))}]"
    return f"{type(value).__name__}:{value!r}"


def _plain(node: exp.Expr, key: str, value: Any) -> Any:
    """Return a function's or a word's name in capital letters."""
    is_word = isinstance(node, exp.Anonymous | exp.Var) and key == "this"
    return value.upper() if is_word and isinstance(value, str) else value
