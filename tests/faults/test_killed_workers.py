"""Processes that call functions, and the process of their run, killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets_core import Workspace
from tests.faults.crash_project import CrashProject, make_project
from tests.faults.kills import KILLS

SETTINGS = 'name = "killed"\nmodules = ["pipeline"]\n[executor]\ntype = "processes"\n'
PIPELINE = """
import os
import time
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

HERE = Path(__file__).parent
rest = source("rest", path="rest.txt")


def begun(rest):
    with open(HERE / "begun", "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(float(rest.read_text()))


@asset
def slow(rest: Path) -> pa.Table:
    begun(rest)
    return pa.table({"n": [1, 2, 3]})


@asset
def stream(rest: Path):
    for number in range(12):
        if number == 6:
            begun(rest)
        yield pa.record_batch({"n": [number] * 500_000})


@asset
def after(slow: pa.Table, stream: pa.Table) -> pa.Table:
    return pa.table({"rows": [slow.num_rows + stream.num_rows]})
"""

MORE = """

@asset
def waiting(after: pa.Table, rest: Path) -> pa.Table:
    begun(rest)
    return after


@asset
def last(waiting: pa.Table, rest: Path) -> pa.Table:
    begun(rest)
    return waiting


@asset
def other(waiting: pa.Table, rest: Path) -> pa.Table:
    begun(rest)
    return waiting
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project whose calls take long."""
    (tmp_path / "assets.toml").write_text(SETTINGS)
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "rest.txt").write_text("600")
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a run in a process of its own, which leads a group as in a terminal."""
    return subprocess.Popen(
        [
            *(sys.executable, "-B", "-m", "assets_core", "materialize", "--jobs", "2"),
            *arguments,
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def until(is_so: Callable[[], Any]) -> Any:
    """Wait until something is so, and return what is."""
    last = time.monotonic() + 60
    while time.monotonic() < last:
        if found := is_so():
            return found
        time.sleep(0.02)
    raise AssertionError("it never came to that")


def begun(folder: Path, count: int) -> list[int]:
    """Wait until so many calls have begun; return the processes that make them."""

    def pids() -> list[int]:
        path = folder / "begun"
        found = path.read_text().split() if path.exists() else []
        return [int(pid) for pid in found] if len(found) >= count else []

    found: list[int] = until(pids)
    return found


def is_running(pid: int) -> bool:
    """Return whether a process goes on."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def is_completed_by_the_next(folder: Path) -> bool:
    """Let the next run make all of it quickly."""
    (folder / "rest.txt").write_text("0")
    assert start(folder).wait() == 0
    with Workspace.open(folder) as workspace:
        assert not workspace.plan().steps
        rows = workspace.load_arrow("after").to_pydict()
    left = list((folder / "data/.objects/.staging").glob("*"))
    return rows == {"rows": [6_000_003]} and not left


def statuses(folder: Path) -> dict[str, tuple[str, str]]:
    """Return how each step of the last run has ended, and the name of its error."""
    with Workspace.open(folder) as workspace:
        record = workspace.find_run(workspace.runs()[0].id)
    return {
        step.cell.asset: (step.status, step.error.type if step.error else "")
        for step in record.steps
    }


def test_workers_end_when_their_run_is_killed(folder: Path) -> None:
    """In the middle of a call, and of a stream: nobody is left who works for nothing."""
    run = start(folder)
    pids = begun(folder, 2)

    run.kill()
    run.wait()

    until(lambda: not any(is_running(pid) for pid in pids))
    assert is_completed_by_the_next(folder)


def test_a_killed_worker_fails_its_step_and_the_run_goes_on(folder: Path) -> None:
    """What it was making is made by the next run."""
    run = start(folder)
    pids = begun(folder, 2)

    for pid in pids:
        os.kill(pid, signal.SIGKILL)

    assert run.wait() == 1
    assert statuses(folder) == {
        "slow": ("failed", "WorkerError"),
        "stream": ("failed", "WorkerError"),
        "after": ("blocked", "Blocked"),
    }
    assert is_completed_by_the_next(folder)


def test_an_interrupt_of_all_processes_lets_calls_end(folder: Path) -> None:
    """Ctrl-C reaches workers too; they leave it to the run, which ends in good order."""
    (folder / "rest.txt").write_text("3")
    run = start(folder)
    begun(folder, 2)

    os.killpg(run.pid, signal.SIGINT)

    assert run.wait() == 130
    assert statuses(folder) == {
        "slow": ("computed", ""),
        "stream": ("computed", ""),
        "after": ("canceled", ""),
    }


def test_a_second_interrupt_ends_the_workers_with_the_run(folder: Path) -> None:
    """Whoever presses Ctrl-C twice wants nothing to go on."""
    run = start(folder)
    pids = begun(folder, 2)

    run.send_signal(signal.SIGINT)
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    run.wait()

    until(lambda: not any(is_running(pid) for pid in pids))
    assert is_completed_by_the_next(folder)


def test_a_worker_that_was_killed_while_it_did_nothing_is_replaced(folder: Path) -> None:
    """The next call must not pay for it."""
    (folder / "rest.txt").write_text("3")  # so that two workers are needed
    (folder / "pipeline.py").write_text(f"{PIPELINE}{MORE}")
    run = start(folder)
    first, second, at_work = begun(folder, 3)

    os.kill(first if second == at_work else second, signal.SIGKILL)

    assert run.wait() == 0


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS)
def test_a_run_with_workers_killed_at_a_point_is_completed_by_the_next(
    tmp_path: Path,
    undisturbed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    crash: str,
) -> None:
    """The commit protocol is the same wherever functions are called."""
    monkeypatch.setenv("ASSETS_EXECUTOR__TYPE", "processes")
    monkeypatch.setenv("ASSETS_EXECUTOR__JOBS", "1")
    project: CrashProject = make_project(tmp_path / "project")

    project.is_killed_and_completed(crash, undisturbed)
