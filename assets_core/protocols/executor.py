"""What the core asks of the thing that calls steps."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

T = TypeVar("T")


class Executor(Protocol):
    """Calls steps, some at a time.

    Every call that was accepted ends: its future gets a result or an exception. After
    `close` nothing is still running.
    """

    jobs: int
    """How many calls run at once."""

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Call it, now or as soon as there is room."""
        ...

    def close(self) -> None:
        """Wait for what runs; call nothing more."""
        ...
