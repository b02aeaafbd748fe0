"""Options that belong together, each one value."""

from __future__ import annotations

from datetime import timedelta

from assets_core.frozen import frozen


@frozen
class Retry:
    """Call a function again when it failed.

    Args:
        times: How often it is called again after the first failure.
        wait: Seconds before the first repetition; doubled before each further one.
        on: Which exceptions are worth a repetition. Bad data never is, and a command that
            failed always is.

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


@frozen
class Quarantine:
    """Put the rows that a schema refuses aside, and let the others pass.

    A cell of which more rows would be put aside than this fails, and its previous version
    stays: then the rule is wrong, or the data is.

    Args:
        max_rows: How many rows of a cell at most; any number by default.
        max_ratio: Which part of its rows at most, from 0 to 1.

    >>> Quarantine(max_rows=5).allows(3, 100), Quarantine(max_rows=5).allows(6, 100)
    (True, False)
    >>> Quarantine().allows(1, 10_000), Quarantine().allows(1, 2)
    (True, False)
    """

    max_rows: int | None = None
    max_ratio: float = 0.1

    def __post_init__(self) -> None:
        if self.max_rows is not None and self.max_rows < 0:
            raise ValueError("Quarantine needs a max_rows of 0 or more")
        if not 0 <= self.max_ratio <= 1:
            raise ValueError("Quarantine needs a max_ratio from 0 to 1")

    def allows(self, rows: int, of: int) -> bool:
        """Return whether so many rows of so many may be put aside."""
        few = self.max_rows is None or rows <= self.max_rows
        return few and (not rows or rows / of <= self.max_ratio)

    def __str__(self) -> str:
        share = f"{100 * self.max_ratio:.4g} % of all rows"
        if self.max_rows is None:
            return share
        return f"{self.max_rows:,} {'row' if self.max_rows == 1 else 'rows'} and {share}"


@frozen
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
