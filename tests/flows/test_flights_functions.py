"""The functions of the flights project, called with a few rows each.

A decorated function stays a function: these tests know nothing of runs, stores or
projects, which is how a project of one's own should be tested too.
"""

import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

# A project is no installed package; its folder is on the path while it is loaded.
sys.path.insert(0, str(Path(__file__).parents[2] / "projects" / "flights"))

from flights import checks, figures, marts, raw, staged

QUERIES = Path(str(marts.__file__)).parents[1] / "queries"

ON_TIME = {
    "year": 2013,
    "month": 1,
    "day": 1,
    "hour": 20,
    "minute": 30,
    "time_hour": datetime(2013, 1, 2, 1, tzinfo=UTC),
    "carrier": "UA",
    "flight": 1545,
    "tailnum": "N14228",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400,
    "air_time": 227,
    "dep_delay": -5,
    "arr_delay": 0,
}
DIVERTED = {**ON_TIME, "flight": 2, "dep_delay": 100, "air_time": None, "arr_delay": None}
CANCELLED = {**DIVERTED, "flight": 3, "dep_delay": None, "tailnum": None}

CLEAR_HOUR = {
    "origin": "EWR",
    "time_hour": datetime(2013, 1, 2, 1, tzinfo=UTC),
    "temp": 39.0,
    "dewp": 26.0,
    "humid": 59.4,
    "wind_dir": 270,
    "wind_speed": 10.4,
    "wind_gust": 20.1,
    "precip": 0.0,
    "pressure": 1012.0,
    "visib": 10.0,
}

PLANE = {
    "tailnum": "N14228",
    "year": 1999,
    "type": "Fixed wing multi engine",
    "manufacturer": "AIRBUS INDUSTRIE",
    "model": "A320-214",
    "engines": 2,
    "seats": 182,
    "speed": None,
    "engine": "Turbo-fan",
}

AIRPORTS = pd.DataFrame(
    {
        "faa": ["IAH", "DVT"],
        "name": ["George Bush Intercontinental", "Deer Valley Municipal Airport"],
        "lat": [29.98, 33.41],
        "lon": [-95.34, 112.457],
        "alt": [97, 1478],
        "tz": [-6, 8],
        "dst": ["A", "A"],
        "tzone": ["America/Chicago", "Asia/Chongqing"],
    }
)
AIRLINES = pd.DataFrame({"carrier": ["UA", "AA"], "name": ["United ", "American"]})


def rows(*values: dict[str, object]) -> pl.DataFrame:
    """Make a frame of rows, with types taken from all of them."""
    return pl.DataFrame(values, infer_schema_length=None)


def values(table: pa.Table) -> list[tuple[object, ...]]:
    """Return the rows of a table."""
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.fixture
def flights() -> pl.DataFrame:
    """Three flights of one evening: on time, diverted and cancelled."""
    evening: pl.DataFrame = staged.flights(rows(CANCELLED, DIVERTED, ON_TIME))
    return evening


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """The one connection that all relations given to a function share."""
    with duckdb.connect() as opened:
        yield opened


def asked(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    parameters: dict[str, int],
    **tables: pa.Table,
) -> pa.Table:
    """Return what a query of the project finds in some tables, which need no project."""
    for place, table in tables.items():
        schema, _, own = place.partition("__")
        connection.register(own, table)
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.execute(f"CREATE VIEW {schema}.{own} AS FROM memory.main.{own}")
    text = (QUERIES / f"{name}.sql").read_text("utf-8")
    return connection.sql(text, params=parameters or None).to_arrow_table()


@pytest.mark.parametrize("zipped", [False, True])
def test_a_published_file_is_read_as_it_is(tmp_path: Path, *, zipped: bool) -> None:
    """White space and the word null are content; only NA and nothing mean missing."""
    text = "carrier,name\nUA,United \nAA,NA\nB6,\nDL,null\n"
    path = tmp_path / "airlines.csv"
    path.write_text(text, encoding="utf-8")
    if zipped:
        path = tmp_path / "airlines.csv.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("airlines.csv", text)

    table = raw.airlines(path)

    assert table.column("name").to_pylist() == ["United ", None, None, "null"]


