"""What the definitions of time partitions have in common."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from assets_core.errors import DefinitionError, UsageError
from assets_core.model.partitions.grids import Grid, boundaries, step
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


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments that every definition of time partitions takes, as written."""

    start: Moment
    end: Moment | None
    timezone: object
    end_offset: object
    name: object


class Timed(Protocol):
    """A definition of time partitions, as the functions of this file see it."""

    @property
    def start(self) -> int:
        """No window begins before it."""

    @property
    def end(self) -> int | None:
        """No window ends after it."""

    @property
    def timezone(self) -> str:
        """The name of the zone."""

    @property
    def end_offset(self) -> int:
        """How many more windows exist than have passed."""

    @property
    def name(self) -> str:
        """The name of the partition column."""

    @property
    def grid(self) -> Grid:
        """All windows of the kind."""


def settle(definition: Timed, given: Given) -> None:
    """Check the arguments and store them in a new definition.

    Raises:
        DefinitionError: One of them cannot be used.
    """
    zone = checked_zone(given.timezone)
    start = seconds_of(given.start, zone, up=True, what="start")
    end = given.end
    last = None if end is None else seconds_of(end, zone, up=False, what="end")
    if last is not None and last < start:
        raise DefinitionError(
            f"The partitions end at {shown(last, zone)}, before they start at "
            f"{shown(start, zone)}",
            fix="exchange start and end; end itself is not included",
        )
    if not isinstance(given.end_offset, int) or isinstance(given.end_offset, bool):
        raise DefinitionError(
            f"end_offset={given.end_offset!r} is not a number of windows",
            fix="end_offset=1 adds the window that has begun",
        )
    for field, value in (
        ("start", start),
        ("end", last),
        ("timezone", zone),
        ("end_offset", given.end_offset),
        ("name", checked_name(given.name)),
    ):
        object.__setattr__(definition, field, value)


def checked_name(name: object) -> str:
    """Return the name of a column, or raise `DefinitionError` if it cannot be one."""
    if not isinstance(name, str) or not name.isidentifier():
        raise DefinitionError(
            f"{name!r} cannot be the name of a partition column",
            fix="use letters, digits and '_', such as name='day'",
        )
    return name


def keys_at(definition: Timed, now: datetime | float | None) -> TimeKeys:
    """Return the keys that exist at a time."""
    stop = step(definition.grid, now_seconds(now), definition.end_offset)
    if definition.end is not None:
        stop = min(stop, definition.end)
    return _keys(definition.grid, definition.start, stop)


@lru_cache(maxsize=16)
def _keys(grid: Grid, start: int, stop: int) -> TimeKeys:
    return TimeKeys(grid, boundaries(grid, start, stop))


def window_of(definition: Timed, key: object) -> tuple[datetime, datetime]:
    """Return where the window of a key begins and ends, whether or not it has passed.

    Raises:
        UsageError: There is no such window from `start` to `end`.
    """
    grid = definition.grid
    start = find(grid, key) if isinstance(key, str) else None
    if start is not None and start >= definition.start:
        end = step(grid, start, 1)
        if definition.end is None or end <= definition.end:
            return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    raise _unknown(definition, str(key))


def _unknown(definition: Timed, key: str) -> UsageError:
    keys = keys_at(definition, None)
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


def _like(definition: Timed, keys: TimeKeys, local: int) -> str:
    """Return the key in which a local time lies, or the one that is nearest to it."""
    starts: array[int] = keys.boundaries
    instant = min(max(local, EARLIEST), LATEST)
    place = bisect_right(starts, instant - offset_at(definition.timezone, instant)) - 1
    return label(keys.grid, starts[min(max(place, 0), len(keys) - 1)])


def constructor(definition: Timed, *first: str, **more: Any) -> str:
    """Return the call that makes a definition, without what need not be said."""
    zone, end = definition.timezone, definition.end
    words = [*map(repr, first), repr(shown(definition.start, zone))]
    if end is not None:
        words.append(repr(shown(end, zone)))
    said = {"timezone": (zone, "UTC"), "end_offset": (definition.end_offset, 0), **more}
    words += [
        f"{word}={value!r}" for word, (value, plain) in said.items() if value != plain
    ]
    return f"{type(definition).__name__}({', '.join(words)})"
