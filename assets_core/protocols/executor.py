"""What the core asks of the thing that calls steps."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar, runtime_checkable

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


class UnsendableError(Exception):
    """A message that holds what cannot go to another process; nothing was sent."""


class Worker(Protocol):
    """Another process that calls functions, one at a time."""

    def send(self, message: Any) -> None:
        """Send a message.

        Raises:
            UnsendableError: It cannot be pickled.
            WorkerError: The process has ended.
        """
        ...

    def receive(self) -> Any:
        """Wait for the next message, and return it.

        Raises:
            WorkerError: The process has ended.
        """
        ...


@runtime_checkable
class Workers(Protocol):
    """Processes that are kept for one run. Any thread may ask."""

    def hire(self) -> Worker:
        """Return one that has nothing to do, or a new one.

        Raises:
            WorkerError: It cannot be started.
        """
        ...

    def dismiss(self, worker: Worker, *, sound: bool) -> None:
        """Give one back.

        Args:
            sound: Whether it has nothing to do; else it is ended.
        """
        ...
