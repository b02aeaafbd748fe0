"""Count what a command does, in numbers that do not depend on how fast the machine is.

Each command is a process of its own, with one worker and a clock that nearly stands still,
so that nothing is done once more, or apart, because it took long.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

COUNTED = """
import gc, itertools, json, os, queue, sqlite3, sys, threading, time
report, *words = sys.argv[1:]
found, before = {"statements": 0, "transactions": 0, "r": 0, "w": 0}, {*sys.modules}

def connect(*args, connect=sqlite3.connect, **kwargs):
    connection = connect(*args, **kwargs)
    connection.set_trace_callback(note)
    return connection

def note(statement):
    found["statements"] += 1
    found["transactions"] += statement.startswith("BEGIN")

def hook(event, arguments):
    if event == "open" and ".assets" in str(arguments[0]):
        found["w" if arguments[2] & (os.O_WRONLY | os.O_RDWR) else "r"] += 1

if report:
    sqlite3.connect = connect
    sys.addaudithook(hook)
# Time stands nearly still, and whoever waits for something waits until it is there.
class Patient(queue.SimpleQueue):
    def get(self, block=True, timeout=None):
        return super().get(block)

queue.SimpleQueue = Patient
time.monotonic = lambda ticks=itertools.count(): next(ticks) * 1e-6
sys.argv = ["assets", *words]
from assets_core.interfaces.cli.entry import main
gc.collect()
blocks = sys.getallocatedblocks()
code = main()
assert not code, code
if report:
    gc.collect()
    found["blocks"] = sys.getallocatedblocks() - blocks
    found["modules"] = [*{*sys.modules} - before]
    with open(report, "w") as file:
        json.dump(found, file)
"""

KINDS = {
    "looks at files": (
        *("stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"),
        *("readlink", "readlinkat"),
    ),
    "lists of folders": ("getdents64",),
    "files opened": ("open", "openat"),
    "reads": ("read", "pread64", "readv"),
    "writes": ("write", "pwrite64", "writev", "ftruncate"),
    "syncs": ("fsync", "fdatasync"),
    "links": ("link", "linkat"),
    "symlinks": ("symlink", "symlinkat"),
    "renames": ("rename", "renameat", "renameat2"),
    "removals": ("unlink", "unlinkat", "rmdir"),
    "folders made": ("mkdir", "mkdirat"),
    "modes set": ("chmod", "fchmod", "fchmodat"),
    "locks": ("fcntl", "flock"),
}
"""What is counted of the calls of the system, by the calls that do it."""

EVERYWHERE = "calls about any file"
_KIND = {call: kind for kind, calls in KINDS.items() for call in calls}
_CALL = re.compile(r"^\d+ +(\w+)\(")


@dataclass(frozen=True)
class Counts:
    """What a command did.

    Attributes:
        told: What it printed.
        statements: How many statements of SQL it sent to SQLite.
        transactions: How many of these began one.
        read: How many files under `.assets` it opened to read.
        wrote: How many of these it opened to write.
        blocks: How many blocks of memory Python held more in the end.
        modules: What it imported.
    """

    told: str
    statements: int
    transactions: int
    read: int
    wrote: int
    blocks: int
    modules: tuple[str, ...]

    def imported(self) -> tuple[int, int]:
        """Return how many modules it imported of ours, and of other packages."""
        packages = [name.partition(".")[0] for name in self.modules]
        ours = sum(name in {"assets_core", "io_managers"} for name in packages)
        of_others = sum(name not in sys.stdlib_module_names for name in packages) - ours
        return ours, of_others


def counted(folder: Path, *words: str, here: Path | None = None) -> Counts:
    """Run `assets` with some words in a folder; return what the process counted itself.

    Args:
        here: From where; by default from a new folder, in which nothing is remembered.
    """
    with tempfile.NamedTemporaryFile() as report:
        told = _run([], folder, report.name, words, here)
        found = json.load(report)
    return Counts(
        told=told,
        statements=found["statements"],
        transactions=found["transactions"],
        read=found["r"],
        wrote=found["w"],
        blocks=found["blocks"],
        modules=tuple(found["modules"]),
    )


def calls_of_the_system(
    folder: Path, *words: str, here: Path | None = None
) -> dict[str, int]:
    """Run `assets` under strace; return how often it did what to files of the folder.

    Under `EVERYWHERE` is how often it did any of this, to any file.
    """
    traced = [call for calls in KINDS.values() for call in calls]
    with tempfile.NamedTemporaryFile() as log:
        asked = f"trace={','.join(f'?{call}' for call in traced)}"
        strace = ["strace", "-f", "-qq", "-y", "-e", asked, "-e", "signal=none"]
        _run([*strace, "-o", log.name], folder, "", words, here)
        counts = Counter(_kinds(log.read().decode(errors="replace"), folder))
    return {kind: counts[kind] for kind in (EVERYWHERE, *KINDS)}


def _kinds(log: str, folder: Path) -> Iterator[str]:
    inside = str(folder.resolve())
    for line in log.splitlines():
        call = _CALL.match(line)
        if call is not None:
            yield EVERYWHERE
            if inside in line:
                yield _KIND[call[1]]


def _run(
    before: Sequence[str],
    folder: Path,
    report: str,
    words: Sequence[str],
    here: Path | None = None,
) -> str:
    """Run a counting process from another folder, so that only paths name the project."""
    where = () if words == ("--help",) else ("--project", str(folder))
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            [*before, sys.executable, "-c", COUNTED, report, *where, *words],
            cwd=here or elsewhere,
            env=_variables(),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _variables() -> dict[str, str]:
    """Return the variables for a child: none that would make it do something else."""
    left_out = ("ASSETS_", "COVERAGE_", "PYTHON", "PYTEST_")
    return {
        **{name: x for name, x in os.environ.items() if not name.startswith(left_out)},
        "ASSETS_EXECUTOR__JOBS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
