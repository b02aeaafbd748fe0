"""The instants at which a cron expression fires in a zone."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from assets_core.errors import DefinitionError
from assets_core.model.partitions.zones import DAY, PLAIN, pieces

_CHUNK = 8 * DAY
_LEAD = 2 * DAY
_MINUTE = 60


def ticks(cron: str, zone: str, start: int, stop: int) -> array[int]:
    """Return the ticks from `start` to `stop`, both included.

    They are found in chunks that always begin at the same instants, so a tick never
    depends on what was asked for.
    """
    found = array("q")
    number = start // _CHUNK
    while number <= stop // _CHUNK:
        inside, number = _chunk(cron, zone, number)
        found.extend(inside)
    return found[bisect_left(found, start) : bisect_right(found, stop)]


def problem_of(cron: str) -> str:
    """Return what is wrong with a cron expression; empty when nothing is."""
    try:
        next(_fires(cron, datetime(2000, 1, 1, tzinfo=UTC)))
    except DefinitionError as error:
        return error.problem
    except StopIteration:
        return "It never fires"
    except ValueError:  # a number of thousands of digits
        return "It cannot be read"
    return ""


def _fires(cron: str, after: datetime) -> Iterator[datetime]:
    """Return the moments after one at which an expression fires.

    Raises:
        DefinitionError: It is no cron expression.
    """
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - only who uses cron pays

    try:
        return CronSim(cron, after)
    except CronSimError as error:
        raise DefinitionError(str(error)) from error


@lru_cache(maxsize=8_192)
def _chunk(cron: str, zone: str, number: int) -> tuple[array[int], int]:
    """Return the ticks of a chunk, and the number of the next chunk that may have any."""
    start = number * _CHUNK
    around = list(pieces(zone, start - _LEAD, start + _CHUNK + _LEAD))
    if len(around) == 1:
        return _by_days(cron, around[0].offset, number)
    found = array("q")
    for tick in _walk(cron, zone, start - _LEAD):
        if tick >= start + _CHUNK:
            return found, tick // _CHUNK
        if tick >= start:
            found.append(tick)
    return found, number + 1  # none in fifty years, as far as is looked


def _by_days(cron: str, offset: int, number: int) -> tuple[array[int], int]:
    """Do what `_chunk` does where no clock is changed: all days that match are alike."""
    found = array("q")
    start, stop = number * _CHUNK + offset, (number + 1) * _CHUNK + offset
    day = start // DAY * DAY
    while day < stop:
        first = next(_fires(cron, datetime.fromtimestamp(day - 1, UTC)), None)
        if first is None:
            return found, number + 1  # none in fifty years, as far as is looked
        day = int(first.timestamp()) // DAY * DAY
        if day < stop:
            of_day = (day + time for time in _times(cron))
            found.extend(time - offset for time in of_day if start <= time < stop)
        day += DAY
    # The clock may be changed until then, by less than a day.
    return found, max(number + 1, (day - 2 * DAY - offset) // _CHUNK)


@lru_cache(maxsize=64)
def _times(cron: str) -> tuple[int, ...]:
    """Return the times of day at which an expression fires, in seconds after midnight."""
    found: list[int] = []
    day = None
    for moment in _fires(cron, datetime.fromtimestamp(-1, UTC)):
        tick = int(moment.timestamp())
        day = tick // DAY if day is None else day
        if tick // DAY != day:
            break
        found.append(tick % DAY)
    return tuple(found)


def _walk(cron: str, zone: str, start: int) -> Iterator[int]:
    """Yield the ticks after an instant, each later than the one before.

    Where a clock is put back over midnight, a search for a day goes back to the first
    midnight of it and would stay there for ever; then it is begun again a little later.
    """
    clock = UTC if zone == PLAIN else ZoneInfo(zone)
    last, begin, stuck = start, start, True
    while stuck:
        stuck = False
        for moment in _fires(cron, datetime.fromtimestamp(begin, clock)):
            tick = int(moment.timestamp())
            if tick <= last:
                stuck = True
                break
            yield tick
            last = tick
        begin = max(begin, last) + _MINUTE
