"""Where a project is, and the variables of this process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from assets_core.errors import ConfigurationError
from assets_core.model.hiding import is_telling, keep_secret
from assets_core.workspace.settings import FILE, find_project


def find_root(folder: str | os.PathLike[str] | None) -> Path:
    """Return the folder of a project: the one given, or the nearest one upward from here.

    Raises:
        ConfigurationError: There is none.
    """
    start = here() if folder is None else Path(folder).resolve()
    root = find_project(start) if folder is None else start
    if root is None or find_project(root) != root:
        raise ConfigurationError(
            f"There is no project in {start}" + (" or above it" if folder is None else ""),
            fix=f"run 'assets init my_project', or write {FILE}",
            where=str(start),
        )
    return root


def environment() -> Mapping[str, str]:
    """Return the variables of this process; those whose names tell so are hidden."""
    found = dict(os.environ)
    keep_secret(value for name, value in found.items() if is_telling(name))
    return found


def here() -> Path:
    """Return the folder that this process works in."""
    return Path.cwd()
