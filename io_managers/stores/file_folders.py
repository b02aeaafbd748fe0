"""How a folder of files is one stored thing: here, a folder that is moved in its place."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assets_core import files, folders
from assets_core.errors import CorruptDataError
from assets_core.files import crash_point
from assets_core.folders import Entry
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from io_managers.stores import mending
from io_managers.stores.local import LocalStore
from io_managers.stores.local_errors import reading
from io_managers.stores.names import object_name
from io_managers.stores.protocol import StagedFile

FOLDER = "-folder"
"""How the name of a stored folder ends. That of a file goes on with a dot, or ends."""


class FolderKeeper(Protocol):
    """Keeps folders of files beside the files of a store, each under one name.

    Attributes:
        ending: How the names of stored folders end.
    """

    ending: str

    def staged(self, cell: Cell, path: Path, entries: Sequence[Entry]) -> StagedFile:
        """Return what is sealed of a folder that was written, and whose files are listed.

        Raises:
            ChangedError: Its files are not as they are listed.
        """
        ...

    def seal(self, staged: StagedFile) -> StoredData:
        """Make a staged folder durable, under a name of its content."""
        ...

    def entries(self, cell: Cell, stored: StoredData) -> list[Entry]:
        """Return the files of a stored folder, whose bytes are what they must be."""
        ...

    def path(self, cell: Cell, stored: StoredData) -> Path:
        """Return a folder of this machine with the files of a stored one."""
        ...

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes of a stored folder are not what they must be."""
        ...

    def objects(self) -> Iterator[StoredObject]:
        """Yield the sealed folders that the store itself does not list."""
        ...

    def delete(self, location: str) -> None:
        """Delete a sealed folder; does nothing if it is gone."""
        ...

    def put_back(self, cell: Cell, stored: StoredData, path: str) -> str | None:
        """Put right files in their place again, from a stable path if it is a copy."""
        ...

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move a damaged folder out of the way; return where it is now."""
        ...


class ChangedError(Exception):
    """The files of a folder are not those that were listed."""


class LocalFolders:
    """Folders in a folder of this machine, named by the names and bytes in them."""

    ending = FOLDER

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self._read: dict[tuple[str, folders.State], list[Entry]] = {}
        self._lock = threading.Lock()

    def staged(self, cell: Cell, path: Path, entries: Sequence[Entry]) -> StagedFile:
        """Return the folder itself."""
        size = sum(entry.bytes for entry in entries)
        return StagedFile(cell, path, size, folders.digest_of(entries), FOLDER)

    def seal(self, staged: StagedFile) -> StoredData:
        """Move a folder to its name in one step, durable and read-only."""
        store, objects = self._store, self._store.objects_folder.name
        name = object_name(objects, staged.checksum, FOLDER)
        target = store.root / name
        with store.named_errors(staged.cell, target):
            if staged.path.exists():
                folders.sync_folders(staged.path)
                crash_point("seal.synced")
                files.make_folder(target.parent)
                if not folders.move_folder(staged.path, target):
                    self._replace_damaged(staged, target)
                crash_point("seal.linked")
            files.sync_folder(target.parent)
            crash_point("seal.durable")
        return StoredData(store.storage, name, staged.bytes, staged.checksum)

    def _replace_damaged(self, staged: StagedFile, target: Path) -> None:
        """Put a folder in the place of one of that name, unless that is the same."""
        try:
            if folders.digest_of(folders.list_folder(target)) == staged.checksum:
                return
        except OSError:
            pass  # a symlink in it, or no rights: it is not what we wrote
        aside = staged.path.with_name("damaged")
        folders.remove_whole(aside)
        target.rename(aside)
        folders.move_folder(staged.path, target)
        crash_point("seal.replaced")

    def path(self, cell: Cell, stored: StoredData) -> Path:
        """Return the stored folder itself."""
        self.entries(cell, stored)
        return self._store.path(cell, stored)

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes of a stored folder are not what they must be."""
        self.entries(cell, stored)

    def entries(self, cell: Cell, stored: StoredData) -> list[Entry]:
        """Return the files of a stored folder, whose bytes are what they must be."""
        path = self._store.path(cell, stored)
        with reading(cell, path):
            try:
                key = stored.location, folders.state_of_folder(path)
                if key in self._read:
                    return self._read[key]
                entries = folders.list_folder(path)
            except folders.IrregularFileError as error:
                what = f"'{error.filename}' {error.strerror}"
                raise _damaged(cell, path, what) from error
        checksum = folders.digest_of(entries)
        if checksum != stored.checksum:
            what = f"its checksum is {checksum}, and {stored.checksum} was written"
            raise _damaged(cell, path, what)
        with self._lock:
            self._read[key] = entries
        return entries

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed folder."""
        for path in sorted(self._store.objects_folder.glob(f"??/*{FOLDER}")):
            size = folders.size_of(path)
            location = path.relative_to(self._store.root).as_posix()
            yield StoredObject(location, size, path.lstat().st_mtime)

    def delete(self, location: str) -> None:
        """Delete a sealed folder; does nothing if it is gone."""
        self._store.delete(location, self._remove)

    def _remove(self, path: Path) -> None:
        if os.path.lexists(path):
            aside = self._store.staging / f"{path.name}.deleted"
            files.make_folder(self._store.staging)
            folders.remove_whole(aside)
            path.rename(aside)  # at once: nobody finds half a folder
            folders.remove_whole(aside)

    def put_back(self, cell: Cell, stored: StoredData, path: str) -> str | None:
        """Put right files in their place again, from what was taken away."""
        copies, digest = [Path(path)], mending.digest_of_folder
        return mending.put_back(self._store, cell, stored, copies, digest)

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move a damaged folder out of the way; return where it is now."""
        return mending.set_aside(self._store, cell, stored, mending.digest_of_folder)


def _damaged(cell: Cell, path: Path, what: str) -> CorruptDataError:
    return CorruptDataError(
        f"The stored data of '{cell}' was damaged: {what}",
        fix=f"assets materialize {cell.asset} --force",
        where=str(path),
    )
