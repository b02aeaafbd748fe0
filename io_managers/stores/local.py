"""Immutable files in a folder of this machine, and stable paths that show them.

ROOT/.objects/ab/ab12….parquet    read-only, named by the SHA-256 of its bytes
ROOT/.objects/.staging/           files that are being written
ROOT/raw/orders.parquet           a relative symlink to the file that the head names
ROOT/raw/orders/date=2024-01-01/data.parquet    the same for each partition
ROOT/.env/dev/raw/orders.parquet  the same, in another environment
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assets_core import files
from assets_core.errors import CorruptDataError, MissingDataError, PublishError, StoreError
from assets_core.files import crash_point
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.hive import hive_path
from assets_core.model.keys import Cell
from assets_core.model.records import MAIN, StoredData

OBJECTS = ".objects"
STAGING = f"{OBJECTS}/.staging"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that is written and not yet sealed."""

    cell: Cell
    path: Path
    bytes: int
    checksum: str


class LocalStore:
    """A folder of immutable files.

    Args:
        storage: The identity that is recorded with everything stored here.
        root: The folder.
        suffix: What file names end with, such as `.parquet`.
    """

    def __init__(self, storage: str, root: Path, suffix: str) -> None:
        self.storage = storage
        self.root = root
        self.suffix = suffix
        self._verified: dict[tuple[str, int, int, int, int], str] = {}
        self._lock = threading.Lock()

    # Writing.

    def stage(
        self, cell: Cell, attempt: str, write: Callable[[files.NewFile], None]
    ) -> StagedFile:
        """Write a new file where nobody looks."""
        folder = self.root / STAGING
        with self._named_errors(cell, folder):
            files.make_folder(folder)
            with files.NewFile(folder / f"{attempt}{self.suffix}") as file:
                crash_point("stage.created")
                write(file)
            crash_point("stage.written")
            return StagedFile(cell, file.path, file.size, file.sha256)

    def seal(self, staged: StagedFile) -> StoredData:
        """Make a staged file durable and read-only, under the name of its content."""
        location = f"{OBJECTS}/{staged.checksum[:2]}/{staged.checksum}{self.suffix}"
        target = self.root / location
        with self._named_errors(staged.cell, target):
            files.make_folder(target.parent)
            if not staged.path.exists() and self._is_whole(target, staged.checksum):
                return StoredData(self.storage, location, staged.bytes, staged.checksum)
            files.make_read_only(staged.path)
            files.sync_file(staged.path)
            crash_point("seal.synced")
            if not files.link(staged.path, target) and not self._is_whole(
                target, staged.checksum
            ):
                # Somebody damaged the object; the same bytes take its place.
                files.replace(staged.path, target)
                crash_point("seal.replaced")
            crash_point("seal.linked")
            files.sync_folder(target.parent)
            crash_point("seal.durable")
            files.remove(staged.path)
            crash_point("seal.unstaged")
        return StoredData(self.storage, location, staged.bytes, staged.checksum)

    def discard(self, staged: StagedFile) -> None:
        """Throw a staged file away."""
        with contextlib.suppress(OSError):
            files.remove(staged.path)

    # Reading.

    def whole(self, cell: Cell, stored: StoredData) -> Path:
        """Return the path of a stored file whose bytes are what they must be."""
        path = self._path(cell, stored)
        try:
            found = path.stat()
            state = (
                stored.location,
                found.st_size,
                found.st_mtime_ns,
                found.st_ctime_ns,
                found.st_ino,
            )
            if self._verified.get(state) == stored.checksum:
                return path
            checksum, _ = files.file_digest(path)
        except FileNotFoundError as error:
            raise MissingDataError(
                f"The stored data of '{cell}' is gone",
                fix=f"assets materialize {cell.asset}",
                where=str(path),
            ) from error
        except OSError as error:
            raise StoreError(
                f"The stored data of '{cell}' cannot be read: {error.strerror}",
                fix="check the rights and the disk",
                where=str(path),
            ) from error
        if checksum != stored.checksum:
            raise CorruptDataError(
                f"The stored data of '{cell}' was damaged:"
                f" its checksum is {checksum}, and {stored.checksum} was written",
                fix=f"assets materialize {cell.asset} --force",
                where=str(path),
            )
        with self._lock:
            self._verified[state] = checksum
        return path

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there: one look at each folder."""
        wanted: dict[str, list[str]] = {}
        for one in stored:
            folder, _, name = one.location.rpartition("/")
            wanted.setdefault(folder, []).append(name)
        gone: set[str] = set()
        for folder, names in wanted.items():
            try:
                there = {path.name for path in (self.root / folder).iterdir()}
            except FileNotFoundError:
                there = set()
            except OSError as error:
                raise StoreError(
                    f"The folder of stored data cannot be read: {error.strerror}",
                    fix="check its rights and the disk",
                    where=str(self.root / folder),
                ) from error
            gone.update(f"{folder}/{name}" for name in names if name not in there)
        return gone

    def state(self, now: float) -> str | None:
        """Return when files came or went last in each folder; None if that was just now."""
        return files.state_of_folders(self.root / OBJECTS, now)

    def _path(self, cell: Cell, stored: StoredData) -> Path:
        """Return where a stored file is."""
        try:
            return self._inside(stored.location)
        except ValueError as error:
            raise StoreError(
                f"The record of '{cell}' names a file that is not in its storage",
                fix=f"assets materialize {cell.asset} --force",
                where=stored.location,
            ) from error

    def _inside(self, location: str) -> Path:
        """Return the path of a location. Records are not trusted to stay in this folder."""
        parts = PurePosixPath(location).parts
        if parts[:1] != (OBJECTS,) or ".." in parts:
            raise ValueError(location)
        return self.root / location

    def _is_whole(self, path: Path, checksum: str) -> bool:
        # An object is never a symlink; one may lead nowhere, or to what others change.
        return not path.is_symlink() and files.file_digest(path)[0] == checksum

    # Stable paths.

    def stable_path(self, cell: Cell, env: str, names: tuple[str, ...] = ()) -> Path:
        """Return the path at which other tools find a cell."""
        folder = self.root if env == MAIN else self.root / ".env" / env
        if cell.partition is None:
            return folder / f"{cell.asset}{self.suffix}"
        return folder / cell.asset / hive_path(cell.partition, names) / f"data{self.suffix}"

    def may_publish(self, cell: Cell, path: Path, ours: bool) -> None:  # noqa: FBT001 - short
        """Raise if something that is not ours lies at the stable path."""
        for above in path.parents:
            if above == self.root:
                break
            if above.exists() and not above.is_dir():
                raise self._in_the_way(cell, above)
        if path.is_symlink():
            if OBJECTS not in path.readlink().parts:
                raise self._in_the_way(cell, path)
        elif path.is_dir() or (path.exists() and not ours):
            raise self._in_the_way(cell, path)

    def _in_the_way(self, cell: Cell, path: Path) -> PublishError:
        return PublishError(
            f"'{cell}' cannot be published: something else is at its stable path",
            fix="move it away, give the asset another key, or set publish='none'",
            where=str(path),
        )

    def publish(
        self, cell: Cell, stored: StoredData, how: Publish, path: Path, unique: str
    ) -> None:
        """Make the stable path show a stored file, in one step."""
        target = self._path(cell, stored)
        with self._named_errors(cell, path):
            files.make_folder(path.parent)
            if how == "copy":
                files.put_copy(target, path, unique)
            else:
                relative = os.path.relpath(target, path.parent)
                files.point_symlink(path, relative, unique)

    def unpublish(self, cell: Cell, path: Path) -> None:
        """Take the stable path away, if it is a symlink or a copy of ours."""
        if path.is_symlink():
            ours = OBJECTS in path.readlink().parts
        else:
            shown = self.published(path)
            ours = shown is not None and (self.root / shown).is_file()
        if ours:
            with self._named_errors(cell, path):
                files.remove(path)

    def published(self, path: Path) -> str | None:
        """Return the location that the stable path shows."""
        if path.is_symlink():
            shown = os.path.normpath(path.parent / path.readlink())
            return os.path.relpath(shown, os.path.normpath(self.root))
        if not path.is_file():
            return None
        checksum, _ = files.file_digest(path)
        return f"{OBJECTS}/{checksum[:2]}/{checksum}{self.suffix}"

    # Deleting.

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed file."""
        for folder in _entries(self.root / OBJECTS):
            if folder.name == PurePosixPath(STAGING).name or not folder.is_dir():
                continue
            for file in _entries(Path(folder.path)):
                if file.name.endswith(self.suffix) and file.is_file(follow_symlinks=False):
                    found = file.stat(follow_symlinks=False)
                    location = f"{OBJECTS}/{folder.name}/{file.name}"
                    yield StoredObject(location, found.st_size, found.st_mtime)

    def delete(self, location: str) -> None:
        """Delete a sealed file; does nothing if it is gone."""
        try:
            path = self._inside(location)
        except ValueError:
            raise StoreError(
                "What is to be deleted is no file of this storage",
                fix="nothing was deleted; run 'assets doctor' to see what is wrong",
                where=location,
            ) from None
        try:
            files.remove(path)
        except OSError as error:
            raise StoreError(
                f"Stored data cannot be deleted: {error.strerror or error}",
                fix="check the rights of the folder, then run it again",
                where=str(path),
            ) from error

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have a file staged, and its path."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            staged = sorted((self.root / STAGING).iterdir())
            return {path.name.removesuffix(self.suffix): str(path) for path in staged}
        return {}

    def drop_leftover(self, attempt: str) -> None:
        """Remove the file that an attempt has staged."""
        with contextlib.suppress(OSError):
            files.remove(self.root / STAGING / f"{attempt}{self.suffix}")

    @contextlib.contextmanager
    def _named_errors(self, cell: Cell, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"'{cell}' cannot be stored: {error.strerror or error}",
                fix="nothing was changed; check disk space and rights, then run again",
                where=str(error.filename or path),
            ) from error


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []
