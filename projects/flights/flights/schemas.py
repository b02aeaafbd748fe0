"""What every staged table promises; a table that breaks a promise is never published.

The schemas only look: none coerces, fills or drops anything, so changing one asks for the
stored data to be looked at again, not to be computed again. That of the weather parts hours
that can be true from others, so changing it computes. Limits are facts about the
world, not the smallest and largest values that happen to be in the data.
"""

from datetime import date
from typing import Annotated

import pandas as pd
import pandera.pandas as pa
import pandera.polars as papl
import polars as pl

from flights.cleaning import FASTEST_WIND, MANUFACTURER_NAMES, new_york_from_utc

NEW_YORK_AIRPORTS = ["EWR", "JFK", "LGA"]
AIRPORT_CODE = r"^[A-Z0-9]{3}$"
CARRIER_CODE = r"^[A-Z0-9]{2}$"
TAIL_NUMBER = r"^N[A-Z0-9]{1,5}$"

MINUTES_PER_DAY = 24 * 60
SPEED_OF_SOUND = 767  # miles per hour, at sea level

# America lies between the east of Maine and the last Aleutian island, across longitude 180.
EASTERN_END = -66
WESTERN_END = 172

UtcTime = Annotated[pl.Datetime, "us", "UTC"]

STANDARD_UTC_OFFSETS = {
    "America/New_York": -5,
    "America/Chicago": -6,
    "America/Denver": -7,
    "America/Phoenix": -7,
    "America/Los_Angeles": -8,
    "America/Vancouver": -8,
    "America/Anchorage": -9,
    "Pacific/Honolulu": -10,
}


