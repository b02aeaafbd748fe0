"""Killed at any named point, a collection is completed by the next one, and harms nothing.

G11 (nothing is deleted that is needed) and G3 (what was begun is brought to its end).
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assets_core.files import POINTS
from tests.faults.crash_project import CrashProject, make_project
from tests.faults.forked import run_python
from tests.faults.kills import (
    KILLS,
    NEVER_IN_A_HEALTHY_STORE,
    OF_COLLECTIONS,
    OF_ENVIRONMENTS,
)

COLLECT = """
import json
from assets_core import Workspace

with Workspace.open(".") as workspace:
    collected = workspace.gc()
    print(json.dumps({
        "deleted": len(collected.deleted),
        "condemned": len(collected.condemned),
        "marks": len(workspace.tools.store.condemned()),
        "findings": [one.text for one in workspace.verify(deep=True).findings],
    }))
"""
NOTHING_ELSE = "[retention]\nversions = 0\ndays = 0\ngrace_hours = 0\n"
GARBAGE = 6  # two earlier versions of three tables
NEEDED = 3
OF_EACH_FILE = "gc.deleted"
KILLED = [
    f"{point}:{count}"
    for point in OF_COLLECTIONS
    for count in ((1, 3, GARBAGE) if point == OF_EACH_FILE else (1,))
]


def collect(project: CrashProject, crash: str = "") -> subprocess.CompletedProcess[str]:
    """Collect garbage in a process of its own, stopped at a crash point if one is named."""
    return run_python(project.folder, COLLECT, crash=crash)


def collected(project: CrashProject) -> dict[str, Any]:
    """Collect garbage undisturbed and return what is left."""
    done = collect(project)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def objects(project: CrashProject) -> int:
    """Return how many files are stored."""
    return len([*(project.folder / "data").glob(".objects/*/*.parquet")])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CrashProject:
    """Return the project with three versions of each table, of which one is needed."""
    project = make_project(tmp_path_factory.mktemp("full") / "project")
    with (project.folder / "assets.toml").open("a") as settings:
        settings.write(NOTHING_ELSE)
    for text in ("1 2 3", "6", "4 5"):
        project.set_values(text)
        project.state()
    assert objects(project) == NEEDED + GARBAGE
    return project


@pytest.fixture
def full(made: CrashProject, tmp_path: Path) -> CrashProject:
    """Return a copy of that project."""
    shutil.copytree(made.folder, tmp_path / "project", symlinks=True)
    return CrashProject(tmp_path / "project")


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLED)
def test_a_collection_killed_at_a_point_is_completed_by_the_next(
    full: CrashProject, undisturbed: dict[str, Any], crash: str
) -> None:
    """All that is needed is there at every moment, and in the end nothing else is."""
    killed = collect(full, f"{crash}:kill")

    assert killed.returncode == -signal.SIGKILL, f"{crash} was never reached"
    assert full.published() == undisturbed["bytes"]["second"]
    left = collected(full)
    assert (left["condemned"], left["marks"], left["findings"]) == (0, 0, [])
    assert objects(full) == NEEDED
    assert full.state() == {**undisturbed["second"], "computed": []}


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLED)
def test_a_run_that_needs_what_a_killed_collection_was_deleting_has_it(
    full: CrashProject, undisturbed: dict[str, Any], crash: str
) -> None:
    """The data of before comes back, shown again or made again, and stays."""
    killed = collect(full, f"{crash}:kill")
    assert killed.returncode == -signal.SIGKILL, f"{crash} was never reached"
    full.set_values("1 2 3")

    state = full.state()

    assert state["rows"] == undisturbed["first"]["rows"]
    assert state["findings"] == []
    assert full.published() == undisturbed["bytes"]["first"]
    left = collected(full)
    assert (left["marks"], left["findings"]) == (0, [])
    assert objects(full) == NEEDED
    assert full.published() == undisturbed["bytes"]["first"]


@pytest.mark.sweep
@pytest.mark.parametrize("point", OF_COLLECTIONS)
def test_an_error_at_a_point_is_told_and_the_next_collection_converges(
    full: CrashProject, undisturbed: dict[str, Any], point: str
) -> None:
    """A disk that fails once costs a call that says so."""
    failed = collect(full, f"{point}:1:raise")

    assert failed.returncode == 1, f"{point} was never reached"
    assert "crash point" in failed.stderr
    assert full.state() == {**undisturbed["second"], "computed": []}
    collected(full)
    assert objects(full) == NEEDED


def test_every_crash_point_is_armed_by_a_test() -> None:
    """One that nobody stops at proves nothing."""
    armed = {crash.partition(":")[0] for crash in (*KILLS, *KILLED)}

    assert armed | {*NEVER_IN_A_HEALTHY_STORE, *OF_ENVIRONMENTS} == {*POINTS}
