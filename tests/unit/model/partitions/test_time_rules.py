"""What a window of time is, what it is called, and when it exists."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assets_core.errors import UsageError
from assets_core.model.partitions import (
    DailyPartitions,
    HourlyPartitions,
    MonthlyPartitions,
    TimeKeys,
    TimePartitions,
    WeeklyPartitions,
)
from assets_core.model.partitions.grids import Grid

NEW_YORK = "America/New_York"
FAR = datetime(2040, 1, 1, tzinfo=UTC)


def hours(key: str, definition: TimePartitions) -> float:
    """Return how many hours the window of a key has."""
    start, end = definition.window(key)
    return (end - start) / timedelta(hours=1)


def test_a_window_exists_once_it_has_passed() -> None:
    """The day is complete at the midnight that ends it, not a second before."""
    daily = DailyPartitions("2024-01-01")
    midnight = datetime(2024, 1, 3, tzinfo=UTC)

    assert list(daily.keys(midnight)) == ["2024-01-01", "2024-01-02"]
    assert list(daily.keys(midnight - timedelta(seconds=1))) == ["2024-01-01"]
    assert list(daily.keys(midnight.timestamp())) == ["2024-01-01", "2024-01-02"]
    assert list(daily.keys(midnight.astimezone(ZoneInfo("Asia/Tokyo"))))[1:] == [
        "2024-01-02"
    ]


@pytest.mark.parametrize(("offset", "last"), [(0, "02"), (1, "03"), (2, "04"), (-1, "01")])
def test_the_end_offset_lets_more_windows_exist_or_fewer(offset: int, last: str) -> None:
    """At noon of the third day."""
    daily = DailyPartitions("2023-12-01", end_offset=offset)

    assert daily.keys(datetime(2024, 1, 3, 12, tzinfo=UTC))[-1] == f"2024-01-{last}"


def test_the_end_offset_counts_from_the_present_and_not_from_the_start() -> None:
    """Five more days than have passed, of which the definition begins with the third."""
    daily = DailyPartitions("2024-01-10", end_offset=5)

    assert list(daily.keys(datetime(2024, 1, 8, 12, tzinfo=UTC))) == [
        *("2024-01-10", "2024-01-11", "2024-01-12")
    ]


def test_no_window_begins_before_the_start_or_ends_after_the_end() -> None:
    """Whole windows only, however the ends cut the grid."""
    assert list(DailyPartitions("2024-01-01T00:00:01", "2024-01-04T23:59").keys(FAR)) == [
        *("2024-01-02", "2024-01-03")
    ]
    assert list(WeeklyPartitions("2024-01-02", "2024-01-22").keys(FAR)) == [
        *("2024-01-08", "2024-01-15")
    ]
    assert list(MonthlyPartitions("2024-01-02", "2024-04-01").keys(FAR)) == [
        *("2024-02", "2024-03")
    ]
    assert list(DailyPartitions("2024-01-01", "2024-01-03", end_offset=9).keys(FAR)) == [
        *("2024-01-01", "2024-01-02")
    ]


def test_the_hour_that_comes_twice_is_two_windows() -> None:
    """Both carry the distance to UTC; the hours beside them do not."""
    hourly = HourlyPartitions("2013-11-03", "2013-11-03T04", NEW_YORK)

    assert list(hourly.keys(FAR)) == [
        *("2013-11-03T00", "2013-11-03T01-0400", "2013-11-03T01-0500"),
        *("2013-11-03T02", "2013-11-03T03"),
    ]
    assert hourly.window("2013-11-03T01-0500")[0] == datetime(2013, 11, 3, 6, tzinfo=UTC)
    with pytest.raises(UsageError):
        hourly.window("2013-11-03T01")
    with pytest.raises(UsageError):
        hourly.window("2013-11-03T02-0500")


def test_a_key_does_not_depend_on_where_the_definition_begins() -> None:
    """Only one of the two hours is wanted, and it is called as if both were."""
    hourly = HourlyPartitions("2013-11-03T01:00-05:00", "2013-11-03T03", NEW_YORK)

    assert list(hourly.keys(FAR)) == ["2013-11-03T01-0500", "2013-11-03T02"]


def test_a_clock_that_is_moved_by_half_an_hour() -> None:
    """Lord Howe: a window of 90 minutes in autumn, one of 30 in spring."""
    hourly = HourlyPartitions("2024-01-01", timezone="Australia/Lord_Howe")

    assert hours("2024-04-07T01", hourly) == 1.5
    assert hours("2024-10-06T02", hourly) == 0.5
    assert "2024-04-07T02" in hourly.keys(FAR)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (NEW_YORK, "2024-03-10", 23),
        (NEW_YORK, "2024-11-03", 25),
        ("Australia/Lord_Howe", "2024-04-07", 24.5),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Havana", "2024-11-03", 25),
        ("America/Goose_Bay", "2010-11-07", 25),
        ("UTC", "2024-03-10", 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_says(zone: str, day: str, length: float) -> None:
    """Where it begins at one, or where its first minute comes twice."""
    assert hours(day, DailyPartitions("2010-01-01", timezone=zone)) == length


def test_a_date_that_was_skipped_has_no_window() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    daily = DailyPartitions("2011-12-28", "2012-01-02", "Pacific/Apia")

    assert list(daily.keys(FAR)) == [
        *("2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01")
    ]
    assert daily.keys(FAR).position("2011-12-30") is None
    assert {hours(key, daily) for key in daily.keys(FAR)} == {24}


def test_a_week_is_called_by_the_date_on_which_it_starts() -> None:
    """From Monday, or from the day that is named."""
    assert WeeklyPartitions("2024-01-03").keys(FAR)[0] == "2024-01-08"
    assert WeeklyPartitions("2024-01-03", week_start=6).keys(FAR)[0] == "2024-01-07"
    assert WeeklyPartitions("2024-01-03", week_start=2).keys(FAR)[0] == "2024-01-03"


def test_a_definition_that_starts_on_a_day_without_midnight_has_that_day() -> None:
    """The day begins at one o'clock, which is not before midnight."""
    daily = DailyPartitions("2018-11-04", timezone="America/Sao_Paulo")

    assert daily.keys(FAR)[0] == "2018-11-04"


