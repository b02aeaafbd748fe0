"""Runs that are stopped while a program makes an asset."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets_core import Workspace

SETTINGS = 'name = "programs"\nmodules = ["pipeline"]\n[executor]\ntype = "{executor}"\n'
PIPELINE = """
from assets_core import command_asset, source

raw = source("raw", path="raw.txt")
slow = command_asset(
    "slow",
    "echo $$ >> '{here}/started'; echo half > {{output}}; sleep $(cat {{inputs.raw}});"
    " cp {{inputs.raw}} {{output}}",
    shell=True,
    inputs={{"raw": "raw"}},
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that has run once, and whose next run takes long."""
    (tmp_path / "assets.toml").write_text(SETTINGS.format(executor="threads"))
    (tmp_path / "pipeline.py").write_text(PIPELINE.format(here=tmp_path))
    (tmp_path / "raw.txt").write_text("0")
    assert run(tmp_path).wait() == 0
    (tmp_path / "started").unlink()
    (tmp_path / "raw.txt").write_text("60")
    return tmp_path


def run(folder: Path) -> subprocess.Popen[bytes]:
    """Start a run in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-B", "-m", "assets_core", "materialize", "--jobs", "2"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def started(folder: Path) -> int:
    """Wait until the program runs; return its number."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if (folder / "started").exists() and (text := (folder / "started").read_text()):
            return int(text)
        time.sleep(0.02)
    raise AssertionError("the program was never started")


def is_running(pid: int) -> bool:
    """Return whether a process goes on."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def has_ended(pid: int) -> bool:
    """Return whether a process that was told to end does so in a while."""
    until = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(pid)


def shown(folder: Path) -> str:
    """Return what the asset shows."""
    return (folder / "data/slow").read_text()


def is_completed_by_the_next(folder: Path) -> bool:
    """Let the next run make it quickly."""
    (folder / "raw.txt").write_text("0.1")
    assert run(folder).wait() == 0
    with Workspace.open(folder) as workspace:
        assert not workspace.plan().steps
    left = list((folder / "data/.objects/.staging").glob("*"))
    return shown(folder) == "0.1" and not left


def test_a_killed_run_leaves_the_old_file_and_the_next_completes_it(project: Path) -> None:
    """The program may go on for itself; what it writes counts for nothing."""
    one = run(project)
    pid = started(project)
    one.kill()
    one.wait()

    assert shown(project) == "0"
    assert is_completed_by_the_next(project)
    if is_running(pid):
        os.killpg(pid, signal.SIGKILL)


def test_a_second_interrupt_ends_the_program_and_all_it_has_started(project: Path) -> None:
    """The first waits for what runs, as for functions."""
    one = run(project)
    pid = started(project)
    one.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert is_running(pid)
    one.send_signal(signal.SIGINT)
    one.wait()

    assert has_ended(pid)
    assert shown(project) == "0"


def test_an_interrupt_where_nothing_runs_beside_ends_the_program(project: Path) -> None:
    """With the inline executor the program is what the main thread waits for."""
    (project / "assets.toml").write_text(SETTINGS.format(executor="inline"))
    one = run(project)
    pid = started(project)
    one.send_signal(signal.SIGINT)

    assert one.wait() == 130
    assert has_ended(pid)
    assert shown(project) == "0"
    assert is_completed_by_the_next(project)


def test_two_runs_at_once_start_the_program_once(project: Path) -> None:
    """The other waits and takes its file."""
    (project / "raw.txt").write_text("0.3")
    runs = [run(project), run(project)]

    assert [one.wait() for one in runs] == [0, 0]
    assert len((project / "started").read_text().split()) == 1
    assert shown(project) == "0.3"
