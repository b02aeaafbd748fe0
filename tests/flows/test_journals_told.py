"""What `assets metadata journal` says is so."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from assets_core.errors import StoreError
from assets_core.workspace import upkeeping
from tests.flows.kept_project import Kept
from tests.flows.small_project import Project


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with two versions each."""
    found = Kept(project)
    found.make("1", "1 2")
    return found


def test_journals_that_cannot_be_written_are_not_said_to_be(kept: Kept) -> None:
    """A record that cannot be read stops it by name, as a place that takes nothing does."""
    kept.make("5")
    with kept.opened() as workspace:
        folder = kept.folder / "data" / ".journal"
        folder.rename(kept.folder / "aside")
        folder.write_text("in the way")
        with pytest.raises(StoreError, match="1 of 1 journals could not be written"):
            upkeeping.journaled(workspace)
        folder.unlink()
        (kept.folder / "aside").rename(folder)
        assert upkeeping.journaled(workspace) == 1
    path = kept.folder / ".assets" / "metadata.db"
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE materializations SET body = '{'")
    with kept.opened() as workspace, pytest.raises(StoreError, match="not be written"):
        upkeeping.journaled(workspace)
