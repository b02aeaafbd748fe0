"""Fingerprints of code objects: which piece of a text a loaded function came from.

A text counts as the source of a function only if compiling it gives the same code, line by
line. The fingerprints of what compiling gave are kept with the reading of the text, so that
an unchanged text need not be compiled to be recognised.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import warnings
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from types import CodeType
from typing import Any, cast

from assets_core.model.versions import digest
from assets_core.versioning.readings import Piece

__all__ = [
    "FUNCTIONS",
    "Functions",
    "Nodes",
    "all_codes",
    "compiled",
    "function_nodes",
    "future_flags",
    "pieces_by_print",
    "prints_of",
]

_FUTURES: int = sum(
    flag
    for name in __future__.all_feature_names
    if (flag := getattr(__future__, name).compiler_flag) > inspect.CO_NESTED
)
"""The bits of `co_flags` that `from __future__ import …` sets."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

Functions = Mapping[tuple[str, int], list[Piece]]
"""By name and first line."""

Nodes = Mapping[ast.AST, Piece]
"""The pieces of all functions of a syntax tree, in the order of a walk over it."""


def future_flags(code: CodeType) -> int:
    """Return what `from __future__ import …` set in a code object."""
    return code.co_flags & _FUTURES


def compiled(source: str | ast.Module, flags: int) -> CodeType:
    """Compile a text as a module.

    Args:
        flags: What `from __future__ import …` set before the text, as in a notebook.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they were shown when the code was loaded
        code = compile(source, "<text>", "exec", flags, dont_inherit=True)
    return cast(CodeType, code)


def all_codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all that are inside."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from all_codes(constant)


def prints_of(code: CodeType) -> tuple[str, str]:
    """Return two fingerprints of a code object: with the positions in the text, without.

    Positions tell two like lambdas on a line apart. They may be missing, or be those of
    another release of the same Python, where bytecode was cached.
    """
    loose = _print(code)
    return digest(
        "positions", loose, *(each.co_linetable for each in all_codes(code))
    ), loose


def _print(code: CodeType) -> str:
    counts = (
        *(code.co_firstlineno, code.co_flags, code.co_argcount),
        *(code.co_posonlyargcount, code.co_kwonlyargcount),
    )
    names = (code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars)
    return digest(
        *(code.co_name, code.co_qualname, str(counts)),
        *(code.co_code, code.co_exceptiontable),
        *(" ".join(each) for each in names),
        *map(_constant, code.co_consts),
    )


def _constant(value: object) -> str:
    if isinstance(value, CodeType):
        return _print(value)
    if isinstance(value, tuple):
        return digest("tuple", *map(_constant, value))
    if type(value) is int:
        return digest("int", hex(value))  # Python limits how large decimal ones can be
    if isinstance(value, frozenset):
        return digest("frozenset", *sorted(map(_constant, value)))
    return digest(type(value).__name__, repr(value))


def pieces_by_print(
    text: str, flags: int, functions: Functions, nodes: Nodes
) -> dict[str, Piece]:
    """Return the pieces of a text's functions by the fingerprints of their code.

    Args:
        text: The text.
        flags: What `from __future__ import …` set before the text.
        functions: Its functions, by name and first line.
        nodes: The same, by their nodes.
    """
    code = compiled(text, flags)
    claimed: dict[str, list[Piece]] = {}
    unclear = any(len(pieces) > 1 for pieces in functions.values())
    for each, marked in _marked(code, text, flags, nodes) if unclear else _unmarked(code):
        pieces = functions.get((each.co_name, each.co_firstlineno), [])
        piece = pieces[0] if len(pieces) == 1 else marked
        if pieces and piece is not None:
            for one in prints_of(each):
                claimed.setdefault(one, []).append(piece)
    # One print of two pieces that are not alike tells nothing.
    return {
        one: pieces[0]
        for one, pieces in claimed.items()
        if len({piece.form() for piece in pieces}) == 1
    }


def _unmarked(code: CodeType) -> Iterator[tuple[CodeType, None]]:
    return ((each, None) for each in all_codes(code))


def _marked(
    code: CodeType, text: str, flags: int, nodes: Nodes
) -> Iterator[tuple[CodeType, Piece | None]]:
    """Yield every code object with its piece, also where several share name and line.

    The text is compiled once more with a line number of its own for every function. Both
    results have the same form, so that what stands in one place in the one is what stands
    there in the other.
    """
    marked = ast.parse(text)
    marks: dict[int, Piece | None] = {}
    for line, (piece, node) in enumerate(
        zip(nodes.values(), function_nodes(marked), strict=True), start=1
    ):
        marks[line] = piece
        for each in (node, *getattr(node, "decorator_list", ())):
            each.lineno = each.end_lineno = line
            each.col_offset, each.end_col_offset = 0, 1
    ours, others = list(all_codes(code)), list(all_codes(compiled(marked, flags)))
    if [one.co_name for one in ours] != [two.co_name for two in others]:
        # Without columns in its tables, Python makes one code of two that are alike.
        others = []
    for one, two in zip_longest(ours, others):
        yield one, None if two is None else marks.get(two.co_firstlineno)


def function_nodes(tree: ast.AST) -> Iterator[Any]:
    """Yield all functions and lambdas of a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))
