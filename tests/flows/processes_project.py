"""Projects whose functions are called by processes."""

from __future__ import annotations

import os
import textwrap
from typing import Any

from assets_core import RunResult, Workspace
from tests.flows.small_project import Project

SETTINGS = 'name = "test"\nmodules = ["pipeline"]\n[executor]\ntype = "{}"\njobs = 2\n'
HERE = os.getpid()
HEAD = """
import logging
import os
import sys
import warnings

from assets_core import DynamicPartitions, StaticPartitions, Partition, Secret
from assets_core import UnsafePickle, file_asset, multi_asset

HERE = os.getpid()
"""


def write(project: Project, body: str, executor: str = "processes") -> Project:
    """Write the project's module."""
    project.write(HEAD + textwrap.dedent(body), settings=SETTINGS.format(executor))
    return project


def loaded(project: Project, key: str, **which: Any) -> dict[str, list[Any]]:
    """Return what an asset holds."""
    with Workspace.open(project.folder) as workspace:
        found: dict[str, list[Any]] = workspace.load_arrow(key, **which).to_pydict()
    return found


def error_of(result: RunResult) -> str:
    """Return what the only step that failed says."""
    (step,) = [one for one in result.steps if one.status == "failed"]
    assert step.error is not None
    return step.error.message


def logged(project: Project, key: str) -> str:
    """Return the log of a step."""
    (path,) = project.folder.glob(f".assets/logs/*/{key}.log")
    return path.read_text()
