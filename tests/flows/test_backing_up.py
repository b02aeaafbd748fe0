"""The metadata store is copied while runs go on, and the copy takes its place (G14)."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from assets_core.errors import StoreError, UsageError
from assets_core.workspace import upkeeping
from tests.flows.kept_project import Kept
from tests.flows.small_project import Project


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables."""
    found = Kept(project)
    found.make("1")
    return found


def back_up(kept: Kept, path: Path) -> int:
    """Copy the store."""
    with kept.opened() as workspace:
        return upkeeping.backed_up(workspace, path)


def restore(kept: Kept, copy: Path) -> None:
    """Put a copy in the place of the store, as the page says."""
    for path in (kept.folder / ".assets").glob("metadata.db*"):
        path.unlink()
    copy.rename(kept.folder / ".assets" / "metadata.db")


def test_a_copy_in_the_place_of_the_store_knows_all(kept: Kept, tmp_path: Path) -> None:
    """Nothing is computed."""
    copy = tmp_path / "copy.db"

    assert back_up(kept, copy) == copy.stat().st_size
    restore(kept, copy)

    assert kept.project.ended() == {}
    assert kept.findings() == []


def test_only_its_owner_can_read_a_copy(kept: Kept, tmp_path: Path) -> None:
    """As the store itself."""
    back_up(kept, tmp_path / "copy.db")

    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*copy*")] == ["copy.db"]


def test_a_file_that_is_there_is_not_overwritten(kept: Kept, tmp_path: Path) -> None:
    """Not even an empty one."""
    (tmp_path / "copy.db").touch()

    with pytest.raises(UsageError, match="There is a file already"):
        back_up(kept, tmp_path / "copy.db")


def test_a_folder_that_is_not_there_is_told(kept: Kept, tmp_path: Path) -> None:
    """With what to look at."""
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(kept, tmp_path / "nowhere" / "copy.db")


def test_what_a_restored_copy_makes_counts_more_than_what_was_after_it(
    kept: Kept, tmp_path: Path
) -> None:
    """Its journal is later than that of the store whose place it took."""
    copy = tmp_path / "copy.db"
    back_up(kept, copy)
    kept.make("1 2", "1 2 3", "1 2 3 4")
    restore(kept, copy)
    kept.make("7")
    with kept.opened() as workspace:
        heads = workspace.tools.store.heads("main")
    for path in (kept.folder / ".assets").glob("metadata.db*"):
        path.unlink()

    with kept.opened() as workspace:
        upkeeping.rebuilt(workspace, dry_run=False)
        assert workspace.tools.store.heads("main") == heads

    assert kept.project.ended() == {}
    assert len(kept.versions()) == 5
