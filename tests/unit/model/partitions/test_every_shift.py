"""Windows around every shift of a clock, against an oracle that only looks at the clock.

The oracle finds the shifts itself and then walks on minute by minute. It shares nothing
with the product but the time zones of the system.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from assets_core.model.partitions.grids import Grid, boundaries
from assets_core.model.partitions.labels import find, labels
from assets_core.model.partitions.zones import shifts

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
pytestmark = pytest.mark.sweep

FIRST_YEAR, LAST_YEAR = 1970, 2040
HOUR = 3600
STEP = HOUR if NIGHTLY else 3 * HOUR
DIFFICULT = [
    "Africa/Casablanca",  # back for Ramadan, by a negative summer time
    "Africa/Monrovia",  # 44 minutes and 30 seconds behind
    "America/Goose_Bay",  # back over midnight, at one minute past it
    "America/Havana",  # midnight twice
    "America/New_York",
    "America/Sao_Paulo",  # no midnight
    "America/St_Johns",  # by two hours once
    "Antarctica/Troll",  # by two hours
    "Asia/Kathmandu",  # 15 minutes, once
    "Asia/Pyongyang",  # half an hour, at 23:30
    "Australia/Lord_Howe",  # half an hour
    "Europe/Dublin",
    "Pacific/Apia",  # a date that never was
    "Pacific/Kwajalein",  # another one
]
ZONES = sorted(available_timezones() - {"localtime"}) if NIGHTLY else DIFFICULT

Windows = list[tuple[int, str]]
"""Where windows begin, with their keys."""


def offset(zone: ZoneInfo, instant: int) -> int:
    """Return the seconds by which local time is ahead of UTC."""
    return int(
        (datetime.fromtimestamp(instant, zone).utcoffset() or timedelta()).total_seconds()
    )


def shifts_found(zone: ZoneInfo) -> Iterator[int]:
    """Yield the instants of all shifts: by looking every few hours, then in between."""
    low = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    before = datetime.fromtimestamp(low, zone).utcoffset()
    for high in range(low + STEP, end, STEP):
        after = datetime.fromtimestamp(high, zone).utcoffset()
        if after != before:
            inside = (high - STEP, high)
            while inside[1] - inside[0] > 1:
                middle = sum(inside) // 2
                same = datetime.fromtimestamp(middle, zone).utcoffset() == before
                inside = (middle, inside[1]) if same else (inside[0], middle)
            yield inside[1]
        before = after


def walk(zone: ZoneInfo, at: int) -> list[tuple[int, datetime]]:
    """Return each minute near a shift, or less, and what the clock shows."""
    before, after = offset(zone, at - 1), offset(zone, at)
    size = math.gcd(60, before, after, at)
    far = 14 * HOUR + abs(after - before)
    points = range(at - far // size * size, at + far, size)
    return [(point, datetime.fromtimestamp(point, zone)) for point in points]


def hours_walked(walked: list[tuple[int, datetime]]) -> Windows:
    """Return the hours that begin: at each full hour, and at a jump into another one."""
    begins: list[tuple[int, datetime]] = []
    last = walked[0][1]
    for point, clock in walked[1:]:
        full = clock.minute == clock.second == 0
        if full or (clock.hour, clock.day) != (last.hour, last.day):
            begins.append((point, clock))
        last = clock
    plain = [clock.strftime("%Y-%m-%dT%H") for _, clock in begins]
    count = Counter(plain)
    return [
        (point, text + (clock.strftime("%z") if count[text] > 1 else ""))
        for (point, clock), text in zip(begins, plain, strict=True)
    ]


def dates_walked(
    walked: list[tuple[int, datetime]], name: Callable[[date], date], form: str
) -> Windows:
    """Return the dates that begin: each that is later than any before."""
    begins = []
    reached = name(walked[0][1].date())
    last = walked[0][1].day
    for point, clock in walked[1:]:
        if clock.day == last:
            continue
        last = clock.day
        now = name(clock.date())
        if now > reached:
            begins.append((point, clock.strftime(form)))
            reached = now
    return begins


def week_from(start: int) -> Callable[[date], date]:
    """Return what gives the day on which the week of a date starts."""
    return lambda day: day - timedelta(days=(day.weekday() - start) % 7)


def made(grid: Grid, first: int, last: int) -> Windows:
    """Return what the product says, from after `first` to `last`."""
    starts = boundaries(grid, first + 1, last)
    return list(zip(starts, labels(grid, starts), strict=True))


@pytest.mark.parametrize("name", ZONES)
def test_every_shift_of_a_zone_is_found(name: str) -> None:
    """The standard library does not tell them."""
    found = {
        shift.at for year in range(FIRST_YEAR, LAST_YEAR) for shift in shifts(name, year)
    }
    expected = set(shifts_found(ZoneInfo(name)))

    assert expected <= found
    for at in found - expected:  # two in so short a time that the oracle passed over them
        assert offset(ZoneInfo(name), at - 1) != offset(ZoneInfo(name), at)


@pytest.mark.parametrize("name", ZONES)
def test_windows_around_every_shift_are_those_of_the_clock(name: str) -> None:
    """Hours, days, weeks and months, with their keys, and back from the key."""
    zone = ZoneInfo(name)
    for at in shifts_found(zone):
        walked = walk(zone, at)
        first, last = walked[0][0], walked[-1][0]
        day = walked[len(walked) // 2][1].weekday()
        expected = {
            Grid("hourly", name): hours_walked(walked),
            Grid("daily", name): dates_walked(walked, lambda day: day, "%Y-%m-%d"),
            Grid("monthly", name): dates_walked(
                walked, lambda d: d.replace(day=1), "%Y-%m"
            ),
        }
        for start in (day, (day + 1) % 7):
            grid = Grid("weekly", name, start)
            expected[grid] = dates_walked(walked, week_from(start), "%Y-%m-%d")
        for grid, windows in expected.items():
            assert made(grid, first, last) == windows, (grid, at)
            assert [find(grid, key) for _, key in windows] == [
                start for start, _ in windows
            ]