def test_departures_are_instants_and_dates_are_local(flights: pl.DataFrame) -> None:
    """An evening in New York is the next day in UTC, but still the same day of flights."""
    first = flights.row(by_predicate=pl.col("flight_number") == 1545, named=True)

    assert first["date"] == date(2013, 1, 1)
    assert first["scheduled_departure"] == datetime(2013, 1, 2, 1, 30, tzinfo=UTC)
    assert first["departed"] == datetime(2013, 1, 2, 1, 25, tzinfo=UTC)


def test_summer_time_is_an_hour_nearer_to_utc() -> None:
    """The offset comes from the zone, not from a constant."""
    july = {**ON_TIME, "month": 7, "time_hour": datetime(2013, 7, 2, 0, tzinfo=UTC)}

    (departure,) = staged.flights(rows(july))["scheduled_departure"]

    assert departure == datetime(2013, 7, 2, 0, 30, tzinfo=UTC)


def test_an_hour_that_the_clock_shows_twice_is_not_guessed() -> None:
    """A wrong guess would move the flight by an hour without a trace."""
    twice = {**ON_TIME, "month": 11, "day": 3, "hour": 1}

    with pytest.raises(pl.exceptions.ComputeError, match="ambiguous"):
        staged.flights(rows(twice))


def test_a_flight_that_left_but_did_not_arrive_was_diverted(flights: pl.DataFrame) -> None:
    """Cancelled and diverted flights both lack an arrival, and are not the same."""
    fates = flights.select("flight_number", "cancelled", "diverted").rows()

    assert fates == [(2, False, True), (3, True, False), (1545, False, False)]


def test_a_mistyped_tail_number_is_corrected() -> None:
    """The plane would otherwise not be found in the register."""
    (tail_number,) = staged.flights(rows({**ON_TIME, "tailnum": "D942DN"}))["tail_number"]

    assert tail_number == "N942DN"


def test_makers_have_one_spelling() -> None:
    """Otherwise Airbus would be two companies in every table of makers."""
    assert staged.planes(rows(PLANE))["manufacturer"].to_list() == ["AIRBUS"]


def test_an_airport_in_china_comes_home() -> None:
    """Deer Valley lost its minus sign, and got a time zone to match."""
    deer_valley = staged.airports(AIRPORTS).iloc[0]

    assert deer_valley["code"] == "DVT"
    assert deer_valley["longitude"] == -112.457
    assert deer_valley["utc_offset"] == -7
    assert deer_valley["time_zone"] == "America/Phoenix"


def test_airports_without_a_mistake_stay_as_they_are() -> None:
    """The corrections name airports that a smaller table need not have."""
    (houston,) = staged.airports(AIRPORTS.head(1)).to_dict("records")

    assert (houston["longitude"], houston["utc_offset"]) == (-95.34, -6)


def test_hours_are_those_of_the_local_clock(flights: pl.DataFrame) -> None:
    """Delays follow the working day of the airport, not of Greenwich."""
    hours = marts.airport_hours(flights)

    assert hours.select("origin", "hour", "flights").rows() == [("EWR", 20, 3)]


def test_the_figure_has_a_line_for_each_airport(flights: pl.DataFrame) -> None:
    """And one for what counts as late."""
    two = [flights, flights.with_columns(origin=pl.lit("JFK"))]
    hours = marts.airport_hours(pl.concat(two))

    (axes,) = figures.delays_by_hour(hours).axes

    assert [line.get_label() for line in axes.lines] == ["EWR", "JFK", "late"]


def test_a_route_that_nobody_completed_has_no_minutes(
    connection: duckdb.DuckDBPyConnection, flights: pl.DataFrame
) -> None:
    """Totals stay numbers, so that they can be added up over routes."""
    cancelled = flights.filter("cancelled")

    routes = asked(
        connection,
        "route_delays",
        {"late_after": 15},
        staged__flights=cancelled.to_arrow(),
    )

    assert values(routes) == [("UA", "EWR", "IAH", 1, 1, 0, 0, 0)]


