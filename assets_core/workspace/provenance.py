"""What is recorded about this machine and checkout with every result."""

from __future__ import annotations

import getpass
import platform
from pathlib import Path


def made_with(root: Path) -> dict[str, str]:
    """Return the interpreter, the host, and the commit of the project's repository."""
    found = {"python": platform.python_version(), "host": platform.node()}
    commit = git_commit(root)
    if commit:
        found["git"] = commit
    return found


def who() -> str:
    """Return the name of the user, as far as the system tells."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def git_commit(root: Path) -> str:
    """Return the commit that is checked out, read from git's files; empty without."""
    for folder in (root, *root.parents):
        git = folder / ".git"
        if git.is_dir():
            return _commit(git)
    return ""


def _commit(git: Path) -> str:
    try:
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        loose = git / name
        if loose.is_file():
            return loose.read_text("utf-8").strip()
        packed = (git / "packed-refs").read_text("utf-8").splitlines()
        return next(
            (line.split(" ")[0] for line in packed if line.endswith(f" {name}")), ""
        )
    except OSError:
        return ""
