"""Who this process is, and whether another one still lives.

A process is known by host, boot, number and start time: the number alone is given out
again.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from functools import lru_cache
from pathlib import Path

from assets_core.model.records import Owner

_OUTERMOST = "pid:[4026531836]"
"""What Linux calls the processes of the machine itself."""


@lru_cache(maxsize=1)
def _here() -> tuple[str, str]:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        boot = ""
    return _host(), boot


def _host() -> str:
    """Return the name of this host; containers on it count as hosts of their own.

    They may share name and disk, and see only their own processes.
    """
    name = socket.gethostname()
    try:
        inside = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        return name
    return name if inside == _OUTERMOST else f"{name} {inside}"


def this_process() -> Owner:
    """Return this process."""
    host, boot = _here()
    return Owner(host, boot, os.getpid(), _started(os.getpid()))


def is_alive(owner: Owner) -> bool | None:
    """Return whether a process is running; None for another host: nobody here can know."""
    host, boot = _here()
    if owner.host != host:
        return None
    if owner.boot != boot:
        return False
    return _started(owner.pid) == owner.started != ""


def is_alive_among_hosts(owner: Owner) -> bool | None:
    """Return what `is_alive` does, where hosts that share a store may share their name.

    Two machines that are called alike have started at other times; a machine that was
    started again cannot be told from these.
    """
    here = _here()
    return is_alive(owner) if (owner.host, owner.boot) == here else None


def interrupt(owner: Owner) -> bool:
    """Ask a process to stop as Ctrl-C does; return whether it was there to be asked."""
    if not is_alive(owner):
        return False
    os.kill(owner.pid, signal.SIGINT)
    return True


def _started(pid: int) -> str:
    """Return when a process started, in units of its system; empty when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "" if Path("/proc/self/stat").exists() else _started_by_ps(pid)
    except ProcessLookupError:
        return ""
    # The name of the program stands in parentheses and may hold anything.
    fields = text.rpartition(")")[2].split()
    state, start = fields[0], fields[19]
    return "" if state in "ZX" else start


def _started_by_ps(pid: int) -> str:
    found = subprocess.run(  # noqa: S603 - a fixed program and a number
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip()
