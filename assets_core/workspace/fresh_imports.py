"""Import a project's modules from their text, whatever bytecode lies beside them.

Python trusts a `.pyc` whose recorded time, in whole seconds, and size are those of the
source. A file that is edited twice in one second to the same length then runs as it was
before: the loaded code would be old, and every version found from it wrong.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from assets_core.files import remove

RACY_SECONDS = 2.0
"""Bytecode written this shortly after its source may belong to an earlier text."""


def import_freshly_below(root: Path) -> None:
    """Let modules below a folder be imported from their text from now on."""
    finder = next((one for one in sys.meta_path if isinstance(one, _Finder)), None)
    if finder is None:
        finder = _Finder()
        sys.meta_path.insert(0, finder)
    finder.folders |= {f"{root}/", f"{root.resolve()}/"}


class _Finder:
    """Finds what Python would find, and gives modules of projects a careful loader.

    It is asked for whatever is imported, and also for what is not there: libraries look
    for others at each call. So it looks nowhere but in projects first.
    """

    def __init__(self) -> None:
        self.folders: frozenset[str] = frozenset()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return where a module is, if it is one of a project's."""
        folders = tuple(self.folders)
        places = sys.path if path is None else path
        own = [one for one in places if f"{one}/".startswith(folders)]
        if not own or PathFinder.find_spec(fullname, own, target) is None:
            return None
        spec = PathFinder.find_spec(fullname, path, target)  # another may come first
        if spec is None or type(spec.loader) is not SourceFileLoader or not spec.origin:
            return None
        if not spec.origin.startswith(folders) or "site-packages" in spec.origin:
            return None
        spec.loader = _Loader(fullname, spec.origin)
        return spec


class _Loader(SourceFileLoader):
    """Uses bytecode only if it was surely made from the text that is there now."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Return a module's code."""
        source = Path(self.path)
        bytecode = Path(importlib.util.cache_from_source(self.path))
        changed = max(source.stat().st_mtime, source.stat().st_ctime)
        try:
            trusted = bytecode.stat().st_mtime - changed > RACY_SECONDS
        except OSError:
            trusted = False
        if trusted:
            return super().get_code(fullname)
        with contextlib.suppress(OSError):
            remove(bytecode)
        if time.time() - changed > RACY_SECONDS:
            return super().get_code(fullname)  # which writes it again
        code: CodeType = self.source_to_code(source.read_bytes(), self.path)
        return code
