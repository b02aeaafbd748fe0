"""The real clock, and names that are new everywhere."""

from __future__ import annotations

import os
import time


class SystemClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Return seconds since 1970, UTC."""
        return time.time()

    def elapsed(self) -> float:
        """Return seconds since some fixed moment; it never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def new_id() -> str:
    """Return 32 hexadecimal characters: 48 bits of time, then 80 random ones."""
    milliseconds = time.time_ns() // 1_000_000
    return f"{milliseconds & ((1 << 48) - 1):012x}{os.urandom(10).hex()}"
