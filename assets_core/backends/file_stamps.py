"""What tells that files and folders are as they were: their identity, size and times.

A file that was changed too shortly before somebody looked at it may be changed again
without its times telling. Such a file is not trusted, as for sources.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assets_core.files import state_of_file, state_of_folders

if TYPE_CHECKING:
    from assets_core.protocols.io import Watched

SETTLED_SECONDS = 2.0

Stamp = tuple[int, ...] | None
"""None where there is nothing."""

_NANO = 1_000_000_000


class UnsettledError(Exception):
    """A file was changed too shortly ago, or cannot be looked at."""


def stamp_of(path: str) -> Stamp:
    """Return what tells a file or folder from another one, or from what it was.

    Raises:
        OSError: It cannot be looked at.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - of thousands
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (
        *(found.st_mtime_ns, found.st_ctime_ns, found.st_size),
        *(found.st_ino, found.st_dev, found.st_mode),
    )


def stamps_of(paths: Iterable[str], before: float) -> dict[str, Stamp]:
    """Return the stamps of files and folders that were read since some moment.

    Args:
        before: When the first of them was read: seconds since 1970.

    Raises:
        UnsettledError: One was changed at that time, since, or shortly before.
    """
    latest = int((before - SETTLED_SECONDS) * _NANO)
    found: dict[str, Stamp] = {}
    for path in sorted(paths):
        try:
            stamp = stamp_of(path)
        except (OSError, ValueError) as error:
            raise UnsettledError(f"{path} cannot be looked at: {error}") from error
        if stamp is not None and max(stamp[0], stamp[1]) >= latest:
            raise UnsettledError(f"{path} was changed just now")
        found[path] = stamp
    return found


def other_than(stamps: Mapping[str, Stamp]) -> str:
    """Return the first file that is another than it was; empty if none is."""
    for path, stamp in stamps.items():
        try:
            now = stamp_of(path)
        except (OSError, ValueError):
            return path
        if now != stamp:
            return path
    return ""


def state_of(watched: Watched, now: float) -> str | None:
    """Return the state of what an IO manager says is to be watched; None if unknown."""
    kind, place = watched[0], Path(watched[1])
    if kind == "folders":
        return state_of_folders(place, now)
    found = state_of_file(place, now)
    return found if kind == "file" or found == "nothing" else None