class StagedFlights(papl.DataFrameModel):
    """One row per scheduled flight out of New York in 2013."""

    date: pl.Date = papl.Field(ge=date(2013, 1, 1), le=date(2013, 12, 31))
    scheduled_departure: UtcTime
    departure_hour: UtcTime
    departed: UtcTime = papl.Field(nullable=True)
    carrier: pl.String = papl.Field(str_matches=CARRIER_CODE)
    flight_number: pl.Int64 = papl.Field(ge=1, le=9999)
    tail_number: pl.String = papl.Field(nullable=True, str_matches=TAIL_NUMBER)
    origin: pl.String = papl.Field(isin=NEW_YORK_AIRPORTS)
    destination: pl.String = papl.Field(str_matches=AIRPORT_CODE)
    # The farthest one can fly from New York without leaving the country is Honolulu.
    distance: pl.Int64 = papl.Field(gt=0, lt=5000)
    air_time: pl.Int64 = papl.Field(nullable=True, gt=0, lt=MINUTES_PER_DAY)
    # No plane leaves an hour early, and one that is a day late is tomorrow's flight.
    departure_delay: pl.Int64 = papl.Field(nullable=True, gt=-60, lt=MINUTES_PER_DAY)
    arrival_delay: pl.Int64 = papl.Field(nullable=True, gt=-120, lt=MINUTES_PER_DAY)
    cancelled: pl.Boolean
    diverted: pl.Boolean

    class Config:
        """Exactly these columns, in this order."""

        strict = True
        ordered = True
        unique = ("scheduled_departure", "carrier", "flight_number")

    @papl.dataframe_check
    @classmethod
    def date_is_the_local_date(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """Evening flights leave on the next day in UTC, but not in New York."""
        local = new_york_from_utc(pl.col("scheduled_departure"))
        return data.lazyframe.select(local.dt.date() == pl.col("date"))

    @papl.dataframe_check
    @classmethod
    def departure_hour_was_published_too(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """Our reading of the local clock agrees with the hour that was published in UTC."""
        hour = pl.col("scheduled_departure").dt.truncate("1h")
        return data.lazyframe.select(hour == pl.col("departure_hour"))

    @papl.dataframe_check
    @classmethod
    def cancelled_flights_never_departed(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """A flight either departed, with a delay and a plane, or was cancelled."""
        departed = pl.col("departed").is_not_null()
        return data.lazyframe.select(
            (departed == ~pl.col("cancelled"))
            & (departed == pl.col("departure_delay").is_not_null())
            & (~departed | pl.col("tail_number").is_not_null())
        )

    @papl.dataframe_check
    @classmethod
    def diverted_flights_landed_elsewhere(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """A flight arrived, or was diverted, or was cancelled."""
        arrived = pl.col("arrival_delay").is_not_null()
        return data.lazyframe.select(
            (arrived == pl.col("air_time").is_not_null())
            & (arrived == ~(pl.col("cancelled") | pl.col("diverted")))
            & ~(pl.col("cancelled") & pl.col("diverted"))
        )

    @papl.dataframe_check
    @classmethod
    def slower_than_sound(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """A distance and an air time that do not belong together show as speed."""
        speed = pl.col("distance") * 60 / pl.col("air_time")
        return data.lazyframe.select((speed < SPEED_OF_SOUND).fill_null(value=True))


class StagedWeather(papl.DataFrameModel):
    """One row per airport and hour; hours without an observation have no row."""

    origin: pl.String = papl.Field(isin=NEW_YORK_AIRPORTS)
    hour: UtcTime
    # Fahrenheit, miles per hour, inches, millibars and miles, as published. The limits of
    # temperature are the records of New York.
    temperature: pl.Float64 = papl.Field(nullable=True, ge=-15, le=108)
    dew_point: pl.Float64 = papl.Field(nullable=True, ge=-40, le=90)
    humidity: pl.Float64 = papl.Field(nullable=True, gt=0, le=100)
    wind_direction: pl.Int64 = papl.Field(nullable=True, isin=list(range(0, 361, 10)))
    wind_speed: pl.Float64 = papl.Field(nullable=True, ge=0, le=FASTEST_WIND)
    wind_gust: pl.Float64 = papl.Field(nullable=True, ge=0, le=FASTEST_WIND)
    precipitation: pl.Float64 = papl.Field(ge=0, lt=5)
    pressure: pl.Float64 = papl.Field(nullable=True, gt=950, lt=1050)
    visibility: pl.Float64 = papl.Field(ge=0, le=10)

    class Config:
        """Exactly these columns, in this order."""

        strict = True
        ordered = True
        unique = ("origin", "hour")

    @papl.dataframe_check
    @classmethod
    def hour_is_whole(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """Flights find their weather by the hour, so it must have no minutes."""
        return data.lazyframe.select(pl.col("hour") == pl.col("hour").dt.truncate("1h"))

    @papl.dataframe_check
    @classmethod
    def air_is_not_oversaturated(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """The dew point is never above the temperature."""
        dry_enough = pl.col("dew_point") <= pl.col("temperature")
        return data.lazyframe.select(dry_enough.fill_null(value=True))

    @papl.dataframe_check
    @classmethod
    def gusts_exceed_the_wind(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """A gust is the wind at its strongest."""
        stronger = pl.col("wind_gust") >= pl.col("wind_speed")
        return data.lazyframe.select(stronger.fill_null(value=True))

    @papl.dataframe_check
    @classmethod
    def calm_has_no_direction(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """Direction 0 means calm; north is 360."""
        agrees = (pl.col("wind_direction") == 0) == (pl.col("wind_speed") == 0)
        return data.lazyframe.select(agrees.fill_null(value=True))


class StagedPlanes(papl.DataFrameModel):
    """One row per plane in the register."""

    tail_number: pl.String = papl.Field(unique=True, str_matches=TAIL_NUMBER)
    # No plane in service is older than the DC-3, or younger than its flights.
    built_year: pl.Int64 = papl.Field(nullable=True, ge=1935, le=2013)
    type: pl.String = papl.Field(
        isin=["Fixed wing multi engine", "Fixed wing single engine", "Rotorcraft"]
    )
    manufacturer: pl.String = papl.Field(notin=list(MANUFACTURER_NAMES))
    model: pl.String = papl.Field(str_length={"min_value": 1})
    engines: pl.Int64 = papl.Field(ge=1, le=4)
    engine: pl.String = papl.Field(
        isin=[
            "4 Cycle",
            "Reciprocating",
            "Turbo-fan",
            "Turbo-jet",
            "Turbo-prop",
            "Turbo-shaft",
        ]
    )
    seats: pl.Int64 = papl.Field(ge=1, le=853)

    class Config:
        """Exactly these columns, in this order."""

        strict = True
        ordered = True

    @papl.dataframe_check
    @classmethod
    def type_counts_the_engines(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """Single means one engine, multi means more."""
        single = pl.col("type") == "Fixed wing single engine"
        multi = pl.col("type") == "Fixed wing multi engine"
        return data.lazyframe.select(
            (~single | (pl.col("engines") == 1)) & (~multi | (pl.col("engines") > 1))
        )


class StagedAirports(pa.DataFrameModel):
    """One row per airport of the United States, and two just across the border."""

    code: str = pa.Field(unique=True, str_matches=AIRPORT_CODE)
    name: str = pa.Field(str_length={"min_value": 1})
    latitude: float = pa.Field(gt=18, lt=72)
    longitude: float = pa.Field(ge=-180, le=180)
    # In feet: Badwater Basin is the lowest land, Leadville the highest airport.
    altitude: int = pa.Field(ge=-282, le=9934)
    utc_offset: int = pa.Field(ge=-10, le=-5)
    time_zone: str = pa.Field(isin=list(STANDARD_UTC_OFFSETS))

    class Config:
        """Exactly these columns, in this order."""

        strict = True
        ordered = True

    @pa.check("longitude")
    @classmethod
    def longitude_is_american(cls, longitude: pd.Series) -> pd.Series:
        """A lost minus sign would put Arizona in China."""
        return (longitude < EASTERN_END) | (longitude > WESTERN_END)

    @pa.dataframe_check
    @classmethod
    def offset_fits_the_time_zone(cls, airports: pd.DataFrame) -> pd.Series:
        """The two columns were published apart, and say the same."""
        return airports["time_zone"].map(STANDARD_UTC_OFFSETS) == airports["utc_offset"]


class StagedAirlines(pa.DataFrameModel):
    """One row per airline."""

    carrier: str = pa.Field(unique=True, str_matches=CARRIER_CODE)
    # No white space around a name: it would show in every table that prints one.
    airline: str = pa.Field(unique=True, str_matches=r"^\S(.*\S)?$")

    class Config:
        """Exactly these columns, in this order."""

        strict = True
        ordered = True
