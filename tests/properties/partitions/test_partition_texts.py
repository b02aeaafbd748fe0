"""Partitions as people write them mean what they say, and what is shown can be written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets_core.errors import UsageError
from assets_core.model.partition_ranges import positions_of, ranges_of
from assets_core.model.partitions import (
    DailyPartitions,
    DynamicPartitions,
    HourlyPartitions,
    Keys,
    MonthlyPartitions,
    ProductPartitions,
    StaticPartitions,
    WeeklyPartitions,
)

FAR = datetime(2040, 1, 1, tzinfo=UTC)
DAYS = DailyPartitions("2024-01-10", "2024-02-20").keys(FAR)
HOURS = HourlyPartitions("2024-10-27", "2024-10-28", "Europe/Berlin").keys(FAR)
REGIONS = StaticPartitions(["eu", "us", "New York"]).keys()
BOTH = ProductPartitions(
    date=DailyPartitions("2024-01-01", "2024-01-04"),
    region=StaticPartitions(["eu", "us", "New York"]),
).keys(FAR)
FOUR = ProductPartitions(
    a=StaticPartitions(["x", "y"]),
    b=DailyPartitions("2024-01-01", "2024-01-03"),
    c=StaticPartitions(["x y", "z"]),
    d=MonthlyPartitions("2024-01-01", "2024-03-01"),
).keys(FAR)
EMPTY = DynamicPartitions("customers").keys()


def written(text: str, keys: Keys) -> list[str]:
    """Return the keys that a text means."""
    return [keys[position] for position in positions_of(text, keys, "a")]


def refused(text: str, keys: Keys) -> UsageError:
    """Return the error for a text."""
    with pytest.raises(UsageError) as caught:
        positions_of(text, keys, "a")
    assert caught.value.fix
    return caught.value


@settings(max_examples=150)
@given(st.sampled_from([DAYS, HOURS, REGIONS, BOTH, FOUR]), st.data())
def test_what_is_shown_can_be_written_and_means_the_same(
    keys: Keys, data: st.DataObject
) -> None:
    """A plan shows ranges; whoever copies them gets these partitions and no others."""
    some = data.draw(st.sets(st.integers(0, len(keys) - 1), min_size=1))
    shown = ranges_of(keys, some)
    assert positions_of(",".join(shown), keys, "a") == sorted(some)
    assert positions_of(" , ".join(shown), keys, "a") == sorted(some)


@settings(max_examples=60)
@given(st.sampled_from([DAYS, HOURS, REGIONS, BOTH, FOUR]), st.data())
def test_a_list_of_keys_means_these_keys(keys: Keys, data: st.DataObject) -> None:
    """The Python interface joins a list with commas, for products as well."""
    some = data.draw(st.lists(st.sampled_from(list(keys)), min_size=1, unique=True))
    assert sorted(written(",".join(some), keys)) == sorted(some)


@settings(max_examples=60)
@given(st.sampled_from([DAYS, HOURS, REGIONS, BOTH, FOUR]), st.data())
def test_a_range_has_both_ends_and_all_between(keys: Keys, data: st.DataObject) -> None:
    """In the order of the keys, and an end may be left out."""
    places = st.integers(0, len(keys) - 1)
    first, last = sorted((data.draw(places), data.draw(places)))
    text = f"{keys[first]}..{keys[last]}"
    assert positions_of(text, keys, "a") == [*range(first, last + 1)]
    if "=" not in text:
        assert positions_of(f"{keys[first]}..", keys, "a") == [*range(first, len(keys))]
        assert positions_of(f"..{keys[last]}", keys, "a") == [*range(last + 1)]
        assert positions_of("..", keys, "a") == [*range(len(keys))]


@pytest.mark.parametrize(
    ("text", "count", "first", "last"),
    [
        ("2024-01", 22, "2024-01-10", "2024-01-31"),
        ("2024", 41, "2024-01-10", "2024-02-19"),
        ("2024-01..2024-02-03", 25, "2024-01-10", "2024-02-03"),
        ("2024-02..", 19, "2024-02-01", "2024-02-19"),
        ("..2024-01", 22, "2024-01-10", "2024-01-31"),
        ("2024-01-31, 2024-02", 20, "2024-01-31", "2024-02-19"),
    ],
)
def test_a_coarser_text_means_all_that_lies_inside(
    text: str, count: int, first: str, last: str
) -> None:
    """Nobody wants to write thirty days."""
    found = written(text, DAYS)
    assert (len(found), found[0], found[-1]) == (count, first, last)


def test_an_hour_that_comes_twice_is_meant_twice_or_by_its_own_name() -> None:
    """The text of the clock stands for both, the key for one."""
    assert len(written("2024-10-27T02", HOURS)) == 2
    assert len(written("2024-10-27T02+0100", HOURS)) == 1
    assert len(written("2024-10-27", HOURS)) == 25


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date=2024-01-02", ["eu", "us", "New York"]),
        ("date=2024-01-02 region=New York,eu", ["eu", "New York"]),
        ("region=us date=2024-01-02", ["us"]),
        ("date=2024-01-02.. region=us..New York", ["us", "New York"] * 2),
        ("region=us", ["us"] * 3),
        ("date=2024-01 region=eu..us", ["eu", "us"] * 3),
        (
            "date=2024-01-01 region=us,date=2024-01-02..2024-01-03 region=eu",
            ["us", "eu", "eu"],
        ),
    ],
)
def test_a_product_is_written_by_dimension(text: str, expected: list[str]) -> None:
    """A dimension that is left out means all of it."""
    assert [key.partition("region=")[2] for key in written(text, BOTH)] == expected


@pytest.mark.parametrize(
    ("text", "keys", "told"),
    [
        ("2024-03-01", DAYS, ["2024-03-01", "2024-01-10", "2024-02-19"]),
        ("2023", DAYS, ["2023", "2024-01-10"]),
        ("2023-01-01..2024-01-12", DAYS, ["2023-01-01", "2024-01-10"]),
        ("2024-02-30", DAYS, ["2024-02-30"]),
        ("2024-02-01..2024-01-11", DAYS, ["ends before", "2024-01-11..2024-02-01"]),
        ("2024-01-11,,2024-01-12", DAYS, ["empty"]),
        ("2024-01-11,", DAYS, ["empty"]),
        ("", DAYS, ["empty"]),
        ("2024-01-11..2024-01-12..2024-01-13", DAYS, ["2024-01-12..2024-01-13"]),
        ("uss", REGIONS, ["did you mean 'us'", "'eu'", "'New York'"]),
        ("us..eu", REGIONS, ["ends before", "eu..us"]),
        ("x", EMPTY, ["none yet"]),
        ("", BOTH, ["date=… region=…"]),
        ("2024-01-01", BOTH, ["date=… region=…"]),
        ("day=2024-01-01", BOTH, ["'day'", "date=…"]),
        ("date=2024-01-01 date=2024-01-02", BOTH, ["twice"]),
        ("date= region=eu", BOTH, ["empty"]),
        ("date=2024-01-01 region=uss", BOTH, ["'uss'", "region", "'us'"]),
        ("date=2024-01-01,region=eu", BOTH, ["every dimension"]),
        ("date=2024-01-01..date=2024-01-02 region=eu", BOTH, ["every dimension"]),
        (
            "date=2024-01-02 region=eu..date=2024-01-01 region=us",
            BOTH,
            ["ends before", "write date=2024-01-01 region=us..date=2024-01-02 region=eu"],
        ),
        (
            "date=2024-01-01 region=eu..date=2024-01-09 region=us",
            BOTH,
            ["date=2024-01-09 region=us"],
        ),
    ],
)
def test_what_means_nothing_is_refused_with_what_could_be_meant(
    text: str, keys: Keys, told: list[str]
) -> None:
    """Nothing is left out in silence: a typing error in a range costs a computation."""
    error = str(refused(text, keys))
    for part in told:
        assert part in error


def test_a_day_that_starts_no_week_leads_to_its_week() -> None:
    """Who knows a date need not know the calendar."""
    weeks = WeeklyPartitions("2024-01-01", "2024-03-01").keys(FAR)
    assert "did you mean '2024-01-08'" in str(refused("2024-01-10", weeks))
