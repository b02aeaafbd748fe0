"""Partitions by a timetable: from each tick of a cron expression to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from assets_core.errors import DefinitionError
from assets_core.model.partitions.grids import Grid, Kind
from assets_core.model.partitions.moments import Moment
from assets_core.model.partitions.settling import (
    Given,
    constructor,
    keys_at,
    settle,
    window_of,
)
from assets_core.model.partitions.ticks import problem_of
from assets_core.model.partitions.time_keys import TimeKeys


@dataclass(frozen=True, slots=True, init=False, repr=False)
class CronPartitions:
    """One partition from each tick of a cron expression to the next.

    Args:
        cron: Minute, hour, day of month, month, day of week, as in `30 5 * * MON`.
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(CronPartitions("30 */12 * * *", "2024-01-01", "2024-01-02").keys())
    ['2024-01-01T00:30']
    """

    kind: ClassVar[Kind] = "cron"

    cron: str
    start: int
    end: int | None
    timezone: str
    end_offset: int
    name: str

    def __init__(
        self,
        cron: str,
        start: Moment,
        end: Moment | None = None,
        timezone: str = "UTC",
        end_offset: int = 0,
        *,
        name: str = "tick",
    ) -> None:
        object.__setattr__(self, "cron", _checked(cron))
        settle(self, Given(start, end, timezone, end_offset, name))

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid("cron", self.timezone, cron=self.cron)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the partition columns."""
        return (self.name,)

    def keys(self, now: datetime | float | None = None) -> TimeKeys:
        """Return the keys that exist now, or at an aware time or second since 1970."""
        return keys_at(self, now)

    def window(self, key: str) -> tuple[datetime, datetime]:
        """Return the begin and end of a key's window in UTC, or raise `UsageError`."""
        return window_of(self, key)

    def __repr__(self) -> str:
        return constructor(self, self.cron, name=(self.name, "tick"))


def _checked(cron: object) -> str:
    words = " ".join(cron.split()) if isinstance(cron, str) else ""
    problem = problem_of(words)
    if problem:
        raise DefinitionError(
            f"Cron expression {cron!r} cannot be used: {problem}",
            fix="write minute, hour, day of month, month and day of week: '30 5 * * *'",
        )
    return words
