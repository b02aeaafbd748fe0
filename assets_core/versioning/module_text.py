"""The text that a loaded module was made from.

A file may be edited at any time, and the loaded module stays what it is. So a text is
read once, when it is first asked for, and stays with the module; and where the file can
be seen to have changed between loading and reading, that is said.
"""

from __future__ import annotations

import os
import sys
import time
import tokenize
import weakref
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["ModuleText", "text_of_module"]

_HEADER = 16  # bytes at the start of a file of bytecode
_MASK = 0xFFFFFFFF


class ModuleText(NamedTuple):
    """The text of a module's file.

    Attributes:
        text: The text; None if it cannot be read.
        edited: The file is not any more what was loaded.
    """

    text: str | None
    edited: bool = False


# By the identity of what Python makes anew whenever it loads a module.
_remembered: dict[int, tuple[weakref.ref[Any], ModuleText]] = {}


def text_of_module(names: Mapping[str, Any]) -> ModuleText:
    """Return the text of a module as it was when first asked for.

    Args:
        names: The module's global names.
    """
    key = names.get("__spec__") or names.get("__loader__")
    known = _remembered.get(id(key))
    if known is not None and known[0]() is key:
        return known[1]
    found = ModuleText(_read(names), _was_edited(names))
    identity = id(key)
    with suppress(TypeError):  # there may be nothing to remember it by
        alive = weakref.ref(key, lambda _: _remembered.pop(identity, None))
        _remembered[identity] = (alive, found)
    return found


def _read(names: Mapping[str, Any]) -> str | None:
    loader, file = names.get("__loader__"), names.get("__file__")
    if not isinstance(file, str):
        return None
    read = getattr(loader, "get_source", None)
    if read is not None:
        with suppress(ImportError, OSError, SyntaxError, UnicodeError, ValueError):
            text = read(getattr(loader, "name", None) or names.get("__name__"))
            if isinstance(text, str):
                return text
    if file.endswith(".py"):
        with suppress(OSError, SyntaxError, UnicodeError), tokenize.open(file) as lines:
            return lines.read()
    return None


def _was_edited(names: Mapping[str, Any]) -> bool:
    """Return whether a file was changed after it was loaded, as far as that can be seen.

    Bytecode is cached with the time and size of the file that it was made from. If the
    file has others, it was changed after it was loaded, or the cache could not be written.
    The latter cannot be mistaken for the former where the file is older than this process.
    """
    file = names.get("__file__")
    cached = names.get("__cached__") or getattr(names.get("__spec__"), "cached", None)
    if sys.dont_write_bytecode or not isinstance(file, str) or not isinstance(cached, str):
        return False
    try:
        now = Path(file).stat()
        with Path(cached).open("rb") as bytecode:
            header = bytecode.read(_HEADER)
    except OSError:
        return False
    checked_by_hash = any(header[4:8])
    if checked_by_hash or len(header) < _HEADER:
        return False
    then = int.from_bytes(header[8:12], "little"), int.from_bytes(header[12:], "little")
    if then == (int(now.st_mtime) & _MASK, now.st_size & _MASK):
        return False
    return now.st_mtime > start_of_process()


@cache
def start_of_process() -> float:
    """Return when this process began, or the beginning of time if that is not known."""
    with suppress(OSError, ValueError, IndexError, AttributeError):
        fields = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2]
        ticks = int(fields.split()[19]) / os.sysconf("SC_CLK_TCK")
        return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks)
    return 0.0
