"""Keys of windows behave as a row of texts, without being one."""

from __future__ import annotations

import pickle
import time
from bisect import bisect_right
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.model.partitions import (
    CronPartitions,
    DailyPartitions,
    HourlyPartitions,
    MonthlyPartitions,
    TimeKeys,
    TimePartitions,
    WeeklyPartitions,
)

FAR = datetime(2040, 1, 1, tzinfo=UTC)
ZONES = [
    *("UTC", "America/New_York", "Australia/Lord_Howe", "America/Goose_Bay"),
    *("Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "Africa/Monrovia"),
]


def definition(kind: str, start: int, end: int, zone: str) -> TimePartitions:
    """Return a definition between two instants."""
    first, last = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    match kind:
        case "hourly":
            return HourlyPartitions(first, last, zone)
        case "daily":
            return DailyPartitions(first, last, zone)
        case "weekly":
            return WeeklyPartitions(first, last, zone, week_start=6)
        case "monthly":
            return MonthlyPartitions(first, last, zone)
        case _:
            return CronPartitions(kind, first, last, zone)


kinds = st.sampled_from(
    ["hourly", "daily", "weekly", "monthly", "*/20 * * * *", "30 0,1,2 * * *", "0 0 1 * *"]
)
instants = st.integers(0, 2 * 10**9)
lengths = st.integers(0, 90 * 86_400)
zones = st.sampled_from(ZONES)


@given(kinds, instants, lengths, zones)
def test_keys_are_different_and_lead_back_to_their_windows(
    kind: str, start: int, length: int, zone: str
) -> None:
    """One by one as well as all at once."""
    made = definition(kind, start, start + length, zone)
    keys = made.keys(FAR)
    listed = list(keys)

    assert len(set(listed)) == len(listed) == len(keys)
    assert [keys.position(key) for key in listed] == [*range(len(keys))]
    for position in {*range(len(keys))[:3], *range(len(keys))[-3:]}:
        window = keys.window(position)
        assert keys[position] == keys[position - len(keys)] == listed[position]
        assert tuple(int(at.timestamp()) for at in made.window(listed[position])) == window
        assert start <= window[0] < window[1] <= start + length


@given(kinds, instants, lengths, zones, st.integers(0, 40 * 86_400), st.integers(0, 9))
def test_a_key_stands_for_the_same_window_wherever_a_definition_begins(
    kind: str, start: int, length: int, zone: str, earlier: int, offset: int
) -> None:
    """Another start, end or present never gives a key another meaning."""
    few = definition(kind, start, start + length, zone).keys(FAR)
    wide = definition(kind, max(0, start - earlier), start + length + earlier, zone)
    many = wide.keys(start + length + offset * 86_400)

    for position in {*range(len(few))[:5], *range(len(few))[-5:]}:
        place = many.position(few[position])
        if place is not None:
            assert many.window(place) == few.window(position)
        else:
            assert few.window(position)[1] > start + length + offset * 86_400 - 1


@given(instants, lengths, zones, st.slices(40))
def test_slices_are_those_of_a_tuple(
    start: int, length: int, zone: str, piece: slice
) -> None:
    """What follows each other stays without texts."""
    keys = definition("hourly", start, start + length, zone).keys(FAR)
    chosen = keys[piece]

    assert tuple(chosen) == tuple(keys)[piece]
    if piece.step in {None, 1}:
        assert isinstance(chosen, TimeKeys)
        assert all(keys.position(key) is not None for key in chosen[:2])


@given(instants, zones, st.integers(-40, 40))
def test_the_window_some_steps_away_is_found_inside_and_outside(
    start: int, zone: str, count: int
) -> None:
    """Beyond the ends it is the one that a wider definition has."""
    keys = definition("daily", start, start + 30 * 86_400, zone).keys(FAR)
    wide = definition("daily", start - 60 * 86_400, start + 90 * 86_400, zone).keys(FAR)
    begin = bisect_right(wide.boundaries, keys.window(3)[0]) - 1

    assert keys.reach(3, count) == wide.window(begin + count)


def test_a_time_is_told_in_keys_also_where_there_are_none() -> None:
    """For messages about what is missing."""
    daily = DailyPartitions("2024-01-10", timezone="Europe/Berlin").keys(FAR)
    first = daily.window(0)[0]

    assert daily.span(first - 3 * 86_400, first) == "2024-01-07..2024-01-09"
    assert daily.span(first - 1, first) == "2024-01-09"


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "2024-13-01", "2024-02-30", "2024-01-01T00", "2024-01-01 ", "2024-01"),
        *("2024-1-1", "2024-01-01T", "\uff12024-01-01", "2024-01-01+0000", "9999-12-31"),
        *("0001-01-01", "2024-01-01\n", "2023-12-31", "2024-02-01"),
    ],
)
def test_what_is_no_key_has_no_position(text: str) -> None:
    """Only the one text that the key is, nothing like it."""
    keys = DailyPartitions("2024-01-01", "2024-02-01").keys(FAR)

    assert keys.position(text) is None
    assert text not in keys
    assert 3 not in keys  # type: ignore[comparison-overlap]


def test_keys_are_a_value() -> None:
    """Equal where windows and grid are, and cheap to send."""
    keys = DailyPartitions("2024-01-01", "2024-02-01").keys(FAR)
    same = DailyPartitions("2023-12-01", "2024-02-01").keys(FAR)[31:]
    other = DailyPartitions("2024-01-01", "2024-02-01", "Iceland").keys(FAR)
    sent = pickle.loads(pickle.dumps(keys))  # noqa: S301 - made in the line itself

    assert keys == same == sent
    assert hash(keys) == hash(same) == hash(sent)
    assert keys.boundaries == other.boundaries
    assert keys != other
    assert keys != list(keys)
    assert repr(keys) == "TimeKeys('2024-01-01' … '2024-01-31', 31 daily)"
    assert list(reversed(keys))[0] == keys[-1]  # noqa: RUF015 - the whole way back
    with pytest.raises(IndexError):
        keys.window(31)


def test_a_million_windows_cost_little() -> None:
    """Far below these limits, which leave room for slow machines."""
    begun = time.perf_counter()
    keys = HourlyPartitions("1910-01-01", "2024-06-01", "America/New_York").keys(FAR)
    made = time.perf_counter()
    _ = keys[500_000], keys.position("1999-12-31T23")
    asked = time.perf_counter()

    assert len(keys) > 1_000_000
    assert made - begun < 5
    assert asked - made < 0.5
