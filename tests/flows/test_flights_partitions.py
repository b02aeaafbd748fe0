"""The days of the flights project, with its real data: what runs, and what need not.

The year is made once, undisturbed; each test goes on with a copy of it, or starts anew and
has to arrive at the same.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from assets_core import RunResult, Workspace
from assets_core.workspace.quarantined import load_rows
from tests.flows.flights_notebooks import NOTEBOOKS, ran
from tests.flows.flights_project import (
    Flights,
    changed,
    computed,
    computed_cells,
    delay_one_flight,
)

sys.path.insert(0, str(Path(__file__).parents[2] / "projects" / "flights"))

from flights.sources import installed_files

DAYS = ("days/flights", "days/weather", "delays/daily", "delays/trailing_week")
IN_PARQUET = ("days", "delays/daily")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flights, RunResult]:
    """Everything, from nothing."""
    project = Flights.new(tmp_path_factory.mktemp("year") / "flights")
    return project, project.run()


@pytest.fixture
def year(made: tuple[Flights, RunResult], tmp_path: Path) -> Flights:
    """Return a copy of the project in which everything is made."""
    return made[0].copied(tmp_path / "flights")


def test_the_whole_year_is_made_from_nothing(made: tuple[Flights, RunResult]) -> None:
    """Every day, every week that ends with one, every month; and all of it is fresh."""
    project, result = made

    assert result.status == "success"
    found = computed(result)
    assert {found.pop(key) for key in DAYS} == {365}
    assert found.pop("delays/monthly") == 12
    assert len(found) == 19
    assert set(found.values()) == {1}
    assert {step.status for step in result.steps} == {"computed"}
    assert project.run().steps == ()
    figure = project.folder / "data" / "figures" / "delays_by_hour.png"
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_an_hour_that_cannot_be_true_is_put_aside(
    made: tuple[Flights, RunResult],
) -> None:
    """It was not calm at 1,048 mph, so zero, or no wind, would be one more mistake."""
    with Workspace.open(made[0].folder) as workspace:
        found = load_rows(workspace, workspace.asset("staged/weather"))
        hours = workspace.load("staged/weather")

    assert found.table is not None
    (row,) = found.table.to_pylist()
    assert (row["origin"], row["_column"], row["_value"]) == (
        "EWR",
        "wind_speed",
        "1048.36058",
    )
    assert len(hours) == 26_114
    assert hours["wind_speed"].max() < 50


def test_days_weeks_and_months_count_the_same_flights(
    made: tuple[Flights, RunResult],
) -> None:
    """Whichever way the year is cut, no flight is lost or doubled at an edge."""
    with Workspace.open(made[0].folder) as workspace:
        days = workspace.load("delays/daily")
        months = workspace.load("delays/monthly")
        weeks = workspace.load("delays/trailing_week")
        by_day = workspace.load("marts/daily_delays")

    assert days["flights"].sum() == months["flights"].sum() == by_day["flights"].sum()
    assert days["flights"].sum() == 336_776
    first = weeks[weeks["date"] == date(2013, 1, 3)]
    assert first["days"].tolist() == [3, 3, 3]
    last = weeks[weeks["date"] == date(2013, 12, 31)]
    last_days = days[days["date"] >= date(2013, 12, 25)]
    assert last["days"].tolist() == [7, 7, 7]
    assert last["late"].sum() == last_days["late"].sum()


def test_a_changed_row_costs_its_day_its_month_and_the_weeks_it_is_in(
    year: Flights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published file holds the whole year; 364 days come out as they were."""
    before = year.versions()
    delay_one_flight(installed_files(), tmp_path / "files", (2013, 12, 28))
    monkeypatch.setenv("FLIGHTS_FILES", str(tmp_path / "files"))

    result = year.run("delays/*")

    weeks = ["2013-12-28", "2013-12-29", "2013-12-30", "2013-12-31"]
    assert computed(result) == {
        "raw/flights": 1,
        "staged/flights": 1,
        "days/flights": 365,  # in one call: which days differ is known afterwards
        "delays/daily": 1,
        "delays/monthly": 1,
        "delays/trailing_week": 4,
    }
    assert {step.status for step in result.steps} == {"computed", "skipped"}
    assert computed_cells(result, "delays/trailing_week") == weeks
    after = year.versions()
    assert changed(before, after, DAYS) == [
        "days/flights[2013-12-28]",
        "delays/daily[2013-12-28]",
        *(f"delays/trailing_week[{day}]" for day in weeks),
    ]
    assert changed(before, after, {"delays/monthly"}) == ["delays/monthly[2013-12]"]


