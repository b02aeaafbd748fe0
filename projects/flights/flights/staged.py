"""The same tables with one name for one thing, true types, and known mistakes put right.

Each has a schema, and each is sorted by its key: rows then have the same order, and the
table the same bytes, however the published file was ordered.
"""

import pandas as pd
import polars as pl

from assets_core import Quarantine, asset
from flights.cleaning import (
    MANUFACTURER_NAMES,
    TAIL_NUMBER_CORRECTIONS,
    correct_airports,
    utc_from_new_york,
)
from flights.schemas import (
    StagedAirlines,
    StagedAirports,
    StagedFlights,
    StagedPlanes,
    StagedWeather,
)


@asset(
    key="staged/flights",
    group="staged",
    inputs={"published": "raw/flights"},
    schema=StagedFlights,
)
def flights(published: pl.DataFrame) -> pl.DataFrame:
    """Every scheduled flight, with instants in UTC and what became of it."""
    scheduled = utc_from_new_york(pl.datetime("year", "month", "day", "hour", "minute"))
    departed = pl.col("dep_delay").is_not_null()
    arrived = pl.col("arr_delay").is_not_null()
    return published.select(
        # The day in New York: an evening in UTC is already tomorrow.
        date=pl.date("year", "month", "day"),
        scheduled_departure=scheduled,
        departure_hour=pl.col("time_hour").cast(pl.Datetime("us", "UTC")),
        # From the delay, because the published clock time does not say which day it is.
        departed=scheduled + pl.duration(minutes="dep_delay"),
        carrier="carrier",
        flight_number="flight",
        tail_number=pl.col("tailnum").replace(TAIL_NUMBER_CORRECTIONS),
        origin="origin",
        destination="dest",
        distance="distance",
        air_time="air_time",
        departure_delay="dep_delay",
        arrival_delay="arr_delay",
        cancelled=~departed,
        diverted=departed & ~arrived,
    ).sort("scheduled_departure", "carrier", "flight_number")


@asset(
    key="staged/weather",
    group="staged",
    inputs={"published": "raw/weather"},
    schema=StagedWeather,
    # An hour that cannot be true says nothing. More than a day of them is another mistake.
    on_invalid=Quarantine(max_rows=24),
)
def weather(published: pl.DataFrame) -> pl.DataFrame:
    """Weather by airport and hour; what cannot be true is put aside."""
    return published.select(
        origin="origin",
        # Not from year, month, day and hour: on the night the clocks go back, New York has
        # two hours called 1, and only the published instant tells them apart.
        hour=pl.col("time_hour").cast(pl.Datetime("us", "UTC")),
        temperature="temp",
        dew_point="dewp",
        humidity="humid",
        wind_direction="wind_dir",
        wind_speed="wind_speed",
        wind_gust="wind_gust",
        precipitation="precip",
        pressure="pressure",
        visibility="visib",
    ).sort("origin", "hour")


@asset(
    key="staged/planes",
    group="staged",
    inputs={"published": "raw/planes"},
    schema=StagedPlanes,
)
def planes(published: pl.DataFrame) -> pl.DataFrame:
    """Planes with one spelling for each maker."""
    # Speed is left out: it is known for 23 planes of 3,322.
    return published.select(
        tail_number="tailnum",
        built_year="year",
        type="type",
        manufacturer=pl.col("manufacturer").replace(MANUFACTURER_NAMES),
        model="model",
        engines="engines",
        engine="engine",
        seats="seats",
    ).sort("tail_number")


@asset(
    key="staged/airports",
    group="staged",
    inputs={"published": "raw/airports"},
    schema=StagedAirports,
)
def airports(published: pd.DataFrame) -> pd.DataFrame:
    """Airports in their right places and time zones."""
    # Whether an airport has summer time follows from its time zone, so "dst" is left out.
    renamed = published.drop(columns="dst").rename(
        columns={
            "faa": "code",
            "lat": "latitude",
            "lon": "longitude",
            "alt": "altitude",
            "tz": "utc_offset",
            "tzone": "time_zone",
        }
    )
    return correct_airports(renamed).sort_values("code", ignore_index=True)


@asset(
    key="staged/airlines",
    group="staged",
    inputs={"published": "raw/airlines"},
    schema=StagedAirlines,
)
def airlines(published: pd.DataFrame) -> pd.DataFrame:
    """Airlines by their two-letter code."""
    trimmed = published["name"].str.strip()
    return pd.DataFrame({"carrier": published["carrier"], "airline": trimmed}).sort_values(
        "carrier", ignore_index=True
    )
