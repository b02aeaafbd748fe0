"""What a store asks of a client of a place that keeps objects, such as a bucket.

Every object is put as a whole: whoever looks sees all of it, or what was there before.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from assets_core.frozen import frozen

A = TypeVar("A")

FIRST_PAUSE = 0.1  # seconds
LONGEST_PAUSE = 5.0


@frozen
class Found:
    """An object that is there.

    Attributes:
        name: Its name below the root.
        at: When it was written, in seconds since 1970, UTC.
        mark: A text that becomes another when the object is overwritten.
    """

    name: str
    bytes: int
    at: float
    mark: str


class ObjectClient(Protocol):
    """Puts and gets objects by their names below one root.

    Every method but `list` may be called at the same time by several threads. All of
    them raise `ClientError`.
    """

    root: str
    """The place, as in the settings: no login is part of it."""

    def put(self, name: str, file: Path) -> str | None:
        """Store a file, in place of what had this name; return its mark where known."""
        ...

    def get(self, name: str, size: int) -> tuple[Found, Iterator[bytes]]:
        """Return an object, and its bytes piece by piece.

        Args:
            size: How many bytes it ought to have.

        Raises:
            GoneError: There is none.
        """
        ...

    def find(self, name: str) -> Found | None:
        """Return an object without reading it."""
        ...

    def copy(self, name: str, target: str) -> None:
        """Give an object a second name, in place of what had that."""
        ...

    def delete(self, name: str) -> None:
        """Delete an object; does nothing if it is gone."""
        ...

    def list(self, folder: str) -> Iterator[Found]:
        """Yield the objects whose names begin with a folder."""
        ...


class GoneError(Exception):
    """There is no object of this name."""


class ClientError(Exception):
    """A place does not do what it was asked for.

    Args:
        problem: What is wrong; no login and no key is part of it.
        again: Whether it may do it when it is asked again.
    """

    def __init__(self, problem: str, fix: str, *, again: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix
        self.again = again


def persistently(work: Callable[[], A], seconds: float) -> A:
    """Do something again and again until it is done, or the time is over.

    Pauses grow, and are of a random length: many who were refused at the same moment do
    not come back at the same moment.

    Raises:
        ClientError: The last one.
    """
    ends, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            return work()
        except ClientError as error:
            wait = random.uniform(0, pause)  # noqa: S311 - nobody must not guess it
            if not error.again or time.monotonic() + wait > ends:
                raise
        time.sleep(wait)
        pause = min(2 * pause, LONGEST_PAUSE)
