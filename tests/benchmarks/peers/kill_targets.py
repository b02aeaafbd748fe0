"""What the kill sweep kills: the same three assets, written for each target."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.peers import environments

ROOT = Path(__file__).resolve().parents[3]
LIMIT = 300  # seconds that one process may take
DAGSTER = """
from pathlib import Path

from dagster import DagsterInstance, asset, materialize


@asset
def first():
    return [int(word) for word in Path("values.txt").read_text().split()]


@asset
def second(first):
    return [2 * n for n in first]


@asset
def third(second):
    return [n + 1 for n in second]


if __name__ == "__main__":
    with DagsterInstance.get() as instance:
        materialize([first, second, third], instance=instance)
"""
OURS = """
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

values = source("values", path="values.txt")


@asset
def first(values: Path) -> pa.Table:
    return pa.table({"n": [int(word) for word in values.read_text().split()]})


@asset
def second(first: pa.Table) -> pa.Table:
    return pa.table({"n": [2 * n for n in first["n"].to_pylist()]})


@asset
def third(second: pa.Table) -> pa.Table:
    return pa.table({"n": [n + 1 for n in second["n"].to_pylist()]})
"""
READ_DAGSTER = """
import pickle

def load(name):
    with open(f"home/storage/{name}", "rb") as file:
        return pickle.load(file)
"""
READ_OURS = """
import pyarrow.parquet as pq

def load(name):
    return pq.read_table(f"data/{name}.parquet")["n"].to_pylist()
"""
READ = """
import json

def look(name):
    try:
        return {"rows": load(name)}
    except FileNotFoundError:
        return {"missing": True}
    except Exception as error:
        return {"torn": f"{type(error).__name__}: {error}"}

print(json.dumps({name: look(name) for name in ("first", "second", "third")}))
"""


@dataclass(frozen=True)
class Target:
    """What is killed."""

    name: str
    python: Path
    storage: str
    files: dict[str, str]
    run: tuple[str, ...]
    reader: str
    version: str

    def command(self) -> list[str]:
        """Return what makes all assets."""
        return [str(self.python), "-B", *self.run]


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of every process: nothing is sent anywhere."""
    return {
        **os.environ,
        "DAGSTER_HOME": str(folder / "home"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
    }


def call(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a group of its own, and end with it what it has started."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=LIMIT)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(command, process.returncode, said, "")


def make_dagster(folder: Path, kept: Path | None) -> Target:
    """Install Dagster into an environment of its own, unless there is one already."""
    try:
        made = kept or environments.environment(folder, "dagster", ["dagster"]).parent
    except environments.NotInstalledError as error:
        sys.exit(f"{error}, so nothing was compared.")
    python = made / "bin" / "python"
    ask = "import importlib.metadata as m; print(m.version('dagster'))"
    version = subprocess.check_output([str(python), "-c", ask], text=True).strip()
    files = {"pipeline.py": DAGSTER, "home/dagster.yaml": "telemetry:\n  enabled: false\n"}
    run, reader = ("pipeline.py",), READ_DAGSTER + READ
    return Target(
        "Dagster, default IO manager", python, "home/storage", files, run, reader, version
    )


def make_ours() -> Target:
    """Return this project, as it is in the folder of this script."""
    ask = "import importlib.metadata as m; print(m.version('assets-core'))"
    version = subprocess.check_output([sys.executable, "-c", ask], text=True).strip()
    settings = 'modules = ["pipeline"]\n[executor]\ntype = "inline"\n'
    files = {"pipeline.py": OURS, "assets.toml": settings}
    run = ("-m", "assets_core", "materialize")
    python = Path(sys.executable)
    return Target(
        "assets-core, Parquet", python, "data", files, run, READ_OURS + READ, version
    )
