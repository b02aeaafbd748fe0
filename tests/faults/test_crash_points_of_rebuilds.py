"""Killed while it writes a journal, rebuilds or copies the store, nothing is lost (G14)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assets_core.files import UPKEEP_POINTS
from tests.faults.crash_project import RUN, CrashProject, make_project
from tests.faults.forked import run_python

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
POINTS = ("commit.done", *(("journal.written", "run.ended") if NIGHTLY else ()))
CRASHES = (
    *("metadata.rebuilt:1", "journal.rewritten:1"),
    *(("commit.begun:1", "publish.recorded:2", "journal.written:1") if NIGHTLY else ()),
)

REBUILD = """
import json
from assets_core import Workspace
from assets_core.workspace.upkeeping import rebuilt

with Workspace.open(".") as workspace:
    found = rebuilt(workspace, dry_run=False)
    print(json.dumps([found.results, found.heads, found.problems]))
"""
COPY = """
from pathlib import Path
from assets_core import Workspace
from assets_core.workspace.upkeeping import backed_up

with Workspace.open(".") as workspace:
    backed_up(workspace, Path("copy.db"))
"""


def run(
    project: CrashProject, code: str, crash: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run some code in a process of its own, stopped at a crash point if one is named."""
    return run_python(project.folder, code, crash=crash)


def lose(project: CrashProject) -> None:
    """Delete the metadata store."""
    for path in (project.folder / ".assets").glob("metadata.db*"):
        path.unlink()


def come_back(project: CrashProject) -> Any:
    """Rebuild the store undisturbed; return what was found."""
    done = run(project, REBUILD)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CrashProject:
    """Return a project with everything in it fresh."""
    project = make_project(tmp_path_factory.mktemp("made") / "project")
    project.state()
    return project


@pytest.fixture
def full(made: CrashProject, tmp_path: Path) -> CrashProject:
    """Return a copy of that project."""
    shutil.copytree(made.folder, tmp_path / "project", symlinks=True)
    return CrashProject(tmp_path / "project")


@pytest.mark.sweep
@pytest.mark.parametrize("point", POINTS)
def test_what_a_killed_run_left_out_of_the_journal_is_there_after_the_next(
    full: CrashProject, undisturbed: dict[str, Any], point: str
) -> None:
    """As long as the store lives, nothing is missing for long."""
    full.set_values("4 5")
    killed = run(full, RUN, f"{point}:1:kill")
    assert killed.returncode == -signal.SIGKILL, f"{point} was never reached"
    full.state()
    full.calls()
    lose(full)

    results, heads, problems = come_back(full)

    assert (results, heads, problems) == (6, 3, [])
    after = full.state()
    assert after == {**undisturbed["second"], "computed": []}
    assert full.calls() == []


@pytest.mark.sweep
@pytest.mark.parametrize("crash", CRASHES)
def test_a_rebuild_that_was_killed_is_completed(
    full: CrashProject, undisturbed: dict[str, Any], crash: str
) -> None:
    """All of it was remembered, or nothing; what is left is done by the next run."""
    lose(full)
    full.calls()
    code = RUN if crash.startswith("commit") else REBUILD
    killed = run(full, code, f"{crash}:kill")
    assert killed.returncode == -signal.SIGKILL, f"{crash} was never reached"

    done = run(full, REBUILD)

    assert done.returncode == 0 or "is not lost" in done.stderr
    state = full.state()
    assert {**state, "computed": []} == {**undisturbed["first"], "computed": []}
    lose(full)
    assert come_back(full)[1:] == [3, []]
    assert full.state() == {**undisturbed["first"], "computed": []}


@pytest.mark.sweep
def test_a_copy_that_was_killed_leaves_no_half_of_a_file(full: CrashProject) -> None:
    """The next copy is whole, under the same name."""
    killed = run(full, COPY, "metadata.copied:1:kill")
    assert killed.returncode == -signal.SIGKILL
    assert not (full.folder / "copy.db").exists()

    assert run(full, COPY).returncode == 0

    assert (full.folder / "copy.db").is_file()


def test_every_point_of_upkeep_is_armed_by_a_test() -> None:
    """One that nobody stops at proves nothing."""
    tests = Path(__file__).parent.glob("test_crash_points_of_re*.py")
    texts = "".join(path.read_text("utf-8") for path in tests)

    assert [point for point in UPKEEP_POINTS if point not in texts] == []
