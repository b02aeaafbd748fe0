"""Append lines to a file that several processes write, one after the other.

The part of `assets_core.files` for journals. A line that a process was killed in stays as
it is: the next one begins a line of its own, so that at most one is torn.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from assets_core import files

LOCK = ".lock"
WAIT_SECONDS = 10.0
_LOOK_SECONDS = 0.005


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep all others away who append to files of a folder.

    Raises:
        TimeoutError: Somebody has kept the lock for too long.
    """
    files.make_folder(folder, mode=0o700)
    lock = files.LockFile(folder / LOCK)
    deadline = time.monotonic() + WAIT_SECONDS
    try:
        while not lock.take(shared=False):
            if time.monotonic() > deadline:
                raise TimeoutError(0, "another process is writing there", str(folder))
            time.sleep(_LOOK_SECONDS)
        yield
    finally:
        lock.close()


def append(path: Path, lines: Iterable[str]) -> None:
    """Append lines and make them durable, under the lock of the folder."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    is_new = not path.exists()
    with os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0) as file:
        end = os.fstat(file.fileno()).st_size
        torn = end > 0 and os.pread(file.fileno(), 1, end - 1) != b"\n"
        text = "".join(f"{line}\n" for line in lines)
        data = memoryview((f"\n{text}" if torn else text).encode())
        while data:
            data = data[file.write(data) :]
        os.fsync(file.fileno())
    if is_new:
        files.sync_folder(path.parent)


def rewrite(path: Path, lines: Iterable[str]) -> None:
    """Let a file hold these lines and no others, in one step, under the lock."""
    spare = path.with_name(f"{path.name}.tmp")
    files.remove(spare)
    with files.NewFile(spare) as file:
        for line in lines:
            file.write(f"{line}\n".encode())
    files.sync_file(spare)
    files.replace(spare, path)
    files.sync_folder(path.parent)
