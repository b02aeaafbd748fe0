"""Folders of this machine with the files of packed ones, the latest of so many bytes.

FOLDER/ab12…/    the files of what was packed into the bytes with this checksum

The time of a folder says until when it stays: somebody may open a file in it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from assets_core import appending, files, folders
from assets_core.folders import Entry
from io_managers.stores.cache import LATER, NEW


class Unpacked:
    """A folder of folders; those that do not fit any more are removed, oldest first."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._whole: dict[Path, folders.State] = {}
        self._lock = threading.Lock()

    def find(
        self, checksum: str, entries: Sequence[Entry], unpack: Callable[[Path], None]
    ) -> Path:
        """Return a folder with these files, made if it is not there or not whole.

        Args:
            unpack: Writes the files into a folder that it makes.
        """
        path = self._folder / checksum
        if self._kept(path) and self._is_whole(path, entries):
            return path
        new, aside = self._new(), self._new()
        files.make_folder(self._folder)
        try:
            unpack(new)
            with appending.locked(self._folder):
                if not (self._keep(path) and self._is_whole(path, entries)):
                    if os.path.lexists(path):
                        path.rename(aside)
                    new.rename(path)
                    self._keep(path)
        finally:
            folders.remove_whole(new)
            folders.remove_whole(aside)
        if not self._is_whole(path, entries):
            raise OSError(0, "what was unpacked is not what was packed", str(path))
        self._make_room()
        return path

    def _kept(self, path: Path) -> bool:
        """Let a folder stay for a while; return whether there is one."""
        if not path.exists():
            return False
        with appending.locked(self._folder):  # who makes room does not take it away now
            return self._keep(path)

    def _keep(self, path: Path) -> bool:
        now = time.time()
        try:
            os.utime(path, (now, now + LATER))
        except FileNotFoundError:
            return False
        return True

    def _is_whole(self, path: Path, entries: Sequence[Entry]) -> bool:
        try:
            state = folders.state_of_folder(path)
            if self._whole.get(path) == state:
                return True
            if folders.list_folder(path) != list(entries):
                return False
        except OSError:
            return False
        with self._lock:
            self._whole[path] = state
        return True

    def _make_room(self) -> None:
        now = time.time()
        there = []
        for path in self._folder.iterdir():
            with contextlib.suppress(OSError):  # another process has removed it
                if folders.is_folder(path):
                    there.append((path.stat().st_mtime, folders.size_of(path), path))
        total = sum(size for _, size, _ in there)
        for until, size, path in sorted(there):
            is_left = path.suffix == NEW and until < now - LATER
            if is_left or (total > self._limit and path.suffix != NEW and until < now):
                self._remove(path, now)
                total -= size

    def _remove(self, path: Path, now: float) -> None:
        """Remove a folder that nobody has found since; nobody finds half of it."""
        aside = self._new()
        with appending.locked(self._folder), contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < now:
                path.rename(aside)
        folders.remove_whole(aside)

    def _new(self) -> Path:
        return self._folder / f"{uuid.uuid4().hex}{NEW}"
