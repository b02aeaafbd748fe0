"""What people write for a point in time, and what may be wrong with it."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from assets_core.errors import DefinitionError, UsageError, nearest
from assets_core.model.partitions.grids import first_at
from assets_core.model.partitions.zones import DAY, EARLIEST, LATEST, offset_at

Moment = str | date | datetime
"""ISO text such as `2024-01-01` or `2024-01-01T05:30`, a date or a datetime."""

_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


def checked_zone(name: object) -> str:
    """Return the name of a time zone, or raise `DefinitionError` with one like it."""
    if not isinstance(name, str) or not _is_zone(name):
        like = nearest(str(name), available_timezones(), 1)
        raise DefinitionError(
            f"There is no time zone {name!r}",
            fix=f"timezone='{like[0]}'" if like else "use a name such as 'Europe/Berlin'",
        )
    return name


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    # `localtime` is another zone on another machine.
    try:
        return bool(ZoneInfo(name).key) and name != "localtime"
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a path that leads elsewhere
        return False


def seconds_of(moment: Moment, zone: str, *, up: bool, what: str) -> int:
    """Return the instant that is meant, in whole seconds since 1970 UTC.

    Args:
        moment: Without a zone of its own it is what the clock in `zone` shows.
        up: Whether a fraction counts as the next second, not as the one before.
        what: The name of the argument, for messages.

    Raises:
        DefinitionError: It is no date and no time, or too far away.
    """
    found = _datetime(moment, what)
    local = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    more = 1 if up and local.microsecond else 0
    seconds = (local.replace(microsecond=0) - _EPOCH).total_seconds()
    instant = int(seconds) + more
    if not EARLIEST + 4 * DAY < instant < LATEST - 4 * DAY:
        raise DefinitionError(
            f"{what}={moment!r} is too far away", fix="use a year from 1002 to 9899"
        )
    if found.tzinfo is not None:
        return instant
    first = first_at(zone, instant)
    later = first + _put_back(zone, first)
    is_later = found.fold == 1 and later + offset_at(zone, later) == instant
    return later if is_later else first


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _put_back(zone: str, instant: int) -> int:
    """Return by how much the clock is put back within the next day, in seconds."""
    return max(0, offset_at(zone, instant) - offset_at(zone, instant + DAY))


def _datetime(moment: object, what: str) -> datetime:
    if isinstance(moment, datetime):
        return moment
    if isinstance(moment, date):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - see above
    if isinstance(moment, str):
        try:
            text = f"{moment}-01" if _MONTH.fullmatch(moment) else moment
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise DefinitionError(
        f"{what}={moment!r} is no date and no time",
        fix=f"{what}='2024-01-31', or with a time: '2024-01-31T05:00'",
    )


def shown(instant: int, zone: str) -> str:
    """Return the shortest text that means an instant in a zone."""
    moment = datetime.fromtimestamp(instant, ZoneInfo(zone))
    plain = moment.replace(tzinfo=None, fold=0)
    texts = [
        plain.date().isoformat(),
        plain.isoformat(timespec="minutes"),
        plain.isoformat(),
    ]
    for text in texts:
        if seconds_of(text, zone, up=True, what="start") == instant:
            return text
    return moment.isoformat()


def now_seconds(now: datetime | float | None) -> int:
    """Return what is given as the present, in whole seconds since 1970 UTC.

    Args:
        now: None means the time at which this is called.

    Raises:
        UsageError: It has no time zone, or is no number.
    """
    if now is None:
        now = datetime.now(UTC)  # noqa: TID251 - the caller asked for the present
    if isinstance(now, datetime):
        if now.tzinfo is None:
            raise UsageError(
                f"now={now!r} has no time zone", fix="use datetime.now(UTC), or seconds"
            )
        now = (now - _EPOCH).total_seconds()
    if math.isnan(now):
        raise UsageError("now=nan is no time", fix="use seconds since 1970")
    return math.floor(min(max(now, EARLIEST), LATEST))
