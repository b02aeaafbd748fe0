"""Ctrl-C and SIGTERM: exit code 130, a run that is recorded as canceled, and no harm."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.flows.cli.program import MakeProject

CODE = """
import os, time
from pathlib import Path
import pyarrow as pa
from assets_core import asset

@asset
def first() -> pa.Table:
    return pa.table({"n": [1]})

@asset
def slow(first: pa.Table) -> pa.Table:
    seconds = float(os.environ.get("NAP", "0"))
    Path("sign").touch()
    time.sleep(seconds)
    return first

@asset
def last(slow: pa.Table) -> pa.Table:
    return slow
"""


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a file is there; give up if the process has ended without it."""
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_that_is_stopped_is_canceled_and_the_next_completes_it(
    project: MakeProject, number: int, jobs: str
) -> None:
    """What was done stays done, what was left is done then."""
    shop = project(CODE)
    process = shop.start("materialize", "--jobs", jobs, more={"NAP": "1.5"})
    wait_for(shop.folder / "sign", process)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    (run,) = shop.run("runs", "--json").document
    following = shop.run("materialize", "--json").document

    assert process.returncode == 130
    assert "canceled     last" in out
    assert f"Go on with: assets resume {run['run_id'][:12]}" in err
    assert run["status"] == "canceled"
    assert following["status"] == "success"
    assert "first" not in {step["asset"] for step in following["steps"]}
    assert following["steps"][-1]["asset"] == "last"


def test_a_second_interruption_leaves_at_once(project: MakeProject) -> None:
    """Nobody waits for an hour because of a function that cannot be stopped."""
    shop = project(CODE)
    process = shop.start("materialize", "--json", "--jobs", "2", more={"NAP": "60"})
    wait_for(shop.folder / "sign", process)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    (run,) = shop.run("runs", "--json").document
    following = shop.run("materialize", "--json").document

    assert process.returncode == 130
    assert time.monotonic() - started < 20
    assert run["status"] == json.loads(out)["status"] == "canceled"
    assert following["status"] == "success"


def test_an_interruption_before_anything_runs_changes_nothing(
    project: MakeProject,
) -> None:
    """With --json there is still one document."""
    shop = project("import time, pathlib\npathlib.Path('sign').touch()\ntime.sleep(30)\n")
    process = shop.start("plan", "--json", more={})
    wait_for(shop.folder / "sign", process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert '"Interrupted"' in out
    assert err.splitlines()[-1] == "Interrupted"
