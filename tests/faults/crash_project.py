"""A small project that is stopped at every point in turn, and a look at what is left."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.forked import run_python
from tests.faults.kills import in_flight

SETTINGS = 'name = "crash"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'

# Three assets in a row, in pyarrow alone: a process starts in half a second.
PIPELINE = '''
import os
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

values = source("values", path="values.txt")


def called(name):
    """Leave a line for each call, even if the process is killed right after."""
    calls = os.open("calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(calls, f"{name}\\n".encode())
    os.close(calls)


@asset
def first(values: Path) -> pa.Table:
    called("first")
    return pa.table({"n": [int(word) for word in values.read_text().split()]})


@asset(key="mid/second")
def second(first: pa.Table) -> pa.Table:
    called("second")
    return first.append_column("twice", pa.array([2 * n for n in first["n"].to_pylist()]))


@asset(inputs={"rows": "mid/second"})
def third(rows: pa.Table) -> pa.Table:
    called("third")
    return rows.select(["twice"])
'''

RUN = """
import json
from assets_core import Workspace
from assets_core.upkeep.doctor import examine

with Workspace.open(".") as workspace:
    result = workspace.materialize()
    heads = workspace.tools.store.heads("main")
    print(json.dumps({
        "computed": [step.cell.asset for step in result.steps if step.status == "computed"],
        "left": workspace.plan().counts["compute"],
        "versions": {cell.asset: heads[cell].data_version for cell in sorted(heads)},
        "rows": {
            key: workspace.load_arrow(key).to_pydict()
            for key in ("first", "mid/second", "third")
        },
        "findings": [
            one.kind
            for one in examine(workspace.tools, workspace.graph_of_assets, "main").findings
        ],
    }))
"""


@dataclass(frozen=True)
class CrashProject:
    """The project in a folder, run in processes of their own."""

    folder: Path

    def run(self, crash: str = "") -> subprocess.CompletedProcess[str]:
        """Materialize everything, stopped at a crash point if one is named."""
        return run_python(self.folder, RUN, crash=crash)

    def state(self) -> dict[str, Any]:
        """Materialize everything undisturbed and return the state that is left."""
        done = self.run()
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def is_killed_and_completed(self, crash: str, undisturbed: dict[str, Any]) -> None:
        """Check that a first run killed at a point is completed by the next one."""
        killed = self.run(crash)
        assert killed.returncode == -signal.SIGKILL, (
            f"{crash} was never reached: {killed.stderr}"
        )
        for name, found in self.published().items():
            assert found in (None, undisturbed["bytes"]["first"][name])
        self.converges(undisturbed)
        calls = self.calls()
        repeated = {name for name in calls if calls.count(name) > 1}
        assert repeated <= in_flight(crash)
        assert all(calls.count(name) <= 2 for name in calls)

    def converges(self, undisturbed: dict[str, Any]) -> None:
        """Check that the next run ends where an undisturbed first one does."""
        state = self.state()
        assert state["rows"] == undisturbed["first"]["rows"]
        assert state["versions"] == undisturbed["first"]["versions"]
        assert state["left"] == 0
        assert state["findings"] == []
        assert self.published() == undisturbed["bytes"]["first"]

    def set_values(self, text: str) -> None:
        """Change the source."""
        (self.folder / "values.txt").write_text(text)

    def calls(self) -> list[str]:
        """Return which functions were called since the last look."""
        log = self.folder / "calls.log"
        found = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return found

    def published(self) -> dict[str, bytes | None]:
        """Return the bytes at each stable path, None where there is nothing."""
        paths = {
            name: self.folder / "data" / f"{name}.parquet"
            for name in ("first", "mid/second", "third")
        }
        return {name: p.read_bytes() if p.exists() else None for name, p in paths.items()}


def make_project(folder: Path) -> CrashProject:
    """Write the project into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "pipeline.py").write_text(PIPELINE)
    project = CrashProject(folder)
    project.set_values("1 2 3")
    return project
