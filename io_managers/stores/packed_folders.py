"""Folders of files in a place that has no folders: each is one object, a tar of its files.

The same files under the same names are the same bytes: no times, owners or rights are in
it. So it is put, copied, verified and deleted as every other object is.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeVar, cast

from assets_core import files
from assets_core.errors import CorruptDataError, StoreError
from assets_core.files import READ_ONLY
from assets_core.folders import Entry
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from io_managers.stores.file_folders import ChangedError
from io_managers.stores.protocol import StagedFile, Store
from io_managers.stores.unpacked import Unpacked

PACKED = "-folder.tar"
"""How the name of such an object ends. That of a file goes on with a dot, or ends."""

SPARE = "packed"
"""A name beside the folder that an attempt has written."""

A = TypeVar("A")
_BLOCK = 1 << 20


class PackedFolders:
    """Folders, each packed into one file of a store."""

    ending = PACKED

    def __init__(self, store: Store[Any], unpacked: Unpacked) -> None:
        self._store = store
        self._unpacked = unpacked

    def staged(self, cell: Cell, path: Path, entries: Sequence[Entry]) -> StagedFile:
        """Pack a folder that was written, if its files are as they are listed."""
        packed = path.with_name(SPARE)
        with self._store.named_errors(cell, packed):
            files.remove(packed)
            with files.NewFile(packed) as file:
                pack(path, entries, cast("IO[bytes]", file))
        return StagedFile(cell, packed, file.size, file.sha256, PACKED)

    def seal(self, staged: StagedFile) -> StoredData:
        """Put what was packed."""
        (stored,) = self._store.seal([staged])
        return stored

    def entries(self, cell: Cell, stored: StoredData) -> list[Entry]:
        """Return the files of a stored folder, read from its copy on this machine."""
        return self._reading(cell, stored, listed)

    def path(self, cell: Cell, stored: StoredData) -> Path:
        """Return a folder of this machine in which the files lie, read-only."""

        def unpacked(packed: Path) -> Path:
            entries = listed(packed)
            return self._unpacked.find(
                stored.checksum, entries, lambda new: unpack(packed, new)
            )

        return self._reading(cell, stored, unpacked)

    def _reading(self, cell: Cell, stored: StoredData, read: Callable[[Path], A]) -> A:
        for last in (False, True):
            packed = self._store.whole(cell, stored)
            try:
                with self._store.named_errors(cell, packed):
                    return read(packed)
            except (tarfile.TarError, UnsafeNameError) as error:
                raise CorruptDataError(
                    f"The stored data of '{cell}' is no folder that was packed: {error}",
                    fix=f"assets materialize {cell.asset} --force",
                    where=stored.location,
                ) from error
            except StoreError:
                # The copy was removed just now: it is fetched once more.
                if last or packed.exists():
                    raise
        raise AssertionError

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes of a stored folder are not what they must be."""
        self._store.verify(cell, stored)

    def objects(self) -> Iterator[StoredObject]:
        """Yield nothing: the store lists them with the files."""
        yield from ()

    def delete(self, location: str) -> None:
        """Delete a sealed folder; does nothing if it is gone."""
        self._store.delete(location)

    def put_back(self, cell: Cell, stored: StoredData, path: str) -> str | None:  # noqa: ARG002
        """Return nothing: no copy of a folder is published."""
        return None

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Leave damaged bytes where they are: the right ones are put in their place."""
        return self._store.set_aside(cell, stored)


class UnsafeNameError(Exception):
    """Something in a tar is no plain file below it."""


def pack(root: Path, entries: Sequence[Entry], file: IO[bytes]) -> None:
    """Write the files of a folder into a tar that says nothing but names and bytes.

    Raises:
        ChangedError: They are not as they are listed.
    """
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for entry in entries:
            info = tarfile.TarInfo(entry.path)
            info.size, info.mode = entry.bytes, READ_ONLY
            try:
                with (root / entry.path).open("rb") as given:
                    hashed = _Hashed(given)
                    tar.addfile(info, cast("IO[bytes]", hashed))
            except FileNotFoundError:
                raise ChangedError(entry.path) from None
            if hashed.hasher.hexdigest() != entry.sha256:
                raise ChangedError(entry.path)


class _Hashed:
    """A file whose bytes are hashed while they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hasher = hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Return the next bytes; `ChangedError` if there are none where some must be."""
        data = self._file.read(size)
        if len(data) != size:
            raise ChangedError(self._file.name)
        self.hasher.update(data)
        return data


def listed(packed: Path) -> list[Entry]:
    """Return the files that were packed."""
    entries = []
    for info, file in _members(packed):
        hasher = hashlib.sha256()
        while block := file.read(_BLOCK):
            hasher.update(block)
        entries.append(Entry(info.name, info.size, hasher.hexdigest()))
    return entries


def unpack(packed: Path, new: Path) -> None:
    """Write the files that were packed into a folder that is not there yet, read-only."""
    files.make_folder(new)
    for info, file in _members(packed):
        target = new / info.name
        files.make_folder(target.parent)
        with files.NewFile(target) as copy:
            while block := file.read(_BLOCK):
                copy.write(block)
        files.make_read_only(target)


def _members(packed: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    with tarfile.open(packed, "r:") as tar:
        for info in tar:
            file = tar.extractfile(info) if info.isreg() else None
            name = PurePosixPath(info.name)
            if file is None or name.is_absolute() or ".." in name.parts:
                raise UnsafeNameError(info.name)
            yield info, file
