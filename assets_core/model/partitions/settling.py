"""What the definitions of time partitions have in common.

A window exists once it has passed; `end_offset` makes more of them exist, or fewer. All
times are those of a clock in `timezone`, so a day may have 23 or 25 hours.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar

from assets_core.errors import DefinitionError, UsageError
from assets_core.frozen import frozen
from assets_core.model.partitions.grids import Grid, Kind, boundaries, step
from assets_core.model.partitions.labels import find, guess, label
from assets_core.model.partitions.moments import (
    Moment,
    checked_zone,
    now_seconds,
    seconds_of,
    shown,
)
from assets_core.model.partitions.time_keys import TimeKeys
from assets_core.model.partitions.zones import EARLIEST, LATEST, offset_at


@frozen
class TimePartitions:
    """What partitions by time are, of whatever kind.

    Args:
        start: The first window is the first one that begins here or later: ISO text, a
            date or a datetime. An aware datetime is converted.
        end: No window ends after it. None means that there is no last one.
        timezone: The name of the zone whose clock is meant.
        end_offset: How many more windows exist than have passed; below 0 fewer.
        name: The name of the partition column; by default the kind has one.

    Attributes:
        kind: What a window is.
        column: How the partition column is called that is given no name.

    Raises:
        DefinitionError: One of the arguments cannot be used.
    """

    kind: ClassVar[Kind]
    column: ClassVar[str]

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
        name: str | None = None,
    ) -> None:
        zone = checked_zone(timezone)
        first = seconds_of(start, zone, up=True, what="start")
        last = None if end is None else seconds_of(end, zone, up=False, what="end")
        if last is not None and last < first:
            raise DefinitionError(
                f"The partitions end at {shown(last, zone)}, before they start at "
                f"{shown(first, zone)}",
                fix="exchange start and end; end itself is not included",
            )
        offset: object = end_offset
        if not isinstance(offset, int) or isinstance(offset, bool):
            raise DefinitionError(
                f"end_offset={offset!r} is not a number of windows",
                fix="end_offset=1 adds the window that has begun",
            )
        column = checked_name(self.column if name is None else name)
        for field, value in (
            ("start", first),
            ("end", last),
            ("timezone", zone),
            ("end_offset", end_offset),
            ("name", column),
        ):
            object.__setattr__(self, field, value)

    @property
    def grid(self) -> Grid:
        """All windows of this kind, without a first and a last one."""
        return Grid(self.kind, self.timezone)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the partition columns."""
        return (self.name,)

    def keys(self, now: datetime | float | None = None) -> TimeKeys:
        """Return the keys that exist now, or at an aware time or second since 1970."""
        stop = step(self.grid, now_seconds(now), self.end_offset)
        if self.end is not None:
            stop = min(stop, self.end)
        return _keys(self.grid, self.start, stop)

    def window(self, key: str) -> tuple[datetime, datetime]:
        """Return the begin and end of a key's window in UTC, whether or not it has passed.

        Raises:
            UsageError: There is no such window from `start` to `end`.
        """
        grid, text = self.grid, str(key)
        start = find(grid, text)
        if start is not None and start >= self.start:
            end = step(grid, start, 1)
            if self.end is None or end <= self.end:
                return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        raise _unknown(self, text)

    def __repr__(self) -> str:
        return self._call()

    def _call(self, *first: str, **more: tuple[object, object]) -> str:
        """Return the call that makes it, without what need not be said."""
        ends = [self.start] if self.end is None else [self.start, self.end]
        words = [
            repr(word) for word in (*first, *(shown(one, self.timezone) for one in ends))
        ]
        said: dict[str, tuple[object, object]] = {
            "timezone": (self.timezone, "UTC"),
            "end_offset": (self.end_offset, 0),
            "name": (self.name, self.column),
            **more,
        }
        words += [
            f"{word}={value!r}" for word, (value, usual) in said.items() if value != usual
        ]
        return f"{type(self).__name__}({', '.join(words)})"


def checked_name(name: object) -> str:
    """Return the name of a column, or raise `DefinitionError` if it cannot be one."""
    if not isinstance(name, str) or not name.isidentifier():
        raise DefinitionError(
            f"{name!r} cannot be the name of a partition column",
            fix="use letters, digits and '_', such as name='day'",
        )
    return name


@lru_cache(maxsize=16)
def _keys(grid: Grid, start: int, stop: int) -> TimeKeys:
    return TimeKeys(grid, boundaries(grid, start, stop))


def when_first(definition: TimePartitions) -> str:
    """Return from when on there is a first window, in words."""
    grid, zone = definition.grid, definition.timezone
    first = step(grid, definition.start, 0)
    first = first if first >= definition.start else step(grid, first, 1)
    end = step(grid, first, 1)
    if definition.end is not None and end > definition.end:
        return f"none ends before {shown(definition.end, zone)}, where they end ({zone})"
    there = shown(step(grid, end, -definition.end_offset), zone)
    return f"the first one, '{label(grid, first)}', is there from {there} on ({zone})"


def _unknown(definition: TimePartitions, key: str) -> UsageError:
    keys = definition.keys()
    if not keys:
        return UsageError(
            f"There is no partition {key!r}; there are none yet",
            fix=f"the first one begins on or after "
            f"{shown(definition.start, definition.timezone)}",
        )
    meant = guess(key)
    like = "" if meant is None else f"did you mean {_like(definition, keys, meant)!r}? "
    return UsageError(
        f"There is no partition {key!r}",
        fix=f"{like}The first one is {keys[0]!r}, the last one {keys[-1]!r}",
    )


def _like(definition: TimePartitions, keys: TimeKeys, local: int) -> str:
    """Return the key in which a local time lies, or the one that is nearest to it."""
    starts: array[int] = keys.boundaries
    instant = min(max(local, EARLIEST), LATEST)
    place = bisect_right(starts, instant - offset_at(definition.timezone, instant)) - 1
    return label(keys.grid, starts[min(max(place, 0), len(keys) - 1)])
