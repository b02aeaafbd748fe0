"""Processes that a test starts: they do one thing for each line that they are sent."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.faults.forked import LONG, run_python


class Child:
    """A Python process that answers in lines of JSON.

    Args:
        folder: Where it works.
        code: What it runs. It may read lines from its input and print lines of JSON.
        crash: Where it is stopped, as `ASSETS_CRASH` says it.
        inside: A command that runs it, such as one that gives it mounts of its own.
    """

    def __init__(
        self,
        folder: Path,
        code: str,
        *arguments: str,
        crash: str = "",
        inside: tuple[str, ...] = (),
    ) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - see __exit__
        self.process = subprocess.Popen(
            [*inside, sys.executable, "-B", "-c", code, *arguments],
            cwd=folder,
            env={**os.environ, "ASSETS_CRASH": crash},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
        )
        self._lines = b""  # read from it and not yet asked for

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.returncode is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            if pipe is not None:
                pipe.close()

    @contextmanager
    def _waited_for(self) -> Iterator[None]:
        """Kill it if it lets us wait for too long."""
        watch = threading.Timer(LONG, self.process.kill)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def send(self, line: str = "go") -> None:
        """Let it do its next thing."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def answer(self) -> Any:
        """Wait for its next line and return what it says."""
        assert self.process.stdout is not None
        with self._waited_for():
            while b"\n" not in self._lines:
                more = os.read(self.process.stdout.fileno(), 1 << 16)
                if not more:
                    ended = f"it ended with {self.process.wait()}: {self.errors()}"
                    raise AssertionError(ended)
                self._lines += more
        line, _, self._lines = self._lines.partition(b"\n")
        return json.loads(line)

    def has_answer(self) -> bool:
        """Return whether it has written more than was read."""
        assert self.process.stdout is not None
        if self._lines:
            return True
        ready, _, _ = select.select([self.process.stdout], [], [], 0)
        return bool(ready)

    def ends(self) -> int:
        """Send nothing more, wait for its end, and return its exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        with self._waited_for():
            self.process.stdout.read()  # or it might wait for somebody who reads
            return self.process.wait()

    def errors(self) -> str:
        """Return what it wrote to its error output."""
        self._errors.seek(0)
        return self._errors.read().decode()

    def wait_until_stopped(self) -> None:
        """Wait until it has stopped itself; fail if it ends instead."""
        how = os.WSTOPPED | os.WEXITED | os.WNOWAIT
        with self._waited_for():
            found = os.waitid(os.P_PID, self.process.pid, how)
        stopped = found is not None and found.si_code == os.CLD_STOPPED
        assert stopped, f"it ended and did not stop: {self.errors()}"

    def stop(self) -> None:
        """Stop it, wherever it is."""
        self.process.send_signal(signal.SIGSTOP)
        self.wait_until_stopped()

    def go_on(self) -> None:
        """Let it go on after it was stopped."""
        self.process.send_signal(signal.SIGCONT)

    def kill_unseen(self) -> None:
        """Kill it, and leave it in the process table, where dead processes wait."""
        self.process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)


def all_together(children: list[Child]) -> list[Any]:
    """Let all do their next thing at the same moment; return what they answer."""
    for child in children:
        child.send()
    return [child.answer() for child in children]


def run_child(folder: Path, code: str, *arguments: str) -> Any:
    """Run a process to its end and return its one answer."""
    done = run_python(folder, code, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
