"""A small project whose one call yields all partitions, and a look at what is left."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.forked import run_python

SETTINGS = 'name = "yields"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'

# In pyarrow alone: a process starts in half a second.
PIPELINE = '''
import os
from pathlib import Path

import pyarrow as pa

from assets_core import DynamicPartitions, Partition, asset, source

values = source("values", path="values.txt")
WORDS = DynamicPartitions("words")


def called(name):
    """Leave a line for each call, even if the process is killed right after."""
    calls = os.open("calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(calls, f"{name}\\n".encode())
    os.close(calls)


@asset(partitions=WORDS)
def cut(values: Path):
    called("cut")
    for pair in values.read_text().split():
        key, _, number = pair.partition("=")
        yield Partition(key, pa.table({"n": [int(number)]}))


@asset(partitions=WORDS)
def each(cut: pa.Table, context) -> pa.Table:
    called(f"each[{context.partition.key}]")
    return cut.select(["n"])


@asset
def whole(each: pa.Table) -> pa.Table:
    called("whole")
    return each
'''

LOOK = """
import json
import sys

from assets_core import Workspace
from assets_core.upkeep.doctor import examine

with Workspace.open(".") as workspace:
    run = "run" in sys.argv
    if run:
        workspace.materialize()
    store = workspace.tools.store
    keys = store.dynamic_keys(["words"])["words"]
    heads = store.heads("main")
    graph = workspace.graph_of_assets
    found = examine(workspace.tools, graph, "main").findings if run else []
    print(json.dumps({
        "keys": keys,
        "cut": {
            str(cell): head.data_version
            for cell, head in sorted(heads.items(), key=str) if cell.asset == "cut"
        },
        "shown": {
            str(cell): head.data_version
            for cell, head in sorted(heads.items(), key=str)
            if cell.partition is None or cell.partition in keys
        },
        "left": len(workspace.plan().steps) if run else None,
        "findings": [one.kind for one in found],
    }))
"""


@dataclass(frozen=True)
class YieldsProject:
    """The project in a folder, run in processes of their own."""

    folder: Path

    def start(self, what: str, crash: str = "") -> subprocess.CompletedProcess[str]:
        """Materialize everything, or only look; stopped at a crash point if told so."""
        return run_python(self.folder, LOOK, what, crash=crash)

    def state(self, what: str = "run") -> dict[str, Any]:
        """Return the state that is left, after a run that nothing disturbs or as it is."""
        done = self.start(what)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def set_values(self, text: str) -> None:
        """Change the source."""
        (self.folder / "values.txt").write_text(text)

    def calls(self) -> list[str]:
        """Return which functions were called since the last look."""
        log = self.folder / "calls.log"
        found = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return found

    def published(self, key: str = "cut") -> dict[str, bytes]:
        """Return the bytes at each stable path of an asset, by partition."""
        found = sorted((self.folder / "data" / key).glob("*/data.parquet"))
        return {path.parent.name: path.read_bytes() for path in found}


def make_yields_project(folder: Path) -> YieldsProject:
    """Write the project into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "pipeline.py").write_text(PIPELINE)
    project = YieldsProject(folder)
    project.set_values("a=1 b=2 c=3")
    return project
