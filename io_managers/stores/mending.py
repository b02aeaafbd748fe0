"""Mend what a `LocalStore` holds: put right bytes back, or take damaged ones away.

What was taken away lies under its name in the folder `.damaged` beside the objects. Nothing
reads it, and nothing deletes it: whoever wants to know what happened may look at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from assets_core import files, folders
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from io_managers.stores.ways import DAMAGED, STAGING


class Folder(Protocol):
    """A folder of immutable files, as `LocalStore` is one."""

    objects_folder: Path

    def path(self, cell: Cell, stored: StoredData) -> Path:
        """Return where a stored file is, whole or not."""
        ...

    def named_errors(self, cell: Cell, path: Path) -> AbstractContextManager[None]:
        """Let errors of the file system say what could not be stored."""
        ...


Digest = Callable[[Path], str]
"""How the checksum of a stored file or folder is found."""


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return files.file_digest(path)[0]


def digest_of_folder(path: Path) -> str:
    """Return the one digest of the names and bytes in a folder."""
    return folders.digest_of(folders.list_folder(path))


def put_back(
    store: Folder,
    cell: Cell,
    stored: StoredData,
    copies: Iterable[Path],
    digest: Digest = digest_of_file,
) -> str | None:
    """Put right bytes in the place of damaged or missing ones; return where they were.

    Args:
        copies: Where the same bytes may be.
    """
    target = store.path(cell, stored)
    with store.named_errors(cell, target):
        for copy in (_aside(store, target), *copies):
            if not _is(copy, stored, digest):
                continue
            spare = _spare(store, target)
            folders.copy_any(copy, spare)
            if not _is(spare, stored, digest):
                folders.remove_whole(spare)
                continue
            folders.sync_any(spare)
            files.make_folder(target.parent)
            folders.remove_whole(target)
            spare.rename(target)
            files.sync_folder(target.parent)
            return str(copy)
    return None


def set_aside(
    store: Folder, cell: Cell, stored: StoredData, digest: Digest = digest_of_file
) -> str | None:
    """Move damaged bytes away; return where they are, None if they are whole after all."""
    target = store.path(cell, stored)
    aside = _aside(store, target)
    with store.named_errors(cell, target):
        files.make_folder(aside.parent)
        folders.remove_whole(aside)
        try:
            target.rename(aside)
        except FileNotFoundError:
            return None
        if _is(aside, stored, digest):
            # A run put the right bytes there just now. It is put back as it was.
            if not folders.move_folder(aside, target):
                folders.remove_whole(aside)
            files.sync_folder(target.parent)
            return None
        files.sync_folder(target.parent)
    return str(aside)


def _aside(store: Folder, target: Path) -> Path:
    return store.objects_folder / DAMAGED / target.name


def _spare(store: Folder, target: Path) -> Path:
    files.make_folder(store.objects_folder / STAGING)
    spare = store.objects_folder / STAGING / f"{target.name}.mended"
    folders.remove_whole(spare)
    return spare


def _is(path: Path, stored: StoredData, digest: Digest) -> bool:
    """Return whether the bytes at a path, which is no symlink, are those of a result."""
    try:
        return not path.is_symlink() and digest(path) == stored.checksum
    except OSError:
        return False
