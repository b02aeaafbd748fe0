"""Options that belong together, each one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retry:
    """Call a function again when it failed.

    Args:
        times: How often it is called again after the first failure.
        wait: Seconds before the first repetition; doubled before each further one.
        on: Which exceptions are worth a repetition. Bad data is never repeated.

    >>> Retry(3, wait=1.0).pause(2)
    4.0
    """

    times: int
    wait: float = 1.0
    on: tuple[type[Exception], ...] = (OSError, TimeoutError)

    def __post_init__(self) -> None:
        if self.times < 1 or self.wait < 0:
            raise ValueError("Retry needs at least one repetition and no negative wait")

    def pause(self, failures: int) -> float:
        """Return the seconds to wait after `failures + 1` failures."""
        return self.wait * float(2**failures)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a result may be, whatever its inputs say.

    >>> from datetime import timedelta
    >>> Freshness(max_age=timedelta(hours=6)).max_age.total_seconds()
    21600.0
    """

    max_age: timedelta

    def __post_init__(self) -> None:
        if self.max_age <= timedelta(0):
            raise ValueError("Freshness needs an age above zero")
