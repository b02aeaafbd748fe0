"""Make many files or folders durable, in about the time that one takes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from assets_core.files import crash_point
from assets_core.parallel import in_parallel

SYNCED_AT_ONCE = 8
"""How many files are made durable at the same time."""

OPEN_AT_ONCE = 64
"""How many files are open at one time."""


def sync_all(paths: Sequence[Path], point: str) -> None:
    """Make the contents of files, or the names in folders, durable.

    Args:
        point: The crash point that is passed after each.
    """
    for at in range(0, len(paths), OPEN_AT_ONCE):
        _sync_some(paths[at : at + OPEN_AT_ONCE])
    for _ in paths:
        crash_point(point)


def _sync_some(paths: Sequence[Path]) -> None:
    with ExitStack() as stack:
        opened: list[int] = []
        for path in paths:
            opened.append(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
            stack.callback(os.close, opened[-1])
        if len(opened) > 1 and hasattr(os, "posix_fadvise"):
            for descriptor in opened:  # all are on their way before the first is waited for
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        in_parallel(os.fsync, opened, SYNCED_AT_ONCE)
