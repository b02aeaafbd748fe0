"""Notices what this process reads and starts, while somebody wants to know.

Python tells a hook of every file that is opened, every folder that is listed and every
program that is started, by whatever library. A hook cannot be taken away again, so there
is one, which looks away unless it was asked to look.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_READS = frozenset({"open", "os.listdir", "os.scandir"})
_OUTSIDE = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"),
        *("os.forkpty", "socket.connect", "socket.getaddrinfo", "urllib.Request"),
        *("socket.bind", "pty.spawn"),
    }
)


@dataclass(slots=True)
class Noticed:
    """What was read, by absolute paths, and what reached beyond files.

    Attributes:
        outside: The names of the events that did, such as `socket.connect`.
    """

    paths: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)


_looking: list[Noticed] = []
_lock = threading.Lock()
_is_installed = False


@contextmanager
def noticing() -> Iterator[Noticed]:
    """Notice what is read until the end of the block."""
    _install()
    found = Noticed()
    _looking.append(found)
    try:
        yield found
    finally:
        _looking.remove(found)


def _install() -> None:
    global _is_installed  # noqa: PLW0603 - a hook is for the whole process
    with _lock:
        if not _is_installed:
            sys.addaudithook(_hear)
            _is_installed = True


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if not _looking:
        return
    if event in _READS:
        path = _path(arguments[0])
        for one in _looking if path else ():
            one.paths.add(path)
    elif event in _OUTSIDE:
        for one in _looking:
            one.outside.add(event)


def _path(given: object) -> str:
    """Return the absolute path that an event is about; empty for a descriptor."""
    if isinstance(given, int):
        return ""
    path = "." if given is None else given  # `os.listdir()`
    return os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100 - quick
