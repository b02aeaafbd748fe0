"""The journal of an object store: ROOT/.journal/NAME/ab12….jsonl, some lines in each.

An object cannot be appended to, so that each time an object of its own is put, named by
its content: putting twice is putting once. Each line says for itself what it is later
than, so that nothing depends on the order in which objects are read.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from assets_core import files
from assets_core.errors import StoreError
from io_managers.stores.objects import (
    ClientError,
    Found,
    GoneError,
    ObjectClient,
    persistently,
)

FOLDER = ".journal"
SUFFIX = ".jsonl"
MOST_BYTES = 64 << 20
"""How long a line may be that is read: nobody has written a longer one."""


class RemoteJournal:
    """Objects of lines below the root of a client.

    Args:
        folder: A folder of this machine for what is on its way.
        seconds: For how long something is tried again that may be in order soon.
    """

    def __init__(self, client: ObjectClient, folder: Path, seconds: float) -> None:
        self._client = client
        self._near = folder
        self._seconds = seconds
        self.place = f"{client.root}/{FOLDER}"

    def names(self) -> list[str]:
        """Return the names under which something was written."""
        with self._named_errors("read"):
            return sorted({one.name.split("/")[1] for one in self._there("")})

    def append(self, name: str, lines: Iterable[str]) -> None:
        """Add lines, durably."""
        with self._named_errors("written"):
            self._put(name, lines)

    def rewrite(self, name: str, lines: Callable[[], Iterable[str]]) -> None:
        """Put lines in the place of all that a name has.

        What others add meanwhile stays: it is later than what was there before.
        """
        with self._named_errors("written"):
            before = self._there(name)
            new = self._put(name, lines())
            self._delete([one for one in before if one.name != new])

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a name."""
        with self._named_errors("read"):
            for one in self._there(name):
                try:
                    path = persistently(partial(self._fetched, one), self._seconds)
                except GoneError:
                    continue  # it was written anew just now
                try:
                    with path.open("rb") as file:
                        while line := file.readline(MOST_BYTES):
                            yield line
                finally:
                    files.remove(path)

    def remove(self, name: str) -> None:
        """Remove the lines of a name; does nothing if there are none."""
        with self._named_errors("written"):
            self._delete(self._there(name))

    def _there(self, name: str) -> list[Found]:
        folder = f"{FOLDER}/{name}".rstrip("/")
        found = persistently(lambda: list(self._client.list(folder)), self._seconds)
        inside = (one for one in found if one.name.startswith(f"{folder}/"))
        return [one for one in inside if one.name.endswith(SUFFIX)]

    def _put(self, name: str, lines: Iterable[str]) -> str:
        """Put lines as an object, and return its name."""
        path = self._new()
        try:
            with files.NewFile(path) as file:
                for line in lines:
                    file.write(f"{line}\n".encode())
            target = f"{FOLDER}/{name}/{file.sha256}{SUFFIX}"
            persistently(lambda: self._client.put(target, path), self._seconds)
        finally:
            files.remove(path)
        return target

    def _fetched(self, one: Found) -> Path:
        path = self._new()
        try:
            _, blocks = self._client.get(one.name, one.bytes)
            with files.NewFile(path) as file:
                for block in blocks:
                    file.write(block)
        except BaseException:
            files.remove(path)
            raise
        return path

    def _delete(self, objects: Iterable[Found]) -> None:
        for one in objects:
            persistently(partial(self._client.delete, one.name), self._seconds)

    def _new(self) -> Path:
        files.make_folder(self._near)
        return self._near / f"{uuid.uuid4().hex}{SUFFIX}"

    @contextlib.contextmanager
    def _named_errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise StoreError(
                f"The journal cannot be {what}: {error.problem}",
                fix=error.fix,
                where=self.place,
            ) from None
        except OSError as error:
            raise StoreError(
                f"The journal cannot be {what}: {error.strerror or error}",
                fix="check the rights of the folder, and the disk",
                where=str(self._near),
            ) from error