def test_the_ranking_weighs_routes_by_their_flights(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """One bad flight to a far place does not make a punctual airline late."""
    routes = pd.DataFrame(
        {
            "carrier": ["UA", "UA", "AA", "OO"],
            "flights": [999, 1, 500, 10],
            "cancelled": [0, 0, 0, 0],
            "arrived": [999, 1, 500, 10],
            "late": [0, 1, 250, 0],
            "delay_minutes": [0, 1000, 1000, 0],
        }
    )

    ranking = asked(
        connection,
        "airline_ranking",
        {"minimum_flights": 100},
        marts__route_delays=pa.Table.from_pandas(routes),
        staged__airlines=pa.Table.from_pandas(staged.airlines(AIRLINES)),
    )

    assert values(ranking.select(["rank", "carrier", "airline"])) == [
        (1, "UA", "United"),
        (2, "AA", "American"),
    ]
    assert ranking["mean_arrival_delay"].to_pylist() == [1.0, 2.0]


def test_the_age_of_a_plane_is_counted_in_the_year_of_the_flight(
    connection: duckdb.DuckDBPyConnection, flights: pl.DataFrame
) -> None:
    """Planes that are not in the register, or have no year, have no age."""
    planes = staged.planes(rows(PLANE))

    ages = asked(
        connection,
        "plane_ages",
        {},
        staged__flights=flights.to_arrow(),
        staged__planes=planes.to_arrow(),
    )

    assert values(ages) == [(14, 1, 2, 0, 47.5, 0.0)]


@pytest.mark.parametrize(
    ("weather", "condition"),
    [
        ({}, "fair"),
        ({"precip": 0.1}, "rain"),
        ({"precip": 0.1, "temp": 32.0}, "snow"),
        ({"precip": 0.1, "temp": None}, "rain"),
        ({"visib": 0.5}, "fog"),
        ({"wind_speed": 25.0}, "wind"),
        ({"origin": "JFK"}, "unknown"),
    ],
)
def test_a_flight_has_the_weather_of_its_airport_and_hour(
    weather: dict[str, object], condition: str
) -> None:
    """An hour without an observation is kept, and called unknown rather than fair."""
    observed = staged.weather(rows({**CLEAR_HOUR, **weather}))

    joined = marts.flights_weather(staged.flights(rows(ON_TIME)), observed)

    assert joined["condition"].to_list() == [condition]


def test_the_worst_weather_comes_first() -> None:
    """The table is read from the top."""
    flights = pd.DataFrame(
        {
            "condition": ["fair", "snow", "snow"],
            "departure_delay": [1.0, 60.0, None],
            "cancelled": [False, False, True],
        }
    )

    delays = marts.weather_delays(flights)

    assert delays["condition"].tolist() == ["snow", "fair"]
    assert delays["mean_departure_delay"].tolist() == [60.0, 1.0]
    assert delays["cancelled_share"].tolist() == [0.5, 0.0]


def test_a_destination_without_a_place_is_kept(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """San Juan is not in the table of airports, and is still flown to."""
    flights = pd.DataFrame(
        {
            "destination": ["SJU", "IAH"],
            "arrival_delay": [1.0, 3.0],
            "cancelled": [False] * 2,
        }
    )

    visited = asked(
        connection,
        "destinations",
        {},
        staged__flights=pa.Table.from_pandas(flights),
        staged__airports=pa.Table.from_pandas(staged.airports(AIRPORTS)),
    )

    assert visited["destination"].to_pylist() == ["IAH", "SJU"]
    assert visited["latitude"].to_pylist() == [29.98, None]


def test_the_checks_name_what_is_missing(flights: pl.DataFrame) -> None:
    """A message that only says no sends people searching."""
    airports = pl.DataFrame({"code": ["JFK"]})

    carriers = checks.every_carrier_is_known(flights, pl.DataFrame({"carrier": ["UA"]}))
    destinations = checks.every_destination_is_known(flights, airports)
    lost = checks.no_flight_is_lost(flights.head(2), flights)

    assert carriers.passed
    assert not destinations.passed
    assert destinations.metadata == {"destinations": ["IAH"]}
    assert not lost.passed
    assert lost.message == "3 flights were published, 2 are left"
