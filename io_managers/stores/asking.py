"""Asks a client again and again, and says in the user's words what it does not do."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import TypeVar

from assets_core.errors import MissingDataError, StoreError
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from io_managers.stores.objects import ClientError, GoneError, ObjectClient, persistently

A = TypeVar("A")


class Asking:
    """A client that is asked for a while before it is believed that it cannot.

    Args:
        seconds: For how long something is tried again that may be in order soon.
    """

    def __init__(self, client: ObjectClient, seconds: float) -> None:
        self.client = client
        self.seconds = seconds

    def at(self, name: str) -> str:
        """Return the URL of an object."""
        return f"{self.client.root}/{name}" if name else self.client.root

    def name(self, url: str) -> str:
        """Return the name of the object that has this URL."""
        return url.removeprefix(f"{self.client.root}/")

    def tried(self, work: Callable[[], A]) -> A:
        """Do something until it is done, or the time is over."""
        return persistently(work, self.seconds)

    def digest(self, name: str, size: int) -> str:
        """Return the SHA-256 of an object that ought to have so many bytes.

        Raises:
            GoneError: There is none.
        """
        hasher = sha256()
        _, blocks = self.client.get(name, size)
        for block in blocks:
            hasher.update(block)
        return hasher.hexdigest()

    @contextlib.contextmanager
    def reading(self, cell: Cell, stored: StoredData) -> Iterator[None]:
        """Let errors say that the data of a cell cannot be read, or is gone."""
        try:
            with self.answers(
                f"The stored data of '{cell}' cannot be read", stored.location
            ):
                yield
        except GoneError:
            raise MissingDataError(
                f"The stored data of '{cell}' is gone",
                fix=f"assets materialize {cell.asset} --force",
                where=self.at(stored.location),
            ) from None

    @contextlib.contextmanager
    def answers(self, what: str, name: str) -> Iterator[None]:
        """Let errors of the place say what could not be done."""
        try:
            yield
        except ClientError as error:
            raise StoreError(
                f"{what}: {error.problem}", fix=error.fix, where=self.at(name)
            ) from None
