"""Programs of the system: started without a shell, and ended with all they started."""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from assets_core.errors import CommandError
from assets_core.protocols.programs import Ended, Program

ALWAYS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
"""The variables that every program gets, where this process has them."""

GRACE_SECONDS = 3.0
"""How long a program may take to end in good order before it is killed."""

LAST_LINES = 10
MOST_BYTES = 32 << 20
"""How much of what a program writes is told; nobody reads more, and disks are finite."""

BYTES_A_LINE = 64
"""What a line counts beside its own bytes: it is told with a time, and takes some."""

_LONGEST_LINE = 8 << 10
_TAIL = (LAST_LINES + 1) * (_LONGEST_LINE + 2)
_CHUNK = 64 << 10
_MOST_LEFT = 64  # chunks that are read after it has ended
_POLL_SECONDS = 0.05


class LocalPrograms:
    """Runs programs on this machine.

    Args:
        environment: The variables of this process.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """Give the path of an empty folder, which is removed afterwards."""
        with tempfile.TemporaryDirectory(
            prefix="assets-", ignore_cleanup_errors=True
        ) as folder:
            yield folder

    def run(self, program: Program, folder: str, tell: Callable[[str], None]) -> Ended:
        """Run a program in a folder until it ends."""
        process = self._start(program, folder)
        self._running[process.pid] = process
        lines = _Lines(tell)
        try:
            timed_out = not _follow(process, lines, program.seconds)
            if timed_out:
                _ask_to_end(process)
        finally:
            _kill(process)
            del self._running[process.pid]
        lines.end()
        return Ended(process.returncode, timed_out, tuple(lines.last))

    def stop(self) -> None:
        """End all programs that run, at once."""
        for process in list(self._running.values()):
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)

    def _start(self, program: Program, folder: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - what the user wrote as a command
                program.arguments,
                cwd=folder,
                env=self._variables(program, folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise _not_started(program, error) from error

    def _variables(self, program: Program, folder: str) -> dict[str, str]:
        found = {name: self._environment.get(name) for name in ALWAYS}
        for name, value in program.variables.items():
            given = self._environment.get(name) if value is None else value
            if given is None:
                raise CommandError(
                    f"the environment variable {name} is not set",
                    fix=f"set {name}, or give its value with variables=",
                )
            found[name] = given
        known = {name: value for name, value in found.items() if value is not None}
        return {"TMPDIR": folder, **known}


def _not_started(program: Program, error: OSError | ValueError) -> CommandError:
    name = program.arguments[0]
    if isinstance(error, ValueError):
        return CommandError(
            "an argument or a variable has a NUL byte, which no program can be given",
            fix="take it out of the key, the path or the text",
        )
    if isinstance(error, FileNotFoundError):
        where = "at that place" if "/" in name else "on the PATH"
        return CommandError(
            f"there is no program '{name}' {where}",
            fix="install it; or, if it is a file of the project, declare it:"
            " files=['clean.sh'], and write {files.clean.sh}",
        )
    if isinstance(error, PermissionError):
        return CommandError(f"'{name}' may not be run", fix=f"chmod +x '{name}'")
    if error.errno == errno.ENOEXEC:
        return CommandError(
            f"'{name}' is no program",
            fix="begin it with a line such as #!/bin/sh, or name what reads it first",
        )
    return CommandError(f"'{name}' cannot be started: {error.strerror}")


@dataclass(slots=True)
class _Lines:
    """Cuts what a program writes into lines.

    Attributes:
        last: The last of them.
    """

    tell: Callable[[str], None]
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    _rest: bytes = b""
    _told: int = 0

    def take(self, data: bytes) -> None:
        self._rest += data
        if self._told > MOST_BYTES:
            self._rest = self._rest[-_TAIL:]  # cut into lines when it has ended
        else:
            self._cut()

    def end(self) -> None:
        self._cut()
        if self._rest:
            self._line(self._rest)

    def _cut(self) -> None:
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            for at in range(0, max(len(line), 1), _LONGEST_LINE):
                self._line(line[at : at + _LONGEST_LINE])
        while len(self._rest) >= _LONGEST_LINE:
            self._line(self._rest[:_LONGEST_LINE])
            self._rest = self._rest[_LONGEST_LINE:]

    def _line(self, line: bytes) -> None:
        text = line.rstrip(b"\r").decode("utf-8", "backslashreplace")
        self.last.append(text)
        told, self._told = self._told, self._told + len(line) + BYTES_A_LINE
        if self._told <= MOST_BYTES:
            self.tell(text)
        elif told <= MOST_BYTES:
            self.tell(f"… beyond {MOST_BYTES >> 20} MiB of log, the rest is left out")


def _follow(process: subprocess.Popen[bytes], lines: _Lines, seconds: float | None) -> bool:
    """Read what a program writes until it ends; return whether it did so in time."""
    assert process.stdout is not None  # noqa: S101 - it was asked for
    pipe = process.stdout.fileno()
    until = None if seconds is None else time.monotonic() + seconds
    is_open, left = True, _MOST_LEFT
    while True:
        # What it has left in the background may hold the pipe, and write without end.
        has_ended = _has_ended(process)
        wait = 0.0 if has_ended else _POLL_SECONDS
        if is_open and left and select.select([pipe], [], [], wait)[0]:
            data = os.read(pipe, _CHUNK)
            is_open = bool(data)
            lines.take(data)
            left -= has_ended
        elif has_ended:
            return True
        elif not is_open:
            time.sleep(_POLL_SECONDS / 10)
        if not has_ended and until is not None and time.monotonic() >= until:
            return False


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Return whether it has ended; its number stays its own until it is waited for."""
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    try:
        return os.waitid(os.P_PID, process.pid, how) is not None
    except ChildProcessError:
        return True  # this process was told to let the system bury its children


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program and all it started to end, and wait for it a little."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGTERM)
    until = time.monotonic() + GRACE_SECONDS
    while not _has_ended(process) and time.monotonic() < until:
        time.sleep(_POLL_SECONDS / 5)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End what still runs of a program and of what it has started."""
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
