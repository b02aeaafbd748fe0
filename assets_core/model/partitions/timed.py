"""Partitions by time: one for each hour, day, week or month.

A window exists once it has passed; `end_offset` makes more of them exist, or fewer. All
times are those of a clock in `timezone`, so a day may have 23 or 25 hours.
"""

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
from assets_core.model.partitions.time_keys import TimeKeys

_SUNDAY = 6


@dataclass(frozen=True, slots=True, init=False, repr=False)
class HourlyPartitions:
    """One partition for each hour of a local clock.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(HourlyPartitions("2024-01-01", "2024-01-01T02:00").keys())
    ['2024-01-01T00', '2024-01-01T01']
    """

    kind: ClassVar[Kind] = "hourly"

    start: int
    end: int | None
    timezone: str
    end_offset: int
    name: str

    def __init__(
        self,
        start: Moment,
        end: Moment | None = None,
        timezone: str = "UTC",
        end_offset: int = 0,
        *,
        name: str = "hour",
    ) -> None:
        settle(self, Given(start, end, timezone, end_offset, name))

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid("hourly", self.timezone)

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
        return constructor(self, name=(self.name, "hour"))


@dataclass(frozen=True, slots=True, init=False, repr=False)
class DailyPartitions:
    """One partition for each local day.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(DailyPartitions("2024-01-01", "2024-01-03").keys())
    ['2024-01-01', '2024-01-02']
    """

    kind: ClassVar[Kind] = "daily"

    start: int
    end: int | None
    timezone: str
    end_offset: int
    name: str

    def __init__(
        self,
        start: Moment,
        end: Moment | None = None,
        timezone: str = "UTC",
        end_offset: int = 0,
        *,
        name: str = "date",
    ) -> None:
        settle(self, Given(start, end, timezone, end_offset, name))

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid("daily", self.timezone)

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
        return constructor(self, name=(self.name, "date"))


@dataclass(frozen=True, slots=True, init=False, repr=False)
class WeeklyPartitions:
    """One partition for each week, whose key is the date on which it starts.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column.
        week_start: The first day of a week, from Monday, 0, to Sunday, 6.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(WeeklyPartitions("2024-01-01", "2024-01-15").keys())
    ['2024-01-01', '2024-01-08']
    """

    kind: ClassVar[Kind] = "weekly"

    start: int
    end: int | None
    timezone: str
    end_offset: int
    name: str
    week_start: int

    def __init__(
        self,
        start: Moment,
        end: Moment | None = None,
        timezone: str = "UTC",
        end_offset: int = 0,
        *,
        name: str = "week",
        week_start: int = 0,
    ) -> None:
        if type(week_start) is not int or not 0 <= week_start <= _SUNDAY:
            raise DefinitionError(
                f"week_start={week_start!r} is no day of a week",
                fix="use a number from 0, which is Monday, to 6, which is Sunday",
            )
        object.__setattr__(self, "week_start", week_start)
        settle(self, Given(start, end, timezone, end_offset, name))

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid("weekly", self.timezone, self.week_start)

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
        return constructor(self, name=(self.name, "week"), week_start=(self.week_start, 0))


@dataclass(frozen=True, slots=True, init=False, repr=False)
class MonthlyPartitions:
    """One partition for each month.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(MonthlyPartitions("2024-01-01", "2024-03-01").keys())
    ['2024-01', '2024-02']
    """

    kind: ClassVar[Kind] = "monthly"

    start: int
    end: int | None
    timezone: str
    end_offset: int
    name: str

    def __init__(
        self,
        start: Moment,
        end: Moment | None = None,
        timezone: str = "UTC",
        end_offset: int = 0,
        *,
        name: str = "month",
    ) -> None:
        settle(self, Given(start, end, timezone, end_offset, name))

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid("monthly", self.timezone)

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
        return constructor(self, name=(self.name, "month"))
