"""Where an asset shows an earlier version, its history says which one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets_core import Workspace
from tests.flows.catalogue_project import generated
from tests.flows.cli.program import Project, ask, write_project

CODE = """
import pyarrow as pa
from assets_core import asset

LIMIT = 1

@asset
def numbers() -> pa.Table:
    return pa.table({"n": [LIMIT]})
"""
SETTINGS = 'modules = ["assets"]\n[executor]\ntype = "inline"\n'


def made(folder: Path, *limits: int) -> Project:
    """Return a project that was computed with each of these limits in turn."""
    for limit in limits:
        project = write_project(
            folder, CODE.replace("LIMIT = 1", f"LIMIT = {limit}"), SETTINGS
        )
        with Workspace.open(folder) as workspace:
            workspace.materialize()
    return project


def versions(folder: Path) -> list[str]:
    """Return the ids of all versions, newest first, as they are shown."""
    with Workspace.open(folder) as workspace:
        return [one.id[:12] for one in workspace["numbers"].history()]


def test_the_history_knows_which_version_is_shown(tmp_path: Path) -> None:
    """The first was right, after all."""
    made(tmp_path, 1, 2, 1)
    with Workspace.open(tmp_path) as workspace:
        history = workspace["numbers"].history()
        assert len(history) == 2
        assert history.shown == history[1].id


def test_every_view_says_which_version_is_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A notebook, the command line and the catalogue."""
    project = made(tmp_path, 1, 2, 1)
    newest, shown = versions(tmp_path)

    with Workspace.open(tmp_path) as workspace:
        handle: Any = workspace["numbers"]
        for one in (handle, handle.history()):
            assert f"{shown}</code> (shown)" in one._repr_html_()
    told = ask(capfd, project, "show", "numbers").out
    assert f"{shown} (shown)" in told
    assert f"{newest} (shown)" not in told
    generated(tmp_path)
    page = (tmp_path / ".assets/site/docs/assets/numbers.md").read_text()
    assert page.count("</code> (shown)") == 1


def test_nothing_is_said_where_the_latest_version_is_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As nearly everywhere."""
    project = made(tmp_path, 1, 2)
    assert "(shown)" not in ask(capfd, project, "show", "numbers").out
    with Workspace.open(tmp_path) as workspace:
        handle: Any = workspace["numbers"]
        assert "(shown)" not in handle._repr_html_()
