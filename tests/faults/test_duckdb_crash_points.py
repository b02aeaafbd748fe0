"""Killed at any named point, a run over tables in DuckDB is completed by the next one."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets_core.files import DATABASE_POINTS
from tests.faults.crash_project import SETTINGS, CrashProject, make_project
from tests.faults.kills import in_flight

DATABASE = SETTINGS + '[io.warehouse]\ntype = "duckdb"\n'
VIEWS_ONLY = DATABASE + 'storage = "views"\n'
NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
ONCE = "duckdb.created"
CORE = ("claim.taken", "commit.begun", "commit.written", "commit.done", "publish.recorded")
KILLS = [
    f"{point}:{count}:kill"
    for point in (*CORE, *DATABASE_POINTS)
    for count in ((1,) if point == ONCE else (1, 2, 3) if NIGHTLY else (2,))
]
CHANGES = (
    [point for point in DATABASE_POINTS if point != ONCE]
    if NIGHTLY
    else ["duckdb.staged", "duckdb.publishing"]
)
VIEW_KILLS = [
    f"{point}:{count}:kill"
    for point in ("seal.linked", "duckdb.publishing", "duckdb.published")
    for count in ((1, 2, 3) if NIGHTLY else (1, 2))
]
VIEWS = {"first": "first", "mid/second": "mid.second", "third": "third"}


def make_database_project(folder: Path, settings: str = DATABASE) -> CrashProject:
    """Write the project of the crash points, with its tables in DuckDB."""
    project = make_project(folder)
    (folder / "assets.toml").write_text(settings)
    return project


def shown(project: CrashProject) -> dict[str, Any]:
    """Return what a reader from outside sees at each stable name."""
    found: dict[str, Any] = dict.fromkeys(VIEWS)
    file = project.folder / "data" / "warehouse.duckdb"
    if file.exists():
        with duckdb.connect(file, read_only=True) as connection:
            for key, view in VIEWS.items():
                try:
                    found[key] = connection.sql(f"FROM {view}").fetchall()
                except duckdb.CatalogException:
                    continue
    return found


def hidden(project: CrashProject) -> set[str]:
    """Return everything that lies in our schema."""
    with duckdb.connect(
        project.folder / "data" / "warehouse.duckdb", read_only=True
    ) as connection:
        sql = "SELECT table_name FROM duckdb_tables() WHERE schema_name = '_assets'"
        return {name for (name,) in connection.execute(sql).fetchall()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a project leaves that nothing stopped, for two states of its source."""
    project = make_database_project(tmp_path_factory.mktemp("whole") / "project")
    found = {
        "first": project.state(),
        "first rows": shown(project),
        "first hidden": hidden(project),
    }
    project.set_values("4 5")
    return {**found, "second": project.state(), "second rows": shown(project)}


@pytest.fixture
def database_project(tmp_path: Path) -> CrashProject:
    """Return the project in an empty folder."""
    return make_database_project(tmp_path / "project")


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS)
def test_a_first_run_killed_at_a_point_is_completed_by_the_next(
    database_project: CrashProject, whole: dict[str, Any], crash: str
) -> None:
    """Nothing is torn, lost or left over, and only what was in flight is computed again."""
    project = database_project
    killed = project.run(crash)
    assert killed.returncode == -signal.SIGKILL, (
        f"{crash} was never reached: {killed.stderr}"
    )
    for key, rows in shown(project).items():
        assert rows in (None, whole["first rows"][key])

    state = project.state()

    assert state["rows"] == whole["first"]["rows"]
    assert state["versions"] == whole["first"]["versions"]
    assert state["left"] == 0
    assert state["findings"] == []
    assert shown(project) == whole["first rows"]
    assert hidden(project) == whole["first hidden"]
    calls = project.calls()
    assert {name for name in calls if calls.count(name) > 1} <= in_flight(crash)
    assert all(calls.count(name) <= 2 for name in calls)


@pytest.mark.sweep
@pytest.mark.parametrize("point", CHANGES)
@pytest.mark.parametrize("how", ["kill", "raise"])
def test_a_second_run_stopped_at_a_point_leaves_each_view_whole(
    database_project: CrashProject, whole: dict[str, Any], point: str, how: str
) -> None:
    """A reader sees the rows of before or those of after."""
    project = database_project
    project.state()
    project.set_values("4 5")

    stopped = project.run(f"{point}:1:{how}")

    if how == "kill":
        assert stopped.returncode == -signal.SIGKILL, stopped.stderr
    elif point.startswith("duckdb.publish"):
        assert stopped.returncode == 0, stopped.stderr  # committed: the view follows
    else:
        assert "cannot be stored" in stopped.stderr
    for key, rows in shown(project).items():
        assert rows in (whole["first rows"][key], whole["second rows"][key])
    state = project.state()
    assert state["rows"] == whole["second"]["rows"]
    assert state["findings"] == []
    assert shown(project) == whole["second rows"]


@pytest.mark.sweep
@pytest.mark.parametrize("crash", VIEW_KILLS)
def test_views_over_files_are_completed_by_the_next_run(
    tmp_path: Path, whole: dict[str, Any], crash: str
) -> None:
    """The file is replaced as a whole, so that there is nothing in between."""
    project = make_database_project(tmp_path / "project", VIEWS_ONLY)
    killed = project.run(crash)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for key, rows in shown(project).items():
        assert rows in (None, whole["first rows"][key])

    state = project.state()

    assert state["versions"] == whole["first"]["versions"]
    assert state["findings"] == []
    assert shown(project) == whole["first rows"]
    names = {path.name for path in (project.folder / "data").iterdir()}
    assert names == {".journal", ".objects", "warehouse.duckdb", "warehouse.duckdb.lock"}


def test_the_versions_are_those_of_parquet(
    whole: dict[str, Any], undisturbed: dict[str, Any]
) -> None:
    """The same rows have one data version wherever they are kept."""
    assert whole["first"]["versions"] == undisturbed["first"]["versions"]
    assert json.dumps(whole["second"]["rows"]) == json.dumps(undisturbed["second"]["rows"])
