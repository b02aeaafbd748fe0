"""Immutable objects in a place of another machine, such as a bucket of S3.

ROOT/.objects/ab/ab12….parquet    named by the SHA-256 of its bytes
ROOT/raw/orders.parquet           a copy of the object that the head names, if asked for
ROOT/raw/orders/date=2024-01-01/data.parquet    the same for each partition

Files are staged on this machine, and put as a whole when they are sealed: the same name
always means the same bytes, so that putting twice is putting once. Whether an object
counts is known by the metadata store alone; nothing here depends on a listing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from assets_core import files
from assets_core.errors import CorruptDataError, StoreError
from assets_core.files import crash_point
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from assets_core.parallel import in_parallel
from assets_core.protocols.io import Shown
from io_managers.stores.asking import Asking
from io_managers.stores.cache import Cache
from io_managers.stores.local import LocalStore
from io_managers.stores.names import end_of, is_object_name, object_name, stable_name
from io_managers.stores.objects import (
    ClientError,
    Found,
    GoneError,
    ObjectClient,
)
from io_managers.stores.protocol import StagedFile
from io_managers.stores.remote_journal import RemoteJournal
from io_managers.stores.ways import in_the_way

AT_ONCE = 8
"""How many objects are put or looked for at the same time."""

COPIES = ".copies"
"""An object beside the others that is there once something was published below the root."""


class RemoteStore:
    """Immutable objects below the root of a client.

    Args:
        near: Where files are written on this machine; it says how this store is called,
            how names end and in which folder objects lie.
        cache: The copies of objects that stay on this machine.
        seconds: For how long something is tried again that may be in order soon.
    """

    is_remote = True

    def __init__(
        self,
        client: ObjectClient,
        near: LocalStore,
        cache: Cache,
        seconds: float,
    ) -> None:
        self.storage = near.storage
        self.suffix = near.suffix
        self.staging = near.staging
        self._client = client
        self._ask = Asking(client, seconds)
        self._near = near
        self._objects = near.objects_folder.name
        self._copies = f"{self._objects}/{COPIES}"
        self._cache = cache
        self._has_copies: bool | None = None
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
        """Write a new file on this machine."""
        return self._near.stage(cell, attempt, write, kind=kind)

    def new_file(self, attempt: str) -> files.NewFile:
        """Open a new file on this machine."""
        return self._near.new_file(attempt)

    def staged(self, cell: Cell, file: files.NewFile, kind: str = "") -> StagedFile:
        """Return a file that was written and closed."""
        return self._near.staged(cell, file, kind)

    def named_errors(self, cell: Cell, path: Path) -> AbstractContextManager[None]:
        """Let errors of the file system say what could not be stored."""
        return self._near.named_errors(cell, path)

    def seal(self, staged: Sequence[StagedFile]) -> list[StoredData]:
        """Put staged files under the names of their content, several at a time."""
        return in_parallel(self._seal, staged, AT_ONCE)

    def _seal(self, staged: StagedFile) -> StoredData:
        name = object_name(self._objects, staged.checksum, staged.suffix)
        stored = StoredData(self.storage, name, staged.bytes, staged.checksum)
        if not staged.path.exists():  # it was sealed before
            self.verify(staged.cell, stored)
            return stored
        with self._ask.answers(f"'{staged.cell}' cannot be stored", name):
            mark = self._ask.tried(lambda: self._put(staged, stored))
        crash_point("seal.linked")
        with self.named_errors(staged.cell, staged.path):
            if mark is None:
                files.remove(staged.path)
            else:
                self._cache.offer(staged.path, staged.checksum, mark, staged.suffix)
        crash_point("seal.unstaged")
        return stored

    def _put(self, staged: StagedFile, stored: StoredData) -> str | None:
        try:
            return self._client.put(stored.location, staged.path)
        except ClientError as error:
            # The object may be there all the same: only the answer was lost.
            with contextlib.suppress(ClientError):
                if error.again and self._is_whole(stored):
                    return None
            raise

    def _is_whole(self, stored: StoredData) -> bool:
        try:
            return self._digest(stored) == stored.checksum
        except GoneError:
            return False

    def discard(self, staged: StagedFile) -> None:
        """Throw a staged file away."""
        self._near.discard(staged)

    # Reading.

    def whole(self, cell: Cell, stored: StoredData, *, lasting: bool = False) -> Path:
        """Return a copy on this machine of an object whose bytes are what they must be."""
        name = self._inside(cell, stored)
        suffix = end_of(stored)
        with self._ask.reading(cell, stored):
            if self._cache.may_have(stored.checksum):
                found = self._ask.tried(lambda: self._client.find(name))
                if found is None:
                    raise GoneError(name)
                kept = self._cache.find(
                    stored.checksum, found.mark, suffix, lasting=lasting
                )
                if kept is not None:
                    return kept
            path = self._cache.new()
            try:
                with self.named_errors(cell, path):
                    found = self._fetch(cell, stored, path)
                    return self._cache.add(
                        path, stored.checksum, found.mark, suffix, lasting=lasting
                    )
            finally:
                files.remove(path)

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Read all bytes of an object and raise if they are not what they must be."""
        self._inside(cell, stored)
        with self._ask.reading(cell, stored):
            if self._ask.tried(lambda: self._digest(stored)) != stored.checksum:
                again = self._ask.tried(lambda: self._digest(stored))
                self._refuse_damage(cell, stored, again)

    def _fetch(self, cell: Cell, stored: StoredData, path: Path) -> Found:
        """Copy an object here. What was cut off on its way is asked for once more."""

        def fetch() -> tuple[Found, str]:
            found, blocks = self._client.get(stored.location, stored.bytes)
            files.remove(path)
            with files.NewFile(path) as file:
                for block in blocks:
                    file.write(block)
            return found, file.sha256

        found, checksum = self._ask.tried(fetch)
        if checksum != stored.checksum:
            found, checksum = self._ask.tried(fetch)
        self._refuse_damage(cell, stored, checksum)
        return found

    def _digest(self, stored: StoredData) -> str:
        # What is recorded for a partition may be its share of an object that holds others.
        return self._ask.digest(stored.location, stored.bytes)

    def _refuse_damage(self, cell: Cell, stored: StoredData, checksum: str) -> None:
        if checksum != stored.checksum:
            raise CorruptDataError(
                f"The stored data of '{cell}' was damaged:"
                f" its checksum is {checksum}, and {stored.checksum} was written",
                fix=f"assets materialize {cell.asset} --force",
                where=self._ask.at(stored.location),
            )

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there: a request for each."""
        names = sorted({one.location for one in stored})
        with self._ask.answers("It cannot be seen what is stored", ""):
            there = in_parallel(
                lambda name: self._ask.tried(lambda: self._client.find(name)),
                names,
                AT_ONCE,
            )
        return {name for name, found in zip(names, there, strict=True) if found is None}

    def state(self, now: float) -> str | None:  # noqa: ARG002 - of a store of this machine
        """Return always the same: what is found gone when it is read is noted at heads."""
        return "read to be known"

    def watched(self) -> None:
        """Return None: what is on another machine cannot be looked at from here."""

    def _inside(self, cell: Cell, stored: StoredData) -> str:
        if not is_object_name(self._objects, stored.location):
            raise StoreError(
                f"The record of '{cell}' names an object that is not in its storage",
                fix=f"assets materialize {cell.asset} --force",
                where=stored.location,
            )
        return stored.location

    # Stable paths.

    def stable_path(self, cell: Cell, env: str, names: tuple[str, ...] = ()) -> str:
        """Return the path at which other tools find a cell."""
        return self._ask.at(stable_name(cell, env, self.suffix, names))

    def may_publish(self, cell: Cell, path: str, ours: bool) -> None:  # noqa: FBT001 - short
        """Raise if something that is not ours lies at the stable path."""
        if ours:
            return
        with self._ask.answers(f"'{cell}' cannot be published", ""):
            found = self._ask.tried(lambda: self._client.find(self._ask.name(path)))
        if found is not None and self.published(path) is None:
            raise in_the_way(cell, path)

    def publish(self, shown: Sequence[Shown], paths: Sequence[str], how: Publish) -> None:
        """Put copies at stable paths, each as a whole."""
        del how  # there are no links
        self._note_copies(shown[0][0])

        def copy(one: tuple[str, Shown]) -> None:
            path, (cell, stored, _) = one
            name = self._inside(cell, stored)
            crash_point("publish.prepared")
            with self._ask.reading(cell, stored):
                self._ask.tried(lambda: self._client.copy(name, self._ask.name(path)))
            crash_point("publish.renamed")

        in_parallel(copy, list(zip(paths, shown, strict=True)), AT_ONCE)
        crash_point("publish.durable")

    def _note_copies(self, cell: Cell) -> None:
        """Leave a note that there are copies, for those who publish nothing any more."""
        with self._lock:
            if self._has_copies:
                return
            note = self._cache.new()
            with self.named_errors(cell, note):
                files.put_text(note, "copies of objects lie below the root\n")
            with self._ask.answers(f"'{cell}' cannot be published", self._copies):
                self._ask.tried(lambda: self._client.put(self._copies, note))
            files.remove(note)
            self._has_copies = True

    def unpublish(self, cell: Cell, path: str) -> None:
        """Take a copy of ours away."""
        with self._ask.answers(f"'{cell}' cannot be taken from its stable path", ""):
            if self._has_copies is None:
                found = self._ask.tried(lambda: self._client.find(self._copies))
                self._has_copies = found is not None
            if self._has_copies and self.published(path) is not None:
                self._ask.tried(lambda: self._client.delete(self._ask.name(path)))

    def published(self, path: str) -> str | None:
        """Return the location of which the stable path shows a copy; None if of none."""
        with self._ask.answers("The stable path cannot be read", self._ask.name(path)):
            found = self._ask.tried(lambda: self._client.find(self._ask.name(path)))
            if found is None:
                return None
            copy = StoredData(self.storage, self._ask.name(path), found.bytes, "")
            try:
                checksum = self._ask.tried(lambda: self._digest(copy))
            except GoneError:
                return None
            start = f"{self._objects}/{checksum[:2]}"
            listed = self._ask.tried(lambda: list(self._client.list(start)))
        exact = object_name(self._objects, checksum, self.suffix)
        names = {one.name for one in listed if f"/{checksum}" in one.name}
        if exact in names or not self.suffix:
            return exact if exact in names else None
        return min((one for one in names if one.endswith(self.suffix)), default=None)

    def clear(self, env: str) -> None:
        """Take away the copies of an environment; what is not ours stays."""
        with self._ask.answers("The copies of an environment cannot be taken away", ""):
            for one in self._ask.tried(lambda: list(self._client.list(f".env/{env}"))):
                if self.published(self._ask.at(one.name)) is not None:
                    self._ask.tried(partial(self._client.delete, one.name))

    # Upkeep.

    def journal(self) -> RemoteJournal:
        """Return the journal beside the objects."""
        return RemoteJournal(self._client, self._near.root, self._ask.seconds)

    def put_back(self, cell: Cell, stored: StoredData, path: str) -> str | None:
        """Put right bytes in their place again, from a stable path if it is a copy."""
        name = self._ask.name(path)
        copy = StoredData(stored.storage, name, stored.bytes, stored.checksum)
        with self._ask.answers(f"'{cell}' cannot be put right", name):
            if not self._ask.tried(lambda: self._is_whole(copy)):
                return None
            self._ask.tried(lambda: self._client.copy(name, self._inside(cell, stored)))
        self.verify(cell, stored)
        return path

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Leave damaged bytes where they are: the right ones are put in their place."""
        self._inside(cell, stored)
        return None

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed object."""
        with self._ask.answers("It cannot be listed what is stored", self._objects):
            found = self._ask.tried(lambda: list(self._client.list(self._objects)))
        for one in found:
            if one.name.endswith(self.suffix) and one.name != self._copies:
                yield StoredObject(one.name, one.bytes, one.at)

    def delete(self, location: str) -> None:
        """Delete a sealed object; does nothing if it is gone."""
        if not is_object_name(self._objects, location):
            raise StoreError(
                "What is to be deleted is no object of this storage",
                fix="nothing was deleted; run 'assets doctor' to see what is wrong",
                where=location,
            )
        with self._ask.answers("Stored data cannot be deleted", location):
            self._ask.tried(lambda: self._client.delete(location))

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have a file staged on this machine, and its path."""
        return self._near.leftovers()

    def drop_leftover(self, attempt: str) -> None:
        """Remove the file that an attempt has staged."""
        self._near.drop_leftover(attempt)
