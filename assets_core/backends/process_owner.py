"""Who this process is, and whether another one still lives.

A process is known by host, boot, number and start time: the number alone is given out
again.
"""

from __future__ import annotations

import os
import socket
import subprocess
from functools import lru_cache
from pathlib import Path

from assets_core.model.records import Owner


@lru_cache(maxsize=1)
def _here() -> tuple[str, str]:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        boot = ""
    return socket.gethostname(), boot


def this_process() -> Owner:
    """Return this process."""
    host, boot = _here()
    return Owner(host, boot, os.getpid(), _started(os.getpid()))


def is_alive(owner: Owner) -> bool:
    """Return whether a process may still be running.

    A process of another host is taken to be alive: nobody here can know.
    """
    host, boot = _here()
    if owner.host != host:
        return True
    if owner.boot != boot:
        return False
    return _started(owner.pid) == owner.started != ""


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
