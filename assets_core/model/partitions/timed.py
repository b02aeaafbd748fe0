"""Partitions by time: one for each hour, day, week or month, or from tick to tick."""

from __future__ import annotations

from typing import ClassVar

from assets_core.errors import DefinitionError
from assets_core.frozen import frozen
from assets_core.model.partitions.grids import Grid, Kind
from assets_core.model.partitions.moments import Moment
from assets_core.model.partitions.settling import TimePartitions
from assets_core.model.partitions.ticks import problem_of

_SUNDAY = 6


class HourlyPartitions(TimePartitions):
    """One partition for each hour of a local clock.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column, by default `hour`.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(HourlyPartitions("2024-01-01", "2024-01-01T02:00").keys())
    ['2024-01-01T00', '2024-01-01T01']
    """

    __slots__ = ()

    kind: ClassVar[Kind] = "hourly"
    column: ClassVar[str] = "hour"


class DailyPartitions(TimePartitions):
    """One partition for each local day.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column, by default `date`.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(DailyPartitions("2024-01-01", "2024-01-03").keys())
    ['2024-01-01', '2024-01-02']
    """

    __slots__ = ()

    kind: ClassVar[Kind] = "daily"
    column: ClassVar[str] = "date"


@frozen
class WeeklyPartitions(TimePartitions):
    """One partition for each week, whose key is the date on which it starts.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column, by default `week`.
        week_start: The first day of a week, from Monday, 0, to Sunday, 6.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(WeeklyPartitions("2024-01-01", "2024-01-15").keys())
    ['2024-01-01', '2024-01-08']
    """

    kind: ClassVar[Kind] = "weekly"
    column: ClassVar[str] = "week"

    week_start: int

    def __init__(
        self,
        start: Moment,
        end: Moment | None = None,
        timezone: str = "UTC",
        end_offset: int = 0,
        *,
        name: str | None = None,
        week_start: int = 0,
    ) -> None:
        if type(week_start) is not int or not 0 <= week_start <= _SUNDAY:
            raise DefinitionError(
                f"week_start={week_start!r} is no day of a week",
                fix="use a number from 0, which is Monday, to 6, which is Sunday",
            )
        object.__setattr__(self, "week_start", week_start)
        TimePartitions.__init__(self, start, end, timezone, end_offset, name=name)

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid(self.kind, self.timezone, self.week_start)

    def __repr__(self) -> str:
        return self._call(week_start=(self.week_start, 0))


class MonthlyPartitions(TimePartitions):
    """One partition for each month.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column, by default `month`.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(MonthlyPartitions("2024-01-01", "2024-03-01").keys())
    ['2024-01', '2024-02']
    """

    __slots__ = ()

    kind: ClassVar[Kind] = "monthly"
    column: ClassVar[str] = "month"


@frozen
class CronPartitions(TimePartitions):
    """One partition from each tick of a cron expression to the next.

    Args:
        cron: Minute, hour, day of month, month, day of week, as in `30 5 * * MON`.
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column, by default `tick`.

    Raises:
        DefinitionError: One of the arguments cannot be used.

    >>> list(CronPartitions("30 */12 * * *", "2024-01-01", "2024-01-02").keys())
    ['2024-01-01T00:30']
    """

    kind: ClassVar[Kind] = "cron"
    column: ClassVar[str] = "tick"

    cron: str

    def __init__(
        self,
        cron: str,
        start: Moment,
        end: Moment | None = None,
        timezone: str = "UTC",
        end_offset: int = 0,
        *,
        name: str | None = None,
    ) -> None:
        object.__setattr__(self, "cron", _checked(cron))
        TimePartitions.__init__(self, start, end, timezone, end_offset, name=name)

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid(self.kind, self.timezone, cron=self.cron)

    def __repr__(self) -> str:
        return self._call(self.cron)


def _checked(cron: object) -> str:
    words = " ".join(cron.split()) if isinstance(cron, str) else ""
    problem = problem_of(words)
    if problem:
        raise DefinitionError(
            f"Cron expression {cron!r} cannot be used: {problem}",
            fix="write minute, hour, day of month, month and day of week: '30 5 * * *'",
        )
    return words
