"""What tells that a file was written to, or that another took its place."""

from __future__ import annotations

import os
from pathlib import Path

State = tuple[int, int, int, int, int]


def state_of(found: os.stat_result) -> State:
    """Return what changes when a file is written to or another takes its place."""
    return (
        found.st_dev,
        found.st_ino,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
    )


def state_at(path: Path) -> State | None:
    """Return the state of a file; None where it cannot be seen."""
    try:
        return state_of(path.stat())
    except OSError:
        return None


def is_untouched(path: Path, state: State | None) -> bool:
    """Return whether a file is what it was; nobody knows where its state was not kept."""
    return state is not None and state_at(path) == state
