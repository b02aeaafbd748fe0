"""Calls steps in threads, and has functions called by processes of its own.

A process is started for the first call that finds none without work, and kept until the
executor is closed. It is started anew and never forked, and it ends by itself when this
process is gone, however that ended.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar, cast

from assets_core.backends.processes.lines import Line
from assets_core.errors import WorkerError
from assets_core.protocols.executor import Worker

SECONDS = 5.0
"""How long a process may take to end once it is asked to."""

_FIX = "mend the function, or have it called by this process: --executor threads"
# Ctrl-C and SIGTERM reach all processes at once. They are for that of the run, which lets
# calls end; programs that functions start do what they usually do.
_START = (
    "import json, signal, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "[signal.signal(one, lambda *_: None) for one in (signal.SIGINT, signal.SIGTERM)];"
    "from importlib import import_module;"
    "import_module(sys.argv[2]).main(int(sys.argv[3]), int(sys.argv[4]))"
)

T = TypeVar("T")


class ProcessesExecutor:
    """Some steps at once, and as many processes that call functions.

    Args:
        module: The module whose `main` a new process calls with two open files: its end
            of the line, and one that ends when this process does.
        greeting: What is sent to it first.
    """

    def __init__(self, jobs: int, module: str, greeting: Any) -> None:
        self.jobs = jobs
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="step")
        self._module = module
        self._greeting = greeting
        self._lock = threading.Lock()
        self._idle: list[_Process] = []

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Call it as soon as a thread is free."""
        return self._threads.submit(call)

    def close(self) -> None:
        """Wait for what runs; call nothing more, and end the processes."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.ask_to_end()
        for process in idle:
            process.end(SECONDS)

    def hire(self) -> Worker:
        """Return a process that has nothing to do, or a new one."""
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.is_there():
                    return process
        process = _Process(self._module)
        try:
            process.send(self._greeting)
        except BaseException:
            process.end(0)
            raise
        return process

    def dismiss(self, worker: Worker, *, sound: bool) -> None:
        """Give a process back."""
        process = cast("_Process", worker)
        if not sound:
            process.end(0)
            return
        with self._lock:
            self._idle.append(process)


class _Process:
    """One process that calls functions."""

    def __init__(self, module: str) -> None:
        ours, theirs = socket.socketpair()
        life, self._life = os.pipe()  # whoever reads it learns when this process ends
        command = [
            *(sys.executable, *_flags(), "-c", _START),
            *(json.dumps(sys.path), module, str(theirs.fileno()), str(life)),
        ]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own Python
                command,
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), life),
            )
        except OSError as error:
            ours.close()
            os.close(self._life)
            raise WorkerError(
                f"A process that calls functions cannot be started: {error}", fix=_FIX
            ) from error
        finally:
            theirs.close()
            os.close(life)
        self._line = Line(ours)
        self._ended = False

    def send(self, message: Any) -> None:
        """Send a message."""
        try:
            self._line.send(message)
        except OSError as error:
            raise self._gone() from error

    def receive(self) -> Any:
        """Wait for the next message."""
        try:
            return self._line.receive()
        except (EOFError, OSError) as error:
            raise self._gone() from error

    def is_there(self) -> bool:
        """Return whether it still lives; it may have been killed while it did nothing."""
        if self._process.poll() is None:
            return True
        self.end(0)
        return False

    def ask_to_end(self) -> None:
        """Tell it that there is nothing more to do."""
        self._line.close()

    def end(self, seconds: float) -> None:
        """Wait until it has ended; after some time, kill it."""
        if self._ended:
            return
        self._ended = True
        self._line.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._life)

    def _gone(self) -> WorkerError:
        """Return how it ended in the middle of something."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS)
        self.end(0)
        code = self._process.returncode
        how = f"ended with exit code {code}, as after os._exit({code})"
        if code < 0:
            how = f"was ended by {_name(-code)}"
            if -code == signal.SIGKILL:
                how += ", as the system does when memory runs out"
        return WorkerError(f"The process that called the function {how}", fix=_FIX)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _flags() -> list[str]:
    """Return the options of Python that change what code means."""
    found = {
        "-I": sys.flags.isolated,
        "-E": sys.flags.ignore_environment and not sys.flags.isolated,
        "-O": sys.flags.optimize == 1,
        "-OO": sys.flags.optimize > 1,
        "-B": sys.flags.dont_write_bytecode,
        "-Xdev": sys.flags.dev_mode,
        "-Xutf8": sys.flags.utf8_mode,
    }
    return [name for name, is_set in found.items() if is_set]
