"""The schemas of the flights project: good rows pass, and each promise is enforced.

That they are true of the real data is shown by every run of the project. Whether they
would notice anything is shown here: a schema that lets a broken row pass is a comment.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors
import polars as pl
import pytest

# A project is no installed package; its folder is on the path while it is loaded.
sys.path.insert(0, str(Path(__file__).parents[2] / "projects" / "flights"))

from flights.schemas import (
    StagedAirlines,
    StagedAirports,
    StagedFlights,
    StagedPlanes,
    StagedWeather,
)

FLIGHT = pl.DataFrame(
    {
        "date": date(2013, 1, 1),
        "scheduled_departure": datetime(2013, 1, 2, 1, 30, tzinfo=UTC),
        "departure_hour": datetime(2013, 1, 2, 1, tzinfo=UTC),
        "departed": datetime(2013, 1, 2, 1, 25, tzinfo=UTC),
        "carrier": "UA",
        "flight_number": 1545,
        "tail_number": "N14228",
        "origin": "EWR",
        "destination": "IAH",
        "distance": 1400,
        "air_time": 227,
        "departure_delay": -5,
        "arrival_delay": 0,
        "cancelled": False,
        "diverted": False,
    }
)
HOUR_OF_WEATHER = pl.DataFrame(
    {
        "origin": "EWR",
        "hour": datetime(2013, 1, 2, 1, tzinfo=UTC),
        "temperature": 39.0,
        "dew_point": 26.0,
        "humidity": 59.4,
        "wind_direction": 270,
        "wind_speed": 10.4,
        "wind_gust": 20.1,
        "precipitation": 0.0,
        "pressure": 1012.0,
        "visibility": 10.0,
    }
)
PLANE = pl.DataFrame(
    {
        "tail_number": "N14228",
        "built_year": 1999,
        "type": "Fixed wing multi engine",
        "manufacturer": "BOEING",
        "model": "737-824",
        "engines": 2,
        "engine": "Turbo-fan",
        "seats": 149,
    }
)
AIRPORT = pd.DataFrame(
    {
        "code": ["IAH"],
        "name": ["George Bush Intercontinental"],
        "latitude": [29.98],
        "longitude": [-95.34],
        "altitude": [97],
        "utc_offset": [-6],
        "time_zone": ["America/Chicago"],
    }
)
AIRLINE = pd.DataFrame({"carrier": ["UA"], "airline": ["United Air Lines Inc."]})


def with_value(frame: pl.DataFrame, column: str, value: object) -> pl.DataFrame:
    """Put a value into a column without changing the column's type."""
    return frame.with_columns(pl.lit(value, dtype=frame.schema[column]).alias(column))


