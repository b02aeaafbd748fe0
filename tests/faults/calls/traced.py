"""Runs in processes of their own, of which strace kills or fails one call of the system.

They are forked from a server that has loaded the libraries and used none of them, and they
wait until strace has them: starting Python anew for each would take most of the time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

CHANGES = (
    *("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("link", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir"),
    *("mkdir", "mkdirat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat"),
)
"""The calls that change something on disk."""

SERVER = """
import json, os, sys

import duckdb, pandas, pyarrow.pandas_compat, pyarrow.parquet
import io_managers.duckdb, io_managers.parquet
from assets_core import RunFailed, Workspace
from assets_core.errors import AssetsError


def run(folder, go, answer):
    os.chdir(folder)
    with open(go) as wait:
        wait.read()
    said = {"error": "", "steps": []}
    try:
        with Workspace.open(folder) as workspace:
            workspace.materialize()
    except RunFailed as failed:
        said["steps"] = [one.error.type for one in failed.result.steps if one.error]
    except AssetsError as error:
        said["steps"] = [type(error).__name__]
    except BaseException as error:
        said["error"] = repr(error)
    os.write(answer, json.dumps(said).encode())


for line in sys.stdin:
    folder, go = json.loads(line)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            run(folder, go, writing)
        finally:
            os._exit(0)
    os.close(writing)
    print(child, flush=True)
    with open(reading) as answer:
        text = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([code, json.loads(text) if text else None]), flush=True)
"""


class Ended(NamedTuple):
    """How a run ended.

    Attributes:
        code: Its exit code; -9 if it was killed.
        names: The types of the errors of its steps, or of what it raised by name.
        error: What it raised that has no name of ours.
    """

    code: int
    names: tuple[str, ...]
    error: str


class TracedRuns:
    """Materializes projects in children under strace."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-B", "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, options: tuple[str, ...], log: str = os.devnull) -> Ended:
        """Materialize everything, under strace with some options."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with tempfile.TemporaryDirectory() as place:
            go = Path(place) / "go"
            os.mkfifo(go)
            self._server.stdin.write(json.dumps([str(folder), str(go)]) + "\n")
            self._server.stdin.flush()
            child = self._server.stdout.readline().strip()
            tracer = subprocess.Popen(
                ["strace", "-f", "-p", child, "-o", log, *options],
                stderr=subprocess.PIPE,
                text=True,
            )
            assert tracer.stderr is not None
            attached = tracer.stderr.readline()
            assert "attached" in attached, attached
            go.write_text("go")
            code, said = json.loads(self._server.stdout.readline())
            tracer.communicate()
        said = said or {"error": "", "steps": []}
        return Ended(code, tuple(said["steps"]), said["error"])

    def count(self, folder: Path) -> Counter[str]:
        """Materialize everything undisturbed; return how often each call was made.

        strace counts for each thread on its own: the most of any thread is returned.
        """
        with tempfile.NamedTemporaryFile() as log:
            ended = self.run(folder, ("-e", f"trace={','.join(CHANGES)}"), log.name)
            assert ended == Ended(0, (), ""), ended
            text = log.read().decode()
        threads = Counter(re.findall(r"^(\d+) +(\w+)\(", text, flags=re.MULTILINE))
        return Counter(
            {
                name: max(count for (_, each), count in threads.items() if each == name)
                for name in {name for _, name in threads}
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.communicate()  # it ends when nothing more can be asked
