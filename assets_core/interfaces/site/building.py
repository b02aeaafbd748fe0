"""Let MkDocs build the site, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from assets_core.errors import ConfigurationError, StoreError

NEEDED = {"mkdocs": "mkdocs", "material": "mkdocs-material"}
"""The modules that build a site, and the packages that they come in."""


def refuse_unready() -> None:
    """Raise `ConfigurationError` if what builds the site is not installed."""
    absent = [name for module, name in NEEDED.items() if find_spec(module) is None]
    if absent:
        raise ConfigurationError(
            f"The site is built by {' and '.join(NEEDED.values())}, and"
            f" {' and '.join(absent)} is not installed",
            fix="pip install 'assets-core[docs]'; 'assets docs generate' needs neither",
        )


def build(folder: Path) -> Path:
    """Build the site that was generated in a folder; return where it is.

    Raises:
        StoreError: It could not be built, or not without a warning.
    """
    refuse_unready()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"],
        cwd=folder,
        # This Python's packages, and no notice about a version that is not installed.
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip()
        raise StoreError(
            f"MkDocs could not build the site:\n{told}",
            fix="see its message above; 'assets docs generate' alone writes the pages",
            where=str(folder / "mkdocs.yml"),
        )
    return site_of(folder)


def site_of(folder: Path) -> Path:
    """Return where the site is, once it was built."""
    return folder / "site"
