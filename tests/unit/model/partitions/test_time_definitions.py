"""How partitions by time are declared, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.errors import DefinitionError, UsageError
from assets_core.model.partitions import (
    CronPartitions,
    DailyPartitions,
    HourlyPartitions,
    MonthlyPartitions,
    TimePartitions,
    WeeklyPartitions,
)
from assets_core.model.partitions.moments import shown

NEW_YORK = "America/New_York"
FAR = datetime(2040, 1, 1, tzinfo=UTC)
WRONG: Any = 7.0


def every_kind(start: str = "2024-01-01", **more: object) -> list[TimePartitions]:
    """Return one definition of each kind."""
    return [
        HourlyPartitions(start, **more),  # type: ignore[arg-type]
        DailyPartitions(start, **more),  # type: ignore[arg-type]
        WeeklyPartitions(start, **more),  # type: ignore[arg-type]
        MonthlyPartitions(start, **more),  # type: ignore[arg-type]
        CronPartitions("*/30 * * * *", start, **more),  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    "given_start",
    [
        *("2024-01-01", "20240101", "2024-01", "2024-01-01T00:00", "2023-12-31T23:00Z"),
        *(date(2024, 1, 1), datetime(2024, 1, 1)),  # noqa: DTZ001 - in the zone of the definition
        datetime(2023, 12, 31, 23, tzinfo=UTC),
        datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
    ],
)
def test_a_start_can_be_written_in_many_ways(given_start: str | date) -> None:
    """All of them are the same moment, so the definitions are equal."""
    written = MonthlyPartitions(given_start, timezone="Europe/Berlin")

    assert written == MonthlyPartitions("2024-01-01", timezone="Europe/Berlin")
    assert repr(written) == "MonthlyPartitions('2024-01-01', timezone='Europe/Berlin')"


def test_a_naive_time_that_comes_twice_can_say_which_it_means() -> None:
    """Python marks the second one with a fold."""
    first = datetime(2013, 11, 3, 1, 30)  # noqa: DTZ001 - in the zone of the definition
    one = HourlyPartitions(first, timezone=NEW_YORK)
    other = HourlyPartitions(first.replace(fold=1), timezone=NEW_YORK)

    assert other.start - one.start == 3600
    assert repr(other) == (
        "HourlyPartitions('2013-11-03T01:30:00-05:00', timezone='America/New_York')"
    )


@pytest.mark.parametrize(
    ("make", "problem", "fix"),
    [
        (lambda: DailyPartitions("Monday"), "start='Monday' is no date", "2024-01-31"),
        (lambda: DailyPartitions("2024-02-30"), "is no date", "start='2024-01-31'"),
        (lambda: DailyPartitions(WRONG), "is no date", "2024-01-31"),
        (lambda: DailyPartitions("2024-01-01", "x"), "end='x' is no date", "end="),
        (lambda: DailyPartitions("0001-01-01"), "too far away", "1002"),
        (
            lambda: DailyPartitions("2024-02-01", "2024-01-01"),
            "end at 2024-01-01, before they start at 2024-02-01",
            "exchange",
        ),
        (
            lambda: DailyPartitions("2024-01-01", timezone="Europe/Berln"),
            "There is no time zone 'Europe/Berln'",
            "timezone='Europe/Berlin'",
        ),
        (lambda: DailyPartitions("2024-01-01", timezone="../UTC"), "no time zone", ""),
        (lambda: DailyPartitions("2024-01-01", timezone="Europe"), "no time zone", ""),
        (lambda: DailyPartitions("2024-01-01", timezone=WRONG), "no time zone", ""),
        (
            lambda: DailyPartitions("2024-01-01", end_offset=True),
            "end_offset=True is not a number",
            "end_offset=1",
        ),
        (lambda: DailyPartitions("2024-01-01", end_offset=WRONG), "is not a number", "=1"),
        (lambda: DailyPartitions("2024-01-01", name="a b"), "'a b' cannot be", "letters"),
        (
            lambda: DailyPartitions("2024-01-01", name=WRONG),
            "7.0 cannot be the name",
            "letters",
        ),
        (lambda: WeeklyPartitions("2024-01-01", week_start=7), "week_start=7", "Monday"),
        (lambda: WeeklyPartitions("2024-01-01", week_start=True), "week_start", "Monday"),
        (lambda: CronPartitions("99 * * * *", "2024-01-01"), "Bad minute", "30 5"),
        (lambda: CronPartitions("* * *", "2024-01-01"), "Wrong number of fields", "30 5"),
        (lambda: CronPartitions("0 0 31 2 *", "2024-01-01"), "Bad day-of-month", "30 5"),
        (lambda: CronPartitions("* * */20 * 1L", "2024-01-01"), "never fires", "30 5"),
        (
            lambda: CronPartitions("9" * 5000 + " * * * *", "2024-01-01"),
            "cannot be read",
            "30 5",
        ),
        (lambda: CronPartitions(WRONG, "2024-01-01"), "7.0 cannot be used", "30 5"),
    ],
)
def test_a_definition_that_cannot_work_is_refused(
    make: Callable[[], object], problem: str, fix: str
) -> None:
    """With what is wrong, and with what to write in its place."""
    with pytest.raises(DefinitionError) as refused:
        make()

    assert problem in refused.value.problem
    assert fix in refused.value.fix
    assert refused.value.fix


@pytest.mark.parametrize("now", [datetime(2024, 1, 1), float("nan")])  # noqa: DTZ001 - that is the point
def test_a_present_without_a_zone_is_refused(now: datetime | float) -> None:
    """Nobody can tell which moment it is."""
    with pytest.raises(UsageError):
        DailyPartitions("2024-01-01").keys(now)


@pytest.mark.parametrize("definition", every_kind("2024-01-02", timezone="Asia/Tokyo"))
def test_a_definition_is_a_value(definition: TimePartitions) -> None:
    """It can be compared, hashed and sent elsewhere, and says how it is made."""
    sent = pickle.loads(pickle.dumps(definition))  # noqa: S301 - made in the line itself

    assert sent == copy.deepcopy(definition) == definition
    assert hash(sent) == hash(definition)
    assert eval(repr(definition)) == definition  # noqa: S307 - our own text
    assert definition.names == (definition.name,)
    assert type(definition).__name__.lower() == f"{definition.kind}partitions"
    with pytest.raises(AttributeError):
        definition.start = 0  # type: ignore[misc]


def test_a_definition_says_what_differs_from_the_usual() -> None:
    """And nothing else."""
    weekly = WeeklyPartitions(
        "2024-01-01", "2025-01-01T06:30", end_offset=1, name="w", week_start=6
    )

    assert repr(weekly) == (
        "WeeklyPartitions('2024-01-01', '2025-01-01T06:30', end_offset=1, name='w', "
        "week_start=6)"
    )
    assert repr(CronPartitions("0  5 * * *", "2024-01-01")) == (
        "CronPartitions('0 5 * * *', '2024-01-01')"
    )


def test_the_names_of_the_columns_are_those_of_the_windows() -> None:
    """Unless another one is given."""
    assert [each.names for each in every_kind()] == [
        *(("hour",), ("date",), ("week",), ("month",), ("tick",))
    ]
    assert [each.names for each in every_kind(name="at")] == [("at",)] * 5


@given(st.integers(-(10**9), 4 * 10**9), st.sampled_from([NEW_YORK, "Pacific/Apia", "UTC"]))
def test_the_shortest_text_of_a_moment_means_that_moment(instant: int, zone: str) -> None:
    """Also where the clock is put back."""
    assert DailyPartitions(shown(instant, zone), timezone=zone).start == instant
