"""The source of loaded code, and proof that it is.

A text counts only if compiling it gives a code object equal to the loaded one, line by
line. So a file that was edited after it was imported is noticed, and two lambdas on one
line are told apart.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable
from functools import cached_property
from types import CodeType

from assets_core.versioning.code_prints import all_codes, prints_of
from assets_core.versioning.parsing import read_text
from assets_core.versioning.readings import Piece, Read, Reading

__all__ = ["Unit"]


class Unit:
    """One text that was compiled in one piece: a module's file, or a notebook's cell.

    Args:
        text: The text.
        filename: As the code objects have it.
        loader: What loaded it, where that may have rewritten it.
        flags: What `from __future__ import …` set before the text, as in a notebook.
        read: Reads the text.
    """

    def __init__(
        self,
        text: str,
        filename: str,
        loader: object = None,
        *,
        flags: int = 0,
        read: Read = read_text,
    ) -> None:
        self.text = text
        self.filename = filename
        self._loader = loader
        self._flags = flags
        self._read = read
        self._pieces: dict[int, tuple[CodeType, Piece | None]] = {}

    @cached_property
    def reading(self) -> Reading:
        """What is read out of the text."""
        return self._read(self.text, self.filename, self._flags)

    def piece_of(self, code: CodeType) -> Piece | None:
        """Return the function or lambda that gave a code object, or None if none did."""
        known = self._pieces.get(id(code))
        if known is None:
            known = self._pieces[id(code)] = code, self._find(code)
        return known[1]

    def _find(self, code: CodeType) -> Piece | None:
        prints = prints_of(code)
        for each in prints:
            if each in self.reading.prints:
                return self.reading.prints[each]
        pieces = self.reading.functions.get((code.co_name, code.co_firstlineno), [])
        if len(pieces) == 1 and not self._rewritten.isdisjoint(prints):
            return pieces[0]
        return None

    @cached_property
    def _rewritten(self) -> frozenset[str]:
        """The fingerprints of the code as a loader makes it that rewrites what it loads."""
        codes = (
            _or_none(lambda: _as_loader_does(self._loader, self.text, self.filename)),
            _or_none(lambda: _as_pytest_does(self._loader, self.text, self.filename)),
        )
        found = [each for code in codes if code is not None for each in all_codes(code)]
        return frozenset(one for each in found for one in prints_of(each))


def _or_none(make: Callable[[], CodeType | None]) -> CodeType | None:
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
