"""The journal of a folder: ROOT/.journal/NAME.jsonl, one file for each metadata store."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from assets_core import appending, files
from assets_core.errors import StoreError

FOLDER = ".journal"
SUFFIX = ".jsonl"
MOST_BYTES = 64 << 20
"""How long a line may be that is read: nobody has written a longer one."""


class LocalJournal:
    """Files of lines in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER
        self.place = str(self._folder)

    def names(self) -> list[str]:
        """Return the names under which something was written."""
        with self._named_errors("read"):
            if not self._folder.is_dir():
                return []
            found = (path for path in self._folder.iterdir() if path.suffix == SUFFIX)
            return sorted(path.stem for path in found)

    def append(self, name: str, lines: Iterable[str]) -> None:
        """Add lines, durably."""
        with self._named_errors("written"), appending.locked(self._folder):
            appending.append(self._path(name), lines)

    def rewrite(self, name: str, lines: Callable[[], Iterable[str]]) -> None:
        """Put lines in the place of all that a name has."""
        with self._named_errors("written"), appending.locked(self._folder):
            appending.rewrite(self._path(name), lines())

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a name in the order in which they were written."""
        with self._named_errors("read"), self._path(name).open("rb") as file:
            while line := file.readline(MOST_BYTES):
                yield line

    def remove(self, name: str) -> None:
        """Remove the lines of a name; does nothing if there are none."""
        with self._named_errors("written"), appending.locked(self._folder):
            files.remove(self._path(name))

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"

    @contextlib.contextmanager
    def _named_errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"The journal cannot be {what}: {error.strerror or error}",
                fix="check the rights of the folder, and the disk",
                where=self.place,
            ) from error
