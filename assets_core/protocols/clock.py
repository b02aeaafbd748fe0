"""What the core asks of time and chance."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Tells the time. Nothing that must be right depends on it."""

    def now(self) -> float:
        """Return seconds since 1970, UTC."""
        ...

    def elapsed(self) -> float:
        """Return seconds since some fixed moment; it never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class NewId(Protocol):
    """Gives out names that nothing else has."""

    def __call__(self) -> str:
        """Return 32 hexadecimal characters, later ones sorting after earlier ones."""
        ...
