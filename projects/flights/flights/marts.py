"""Answers: who is late, where, when, and whether the weather did it.

Each asset takes its inputs in the kind of frame that suits it; the annotation is all it
takes. Half of them are queries in SQL, in the folder `queries`. Each sorts its result by
something that cannot tie, so that it has the same bytes every time.
"""

import pandas as pd
import polars as pl

from assets_core import Upstream, asset, sql_asset
from flights.cleaning import new_york_from_utc
from flights.measures import (
    LATE_AFTER,
    MINIMUM_FLIGHTS,
    added_up,
    delay_measures,
    delay_rates,
    weather_condition,
)


@asset(
    key="marts/daily_delays",
    group="marts",
    io="warehouse",
    inputs={"days": "delays/daily"},
)
def daily_delays(days: pl.LazyFrame) -> pl.LazyFrame:
    """The year day by day, all airports together."""
    # It has no partitions itself, so it reads all days as one frame; their column `date`
    # is there again. Lazy in and lazy out: polars sees the whole query before it runs.
    totals = days.group_by("date").agg(added_up())
    return totals.with_columns(delay_rates()).sort("date")


@asset(
    key="marts/airport_hours",
    group="marts",
    io="warehouse",
    inputs={"flights": "staged/flights"},
)
def airport_hours(flights: pl.DataFrame) -> pl.DataFrame:
    """How delays grow through the day at each airport, by the local clock."""
    hour = new_york_from_utc(pl.col("scheduled_departure")).dt.hour()
    return (
        flights.group_by("origin", hour=hour).agg(delay_measures()).sort("origin", "hour")
    )


@asset(
    key="marts/flights_weather",
    group="marts",
    io="warehouse",
    inputs={"flights": "staged/flights", "weather": "staged/weather"},
)
def flights_weather(flights: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    """Every flight with the weather at its airport in the hour it was to leave."""
    # A left join, so that no flight is lost in an hour without an observation; many to one,
    # so that none is doubled; and in the order of the flights, which is a sorted one.
    return flights.join(
        weather,
        left_on=["origin", "departure_hour"],
        right_on=["origin", "hour"],
        how="left",
        validate="m:1",
        maintain_order="left",
    ).select(
        "scheduled_departure",
        "carrier",
        "flight_number",
        "origin",
        "destination",
        "departure_delay",
        "arrival_delay",
        "cancelled",
        "temperature",
        "wind_speed",
        "precipitation",
        "visibility",
        condition=weather_condition(),
    )


@asset(
    key="marts/weather_delays",
    group="marts",
    io="warehouse",
    inputs={
        # Naming the columns makes the rest of the table irrelevant: a change in another
        # column does not make this asset stale.
        "flights": Upstream(
            "marts/flights_weather", columns=["condition", "departure_delay", "cancelled"]
        )
    },
)
def weather_delays(flights: pd.DataFrame) -> pd.DataFrame:
    """What each kind of weather does to departures, the worst first."""
    by_condition = flights.groupby("condition", as_index=False).agg(
        flights=("cancelled", "size"),
        cancelled=("cancelled", "sum"),
        mean_departure_delay=("departure_delay", "mean"),
    )
    by_condition["cancelled_share"] = by_condition["cancelled"] / by_condition["flights"]
    return by_condition.sort_values(
        ["mean_departure_delay", "condition"], ascending=[False, True], ignore_index=True
    )


# The queries name what they read, and only the columns that they name make them stale.
route_delays = sql_asset(
    "marts/route_delays",
    path="queries/route_delays.sql",
    description="How late each airline is on each of its routes.",
    group="marts",
    io="warehouse",
    config={"late_after": LATE_AFTER},
)
airline_ranking = sql_asset(
    "marts/airline_ranking",
    path="queries/airline_ranking.sql",
    description="Airlines, the most punctual first.",
    group="marts",
    io="warehouse",
    config={"minimum_flights": MINIMUM_FLIGHTS},
)
plane_ages = sql_asset(
    "marts/plane_ages",
    path="queries/plane_ages.sql",
    description="Whether old planes are late planes: one row per age in years.",
    group="marts",
    io="warehouse",
)
destinations = sql_asset(
    "marts/destinations",
    path="queries/destinations.sql",
    description="Where the flights go, with the place on the map; the busiest first.",
    group="marts",
    io="warehouse",
)
