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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

CHANGES = (
    *("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("link", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir"),
    *("mkdir", "mkdirat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat"),
)
"""The calls that change something on disk."""
SENDS = ("sendto",)
"""What hands a message to a server."""

SERVER = """
import json, os, sys

import duckdb, pandas, pyarrow.pandas_compat, pyarrow.parquet
import io_managers.duckdb, io_managers.files, io_managers.parquet
import io_managers.stores.clients.s3, io_managers.stores.remote
import assets_core.backends.postgres
from assets_core import RunFailed, Workspace, files
from assets_core.errors import AssetsError


# In the place of the name of an armed point: notes what it is compared with.
class Counted:
    def __init__(self):
        self.passed = []
        self.name = self

    def __ne__(self, other):
        self.passed.append(other)
        return True


def run(folder, go, crash, answer):
    os.chdir(folder)
    with open(go) as wait:
        wait.read()
    files._armed = counted = Counted()
    if crash:
        files._armed = files._Armed(crash)
    said = {"error": "", "steps": [], "passed": counted.passed}
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
    folder, go, crash = json.loads(line)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            run(folder, go, crash, writing)
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
        passed: The crash points that it passed, each as often as it did.
    """

    code: int
    names: tuple[str, ...]
    error: str
    passed: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether nothing was in its way."""
        return (self.code, self.names, self.error) == (0, (), "")


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

        @contextmanager
        def traced(child: int) -> Iterator[None]:
            with subprocess.Popen(
                ["strace", "-f", "-p", str(child), "-o", log, *options],
                stderr=subprocess.PIPE,
                text=True,
            ) as tracer:
                assert tracer.stderr is not None
                attached = tracer.stderr.readline()
                assert "attached" in attached, attached
                yield
                tracer.communicate()

        return self._run(folder, "", traced)

    def run_untraced(
        self, folder: Path, crash: str = "", beside: Callable[[int], object] = id
    ) -> Ended:
        """Materialize everything, with a crash point armed if one is named.

        Args:
            beside: Is called with the number of the process before it begins.
        """

        @contextmanager
        def told(child: int) -> Iterator[None]:
            beside(child)
            yield

        return self._run(folder, crash, told)

    def _run(
        self,
        folder: Path,
        crash: str,
        beside: Callable[[int], AbstractContextManager[None]],
    ) -> Ended:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with tempfile.TemporaryDirectory() as place:
            go = Path(place) / "go"
            os.mkfifo(go)
            self._server.stdin.write(json.dumps([str(folder), str(go), crash]) + "\n")
            self._server.stdin.flush()
            child = int(self._server.stdout.readline())
            with beside(child):
                go.write_text("go")
                code, said = json.loads(self._server.stdout.readline())
        said = said or {"error": "", "steps": [], "passed": []}
        return Ended(code, tuple(said["steps"]), said["error"], tuple(said["passed"]))

    def count(self, folder: Path) -> Counter[str]:
        """Materialize everything undisturbed; return how often each call was made.

        strace counts for each thread on its own: the most of any thread is returned.
        """
        with tempfile.NamedTemporaryFile() as log:
            ended = self.run(folder, ("-e", f"trace={','.join(CHANGES + SENDS)}"), log.name)
            assert ended.is_whole, ended
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
