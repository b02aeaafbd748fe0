"""Eight assets that many processes make at once, and what they must come to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.children import run_child

SETTINGS = 'name = "crowd"\nmodules = ["pipeline"]\n[executor]\njobs = 2\n'
STORES = {
    "parquet": "",
    "postgres": "",  # its metadata store is there, as variables say
    # However slow the machine is: that somebody waits too long is not what is tested.
    "tables": '[io.warehouse]\ntype = "duckdb"\nlock_timeout = 300\n',
    "views": '[io.warehouse]\ntype = "duckdb"\nlock_timeout = 300\nstorage = "views"\n',
}

# Wide at first, then one: processes meet both beside each other and in a row.
PIPELINE = '''
import os
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

values = source("values", path="values.txt")


def table(name, column):
    """Leave a line for each call, and return its result."""
    calls = os.open("calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(calls, f"{name}\\n".encode())
    os.close(calls)
    return pa.table({"n": pa.array(column, pa.int64())})


def plus(name, frame, number):
    return table(name, [one + number for one in frame["n"].to_pylist()])


@asset
def one(values: Path) -> pa.Table:
    return table("one", [int(word) for word in values.read_text().split()])
'''
BELOW = """

@asset
def two(one: pa.Table) -> pa.Table:
    return plus("two", one, 1)


@asset
def three(one: pa.Table) -> pa.Table:
    return plus("three", one, 2)


@asset
def four(one: pa.Table) -> pa.Table:
    return plus("four", one, 3)


@asset
def five(two: pa.Table) -> pa.Table:
    return plus("five", two, 3)


@asset
def six(three: pa.Table) -> pa.Table:
    return plus("six", three, 3)


@asset
def seven(four: pa.Table, five: pa.Table, six: pa.Table) -> pa.Table:
    return plus("seven", pa.concat_tables([four, five, six]), 0)


@asset
def eight(seven: pa.Table) -> pa.Table:
    return plus("eight", seven, 1)
"""

MATERIALIZE = """
import json, sys
from assets_core import Workspace

print(json.dumps("ready"), flush=True)
for _ in sys.stdin:
    with Workspace.open(".") as workspace:
        result = workspace.materialize()
    ended = [step.status for step in result.steps]
    print(json.dumps({"status": result.status, "steps": ended}), flush=True)
"""

LOOK = """
import json
from assets_core import Workspace
from assets_core.upkeep.doctor import examine

with Workspace.open(".") as workspace:
    heads = workspace.tools.store.heads("main")
    found = examine(workspace.tools, workspace.graph_of_assets, "main").findings
    print(json.dumps({
        "rows": {
            cell.asset: sorted(workspace.load_arrow(cell.asset)["n"].to_pylist())
            for cell in heads
        },
        "left": workspace.plan().counts["compute"],
        "verified": len(workspace.verify(deep=True).findings),
        "findings": [one.kind for one in found],
        "claims": len(workspace.tools.store.claims()),
        "pending": len(workspace.tools.store.pending_publications("main")),
    }))
"""


@dataclass(frozen=True)
class CrowdProject:
    """The project in a folder."""

    folder: Path
    names: tuple[str, ...]

    def set_values(self, values: list[int]) -> None:
        """Change the source, in one step for everyone who reads it."""
        new = self.folder / "values.txt.new"
        new.write_text(" ".join(str(one) for one in values))
        new.replace(self.folder / "values.txt")

    def calls(self) -> list[str]:
        """Return which functions were called since the last look."""
        log = self.folder / "calls.log"
        found = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return found

    def logs(self) -> str:
        """Return all that runs have logged."""
        folder = self.folder / ".assets" / "logs"
        return "".join(path.read_text() for path in folder.rglob("*.log"))

    def look(self) -> dict[str, Any]:
        """Return what is there now, as a process that comes later sees it."""
        found: dict[str, Any] = run_child(self.folder, LOOK)
        return found

    def expected(self, values: list[int]) -> dict[str, Any]:
        """Return what must be there when the source holds these values."""
        by_name = {name: sorted(n + add for n in values) for name, add in _ADDED.items()}
        by_name["seven"] = sorted(_sevens(values))
        by_name["eight"] = sorted(n + 1 for n in _sevens(values))
        return {
            "rows": {name: by_name[name] for name in self.names},
            "left": 0,
            "verified": 0,
            "findings": [],
            "claims": 0,
            "pending": 0,
        }


_ADDED = {"one": 0, "two": 1, "three": 2, "four": 3, "five": 4, "six": 5}


def _sevens(values: list[int]) -> list[int]:
    return [n + add for add in (3, 4, 5) for n in values]


def make_crowd_project(folder: Path, store: str, *, small: bool = False) -> CrowdProject:
    """Write the project into a folder; a small one has only its first asset."""
    folder.mkdir(parents=True)
    (folder / "assets.toml").write_text(SETTINGS + STORES[store])
    (folder / "pipeline.py").write_text(PIPELINE if small else PIPELINE + BELOW)
    names = ("one",) if small else (*_ADDED, "seven", "eight")
    return CrowdProject(folder, names)
