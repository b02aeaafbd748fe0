"""Killed at any point, a run leaves good rows and bad rows together, or neither."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.faults.forked import run_python
from tests.faults.kills import NEVER_IN_A_HEALTHY_STORE, OF_RUNS, ONCE_A_RUN

SETTINGS = 'name = "aside"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
PIPELINE = """
import pandera.pandas as pa_schema
import pyarrow as pa

from assets_core import Quarantine, asset

SCHEMA = pa_schema.DataFrameSchema({"n": pa_schema.Column(int, pa_schema.Check.gt(0))})


@asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=0.5))
def orders() -> pa.Table:
    return pa.table({"n": [1, -2, 3]})
"""
LOOK = """
import json

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from assets_core.workspace.quarantined import load_rows

def look(workspace):
    heads = workspace.tools.store.heads("main")
    rows = load_rows(workspace, workspace.asset("orders")).table
    findings = examine(workspace.tools, workspace.graph_of_assets, "main").findings
    return {
        "good": workspace.load_arrow("orders")["n"].to_pylist() if heads else None,
        "bad": rows["n"].to_pylist() if rows is not None else None,
        "findings": [one.kind for one in findings],
        "left": sum(len(one.leftovers()) for one in workspace.tools.io.values()),
    }


with Workspace.open(".") as workspace:
    before = look(workspace)
    workspace.materialize()
    print(json.dumps([before, look(workspace)]))
"""
KILLS = ["stage.written:2", "seal.linked:2", "seal.unstaged:2", "commit.begun:1"]
KILLS += ["commit.written:1", "commit.done:1"]
"""Between the two tables, and around the transaction."""

if os.environ.get("ASSETS_TEST_SIZE") == "nightly":
    KILLS = [
        f"{point}:{count}"
        for point in OF_RUNS
        if point not in {*NEVER_IN_A_HEALTHY_STORE, *ONCE_A_RUN}
        for count in ((1, 2) if point.startswith(("stage.", "seal.")) else (1,))
        if (point, count) != ("seal.durable", 2)
    ]
WHOLE = {"good": [1, 3], "bad": [-2], "findings": [], "left": 0}


def run(folder: Path, crash: str = "") -> subprocess.CompletedProcess[str]:
    """Run a project in a process of its own, which may be killed."""
    return run_python(folder, LOOK, crash=crash)


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS)
def test_a_killed_run_leaves_both_or_neither(tmp_path: Path, crash: str) -> None:
    """Rows that are nowhere, or twice, would be the worst of all."""
    (tmp_path / "assets.toml").write_text(SETTINGS)
    (tmp_path / "pipeline.py").write_text(PIPELINE)

    killed = run(tmp_path, f"{crash}:kill")

    assert killed.returncode == -signal.SIGKILL, f"{crash} was never reached"
    left, whole = json.loads(run(tmp_path).stdout)
    assert (left["good"], left["bad"]) in ((None, None), ([1, 3], [-2]))
    assert whole == WHOLE
