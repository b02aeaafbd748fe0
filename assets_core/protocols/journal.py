"""What the core asks of a journal: lines of text beside the data of a storage.

A journal is what the metadata store can be built again from. It is written behind the
store, and read when the store is lost. Its lines are not trusted: each has a digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable


class Journal(Protocol):
    """Named lists of lines. Each name is written by the processes of one metadata store."""

    place: str
    """Where it is. Storages that have the same place have one journal."""

    def names(self) -> list[str]:
        """Return the names under which something was written."""
        ...

    def append(self, name: str, lines: Iterable[str]) -> None:
        """Add lines, durably. What a killed process has written of them may be torn.

        Raises:
            StoreError: They cannot be written.
        """
        ...

    def rewrite(self, name: str, lines: Callable[[], Iterable[str]]) -> None:
        """Put lines in the place of all that a name has.

        Args:
            lines: Gives them; it is called once nobody else can append, so that nothing
                is lost that was appended before.

        Raises:
            StoreError: They cannot be written; those of before are still there.
        """
        ...

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a name in the order in which they were written.

        Raises:
            StoreError: They cannot be read.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove the lines of a name; does nothing if there are none."""
        ...


@runtime_checkable
class JournalingIOManager(Protocol):
    """What an IO manager also has that can keep a journal beside its data."""

    def journal(self) -> Journal:
        """Return the journal; nothing is made before a line is written."""
        ...
