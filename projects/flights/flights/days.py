"""Flights and weather, cut into the days of New York.

What was published holds the whole year and was put right as a whole; from here on it goes
day by day. One call makes all days (`batch="all"`), and the column `date` says which row
belongs to which. When a row changes in a published file, the year is cut again, 364 days
come out as they were, and only what reads the other one is computed.
"""

import polars as pl

from assets_core import RunContext, Upstream, asset
from flights.cleaning import new_york_from_utc
from flights.periods import DAYS, asked_for


@asset(
    key="days/flights",
    group="days",
    partitions=DAYS,
    batch="all",
    inputs={
        "year": Upstream(
            "staged/flights",
            columns=[
                "date",
                "origin",
                "departure_hour",
                "departure_delay",
                "arrival_delay",
                "cancelled",
            ],
        )
    },
)
def flights(year: pl.DataFrame, context: RunContext) -> pl.DataFrame:
    """What the delays of a day are counted from."""
    # The date was published, and is the local one: an evening in UTC is already tomorrow.
    return year.filter(asked_for(context))


@asset(
    key="days/weather",
    group="days",
    partitions=DAYS,
    batch="all",
    inputs={"year": "staged/weather"},
)
def weather(year: pl.DataFrame, context: RunContext) -> pl.DataFrame:
    """The weather of a day, hour by hour; a day without an observation has no rows."""
    local = year.with_columns(date=new_york_from_utc(pl.col("hour")).dt.date())
    return local.filter(asked_for(context))
