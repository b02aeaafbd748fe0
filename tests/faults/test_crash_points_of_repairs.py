"""Killed at any named point, a repair is completed by the next one, and loses nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets_core.files import UPKEEP_POINTS
from tests.faults.crash_project import SETTINGS, CrashProject, make_project
from tests.faults.forked import run_python

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"

REPAIR = """
import json
from assets_core import Workspace

with Workspace.open(".") as workspace:
    found = workspace.verify(deep=True, repair=True).findings
    print(json.dumps([one.repaired for one in found]))
"""
OLD = '[io.old]\ntype = "parquet"\nroot = "old"\n'
DATA = '[io.data]\ntype = "parquet"\npublish = "PUBLISH"\ncompression = "HOW"\n'


def repair(project: CrashProject, crash: str = "") -> subprocess.CompletedProcess[str]:
    """Repair in a process of its own, stopped at a crash point if one is named."""
    return run_python(project.folder, REPAIR, crash=crash)


def settle(project: CrashProject, publish: str, how: str, *, moved: bool) -> None:
    """Write the settings: where tables are kept, and where they were kept before."""
    data = DATA.replace("PUBLISH", publish).replace("HOW", how)
    text = data + OLD if moved else OLD + data
    (project.folder / "assets.toml").write_text(SETTINGS + text)


def damage(project: CrashProject) -> None:
    """Damage the stored file of one table, and take the stable path of another away."""
    published = project.folder / "data" / "first.parquet"
    for path in (project.folder / "data").glob(".objects/*/*.parquet"):
        is_first = path.read_bytes() == published.read_bytes()
        if is_first:
            path.chmod(0o644)
            path.write_bytes(b"PAR1 oops PAR1")
    (project.folder / "data" / "third.parquet").unlink()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what makes a project whose tables were moved from one storage to another."""
    found: dict[str, Path] = {}

    def make(publish: str) -> Path:
        if publish not in found:
            project = make_project(tmp_path_factory.mktemp("whole") / "project")
            settle(project, publish, "zstd", moved=False)
            project.state()
            settle(project, publish, "zstd", moved=True)
            project.state()
            found[publish] = project.folder
        return found[publish]

    return make


CASES = [
    ("link", "repair.claimed"),
    ("link", "repair.aside"),
    ("copy", "repair.restored"),
    ("link", "repair.published"),
    ("moved", "repair.committed"),
]


@pytest.mark.sweep
@pytest.mark.parametrize(("case", "point"), CASES if NIGHTLY else CASES[1:3])
def test_a_repair_killed_at_a_point_is_completed_by_the_next(
    made: Callable[[str], Path], tmp_path: Path, case: str, point: str
) -> None:
    """In the end everything is whole, and only what was nowhere else is computed."""
    project = _copy_of(made, tmp_path, case)
    before: dict[str, Any] = project.state()
    project.calls()
    damage(project)

    killed = repair(project, f"{point}:1:kill")

    assert killed.returncode == -signal.SIGKILL, f"{point} was not reached: {killed.stderr}"
    done = repair(project)
    assert done.returncode == 0, done.stderr
    assert None not in json.loads(done.stdout)
    after = project.state()
    assert (after["rows"], after["versions"]) == (before["rows"], before["versions"])
    assert (after["findings"], after["left"]) == ([], 0)
    assert project.calls() == (["first"] if case == "link" else [])


def _copy_of(made: Callable[[str], Path], tmp_path: Path, case: str) -> CrashProject:
    publish = "link" if case == "moved" else case
    project = CrashProject(tmp_path / "project")
    shutil.copytree(made(publish), project.folder, symlinks=True)
    if case == "moved":  # what is written now has other bytes than it had
        settle(project, publish, "snappy", moved=True)
    elif case == "link":  # nothing equal is left anywhere else
        shutil.rmtree(project.folder / "old")
    return project


def test_every_point_of_a_repair_is_armed_by_a_test() -> None:
    """One that nobody stops at proves nothing."""
    points = {point for point in UPKEEP_POINTS if point.startswith("repair.")}

    assert {point for _, point in CASES} == points
