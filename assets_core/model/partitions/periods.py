"""Times as people write them, coarse or fine, and the windows that they mean."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime

from assets_core.model.partitions.grids import first_at
from assets_core.model.partitions.labels import guess
from assets_core.model.partitions.time_keys import TimeKeys
from assets_core.model.partitions.zones import DAY, EARLIEST, LATEST, offset_at

_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:[T ](?P<hour>\d\d))?)?)?",
    re.ASCII,
)
_DECEMBER = 12


def within(keys: TimeKeys, text: str) -> range:
    """Return the positions of the windows inside a year, month, day or hour.

    >>> from assets_core.model.partitions import DailyPartitions
    >>> within(DailyPartitions("2024-01-01", "2024-03-01").keys(), "2024-02")
    range(31, 60)
    """
    period = _period(keys.grid.zone, text)
    if period is None or not keys:
        return range(0)
    edges, (start, end) = keys.boundaries, period
    first = bisect_left(edges, start)
    return range(first, max(first, min(bisect_right(edges, end) - 1, len(keys))))


def starting(keys: TimeKeys, moment: datetime) -> int | None:
    """Return the position of the window that starts at a moment of the local clock."""
    position = containing(keys, moment)
    inside = moment.microsecond or getattr(moment, "nanosecond", 0)
    if position is None or inside:
        return None
    return position if keys.window(position)[0] == _instant(keys, moment) else None


def containing(keys: TimeKeys, moment: datetime) -> int | None:
    """Return the position of the window that a moment of the local clock falls in."""
    instant = _instant(keys, moment)
    position = bisect_right(keys.boundaries, instant) - 1
    return position if 0 <= position < len(keys) else None


def like(keys: TimeKeys, text: str) -> str:
    """Return the key that a text is most like, empty if it is like no time at all."""
    local = guess(text)
    if local is None or not keys:
        return ""
    instant = min(max(local, EARLIEST), LATEST)
    instant -= offset_at(keys.grid.zone, instant)
    position = bisect_right(keys.boundaries, instant) - 1
    return keys[min(max(position, 0), len(keys) - 1)]


def _instant(keys: TimeKeys, moment: datetime) -> int:
    if moment.tzinfo is not None:
        return int(moment.timestamp() // 1)
    return first_at(keys.grid.zone, int(moment.replace(tzinfo=UTC).timestamp() // 1))


def _period(zone: str, text: str) -> tuple[int, int] | None:
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour = (int(part) if part else None for part in found.groups())
    try:
        start = datetime(year or 1, month or 1, day or 1, hour or 0, tzinfo=UTC)
        if hour is not None:
            seconds = DAY // 24
        elif day is not None:
            seconds = DAY
        else:
            seconds = int((_after(start, month) - start).total_seconds())
    except ValueError:
        return None
    local = int(start.timestamp())
    return first_at(zone, local), first_at(zone, local + seconds)


def _after(start: datetime, month: int | None) -> datetime:
    """Return the beginning of the next month, or of the next year."""
    if month is None or month == _DECEMBER:
        return start.replace(year=start.year + 1, month=1)
    return start.replace(month=month + 1)
