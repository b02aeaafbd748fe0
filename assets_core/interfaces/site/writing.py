"""Write the files of the site: only what changed, and away with what is gone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from assets_core.errors import StoreError, UsageError
from assets_core.files import make_folder, put_text, remove_empty_folder

MANIFEST = ".assets-docs"
"""Lists which files were written here, so that no other one is ever removed."""

HEAD = "Written by 'assets docs'; what is listed here is its own."


class Files:
    """The files of a site in a folder, for a `with` statement.

    A name is noted before the file is written: wherever it is stopped, the next time
    knows what is its own.

    Raises:
        UsageError: The folder holds files of somebody else, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before: set[str] = set()
        self._now: set[str] = set()
        self._made: set[Path] = set()
        self.written = 0
        self.removed = 0

    def __enter__(self) -> Self:
        with self._told(self._folder):
            self._before = _own(self._folder)
            make_folder(self._folder)
            self._notes = (self._folder / MANIFEST).open("a", encoding="utf-8")
            if not self._before:
                self._notes.write(f"{HEAD}\n")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._notes.close()
        if kind is None:
            self._finish()

    def put(self, name: str, data: str | bytes) -> None:
        """Write a file, if it is not there as it has to be."""
        content = data.encode("utf-8", "replace") if isinstance(data, str) else data
        path = self._folder / name
        self._now.add(name)
        with self._told(path):
            if name in self._before and _holds(path, content):
                return
            if name not in self._before:
                self._notes.write(f"{name}\n")
                self._notes.flush()
            if path.parent not in self._made:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(path.parent)
            path.write_bytes(content)
        self.written += 1

    def _finish(self) -> None:
        """Remove what was written before and is no longer, and remember what is."""
        for name in sorted(self._before - self._now):
            path = self._folder / name
            with self._told(path):
                path.unlink(missing_ok=True)
            self.removed += 1
            for folder in list(Path(name).parents)[:-1]:
                remove_empty_folder(self._folder / folder)
        with self._told(self._folder):
            lines = "\n".join([HEAD, *sorted(self._now)])
            put_text(self._folder / MANIFEST, f"{lines}\n")

    @contextlib.contextmanager
    def _told(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"The site cannot be written: {error.strerror}",
                fix="make the folder writable, or name another one: --to DIR",
                where=str(path),
            ) from error


def _own(folder: Path) -> set[str]:
    """Return the files that were written here before; refuse a folder of others."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(
                f"'{folder}' holds files that 'assets docs' has not written",
                fix="name a folder that is empty or not there: --to DIR",
            )
        return set()
    head, *names = manifest.read_text("utf-8").splitlines() or [""]
    inside = (one for one in names if one and ".." not in Path(one).parts)
    return {one for one in inside if head == HEAD and not Path(one).is_absolute()}


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False
