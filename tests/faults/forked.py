"""Programs in processes of their own, forked from one that has loaded the libraries.

It has used none of them. Starting Python anew for each program, of which the sweeps run
hundreds, would take most of their time.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

LONG = 300.0  # seconds after which a program is killed

_SERVER = """
import json, os, sys, traceback

import duckdb, pandas, pandera.pandas, pyarrow.pandas_compat, pyarrow.parquet
import io_managers.duckdb, io_managers.files, io_managers.parquet
import assets_core.backends.postgres, assets_core.backends.sqlite
import assets_core.workspace.workspace
from assets_core import files


def run(asked):
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, path in ((1, asked["output"]), (2, asked["errors"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["-c", *asked["arguments"]]
    code = 0
    try:
        files._armed = files._Armed(os.environ.get("ASSETS_CRASH", ""))
        exec(compile(asked["program"], "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


for line in sys.stdin:
    child = os.fork()
    if not child:
        run(json.loads(line))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def run_python(
    folder: Path, program: str, *arguments: str, crash: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, as `python -c` does, and return how it ended.

    Args:
        crash: Where it is stopped, as `ASSETS_CRASH` says it.
    """
    with tempfile.TemporaryDirectory() as place:
        output, errors = Path(place) / "output", Path(place) / "errors"
        output.touch()
        errors.touch()
        asked = {
            "folder": str(folder),
            "environment": {**os.environ, "ASSETS_CRASH": crash},
            "output": str(output),
            "errors": str(errors),
            "arguments": arguments,
            "program": program,
        }
        code = _server(os.getpid()).run(json.dumps(asked))
        return subprocess.CompletedProcess(
            [sys.executable, "-c", program, *arguments],
            code,
            output.read_text("utf-8"),
            errors.read_text("utf-8"),
        )


class _Server:
    """The process that has loaded the libraries; it ends with its input."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._process.communicate)

    def run(self, asked: str) -> int:
        """Run a program to its end and return its exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{asked}\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        watch = threading.Timer(LONG, os.kill, (child, signal.SIGKILL))
        watch.daemon = True
        watch.start()
        try:
            return int(self._process.stdout.readline())
        finally:
            watch.cancel()


@cache
def _server(_: int) -> _Server:
    return _Server()
