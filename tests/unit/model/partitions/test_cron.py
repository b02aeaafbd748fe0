"""Windows between the ticks of cron, in zones whose clocks are moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from assets_core.model.partitions import CronPartitions

FAR = datetime(2040, 1, 1, tzinfo=UTC)
ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
]
SEASONS = [
    ("2010-10-28", "2010-11-10"),
    ("2011-12-28", "2012-01-02"),
    ("2018-11-01", "2018-11-06"),
]
MIDNIGHT = ["America/Goose_Bay", "America/Havana", "America/Sao_Paulo", "Pacific/Apia"]
EXPRESSIONS = [
    *("30 5 * * *", "0 * * * *", "*/20 * * * *", "30 1,2 * * *", "0 0 1,15 * *"),
    *("15 3 * * MON-FRI", "0 12 1,L * *", "*/15 0-3 * * SUN"),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", EXPRESSIONS)
def test_ticks_are_those_of_the_library(cron: str, zone: str) -> None:
    """Over both shifts of the clock."""
    for first, last in (("2024-03-01", "2024-04-15"), ("2024-10-01", "2024-11-15")):
        clock = ZoneInfo(zone)
        start = datetime.fromisoformat(first).replace(tzinfo=clock)
        end = datetime.fromisoformat(last).replace(tzinfo=clock)
        walked = takewhile(end.__ge__, CronSim(cron, start - timedelta(seconds=1)))
        keys = CronPartitions(cron, first, last, zone).keys(FAR)

        assert list(keys.boundaries) == [int(tick.timestamp()) for tick in walked]


@pytest.mark.parametrize("zone", [*ZONES, *MIDNIGHT])
@pytest.mark.parametrize(
    "cron", [*EXPRESSIONS, "*/7 * * * *", "*/10 * 7 * *", "*/5 0 * * *"]
)
def test_every_instant_is_in_exactly_one_window(cron: str, zone: str) -> None:
    """Also where midnight comes twice, or not at all."""
    for start, end in SEASONS:
        keys = CronPartitions(cron, start, end, zone).keys(FAR)
        edges = keys.boundaries
        listed = list(keys)

        assert all(one < other for one, other in pairwise(edges))
        assert len(set(listed)) == len(listed)
        assert [keys.position(key) for key in listed[::29]] == [*range(0, len(keys), 29)]


def test_days_that_the_clock_enters_twice_do_not_stop_time() -> None:
    """In Goose Bay a minute of the 7th was over before an hour of the 6th came again."""
    cron = CronPartitions(
        "*/10 * 7 * *", "2010-11-06", "2010-12-07T00:20", "America/Goose_Bay"
    )
    keys = list(cron.keys(FAR))

    assert keys[:3] == ["2010-11-07T00:00", "2010-11-07T00:10", "2010-11-07T00:20"]
    assert keys[-1] == "2010-12-07T00:10"
    assert len(keys) == 6 * 24 + 2


def test_a_tick_that_comes_twice_carries_the_distance_to_utc() -> None:
    """But not one that cron lets happen only once."""
    often = CronPartitions(
        "*/30 * * * *", "2013-11-03T00:30", "2013-11-03T02:30", "America/New_York"
    )
    once = CronPartitions("30 1 * * *", "2013-11-02", "2013-11-05", "America/New_York")

    assert list(often.keys(FAR)) == [
        "2013-11-03T00:30",
        *("2013-11-03T01:00-0400", "2013-11-03T01:30-0400"),
        *("2013-11-03T01:00-0500", "2013-11-03T01:30-0500"),
        "2013-11-03T02:00",
    ]
    assert list(once.keys(FAR)) == ["2013-11-02T01:30", "2013-11-03T01:30"]


def test_seconds_are_shown_where_there_are_some() -> None:
    """An expression of six fields begins with them."""
    cron = CronPartitions("*/20 0 0 * * *", "2024-01-01", "2024-01-01T00:01")

    assert list(cron.keys(FAR)) == ["2024-01-01T00:00", "2024-01-01T00:00:20"]


def test_the_first_window_begins_at_the_first_tick() -> None:
    """Not before the start, and on it if that is a tick."""
    assert (
        CronPartitions("0 6 * * *", "2024-01-01T06:00").keys(FAR)[0] == "2024-01-01T06:00"
    )
    assert (
        CronPartitions("0 6 * * *", "2024-01-01T06:01").keys(FAR)[0] == "2024-01-02T06:00"
    )


def test_ticks_that_are_years_apart_are_found() -> None:
    """A 29th of February that is a fifth Monday comes every 28 years."""
    rare = CronPartitions("0 0 * 2 MON#5", "2017-01-01", end_offset=1)

    assert list(rare.keys(datetime(2045, 1, 1, tzinfo=UTC))) == ["2044-02-29T00:00"]
    assert rare.window("2044-02-29T00:00")[1] == datetime(2072, 2, 29, tzinfo=UTC)


def test_a_window_lasts_from_tick_to_tick() -> None:
    """Over a weekend it is longer."""
    start, end = CronPartitions("0 9 * * MON-FRI", "2024-01-01").window("2024-01-05T09:00")

    assert end - start == timedelta(days=3)