def test_a_month_of_days_can_be_made_by_itself(year: Flights) -> None:
    """What is cut out of the whole year gives the days that are asked for, and no other."""
    before = year.versions()

    result = year.run("days/*", partitions="2013-02", force=True)

    assert computed(result) == {"days/flights": 28, "days/weather": 28}
    assert year.versions() == before


def test_a_changed_function_runs_for_all_days_and_goes_on_from_those_that_differ(
    year: Flights,
) -> None:
    """Nobody can know beforehand which days new code changes; afterwards it is known."""
    before = year.versions()
    year.edit(
        "delays",
        '    known = weather.select("origin"',
        '    flights = flights.filter(pl.col("date").dt.strftime("%m-%d") != "02-09")\n'
        '    known = weather.select("origin"',
    )

    result = year.run("delays/monthly", "delays/trailing_week")

    assert computed(result) == {
        "delays/daily": 365,
        "delays/monthly": 1,
        "delays/trailing_week": 7,
    }
    assert computed_cells(result, "delays/monthly") == ["2013-02"]
    assert changed(before, year.versions(), DAYS) == [
        "delays/daily[2013-02-09]",
        *(f"delays/trailing_week[2013-02-{day:02}]" for day in range(9, 16)),
    ]


def test_a_killed_run_is_completed_and_repeats_only_what_was_in_flight(
    made: tuple[Flights, RunResult], tmp_path: Path
) -> None:
    """The end is that of the undisturbed run, byte for byte."""
    project = Flights.new(tmp_path / "flights")
    wanted = ("staged/*", "delays/monthly")
    project.run_and_kill(*wanted, once=lambda: project.days_shown("delays/daily") >= 100)
    kept = project.versions()

    result = project.run(*wanted)

    again = {step.cell for step in result.steps if step.status == "computed"}
    assert 100 <= len([cell for cell in kept if cell.asset == "delays/daily"]) < 365
    assert not again & kept.keys()
    undisturbed = made[0].versions()
    versions = project.versions()
    assert versions == {cell: undisturbed[cell] for cell in versions}
    assert len(versions) == 5 + 5 + 3 * 365 + 12
    assert project.shown(*IN_PARQUET) == made[0].shown(*IN_PARQUET)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_changes_nothing(name: str, year: Flights) -> None:
    """Each shows the project; the one that changes something does it in a copy."""
    before = year.versions()
    cells = ran(year.folder / "notebooks" / name)
    assert year.versions() == before
    shown = [one for one in cells if "ac-shown" in one]
    assert len(shown) >= 5
    assert "24 assets, 24 fresh" in shown[0] or "32 computed" in shown[0]


@pytest.mark.nightly
@pytest.mark.skipif(find_spec("marimo") is None, reason="pip install 'marimo>=0.25,<1'")
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_marimo_runs_the_same_notebook(name: str, year: Flights) -> None:
    """Converted by marimo itself, run as a program, and shown as a page with all of it."""
    folder = year.folder / "notebooks"
    marimo = [sys.executable, "-m", "marimo", "-q"]
    run = partial(subprocess.run, cwd=folder, check=True)
    run([*marimo, "convert", name, "-o", "same.py"])
    run([sys.executable, "same.py"])
    run([*marimo, "export", "html", "same.py", "-o", "same.html"])
    page = (folder / "same.html").read_text()

    assert "magic command not supported" not in (folder / "same.py").read_text()
    assert page.count("ac-title") >= 5
    assert "An ancestor raised" not in page


def test_some_months_of_days_are_loaded_as_one_frame(
    made: tuple[Flights, RunResult],
) -> None:
    """A range of months names the days in it, and their dates come back as a column."""
    with Workspace.open(made[0].folder) as workspace:
        spring = workspace.load("delays/daily", partitions="2013-01..2013-03")

    assert len(spring) == 90 * 3
    assert (spring["date"].min(), spring["date"].max()) == (
        date(2013, 1, 1),
        date(2013, 3, 31),
    )
    assert list(spring.columns)[-1] == "date"
    assert spring["flights"].sum() == 80_789
