"""Where the windows of time begin: one endless grid for each kind, zone and cron text.

A window is half open, and the next one begins where it ends. So a grid is a rising row of
instants, the boundaries, and a set of n windows is n + 1 of them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

from assets_core.frozen import frozen
from assets_core.model.partitions.ticks import ticks
from assets_core.model.partitions.zones import DAY, EARLIEST, LATEST, pieces

Kind = Literal["hourly", "daily", "weekly", "monthly", "cron"]

HOUR = 3600
WEEK = 7 * DAY
_THURSDAY = 3  # 1970-01-01
_LEAD = 3 * DAY  # more than any clock was ever put back
_MONTHS = 12
_SPANS: dict[Kind, int] = {
    "hourly": HOUR,
    "daily": DAY,
    "weekly": WEEK,
    "monthly": 31 * DAY,
    "cron": DAY,
}


@frozen
class Grid:
    """All windows of one kind, without a first and a last one.

    Args:
        kind: What a window is.
        zone: The name of the time zone whose clock is meant.
        week_start: The first day of a week, Monday being 0.
        cron: The expression, for windows from tick to tick.
    """

    kind: Kind
    zone: str = "UTC"
    week_start: int = 0
    cron: str = ""


def boundaries(grid: Grid, start: int, stop: int) -> array[int]:
    """Return the boundaries from `start` to `stop`, both included.

    >>> len(boundaries(Grid("hourly"), 0, 86_400))
    25
    """
    if stop < start:
        return array("q")
    if grid.kind == "cron":
        return ticks(grid.cron, grid.zone, start, stop)
    found = (
        _hours(grid, start, stop) if grid.kind == "hourly" else _dates(grid, start, stop)
    )
    return found[bisect_left(found, start) : bisect_right(found, stop)]


def step(grid: Grid, instant: int, count: int) -> int:
    """Return the boundary `count` windows after the last one that is not after `instant`.

    At the ends of the calendar it is the last or first boundary that there is.
    """
    back = forth = 3 * _SPANS[grid.kind]
    back += max(0, -count) * _SPANS[grid.kind]
    forth += max(0, count) * _SPANS[grid.kind]
    while True:
        low, high = max(instant - back, EARLIEST), min(instant + forth, LATEST)
        found = boundaries(grid, low, high)
        here = bisect_right(found, instant) - 1
        if here >= 0 and 0 <= here + count < len(found):
            return found[here + count]
        if low == EARLIEST and high == LATEST:
            return found[max(0, min(here + count, len(found) - 1))] if found else instant
        back *= 4 if here < 0 or here + count < 0 else 1
        forth *= 4 if here + count >= len(found) else 1


def first_at(zone: str, local: int) -> int:
    """Return the first instant at which a local clock shows `local`, or more."""
    return next(_reached(Grid("daily", zone), [local], local - _LEAD, local + _LEAD))


def _hours(grid: Grid, start: int, stop: int) -> array[int]:
    """Return every instant at which the clock shows a full hour, or jumps to another."""
    found = array("q")
    before: int | None = None
    for piece in pieces(grid.zone, start - DAY, stop + 1):
        local = piece.start + piece.offset
        jumped = before is not None and before // HOUR != local // HOUR
        if jumped and local % HOUR:
            found.append(piece.start)
        found.extend(range(piece.start + -local % HOUR, piece.stop, HOUR))
        before = piece.stop + piece.offset - 1
    return found


def _dates(grid: Grid, start: int, stop: int) -> array[int]:
    """Return the first instant of each date, of those at which a window begins."""
    return array("q", _reached(grid, None, start - _LEAD, stop + 1))


def _reached(
    grid: Grid, given: Sequence[int] | None, start: int, stop: int
) -> Iterator[int]:
    """Yield for each local time the first instant at which the clock shows it, or more.

    What is jumped over together yields one instant. The local times are those at which a
    window begins, or those that are given.
    """
    reached: int | None = None
    for piece in pieces(grid.zone, start, stop):
        low, high = piece.start + piece.offset, piece.stop + piece.offset
        since = low if reached is None else reached
        wanted = _nominal(grid, since, high) if given is None else given
        wanted = wanted[bisect_left(wanted, since) : bisect_left(wanted, high)]
        seen = bisect_right(wanted, low)
        if seen:
            yield piece.start
        yield from _moved(wanted[seen:], -piece.offset)
        reached = max(since, high)


def _moved(times: Sequence[int], by: int) -> Iterable[int]:
    if isinstance(times, range):  # many at once
        return range(times.start + by, times.stop + by, times.step)
    return [time + by for time in times]


def _nominal(grid: Grid, low: int, high: int) -> Sequence[int]:
    """Return the local times from `low` up to `high` at which windows begin by name."""
    if grid.kind == "monthly":
        return _months(low, high)
    size = DAY if grid.kind == "daily" else WEEK
    phase = 0 if grid.kind == "daily" else (grid.week_start - _THURSDAY) % 7 * DAY
    return range(low + (phase - low) % size, max(low, high), size)


def _months(low: int, high: int) -> list[int]:
    first = datetime.fromtimestamp(low, UTC)
    last = datetime.fromtimestamp(max(low, high), UTC)
    numbers = range(
        first.year * _MONTHS + first.month - 1, last.year * _MONTHS + last.month
    )
    starts = [datetime(n // _MONTHS, n % _MONTHS + 1, 1, tzinfo=UTC) for n in numbers]
    found = [int(moment.timestamp()) for moment in starts]
    return found[bisect_left(found, low) : bisect_left(found, high)]
