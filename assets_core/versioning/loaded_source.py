"""The source of loaded code, and proof that it is.

A text counts only if compiling it gives a code object equal to the loaded one, line by
line. So a file that was edited after it was imported is noticed, and two lambdas on one
line are told apart.
"""

from __future__ import annotations
import __future__

import ast
import gc
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from types import CodeType
from typing import Any, cast

from assets_core.versioning.name_visits import names_of
from assets_core.versioning.scopes import Names

__all__ = ["Unit"]

_FUTURES = sum(
    flag
    for name in __future__.all_feature_names
    if (flag := getattr(__future__, name).compiler_flag) > inspect.CO_NESTED
)
"""The bits of `co_flags` that `from __future__ import …` sets."""

_Codes = dict[tuple[str, int], list[CodeType]]


class Unit:
    """One text that was compiled in one piece: a module's file, or a notebook's cell.

    Args:
        text: The text.
        filename: As the code objects have it.
        loader: What loaded it, where that may have rewritten it.
    """

    def __init__(self, text: str, filename: str, loader: object = None) -> None:
        self.text = text
        self.filename = filename
        self._loader = loader
        self._codes: dict[int, list[_Codes]] = {}
        self._marks: dict[int, list[tuple[CodeType, ast.AST | None]]] = {}
        self._nodes: dict[int, tuple[CodeType, ast.AST | None]] = {}

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree; None if this Python cannot read the text."""
        with _no_collection():
            tree: ast.Module | None = _or_none(lambda: ast.parse(self.text, self.filename))
        return tree

    @cached_property
    def names(self) -> Names:
        """The names that it uses."""
        with _no_collection():
            return names_of(self.tree or ast.Module([], []))

    def node_of(self, code: CodeType) -> ast.AST | None:
        """Return the function or lambda that gave a code object, or None if none did."""
        known = self._nodes.get(id(code))
        if known is None:
            known = self._nodes[id(code)] = code, self._find(code)
        return known[1]

    def _find(self, code: CodeType) -> ast.AST | None:
        if self.tree is None:
            return None
        key = (code.co_name, code.co_firstlineno)
        nodes = self.names.functions.get(key, [])
        flags = code.co_flags & _FUTURES
        for number, codes in enumerate(self._compiled(flags)):
            equal = [each for each in codes.get(key, ()) if each == code]
            equal = equal or [each for each in codes.get(key, ()) if _same(each, code)]
            if equal and len(nodes) == 1:
                return nodes[0]
            if equal and number == 0:
                found = (node for each, node in self._marked(flags) if each == equal[0])
                return next(found, None)
        return None

    def _compiled(self, flags: int) -> list[_Codes]:
        """Return the code objects, by name and line, as each compiler makes them."""
        if flags not in self._codes:
            compilers = [
                lambda: self._compile(self.text, flags),
                lambda: _as_loader_does(self._loader, self.text, self.filename),
                lambda: _as_pytest_does(self._loader, self.text, self.filename),
            ]
            found = [_or_none(compiler) for compiler in compilers]
            self._codes[flags] = [_by_place(code) for code in found if code is not None]
        return self._codes[flags]

    def _compile(self, source: str | ast.Module, flags: int) -> CodeType:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they were shown when the code was loaded
            code = compile(source, self.filename, "exec", flags, dont_inherit=True)
        return cast(CodeType, code)

    def _marked(self, flags: int) -> list[tuple[CodeType, ast.AST | None]]:
        """Return every code object with its node, also where several share name and line.

        The text is compiled once more with a line number of its own for every function.
        Both results have the same form, so that what stands in one place in the one is
        what stands there in the other.
        """
        if flags in self._marks:
            return self._marks[flags]
        marked = ast.parse(self.text, self.filename)
        marks: dict[int, ast.AST] = {}
        for own, other in zip(_functions(self.tree), _functions(marked), strict=True):
            line = len(marks) + 1
            marks[line] = own
            for each in (other, *getattr(other, "decorator_list", ())):
                each.lineno = each.end_lineno = line
                each.col_offset, each.end_col_offset = 0, 1
        first, second = self._compile(self.text, flags), self._compile(marked, flags)
        self._marks[flags] = [
            (one, marks.get(two.co_firstlineno) if one.co_name == two.co_name else None)
            for one, two in zip(_all_codes(first), _all_codes(second), strict=False)
        ]
        return self._marks[flags]


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


def _or_none(make: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return make()
        except Exception:  # noqa: BLE001 - a loader of the user may raise anything
            return None


def _as_loader_does(loader: object, text: str, filename: str) -> CodeType | None:
    """Compile with a loader that rewrites what it loads, as type checkers may do."""
    own = getattr(type(loader), "source_to_code", None)
    if own is None or own is _plain_compiler():
        return None
    code = loader.source_to_code(text.encode(), filename)  # type: ignore[attr-defined]
    return code if isinstance(code, CodeType) else None


def _plain_compiler() -> object:
    loaders = sys.modules["importlib.machinery"]
    return loaders.SourceFileLoader.source_to_code


def _as_pytest_does(loader: object, text: str, filename: str) -> CodeType | None:
    """Compile with pytest's `assert`, for assets that a test file declares."""
    rewriter = sys.modules.get("_pytest.assertion.rewrite")
    if rewriter is None or type(loader).__module__ != rewriter.__name__:
        return None
    tree = ast.parse(text, filename)
    rewriter.rewrite_asserts(tree, text.encode(), filename, getattr(loader, "config", None))
    return compile(tree, filename, "exec", dont_inherit=True)


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_codes(constant)


def _by_place(code: CodeType) -> _Codes:
    found: _Codes = {}
    for each in _all_codes(code):
        found.setdefault((each.co_name, each.co_firstlineno), []).append(each)
    return found


def _functions(tree: ast.AST | None) -> Iterator[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return (
        node for node in ast.walk(tree or ast.Module([], [])) if isinstance(node, kinds)
    )


def _same(one: CodeType, other: CodeType) -> bool:
    """Return whether two code objects do the same, whatever their tables of positions say.

    A cached file of bytecode may have been written by another release of the same Python.
    """
    return (
        one.co_code == other.co_code
        and one.co_names == other.co_names
        and one.co_varnames == other.co_varnames
        and one.co_freevars == other.co_freevars
        and one.co_flags == other.co_flags
        and one.co_qualname == other.co_qualname
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_same_constant, one.co_consts, other.co_consts))
    )


def _same_constant(one: object, other: object) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return _same(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(map(_same_constant, one, other))
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one == other
    return type(one) is type(other) and repr(one) == repr(other)
