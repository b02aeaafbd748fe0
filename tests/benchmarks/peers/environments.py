"""Make an environment for another tool, of its own, and never twice."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class NotInstalledError(Exception):
    """A tool could not be installed from here."""


def environment(place: Path, name: str, packages: Sequence[str]) -> Path:
    """Return the folder of programs of an environment that has these packages.

    It is made in `place` unless it is there: one for each name and list of packages.
    """
    wanted = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:8]
    folder = place.resolve() / f"{name}-{wanted}"
    complete = folder / "installed.txt"
    programs = folder / "bin"
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(programs / "python"), "-m", "pip", "install", "--quiet"]
        if packages and subprocess.run([*install, *packages], check=False).returncode:
            raise NotInstalledError(f"{name} cannot be installed from here")
        complete.write_text("\n".join(packages), encoding="utf-8")
    return programs
