"""The Pythons of this machine, and the code versions that each of them finds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROGRAM = Path(__file__).with_name("print_versions.py")


def interpreters() -> Iterator[str]:
    """Yield every Python from 3.11 on that is found beside this one."""
    folders = [Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"]
    for minor in range(11, 16):
        if minor != sys.version_info.minor:
            inside = [str(path) for path in folders[0].glob(f"3.{minor}.*/bin")]
            found = shutil.which(f"python3.{minor}", path=os.pathsep.join(inside))
            found = found or shutil.which(f"python3.{minor}")
            if found and _works(found):
                yield found


def _works(program: str) -> bool:
    """Return whether a program on the PATH is more than the name of one."""
    return not subprocess.run(
        [program, "-c", ""], capture_output=True, check=False
    ).returncode


def release(program: str) -> tuple[int, int]:
    """Return which Python a program is, such as (3, 12)."""
    asked = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run(
        [program, "-c", asked], capture_output=True, text=True, check=True
    )
    major, minor = done.stdout.split()
    return int(major), int(minor)


def versions(
    folder: Path, program: str = sys.executable, seed: str = "0", *options: str
) -> dict[str, str]:
    """Return the versions of all projects in a folder, found by another process."""
    done = subprocess.run(
        [program, *options, "-W", "ignore", str(PROGRAM), str(folder)],
        env={"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found
