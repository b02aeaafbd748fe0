"""The days and delays of the flights project, called with a few rows each.

Which days a function is called for is not its business: it gets a frame and returns one.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandera.errors
import polars as pl
import pytest

# A project is no installed package; its folder is on the path while it is loaded.
sys.path.insert(0, str(Path(__file__).parents[2] / "projects" / "flights"))

from flights import days, delays, marts
from flights.delay_schemas import DailyDelays, MonthlyDelays, WeeklyDelays

NOON = datetime(2013, 1, 1, 17, tzinfo=UTC)
LATE = {
    "date": date(2013, 1, 1),
    "origin": "EWR",
    "departure_hour": NOON,
    "departure_delay": 40,
    "arrival_delay": 30,
    "cancelled": False,
}
ON_TIME = {**LATE, "departure_delay": 0, "arrival_delay": -10}
CANCELLED = {**LATE, "departure_delay": None, "arrival_delay": None, "cancelled": True}
RAIN = {
    "origin": "EWR",
    "hour": NOON,
    "temperature": 50.0,
    "wind_speed": 5.0,
    "precipitation": 0.1,
    "visibility": 10.0,
}
TOTALS = {
    "origin": "EWR",
    "flights": 3,
    "cancelled": 1,
    "departed": 2,
    "departure_minutes": 40,
    "arrived": 2,
    "arrival_minutes": 20,
    "late": 1,
    "bad_weather": 3,
}
# One flight, three hours late: a mean of daily means would count it like the two above.
WORSE = {
    **TOTALS,
    "flights": 1,
    "cancelled": 0,
    "departed": 1,
    "departure_minutes": 180,
    "arrived": 1,
    "arrival_minutes": 180,
    "bad_weather": 0,
}
RATES = {"mean_departure_delay": 20.0, "mean_arrival_delay": 10.0, "late_share": 0.5}
DAY = pl.DataFrame([TOTALS])
WEEK = pl.DataFrame([{**TOTALS, "days": 7, **RATES}])
MONTH = pl.DataFrame([{**TOTALS, **RATES, "month": "2013-01"}])


def rows(*values: dict[str, Any]) -> pl.DataFrame:
    """Make a frame of rows, with types taken from all of them."""
    return pl.DataFrame(values, infer_schema_length=None)


def days_asked_for(*keys: str) -> SimpleNamespace:
    """Return what a function finds in its context when it has to make these days."""
    return SimpleNamespace(partitions=tuple(SimpleNamespace(key=key) for key in keys))


def test_the_weather_of_an_evening_belongs_to_the_day_in_new_york() -> None:
    """Midnight in UTC is seven in the evening, and the flights of then are of that day."""
    hours = rows(RAIN, {**RAIN, "hour": NOON + timedelta(hours=11)})

    cut = days.weather(hours, days_asked_for("2013-01-01", "2013-01-02"))

    assert cut["date"].to_list() == [date(2013, 1, 1)] * 2


def test_only_the_days_that_were_asked_for_are_cut_out() -> None:
    """The input holds the whole year; one month of it may be all that is wanted."""
    february = date(2013, 2, 1)
    flights = rows(LATE, {**LATE, "date": february})
    hours = rows(RAIN, {**RAIN, "hour": NOON + timedelta(days=31)})
    asked = days_asked_for("2013-02-01", "2013-02-02")

    assert days.flights(flights, asked)["date"].to_list() == [february]
    assert days.weather(hours, asked)["date"].to_list() == [february]


def test_a_day_counts_late_flights_among_those_that_arrived() -> None:
    """A cancelled flight has no delay; it is neither late nor on time."""
    day = delays.daily(rows(LATE, ON_TIME, CANCELLED), rows(RAIN))

    assert day.to_dicts() == [TOTALS]


def test_an_hour_without_an_observation_is_not_bad_weather() -> None:
    """The flight counts all the same."""
    (day,) = delays.daily(rows(LATE), rows({**RAIN, "origin": "JFK"})).to_dicts()

    assert (day["flights"], day["bad_weather"]) == (1, 0)


def test_a_month_weighs_days_by_their_flights() -> None:
    """Days of two months come in one frame, as one call makes all months."""
    year = rows(
        {**TOTALS, "date": date(2013, 1, 31)},
        {**TOTALS, "date": date(2013, 2, 1)},
        {**WORSE, "date": date(2013, 2, 2)},
    )

    months = delays.monthly(year)

    assert months["month"].to_list() == ["2013-01", "2013-02"]
    assert months["mean_departure_delay"].to_list() == [20.0, 220 / 3]
    assert months["late_share"].to_list() == [0.5, 2 / 3]


def test_a_week_says_how_many_days_it_is_made_of() -> None:
    """The first week of the year is short, and an airport may be closed for a day."""
    (week,) = delays.trailing_week(rows(TOTALS, WORSE)).to_dicts()

    assert (week["days"], week["flights"], week["arrival_minutes"]) == (2, 4, 200)


def test_where_nothing_arrived_there_is_no_mean() -> None:
    """Nothing divided by nothing is unknown: not zero, and not a number that is none."""
    closed = dict.fromkeys(TOTALS, 0) | {"origin": "LGA", "flights": 9, "cancelled": 9}

    (week,) = delays.trailing_week(rows(closed)).to_dicts()

    assert [week[name] for name in RATES] == [None, None, None]


def test_the_year_day_by_day_adds_the_airports_up() -> None:
    """One row for a day, however many airports it has."""
    there = {"date": date(2013, 1, 1)}
    airports = rows({**TOTALS, **there}, {**WORSE, "origin": "JFK", **there})

    (day,) = marts.daily_delays(airports.lazy()).collect().to_dicts()

    assert (day["date"], day["flights"], day["cancelled"]) == (date(2013, 1, 1), 4, 1)
    assert day["mean_departure_delay"] == 220 / 3


@pytest.mark.parametrize(
    ("schema", "frame"), [(DailyDelays, DAY), (WeeklyDelays, WEEK), (MonthlyDelays, MONTH)]
)
def test_delays_that_contradict_themselves_are_refused(
    schema: Any, frame: pl.DataFrame
) -> None:
    """Good rows pass; a late flight that never arrived does not, nor a column too many."""
    schema.validate(frame, lazy=True)

    for broken in (
        frame.with_columns(late=pl.lit(3)),
        frame.with_columns(cancelled=pl.lit(2)),
        frame.with_columns(origin=pl.lit("IAH")),
        frame.with_columns(gate=pl.lit(1)),
        pl.concat([frame, frame]),
    ):
        with pytest.raises(pandera.errors.SchemaErrors):
            schema.validate(broken, lazy=True)


@pytest.mark.parametrize(
    ("schema", "frame", "column", "value"),
    [
        (WeeklyDelays, WEEK, "days", 8),
        (WeeklyDelays, WEEK, "late_share", 1.5),
        (MonthlyDelays, MONTH, "late_share", None),
        (MonthlyDelays, MONTH, "month", "2014-01"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(
    schema: Any, frame: pl.DataFrame, column: str, value: object
) -> None:
    """A week has seven days, and in every month some flight arrived."""
    broken = pl.lit(value, dtype=frame.schema[column]).alias(column)

    with pytest.raises(pandera.errors.SchemaErrors, match=column):
        schema.validate(frame.with_columns(broken), lazy=True)
