"""A project on a disk that can be full or read-only, seen by one process alone.

The disk is a file system in memory, mounted in the name space of a child process: it
goes when that process ends, and nobody else ever sees it.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.faults.children import Child

SIZE = 32 << 20  # all versions of a test have room on it

PIPELINE = """
import subprocess
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

number = source("number", path="../number.txt")


@asset
def big(number: Path) -> pa.Table:
    n = int(number.read_text())
    if Path("../read_only_disk").exists():
        disk = Path("../read_only_disk").read_text()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    mixed = [(i * 2_654_435_761 + n * 7) % 1_000_003 for i in range(30_000)]
    return pa.table({"version": [n] * 30_000, "mixed": mixed})


@asset
def small(big: pa.Table) -> pa.Table:
    return pa.table({"sum": [sum(big["mixed"].to_pylist())]})
"""

# It carries out one command a line, on the disk that is its own.
SERVE = """
import json, os, subprocess, sys
from pathlib import Path

disk, size = Path(sys.argv[1]), sys.argv[2]
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], check=True)
project = Path(sys.argv[3])

def put(name, text):
    (project / name).write_text(text)

def run(*command):
    done = subprocess.run(
        [sys.executable, "-B", *command], cwd=project, capture_output=True, text=True
    )
    return {"code": done.returncode, "out": done.stdout, "err": done.stderr}

def fill(left):
    found = os.statvfs(disk)
    ballast = found.f_bavail * found.f_frsize - left
    if ballast > 0:
        (disk / "ballast").write_bytes(bytes(ballast))

def empty():
    (disk / "ballast").unlink(missing_ok=True)

def remount(how):
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)

def read(name):
    path = project / name
    return path.read_bytes().hex() if path.exists() else None

print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    name, *arguments = json.loads(line)
    print(json.dumps(globals()[name](*arguments)), flush=True)
"""

LOOK = """
import hashlib, json
from assets_core import Workspace
from assets_core.upkeep.doctor import examine

with Workspace.open(".") as workspace:
    workspace.materialize()
    tables = [workspace.load_arrow(key).to_pydict() for key in ("big", "small")]
    print(json.dumps({
        "version": sorted(set(tables[0]["version"])),
        "rows": len(tables[0]["mixed"]),
        "sum": sum(tables[0]["mixed"]),
        "below": tables[1]["sum"],
        "findings": [
            one.kind
            for one in examine(workspace.tools, workspace.graph_of_assets, "main").findings
        ] + [one.kind for one in workspace.verify(deep=True).findings],
        "left": workspace.plan().counts["compute"],
    }))
"""

LOAD = """
from assets_core import Workspace

with Workspace.open(".") as workspace:
    print(set(workspace.load_arrow("big")["version"].to_pylist()))
"""


def own_mounts() -> tuple[str, ...]:
    """Return the command that gives a process mounts of its own."""
    user = () if os.geteuid() == 0 else ("--map-root-user",)
    return ("unshare", *user, "--mount")


@cache
def may_mount() -> str:
    """Return what is said if this user may not mount a disk of their own; or nothing."""
    done = subprocess.run(
        [*own_mounts(), "mount", "-t", "tmpfs", "none", "/mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.strip()


@dataclass(frozen=True)
class Ended:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Return all that it wrote."""
        return self.out + self.err


class SmallDisk:
    """A project on a small disk: all of it, or its data only."""

    def __init__(self, child: Child) -> None:
        self._child = child
        assert child.answer() == "ready"

    def do(self, name: str, *arguments: Any) -> Any:
        """Let the process that has the disk do something."""
        self._child.send(json.dumps([name, *arguments]))
        return self._child.answer()

    def materialize(self) -> Ended:
        """Run `assets materialize`."""
        return Ended(**self.do("run", "-m", "assets_core", "materialize"))

    def materialize_and_look(self) -> dict[str, Any]:
        """Materialize, which has to end well, and return what is there after that."""
        ended = Ended(**self.do("run", "-c", LOOK))
        assert ended.code == 0, ended.err
        found: dict[str, Any] = json.loads(ended.out)
        return found

    def load(self) -> str:
        """Return the version that can be loaded, or what stands in the way."""
        ended = Ended(**self.do("run", "-c", LOAD))
        return ended.told.strip()


def start(folder: Path, *, all_on_it: bool) -> Child:
    """Start the process that has the disk; `SmallDisk` speaks with it."""
    why = may_mount()
    if why:
        pytest.skip(f"needs the right to mount a file system of its own ({why})")
    project = folder / "project"
    (project / "data").mkdir(parents=True)
    disk = project if all_on_it else project / "data"
    child = Child(folder, SERVE, str(disk), str(SIZE), str(project), inside=own_mounts())
    (folder / "number.txt").write_text("1")
    return child
