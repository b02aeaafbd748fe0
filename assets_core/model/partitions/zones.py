"""When the clocks of a zone are put forward or back, which the standard library hides.

Instants are whole seconds since 1970 UTC; a local time is the same number for what the
local clock shows, as if that were UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
PLAIN = "UTC"
EARLIEST = -30_578_688_000  # 1001-01-01, so that every label has a year of four digits
LATEST = 250_246_627_200  # 9900-01-01, so that sums stay inside what a datetime can hold

_STEP = 6 * 3600  # no zone has changed its clocks twice in less, and back again


class Shift(NamedTuple):
    """An instant from which on a zone has another distance to UTC, in seconds."""

    at: int
    before: int
    after: int


class Piece(NamedTuple):
    """A stretch of time, `stop` excluded, in which the distance to UTC is one."""

    start: int
    stop: int
    offset: int


def offset_at(zone: str, instant: int) -> int:
    """Return the seconds by which local time is ahead of UTC at an instant.

    >>> offset_at("Asia/Kathmandu", 1_700_000_000)
    20700
    """
    if zone == PLAIN:
        return 0
    distance = datetime.fromtimestamp(instant, ZoneInfo(zone)).utcoffset()
    return 0 if distance is None else distance.days * DAY + distance.seconds


def year_of(instant: int) -> int:
    """Return the year in UTC."""
    return datetime.fromtimestamp(instant, UTC).year


def new_year(year: int) -> int:
    """Return the instant at which a year begins in UTC."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


@lru_cache(maxsize=65_536)
def shifts(zone: str, year: int) -> tuple[Shift, ...]:
    """Return the shifts of a zone in one year of UTC, in order.

    >>> [shift.after for shift in shifts("Europe/Berlin", 2024)]
    [7200, 3600]
    """
    if zone == PLAIN:
        return ()
    found: list[Shift] = []
    stop = new_year(year + 1)
    low = new_year(year) - 1
    offset = offset_at(zone, low)
    for high in (*range(low + _STEP, stop - 1, _STEP), stop - 1):
        reached = offset_at(zone, high)
        while offset != reached:
            at = _changes(zone, low, high, offset)
            after = offset_at(zone, at)
            found.append(Shift(at, offset, after))
            low, offset = at, after
        low = high
    return tuple(found)


def _changes(zone: str, low: int, high: int, offset: int) -> int:
    """Return an instant in (low, high] until which the offset stood."""
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def shifts_between(zone: str, start: int, stop: int) -> list[Shift]:
    """Return the shifts after `start` and before `stop`."""
    if zone == PLAIN:
        return []
    years = range(year_of(start), year_of(stop) + 1)
    return [s for year in years for s in shifts(zone, year) if start < s.at < stop]


def pieces(zone: str, start: int, stop: int) -> list[Piece]:
    """Return the stretches of one offset from `start` up to `stop`, in order."""
    cuts = shifts_between(zone, start, stop)
    first = cuts[0].before if cuts else offset_at(zone, start)
    starts = [start, *(shift.at for shift in cuts)]
    stops = [*(shift.at for shift in cuts), stop]
    offsets = [first, *(shift.after for shift in cuts)]
    return [Piece(*piece) for piece in zip(starts, stops, offsets, strict=True)]
