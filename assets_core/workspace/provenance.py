"""What is recorded about this machine and checkout with every result."""

from __future__ import annotations

import os
import platform
from importlib import import_module
from pathlib import Path

# Where `getpass` looks, which loads what it needs to ask for passwords.
_NAMES = ("LOGNAME", "USER", "LNAME", "USERNAME")


def made_with(root: Path) -> dict[str, str]:
    """Return the interpreter, the host, and the commit of the project's repository."""
    found = {"python": platform.python_version(), "host": platform.node()}
    commit = git_commit(root)
    if commit:
        found["git"] = commit
    return found


def who() -> str:
    """Return the name of the user, as far as the system tells."""
    named = next((os.environ[name] for name in _NAMES if os.environ.get(name)), "")
    try:
        return named or str(import_module("pwd").getpwuid(os.getuid()).pw_name)
    except (ImportError, KeyError, OSError):
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
