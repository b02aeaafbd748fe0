"""Delays by day, by month and by the week that ends with each day.

Days hold counts and sums, because those can be added up. A mean of means would count an
airport that was closed for half the day like one that was open.
"""

import polars as pl

from assets_core import Upstream, Window, asset
from flights.delay_schemas import DailyDelays, MonthlyDelays, WeeklyDelays
from flights.measures import added_up, delay_rates, delay_totals, weather_condition
from flights.periods import DAYS, MONTHS


# One call makes one day, from the flights and the weather of the same day.
@asset(
    key="delays/daily",
    group="delays",
    partitions=DAYS,
    inputs={"flights": "days/flights", "weather": "days/weather"},
    schema=DailyDelays,
)
def daily(flights: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    """One day at each airport, in numbers that can be added up."""
    known = weather.select("origin", "hour", condition=weather_condition())
    with_weather = flights.join(
        known,
        left_on=["origin", "departure_hour"],
        right_on=["origin", "hour"],
        how="left",
        validate="m:1",
    )
    return with_weather.group_by("origin").agg(delay_totals()).sort("origin")


# A month reads the days that it shares time with, which needs no words. It is in DuckDB,
# where each commit takes its time, so one call makes all months that have to be made.
@asset(
    key="delays/monthly",
    group="delays",
    io="warehouse",
    partitions=MONTHS,
    batch="all",
    inputs={"days": "delays/daily"},
    schema=MonthlyDelays,
)
def monthly(days: pl.DataFrame) -> pl.DataFrame:
    """Each month at each airport."""
    # Days come with the column that tells them apart, and months have to be given one.
    month = pl.col("date").dt.strftime("%Y-%m")
    totals = days.group_by("origin", month=month).agg(added_up())
    return totals.with_columns(delay_rates()).sort("month", "origin")


# The first days of the year have less than a week behind them: what is not there is left
# out, and the column `days` says how many there were.
@asset(
    key="delays/trailing_week",
    group="delays",
    partitions=DAYS,
    inputs={"week": Upstream("delays/daily", mapping=Window(-6, 0), missing="skip")},
    schema=WeeklyDelays,
)
def trailing_week(week: pl.DataFrame) -> pl.DataFrame:
    """The seven days that end with each day, which evens out weekends."""
    days = pl.len().cast(pl.Int64).alias("days")
    totals = week.group_by("origin").agg(*added_up(), days)
    return totals.with_columns(delay_rates()).sort("origin")
