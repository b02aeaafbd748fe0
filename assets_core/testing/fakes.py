"""Fakes for what a test cannot wait for or look into: time, new names, observers."""

from __future__ import annotations

import itertools
import threading
from typing import TypeVar

from assets_core.model.events import Event
from assets_core.protocols.clock import NewId

E = TypeVar("E")


class FakeClock:
    """A clock that stands still until somebody sleeps by it or moves it.

    Attributes:
        slept: How long each call of `sleep` was to wait.

    >>> clock = FakeClock(1_000.0)
    >>> clock.sleep(2.5)
    >>> clock.now(), clock.elapsed(), clock.slept
    (1002.5, 2.5, [2.5])
    """

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._elapsed = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> float:
        """Return seconds since 1970, UTC."""
        return self._now

    def elapsed(self) -> float:
        """Return the seconds for which it was moved on."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Move it on at once."""
        self.advance(seconds)
        self.slept.append(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += seconds
            self._elapsed += seconds

    def jump(self, now: float) -> None:
        """Set the clock, as an operator or a time server does: no time passes."""
        with self._lock:
            self._now = now


class MemoryObserver:
    """Keeps every event that it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def notify(self, event: Event) -> None:
        """Take note of something that has happened."""
        self.events.append(event)

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of one kind, in the order in which they were told.

        >>> from assets_core.model.events import RunStarted, Warned
        >>> observer = MemoryObserver()
        >>> observer.notify(RunStarted("1", steps=2, fresh=0))
        >>> observer.notify(Warned("the disk is nearly full"))
        >>> observer.of(Warned)
        [Warned(text='the disk is nearly full')]
        """
        return [event for event in self.events if isinstance(event, kind)]


def new_ids(start: int = 1) -> NewId:
    """Return what gives out names: the same ones in every test, each of them once.

    >>> new_id = new_ids()
    >>> new_id()[-4:], new_id()[-4:]
    ('0001', '0002')
    """
    numbers = itertools.count(start)

    def new_id() -> str:
        return f"{next(numbers):032x}"

    return new_id
