"""The keys of windows of time: what the local clock shows where a window begins.

Where the clock is put back and two windows of a grid would have one label, both carry the
distance to UTC as well. That is a property of the grid, so a key never changes because
time goes on or because a definition gets another start or end.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from assets_core.model.partitions.grids import HOUR, Grid, Kind, boundaries
from assets_core.model.partitions.zones import (
    DAY,
    EARLIEST,
    LATEST,
    new_year,
    offset_at,
    pieces,
    shifts,
    year_of,
)

_EPOCH = date(1970, 1, 1).toordinal()
_MINUTE = 60
_LABEL = re.compile(
    r"(?P<day>\d{4}-\d\d(?:-\d\d)?)"
    r"(?:T(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r"(?:[+-]\d{4}(?:\d\d)?)?)?",
    re.ASCII,
)
# How far after its nominal begin a window of that label can start.
_SLACK: dict[Kind, int] = {
    "hourly": HOUR,
    "daily": DAY,
    "weekly": DAY,
    "monthly": 2 * DAY,
    "cron": 1,
}


def label(grid: Grid, start: int) -> str:
    """Return the key of the window that begins at an instant.

    >>> label(Grid("hourly", "America/New_York"), 1_383_458_400)
    '2013-11-03T01-0500'
    """
    return next(labels(grid, (start,)))


def labels(grid: Grid, starts: Sequence[int]) -> Iterator[str]:
    """Yield the keys of the windows that begin at some instants, in rising order."""
    if not starts:
        return
    last_day, text = None, ""
    twice = _doubled_between(grid, starts[0], starts[-1])
    for low, high, offset in _runs(grid.zone, starts):
        for start in starts[low:high]:
            day, second = divmod(start + offset, DAY)
            if day != last_day:
                text, last_day = _date(grid.kind, day), day
            clock = _clock(grid.kind, second)
            far = _distance(offset) if start in twice else ""
            yield f"{text}{clock}{far}"


@lru_cache(maxsize=10_000)
def candidates(grid: Grid, key: str) -> tuple[int, ...]:
    """Return the instants at which a window of that key begins, if one begins there.

    At most one of them is a boundary of the grid.
    """
    return tuple(_candidates(grid, key))


def _candidates(grid: Grid, key: str) -> Iterator[int]:
    local = _local(key)
    if local is None or not EARLIEST < local < LATEST:
        return
    for piece in pieces(grid.zone, local - 2 * DAY, local + 3 * DAY):
        start = max(piece.start, local - piece.offset)
        stop = min(piece.stop, local - piece.offset + _SLACK[grid.kind])
        if start < stop and label(grid, start) == key:
            yield start


def find(grid: Grid, key: str) -> int | None:
    """Return the instant at which the window of a key begins; None if there is none."""
    for start in candidates(grid, key):
        if boundaries(grid, start, start):
            return start
    return None


def guess(key: str) -> int | None:
    """Return about which local time somebody may have meant who mistyped a key."""
    numbers = [int(word) for word in re.findall(r"[0-9]{1,4}", key)]
    year, month, day, hour = (*numbers[:4], 0, 0, 0, 0)[:4]
    if not numbers or not year_of(EARLIEST) < year < year_of(LATEST):
        return None
    first = datetime(year, min(max(month, 1), 12), 1, tzinfo=UTC)
    return int(first.timestamp()) + max(day - 1, 0) % 31 * DAY + hour % 24 * HOUR


def _local(key: str) -> int | None:
    found = _LABEL.fullmatch(key)
    if found is None:
        return None
    day, *times = found.group("day", "hour", "minute", "second")
    hour, minute, second = (int(text or 0) for text in times)
    try:
        year, month, number = (*map(int, day.split("-")), 1)[:3]
        moment = datetime(year, month, number, hour, minute, second, tzinfo=UTC)
    except ValueError:  # no such date or time
        return None
    return int(moment.timestamp())


def _date(kind: Kind, day: int) -> str:
    text = date.fromordinal(_EPOCH + day).isoformat()
    return text[:-3] if kind == "monthly" else text


def _clock(kind: Kind, second: int) -> str:
    if kind == "hourly":
        return _HOURS[second // HOUR]
    if kind != "cron":
        return ""
    minute, second = divmod(second, _MINUTE)
    return f"T{minute // 60:02}:{minute % 60:02}" + (f":{second:02}" if second else "")


_HOURS = [f"T{hour:02}" for hour in range(24)]


def _distance(offset: int) -> str:
    """Return the distance to UTC in the letters of ISO 8601, without a colon.

    >>> _distance(-4 * 3600), _distance(-2670)
    ('-0400', '-004430')
    """
    minutes, seconds = divmod(abs(offset), _MINUTE)
    text = f"{'-' if offset < 0 else '+'}{minutes // 60:02}{minutes % 60:02}"
    return f"{text}{seconds:02}" if seconds else text


def _runs(zone: str, starts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield which of some instants have one offset, as positions, and that offset."""
    if len(starts) == 1:
        yield 0, 1, offset_at(zone, starts[0])
        return
    low = 0
    for piece in pieces(zone, starts[0], starts[-1] + 1):
        high = bisect_left(starts, piece.stop, low)
        yield low, high, piece.offset
        low = high


def _doubled_between(grid: Grid, first: int, last: int) -> frozenset[int]:
    if grid.zone == "UTC" or grid.kind not in {"hourly", "cron"}:
        return frozenset()
    years = [_doubled(grid, year) for year in range(year_of(first), year_of(last) + 1)]
    return years[0] if len(years) == 1 else frozenset().union(*years)


@lru_cache(maxsize=16_384)
def _doubled(grid: Grid, year: int) -> frozenset[int]:
    """Return where windows begin in one year, or near it, that share a plain label."""
    near = range(new_year(year) - 2 * DAY, new_year(year + 1) + 2 * DAY)
    found: set[int] = set()
    for at, before, after in (
        s for y in (year - 1, year, year + 1) for s in shifts(grid.zone, y)
    ):
        if at in near and after < before:
            reach = before - after + HOUR
            found.update(_sharing(grid, at - reach, at + reach))
    return frozenset(found)


def _sharing(grid: Grid, low: int, high: int) -> list[int]:
    plain = [
        (start, (start + piece.offset) // _SLACK[grid.kind])
        for piece in pieces(grid.zone, low, high + 1)
        for start in boundaries(grid, piece.start, piece.stop - 1)
    ]
    count = Counter(name for _, name in plain)
    return [start for start, name in plain if count[name] > 1]
