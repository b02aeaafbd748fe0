"""Immutable files in a folder of this machine, and stable paths that show them.

ROOT/.objects/ab/ab12….parquet    read-only, named by the SHA-256 of its bytes
ROOT/.objects/.staging/           files that are being written
ROOT/.objects/.damaged/           what was found damaged and moved out of the way
ROOT/raw/orders.parquet           a relative symlink to the file that the head names
ROOT/raw/orders/date=2024-01-01/data.parquet    the same for each partition
ROOT/.env/dev/raw/orders.parquet  the same, in another environment
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from assets_core import files
from assets_core.errors import CorruptDataError, StoreError
from assets_core.files import crash_point
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from assets_core.parallel import in_parallel
from assets_core.protocols.io import Shown, Watched
from assets_core.syncing import sync_all
from io_managers.stores import mending
from io_managers.stores.journal import LocalJournal
from io_managers.stores.local_errors import reading
from io_managers.stores.names import is_object_name, object_name, stable_name
from io_managers.stores.protocol import StagedFile
from io_managers.stores.states import State, is_untouched, state_at, state_of
from io_managers.stores.ways import (
    DAMAGED,
    OBJECTS,
    STAGING,
    clear,
    entries,
    in_the_way,
    link_above,
    refuse_above,
)

LARGE = 8 << 20
"""From how many bytes on a file that was just sealed is not looked through to be read."""


class LocalStore:
    """A folder of immutable files.

    Args:
        storage: The identity that is recorded with everything stored here.
        root: The folder.
        suffix: What file names end with, such as `.parquet`.
        objects: The folder in it that holds the files themselves.
    """

    is_remote = False

    def __init__(
        self, storage: str, root: Path, suffix: str, objects: str = OBJECTS
    ) -> None:
        self.storage = storage
        self.root = root
        self.suffix = suffix
        self.objects_folder = root / objects
        self.staging = self.objects_folder / STAGING
        self._objects = objects
        self._verified: dict[State, str] = {}
        self._written: dict[State, str] = {}
        self._lock = threading.Lock()

    # Writing.

    def stage(
        self,
        cell: Cell,
        attempt: str,
        write: Callable[[files.NewFile], None],
        *,
        kind: str = "",
    ) -> StagedFile:
        """Write a new file where nobody looks; `kind` stands before its suffix."""
        with self.named_errors(cell, self.staging):
            with self.new_file(attempt) as file:
                write(file)
            return self.staged(cell, file, kind)

    def new_file(self, attempt: str) -> files.NewFile:
        """Open a new file where nobody looks."""
        files.make_folder(self.staging)
        file = files.NewFile(self.staging / f"{attempt}{self.suffix}")
        try:
            crash_point("stage.created")
        except BaseException:
            file.close()
            files.remove(file.path)
            raise
        return file

    def staged(self, cell: Cell, file: files.NewFile, kind: str = "") -> StagedFile:
        """Return a file that was written and closed."""
        crash_point("stage.written")
        suffix = f"{kind}{self.suffix}"
        state = state_at(file.path) if file.size >= LARGE else None
        return StagedFile(cell, file.path, file.size, file.sha256, suffix, state)

    def seal(self, staged: Sequence[StagedFile]) -> list[StoredData]:
        """Make staged files durable and read-only, under the names of their content.

        What is done to one is done to all of them before the next: a file system that
        makes one change durable does it with all that were made before.
        """
        stored = [self._stored(one) for one in staged]
        targets = [self.root / one.location for one in stored]
        pairs = list(zip(staged, targets, strict=True))
        with self.named_errors(staged[0].cell, targets[0]):
            left = [
                (one, target)
                for one, target in pairs
                if one.path.exists() or not self._is_whole(target, one.checksum)
            ]
            files.make_folders(target.parent for _, target in left)
            new = [one.path for one, _ in left]
            untouched = [pair for pair in left if is_untouched(pair[0].path, pair[0].state)]
            for path in new:
                files.make_read_only(path)
            sync_all(new, "seal.synced")
            for one, target in left:
                self._link(one, target)
            folders = list(dict.fromkeys(target.parent for _, target in left))
            sync_all(folders, "seal.durable")
            for one, _ in left:
                files.remove(one.path)
                crash_point("seal.unstaged")
        for one, target in untouched:
            self._remember(one, target)
        return stored

    def _stored(self, staged: StagedFile) -> StoredData:
        location = object_name(self._objects, staged.checksum, staged.suffix)
        return StoredData(self.storage, location, staged.bytes, staged.checksum)

    def _link(self, staged: StagedFile, target: Path) -> None:
        if not files.link(staged.path, target) and not self._is_whole(
            target, staged.checksum
        ):
            # Somebody damaged the object; the same bytes take its place.
            files.replace(staged.path, target)
            crash_point("seal.replaced")
        crash_point("seal.linked")

    def _remember(self, staged: StagedFile, target: Path) -> None:
        """Know what is in a large file without reading it, until somebody touches it."""
        found = state_at(target)
        # Rights and names were changed since it was written, and nothing else.
        if found is not None and found[:4] == (staged.state or ())[:4]:
            with self._lock:
                self._written[found] = staged.checksum

    def discard(self, staged: StagedFile) -> None:
        """Throw a staged file away."""
        with contextlib.suppress(OSError):
            files.remove(staged.path)

    # Reading.

    def whole(self, cell: Cell, stored: StoredData, *, lasting: bool = False) -> Path:
        """Return the path of a stored file whose bytes are what they must be.

        They are compared once in a process, until somebody touches the file; those of a
        large one that this process has written itself were hashed when they were written.
        """
        del lasting  # the file itself stays as long as it is recorded
        path = self.path(cell, stored)
        written = self._written.get(state) if (state := state_at(path)) else None
        if written != stored.checksum:
            self.verify(cell, stored)
        return path

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes of a stored file are not what they must be."""
        path = self.path(cell, stored)
        with reading(cell, path):
            state = state_of(path.stat())
            if self._verified.get(state) == stored.checksum:
                return
            checksum, _ = files.file_digest(path)
        if checksum != stored.checksum:
            raise CorruptDataError(
                f"The stored data of '{cell}' was damaged:"
                f" its checksum is {checksum}, and {stored.checksum} was written",
                fix=f"assets materialize {cell.asset} --force",
                where=str(path),
            )
        with self._lock:
            self._verified[state] = checksum

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
        return files.state_of_folders(self.objects_folder, now)

    def watched(self) -> tuple[Watched, ...]:
        """Return the folder of files, whose state tells when files came or went."""
        return (("folders", str(self.objects_folder)),)

    def path(self, cell: Cell, stored: StoredData) -> Path:
        """Return where a stored file is, whole or not."""
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
        if not is_object_name(self._objects, location):
            raise ValueError(location)
        return self.root / location

    def _is_whole(self, path: Path, checksum: str) -> bool:
        # An object is never a symlink; one may lead nowhere, or to what others change.
        return not path.is_symlink() and files.file_digest(path)[0] == checksum

    # Stable paths.

    def stable_path(self, cell: Cell, env: str, names: tuple[str, ...] = ()) -> Path:
        """Return the path at which other tools find a cell."""
        return self.root / stable_name(cell, env, self.suffix, names)

    def may_publish(self, cell: Cell, path: Path, ours: bool) -> None:  # noqa: FBT001 - short
        """Raise if something that is not ours lies at the stable path."""
        refuse_above(cell, self.root, path)
        try:
            mode = path.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return  # what is in the way above it is told where it is written
        if stat.S_ISLNK(mode):
            ours = self._objects in path.readlink().parts
        if stat.S_ISDIR(mode) or not ours:
            raise in_the_way(cell, path)

    def publish(self, shown: Sequence[Shown], paths: Sequence[Path], how: Publish) -> None:
        """Make stable paths show stored files, each in one step."""

        def publish(one: tuple[Path, Shown]) -> None:
            path, (cell, stored, unique) = one
            target = self.path(cell, stored)
            with self.named_errors(cell, path):
                if how == "copy":
                    files.put_copy(target, path, unique)
                else:
                    relative = os.path.relpath(target, path.parent)
                    files.point_symlink(path, relative, unique)

        folders = list(dict.fromkeys(path.parent for path in paths))
        for folder in folders:
            refuse_above(shown[0][0], self.root, folder / "any")
        with self.named_errors(shown[0][0], paths[0]):
            files.make_folders(folders)
        pairs = list(zip(paths, shown, strict=True))
        if how == "copy":
            in_parallel(publish, pairs)
        else:
            for pair in pairs:
                publish(pair)
        with self.named_errors(shown[0][0], paths[0]):
            sync_all(folders, "publish.durable")

    def unpublish(self, cell: Cell, path: Path) -> None:
        """Take the stable path away, if it is a symlink or a copy of ours."""
        if link_above(self.root, path) is not None:
            return
        if path.is_symlink():
            ours = self._objects in path.readlink().parts
        else:
            shown = self.published(path)
            ours = shown is not None and (self.root / shown).is_file()
        if ours:
            with self.named_errors(cell, path):
                files.remove(path)

    def clear(self, env: str) -> None:
        """Take away links and empty folders of an environment; what is not ours stays."""
        clear(self.root / ".env" / env, self._objects)

    def published(self, path: Path) -> str | None:
        """Return the location that the stable path shows."""
        if path.is_symlink():
            shown = os.path.normpath(path.parent / path.readlink())
            return os.path.relpath(shown, os.path.normpath(self.root))
        if not path.is_file():
            return None
        checksum, _ = files.file_digest(path)
        name, folder = f"{checksum}{self.suffix}", self.objects_folder / checksum[:2]
        if self.suffix and not (folder / name).is_file():
            kinds = sorted(folder.glob(f"{checksum}.*{self.suffix}"))
            name = kinds[0].name if kinds else name
        return f"{self._objects}/{checksum[:2]}/{name}"

    # Upkeep.

    def journal(self) -> LocalJournal:
        """Return the journal beside the files."""
        return LocalJournal(self.root)

    def put_back(self, cell: Cell, stored: StoredData, path: Path) -> str | None:
        """Put right bytes in their place again, from a stable path if it is a copy."""
        return mending.put_back(self, cell, stored, [path])

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move damaged bytes out of the way; return where they are now."""
        return mending.set_aside(self, cell, stored)

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed file."""
        for folder in entries(self.objects_folder):
            if folder.name in {STAGING, DAMAGED} or not folder.is_dir():
                continue
            for file in entries(Path(folder.path)):
                if file.name.endswith(self.suffix) and file.is_file(follow_symlinks=False):
                    found = file.stat(follow_symlinks=False)
                    location = f"{self._objects}/{folder.name}/{file.name}"
                    yield StoredObject(location, found.st_size, found.st_mtime)

    def delete(
        self, location: str, remove: Callable[[Path], object] = files.remove
    ) -> None:
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
            remove(path)
        except OSError as error:
            raise StoreError(
                f"Stored data cannot be deleted: {error.strerror or error}",
                fix="check the rights of the folder, then run it again",
                where=str(path),
            ) from error

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have a file staged, and its path."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            staged = sorted(self.staging.iterdir())
            return {
                path.name.removesuffix(self.suffix): str(path)
                for path in staged
                if path.name.endswith(self.suffix)
            }
        return {}

    def drop_leftover(self, attempt: str) -> None:
        """Remove the file that an attempt has staged."""
        with contextlib.suppress(OSError):
            files.remove(self.staging / f"{attempt}{self.suffix}")

    @contextlib.contextmanager
    def named_errors(self, cell: Cell, path: Path) -> Iterator[None]:
        """Let errors of the file system say what could not be stored."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"'{cell}' cannot be stored: {error.strerror or error}",
                fix="nothing was changed; check disk space and rights, then run again",
                where=str(error.filename or path),
            ) from error
