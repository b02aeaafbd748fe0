"""Runs in processes of their own that are killed at a crash point.

They are forked from a server that has loaded the libraries and used none of them:
starting Python anew for each would take most of the time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

SERVER = """
import contextlib, json, os, sys

import duckdb, pandas, pandera.pandas, polars
from assets_core import RunFailed, Workspace, files


def run(folder, crash, outages):
    os.environ["OUTAGES"] = outages
    files._armed = files._Armed(crash)
    with Workspace.open(folder) as workspace, contextlib.suppress(RunFailed):
        workspace.materialize()


for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            run(*json.loads(line))
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class KilledRuns:
    """Starts the server when it is first needed, and ends it."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def run(self, folder: Path, crash: str, outages: str) -> int:
        """Materialize everything in a child; return its exit code, -9 if it was killed."""
        if self._server is None:
            self._server = subprocess.Popen(
                [sys.executable, "-B", "-c", SERVER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([str(folder), crash, outages]) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.communicate()  # it ends when nothing more can be asked
