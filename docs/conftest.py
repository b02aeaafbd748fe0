"""Run the Python examples of the documentation, each page from top to bottom.

A page starts in an empty folder. An example that cannot stand alone is left out with
`<!-- skip: next -->` above it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser


def enter_empty_folder(names: dict[str, Any]) -> None:
    """Make an empty folder the current one, for the examples of one page."""
    folder = tempfile.TemporaryDirectory()
    names["_leave"] = (folder.cleanup, Path.cwd())
    os.chdir(folder.name)


def leave_folder(names: dict[str, Any]) -> None:
    """Go back to where the tests were started."""
    cleanup, home = names.pop("_leave")
    os.chdir(home)
    cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the examples of a page in one process, since each builds on the one before."""
    for item in items:
        if isinstance(item, SybilItem):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["*.md"],
    setup=enter_empty_folder,
    teardown=leave_folder,
).pytest()
