"""What a database has to offer, so that it can hold the metadata store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Found(Protocol):
    """What a statement found, or how many rows it changed."""

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, None if there is no more."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        ...


class Write(Protocol):
    """What writes, inside one transaction. No other writer is at work meanwhile."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Found:
        """Carry out a statement with `?` for each value."""
        ...

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> Found:
        """Carry out a statement for each of many rows of values."""
        ...


class Connection(Protocol):
    """A database that is open, for all threads of this process."""

    @property
    def read_only(self) -> bool:
        """Return whether nothing may be written: then every transaction is refused."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...

    def now(self) -> float:
        """Return what the time is for leases, in seconds since 1970."""
        ...

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        ...

    def rows_among(
        self, sql: str, values: Iterable[Any], first: Iterable[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return what a query with one `IN (…)` finds, for any number of values.

        Args:
            first: What the parameters before the `IN (…)` are.
        """
        ...

    def backup(self, path: str) -> None:
        """Write a copy of all that is in it to a file that is empty.

        Raises:
            UsageError: It is no database in a file.
        """
        ...

    def transaction(self, *, durable: bool = True) -> AbstractContextManager[Write]:
        """Write: all of it or nothing, and alone.

        Args:
            durable: Whether it survives loss of power at once. If not, it does so with
                the next one that is; what a killed process wrote is kept either way.
        """
        ...

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the database itself, in sentences."""
        ...