def test_an_unknown_key_is_answered_with_the_nearest_one() -> None:
    """And with the first and the last."""
    hourly = HourlyPartitions("2024-01-01", "2024-02-01")

    for asked, like in (
        ("2024-1-5 7:00", "2024-01-05T07"),
        ("2025-06-01", "2024-01-31T23"),
    ):
        with pytest.raises(UsageError) as refused:
            hourly.window(asked)
        assert f"did you mean '{like}'?" in refused.value.fix
        assert "The first one is '2024-01-01T00'" in refused.value.fix
        assert "the last one '2024-01-31T23'" in refused.value.fix
    with pytest.raises(UsageError, match="The first one is"):
        hourly.window("yesterday")
    with pytest.raises(UsageError, match="the first one begins on or after 2999-01-01"):
        DailyPartitions("2999-01-01").window("2024-01-01")


def test_a_window_is_known_before_it_has_passed() -> None:
    """A key says its time, whenever it is asked."""
    start, end = DailyPartitions("2024-01-01", timezone="Asia/Tokyo").window("2999-01-01")

    assert start == datetime(2998, 12, 31, 15, tzinfo=UTC)
    assert end - start == timedelta(days=1)


def test_keys_are_the_same_object_while_nothing_ends() -> None:
    """Whoever asks often does not pay often."""
    daily = DailyPartitions("2024-01-01")
    noon = datetime(2024, 6, 1, 12, tzinfo=UTC)

    assert daily.keys(noon) is daily.keys(noon + timedelta(hours=1))
    assert daily.keys() == daily.keys(None)


def test_keys_without_windows_are_empty() -> None:
    """Before the first one has passed, or where two ends leave no room."""
    early = DailyPartitions("2024-01-01").keys(0)

    assert len(early) == 0
    assert list(early) == []
    assert early == TimeKeys(Grid("daily"), array("q"))
    assert early.position("2024-01-01") is None
    assert repr(early) == "TimeKeys(0 daily)"
    assert not DailyPartitions("2024-01-01", "2024-01-01").keys(FAR)
    with pytest.raises(IndexError):
        _ = early[0]
