"""What upkeep asks of the metadata store: what is to be journaled, and what was pinned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from assets_core.frozen import frozen
from assets_core.model.keys import Cell
from assets_core.model.records import Claim


class Due(NamedTuple):
    """A change that is not in a journal yet, as the store names it.

    Attributes:
        number: Higher than that of every earlier change of the same thing.
    """

    number: int
    kind: str
    env: str
    asset: str
    partition: str
    id: str


class Line(NamedTuple):
    """One line for a journal, and the storage that it is about; empty for all of them."""

    storage: str
    text: str


class Written(NamedTuple):
    """One line of a journal, as it was read.

    Attributes:
        epoch: Later stores of a project have higher ones.
        where: Its file and number, for people.
        journal: The name of its journal.
        place: Where that is.
    """

    epoch: int
    where: str
    text: bytes
    journal: str = ""
    place: str = ""


@frozen
class Pin:
    """A result that is kept until somebody lets go of it, and found by a name."""

    name: str
    cell: Cell
    materialization: str
    at: float


@frozen
class Rebuilt:
    """What was found in journals.

    Attributes:
        problems: What was left out and why, in sentences.
    """

    results: int
    heads: int
    problems: tuple[str, ...]


class Keeping(Protocol):
    """The part of a metadata store that only upkeep uses."""

    def due(self, most: int, after: int = -1) -> tuple[Due, ...]:
        """Return the oldest changes that are in no journal yet, behind a number."""
        ...

    def changed(self) -> bool:
        """Return whether something is due that was not when this store was opened."""
        ...

    def lines(self, dues: Sequence[Due]) -> Iterator[Line]:
        """Yield what a journal has to say of changes: how things are by now."""
        ...

    def storages(self) -> frozenset[str]:
        """Return the storages that hold a result."""
        ...

    def everything(self) -> Iterator[Line]:
        """Yield what a journal has to say of all that there is."""
        ...

    def written(self, dues: Sequence[Due]) -> None:
        """Strike off changes that are in a journal."""
        ...

    def all_due(self) -> None:
        """Say that no journal has anything yet, so that all is written anew."""
        ...

    def journal_name(self, choose: Callable[[], str]) -> str:
        """Return how the journals of this store are called; the first time, as chosen."""
        ...

    def chain(self) -> frozenset[str]:
        """Return the names of the journals of this store, and of those it continues."""
        ...

    def continued(self, lines: Iterable[bytes]) -> frozenset[str]:
        """Return the names of the journals that the store of these lines continues."""
        ...

    def rebuild(self, lines: Iterable[Written], *, dry_run: bool) -> Rebuilt:
        """Remember all that journals say, in one transaction, in a store that is empty.

        Raises:
            UsageError: It is not empty.
        """
        ...

    def backup(self, path: str) -> None:
        """Write a copy of the whole store to a file that does not exist yet."""
        ...

    def belong_to(self, project: str) -> str:
        """Return to which project the store belongs: this one from now on, if to none."""
        ...

    def pins(self) -> tuple[Pin, ...]:
        """Return what is pinned, by name."""
        ...

    def pin(self, pin: Pin, claim: Claim) -> None:
        """Pin a result, whose data stays from now on.

        Args:
            claim: On its cell, taken before it was seen that the data is there.

        Raises:
            UsageError: Something else of the same cell has that name.
            CollectedError: Garbage collection is deleting the data.
        """
        ...

    def unpin(self, pin: Pin) -> bool:
        """Let go of what was pinned; return whether it was."""
        ...