def test_good_rows_pass() -> None:
    """Otherwise the refusals below would prove nothing."""
    StagedFlights.validate(FLIGHT, lazy=True)
    StagedWeather.validate(HOUR_OF_WEATHER, lazy=True)
    StagedPlanes.validate(PLANE, lazy=True)
    StagedAirports.validate(AIRPORT, lazy=True)
    StagedAirlines.validate(AIRLINE, lazy=True)


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("date", date(2013, 1, 2), "date_is_the_local_date"),
        (
            "departure_hour",
            datetime(2013, 1, 2, 2, tzinfo=UTC),
            "departure_hour_was_published_too",
        ),
        ("cancelled", True, "cancelled_flights_never_departed"),
        ("tail_number", None, "cancelled_flights_never_departed"),
        ("air_time", None, "diverted_flights_landed_elsewhere"),
        ("diverted", True, "diverted_flights_landed_elsewhere"),
        ("air_time", 90, "slower_than_sound"),
        ("origin", "IAH", "isin"),
        ("departure_delay", 24 * 60, "less_than"),
        ("carrier", None, "not_nullable"),
    ],
)
def test_a_broken_flight_is_refused(column: str, value: object, check: str) -> None:
    """The columns of a flight must agree with each other, not only with their types."""
    with pytest.raises(pandera.errors.SchemaErrors, match=check):
        StagedFlights.validate(with_value(FLIGHT, column, value), lazy=True)


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("hour", datetime(2013, 1, 2, 1, 30, tzinfo=UTC), "hour_is_whole"),
        ("dew_point", 39.1, "air_is_not_oversaturated"),
        ("wind_gust", 10.3, "gusts_exceed_the_wind"),
        ("wind_direction", 0, "calm_has_no_direction"),
        ("wind_direction", 275, "isin"),
        ("wind_speed", 1048.4, "less_than_or_equal_to"),
    ],
)
def test_a_broken_hour_of_weather_is_refused(
    column: str, value: object, check: str
) -> None:
    """Each limit is a fact about air."""
    with pytest.raises(pandera.errors.SchemaErrors, match=check):
        StagedWeather.validate(with_value(HOUR_OF_WEATHER, column, value), lazy=True)


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("engines", 1, "type_counts_the_engines"),
        ("manufacturer", "AIRBUS INDUSTRIE", "notin"),
        ("built_year", 2014, "less_than_or_equal_to"),
        ("tail_number", "D942DN", "str_matches"),
    ],
)
def test_a_broken_plane_is_refused(column: str, value: object, check: str) -> None:
    """A spelling that is corrected upstream must not come back."""
    with pytest.raises(pandera.errors.SchemaErrors, match=check):
        StagedPlanes.validate(with_value(PLANE, column, value), lazy=True)


@pytest.mark.parametrize(
    ("column", "value", "check"),
    [
        ("longitude", 95.34, "longitude_is_american"),
        ("time_zone", "America/New_York", "offset_fits_the_time_zone"),
        ("time_zone", None, "not_nullable"),
    ],
)
def test_a_broken_airport_is_refused(column: str, value: object, check: str) -> None:
    """A mistake that is not yet among the corrections must not slip through."""
    broken = AIRPORT.assign(**{column: pd.Series([value], dtype=AIRPORT[column].dtype)})

    with pytest.raises(pandera.errors.SchemaErrors, match=check):
        StagedAirports.validate(broken, lazy=True)


def test_an_airline_with_white_space_around_its_name_is_refused() -> None:
    """It would show in every table that prints the name."""
    with pytest.raises(pandera.errors.SchemaErrors, match="str_matches"):
        StagedAirlines.validate(AIRLINE.assign(airline="United "), lazy=True)


@pytest.mark.parametrize(
    ("schema", "twice"),
    [
        (StagedFlights, pl.concat([FLIGHT, FLIGHT])),
        (StagedWeather, pl.concat([HOUR_OF_WEATHER, HOUR_OF_WEATHER])),
        (StagedPlanes, pl.concat([PLANE, PLANE])),
        (StagedAirports, pd.concat([AIRPORT, AIRPORT])),
        (StagedAirlines, pd.concat([AIRLINE, AIRLINE])),
    ],
)
def test_no_key_may_come_twice(schema: Any, twice: object) -> None:
    """A row that is there twice counts twice in every mart."""
    with pytest.raises(pandera.errors.SchemaErrors, match=r"(?i)uniq"):
        schema.validate(twice, lazy=True)


@pytest.mark.parametrize(
    ("schema", "wider"),
    [
        (StagedFlights, FLIGHT.with_columns(gate=1)),
        (StagedWeather, HOUR_OF_WEATHER.with_columns(gate=1)),
        (StagedPlanes, PLANE.with_columns(gate=1)),
        (StagedAirports, AIRPORT.assign(gate=1)),
        (StagedAirlines, AIRLINE.assign(gate=1)),
    ],
)
def test_a_column_too_many_is_refused(schema: Any, wider: object) -> None:
    """A column without a promise is one that nobody looks at."""
    with pytest.raises(pandera.errors.SchemaErrors, match="gate"):
        schema.validate(wider, lazy=True)
