"""Killed while one call makes several assets, a run leaves all of the old or of the new."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assets_core import Workspace
from tests.faults.forked import run_python
from tests.faults.kills import NEVER_IN_A_HEALTHY_STORE, OF_RUNS, ONCE_A_RUN

SETTINGS = 'name = "outputs"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
PIPELINE = """
import os
from pathlib import Path

import pyarrow as pa

from assets_core import multi_asset, source

values = source("values", path="values.txt")


@multi_asset(outputs=["first", "second", "third"])
def several(values: Path):
    calls = os.open("calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(calls, b"called\\n")
    os.close(calls)
    number = int(values.read_text())
    return [pa.table({"n": [number * place]}) for place in (1, 10, 100)]
"""
RUN = """
import sys
from assets_core import Workspace

with Workspace.open(".") as workspace:
    workspace.materialize(sys.argv[1:] or None)
"""
WHOLE = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
ALL = [
    f"{point}:{count}"
    for point in OF_RUNS
    if point not in NEVER_IN_A_HEALTHY_STORE
    for count in ((1,) if point in ONCE_A_RUN else (1, 2, 3))
]
SOME = ["stage.written:2", "seal.linked:3", "commit.written:1", "commit.done:1"]
SOME += ["publish.renamed:2", "step.recorded:1"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose outputs are of the first value."""
    folder = tmp_path_factory.mktemp("outputs")
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "values.txt").write_text("1")
    assert run_python(folder, RUN).returncode == 0
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it, in which the value is another now."""
    folder = tmp_path / "project"
    shutil.copytree(made, folder, symlinks=True)
    (folder / "calls.log").unlink()
    (folder / "values.txt").write_text("2")
    return folder


def shown(folder: Path) -> list[int]:
    """Return what the outputs show."""
    with Workspace.open(folder) as workspace:
        tables = [workspace.load_arrow(key) for key in ("first", "second", "third")]
    return [table["n"][0].as_py() for table in tables]


def calls(folder: Path) -> int:
    """Return how often the function was called."""
    log = folder / "calls.log"
    return len(log.read_text().split()) if log.exists() else 0


OLD, NEW = [1, 10, 100], [2, 20, 200]


@pytest.mark.sweep
@pytest.mark.parametrize("crash", ALL if WHOLE else SOME)
def test_a_call_killed_at_a_point_shows_all_of_the_old_or_of_the_new(
    project: Path, crash: str
) -> None:
    """And the next run ends where an undisturbed one does."""
    killed = run_python(project, RUN, crash=f"{crash}:kill")
    if killed.returncode != -signal.SIGKILL:
        assert crash not in SOME, f"{crash} was never reached"
        return
    left = shown(project)
    assert left in (OLD, NEW)

    assert run_python(project, RUN).returncode == 0

    assert shown(project) == NEW
    assert calls(project) <= 1 + (left == OLD)
    with Workspace.open(project) as workspace:
        assert not workspace.plan().steps
        assert not workspace.tools.store.claims()
        assert not workspace.tools.store.pending_publications("main")


@pytest.mark.sweep
@pytest.mark.parametrize("crash", ["stage.written:2", "commit.written:1"])
def test_an_error_at_a_point_leaves_all_of_the_old(project: Path, crash: str) -> None:
    """A disk that fails once costs a run, never a part of the outputs."""
    run_python(project, RUN, crash=f"{crash}:raise")

    assert shown(project) == OLD
    assert run_python(project, RUN).returncode == 0
    assert shown(project) == NEW


def test_processes_that_want_different_outputs_of_a_call_make_it_once(
    project: Path,
) -> None:
    """Each claims all outputs at once, so that nobody waits for half of them."""
    runs = [
        subprocess.Popen([sys.executable, "-B", "-c", RUN, key], cwd=project)
        for key in ("first", "third", "second")
    ]

    assert [run.wait() for run in runs] == [0, 0, 0]
    assert shown(project) == NEW
    assert calls(project) == 1
