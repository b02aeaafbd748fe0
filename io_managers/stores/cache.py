"""Copies of stored files on this machine, the latest of so many bytes.

FOLDER/ab/ab12….9f3c….parquet    the content, and which state of the object it is a copy of

The time of a file says until when it stays: somebody may be about to open it. It may still
be removed in the moment in which it is found; then it is fetched again.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from assets_core import files

SOON = 600.0
"""For how many seconds a copy stays that is opened at once."""

LATER = 86_400.0
"""And one that somebody may open any time, as who reads a lazy frame."""

NEW = ".new"


class Cache:
    """A folder of copies; what does not fit any more is removed, oldest first."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._verified: dict[Path, tuple[int, int, int]] = {}
        self._added = 0
        self._looked = False
        self._lock = threading.Lock()

    def find(
        self, checksum: str, mark: str, suffix: str, *, lasting: bool = False
    ) -> Path | None:
        """Return the copy of an object, if there is one and it is whole."""
        path = self._path(checksum, mark, suffix)
        try:
            if self._verified.get(path) != _look(path):
                found, _ = files.file_digest(path)
                if found != checksum:
                    files.remove(path)
                    return None
            self._keep(path, lasting=lasting)
        except OSError:
            return None
        return path

    def may_have(self, checksum: str) -> bool:
        """Return whether there is a copy of some state of an object."""
        return any((self._folder / checksum[:2]).glob(f"{checksum}.*"))

    def new(self) -> Path:
        """Return where a copy may be written."""
        files.make_folder(self._folder)
        return self._folder / f"{uuid.uuid4().hex}{NEW}"

    def add(
        self, file: Path, checksum: str, mark: str, suffix: str, *, lasting: bool = False
    ) -> Path:
        """Take a file whose bytes are right, and return where it is now."""
        until = time.time() + (LATER if lasting else SOON)
        path = self._take(file, self._path(checksum, mark, suffix), until)
        with contextlib.suppress(OSError):
            self._verified[path] = _look(path)
        return path

    def offer(self, file: Path, checksum: str, mark: str, suffix: str) -> None:
        """Take a file that nobody has asked for: it stays where there is room.

        It is compared before it is used: somebody may have it open, and write to it.
        """
        if self._limit:
            self._take(file, self._path(checksum, mark, suffix), time.time())
        else:
            files.remove(file)

    def _take(self, file: Path, path: Path, until: float) -> Path:
        files.make_folder(path.parent)
        files.make_read_only(file)
        with contextlib.suppress(OSError):  # there is a copy that somebody has found
            until = max(until, path.stat().st_mtime)
        os.utime(file, (until, until))
        size = file.stat().st_size
        files.replace(file, path)
        with self._lock:
            self._added += size
            full = self._added > self._limit // 16 or not self._looked
            self._added, self._looked = 0 if full else self._added, True
        if full:
            self._make_room()
        return path

    def _path(self, checksum: str, mark: str, suffix: str) -> Path:
        state = sha256(mark.encode()).hexdigest()[:16]
        return self._folder / checksum[:2] / f"{checksum}.{state}{suffix}"

    def _keep(self, path: Path, *, lasting: bool) -> None:
        now = time.time()
        if path.stat().st_mtime < now + (LATER if lasting else SOON) / 2:
            os.utime(path, (now, now + (LATER if lasting else SOON)))
        self._verified[path] = _look(path)

    def _make_room(self) -> None:
        now = time.time()
        there = sorted(_times(self._folder))
        total = sum(size for _, size, _ in there)
        for until, size, path in there:
            is_left = path.suffix == NEW and until < now - LATER
            is_old = total > self._limit and until < now and path.suffix != NEW
            if (is_left or is_old) and remove_unwanted(path, now):
                self._verified.pop(path, None)
                total -= size


def remove_unwanted(path: Path, now: float) -> bool:
    """Remove a copy, unless somebody has found it since the copies were listed."""
    try:
        if path.stat().st_mtime >= now:
            return False
        files.remove(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _times(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # another process has removed it
            found = path.stat()
            if stat.S_ISREG(found.st_mode):
                yield found.st_mtime, found.st_size, path


def _look(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_ctime_ns
