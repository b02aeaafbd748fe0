"""Answers: who is late, where, when, and whether the weather did it.

Each asset takes its inputs in the kind of frame that suits it; the annotation is all it
takes. Each sorts its result by something that cannot tie, so that it has the same bytes
every time.
"""

import duckdb
import pandas as pd
import polars as pl

from assets_core import Upstream, asset
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
    key="marts/route_delays",
    group="marts",
    io="warehouse",
    inputs={"flights": "staged/flights"},
)
def route_delays(flights: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """How late each airline is on each of its routes."""
    # Sums of integers are exact on any number of threads; DuckDB's sums of doubles are not.
    # They are 128 bits wide, more than other tools read, hence the cast.
    return flights.aggregate(
        f"""
        carrier,
        origin,
        destination,
        count(*) as flights,
        count(*) filter (cancelled) as cancelled,
        count(arrival_delay) as arrived,
        count(*) filter (arrival_delay >= {LATE_AFTER}) as late,
        coalesce(sum(arrival_delay), 0)::bigint as delay_minutes
        """,
        "carrier, origin, destination",
    ).order("carrier, origin, destination")


@asset(
    key="marts/airline_ranking",
    group="marts",
    io="warehouse",
    inputs={"routes": "marts/route_delays", "airlines": "staged/airlines"},
)
def airline_ranking(routes: pd.DataFrame, airlines: pd.DataFrame) -> pd.DataFrame:
    """Airlines, the most punctual first."""
    totals = routes.groupby("carrier", as_index=False)[
        ["flights", "cancelled", "arrived", "late", "delay_minutes"]
    ].sum()
    ranked = totals[totals["flights"] >= MINIMUM_FLIGHTS].merge(
        airlines, on="carrier", how="left", validate="one_to_one"
    )
    # From the totals: a mean of the routes' means would count a rare route like a busy one.
    ranked["mean_arrival_delay"] = ranked["delay_minutes"] / ranked["arrived"]
    ranked["late_share"] = ranked["late"] / ranked["arrived"]
    ranked = ranked.sort_values(["mean_arrival_delay", "carrier"], ignore_index=True)
    ranked.insert(0, "rank", range(1, len(ranked) + 1))
    return ranked.drop(columns=["arrived", "late", "delay_minutes"])


@asset(
    key="marts/plane_ages",
    group="marts",
    io="warehouse",
    inputs={"flights": "staged/flights", "planes": "staged/planes"},
)
def plane_ages(
    flights: duckdb.DuckDBPyRelation, planes: duckdb.DuckDBPyRelation
) -> duckdb.DuckDBPyRelation:
    """Whether old planes are late planes: one row per age in years."""
    # An inner join: two airlines report their own fleet numbers in place of tail numbers,
    # and those planes are not in the register. The delays are whole minutes, whose avg() is
    # exact; and the day is the local one, so that no time zone of the machine matters.
    registered = flights.join(planes, "tail_number").filter("built_year is not null")
    return registered.aggregate(
        """
        year(date) - built_year as age,
        count(distinct tail_number) as planes,
        count(*) as flights,
        count(*) filter (cancelled) as cancelled,
        avg(departure_delay) as mean_departure_delay,
        avg(arrival_delay) as mean_arrival_delay
        """,
        "year(date) - built_year",
    ).order("age")


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


@asset(
    key="marts/destinations",
    group="marts",
    io="warehouse",
    inputs={
        "flights": Upstream(
            "staged/flights", columns=["destination", "arrival_delay", "cancelled"]
        ),
        "airports": "staged/airports",
    },
)
def destinations(flights: pd.DataFrame, airports: pd.DataFrame) -> pd.DataFrame:
    """Where the flights go, with the place on the map; the busiest first."""
    visits = flights.groupby("destination", as_index=False).agg(
        flights=("cancelled", "size"),
        cancelled=("cancelled", "sum"),
        mean_arrival_delay=("arrival_delay", "mean"),
    )
    places = airports[["code", "name", "latitude", "longitude"]]
    # A left merge: four destinations, all in the Caribbean, are not among the airports.
    located = visits.merge(
        places, left_on="destination", right_on="code", how="left", validate="one_to_one"
    ).drop(columns="code")
    return located.sort_values(
        ["flights", "destination"], ascending=[False, True], ignore_index=True
    )
