"""What is pinned is never collected, and is found by its name."""

from __future__ import annotations

import pytest

from assets_core.errors import MissingDataError, UsageError
from assets_core.protocols.keeping import Pin
from assets_core.workspace import upkeeping
from tests.flows.kept_project import Kept
from tests.flows.small_project import Project


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with three versions each, of which nothing is kept."""
    found = Kept(project)
    found.make("1", "1 2", "1 2 3")
    found.keep(grace_hours=0)
    return found


def pin(kept: Kept, number: int, name: str = "") -> Pin:
    """Pin a version of the first table."""
    version = kept.versions()[number].id
    with kept.opened() as workspace:
        return upkeeping.pinned(workspace, "numbers", version, name, None)


def test_a_pinned_version_is_not_collected(kept: Kept) -> None:
    """The other earlier ones are."""
    first = pin(kept, 0, "paper")

    collected = kept.collect()

    assert (len(collected.deleted), collected.kept) == (3, 3)
    assert kept.path(kept.versions()[0]).is_file()
    assert first.name == "paper"


def test_a_pinned_version_is_loaded_by_its_name(kept: Kept) -> None:
    """As by its id."""
    pin(kept, 0, "paper")
    kept.collect()

    with kept.opened() as workspace:
        table = workspace.load_arrow("numbers", version="paper")

    assert table.to_pydict() == {"n": [1]}


def test_what_is_released_is_collected(kept: Kept) -> None:
    """With the next collection."""
    pin(kept, 0, "paper")
    kept.collect()
    with kept.opened() as workspace:
        upkeeping.unpinned(workspace, "numbers", "paper", None)

    assert len(kept.collect().deleted) == 1


def test_a_condemned_version_that_is_pinned_stays(kept: Kept) -> None:
    """It was about to be deleted."""
    kept.keep(grace_hours=1)
    kept.collect()
    pin(kept, 0, "paper")

    deleted = kept.collect(hours=2).deleted

    assert len(deleted) == 3
    assert kept.path(kept.versions()[0]).is_file()


def test_a_version_that_was_collected_cannot_be_pinned(kept: Kept) -> None:
    """The fix says where the others are listed."""
    kept.collect()

    with pytest.raises(MissingDataError, match="collected or deleted"):
        pin(kept, 0, "paper")


def test_without_a_name_it_is_called_by_its_id(kept: Kept) -> None:
    """By the part of it that is shown."""
    assert pin(kept, 0).name == kept.versions()[0].id[:12]


def test_one_name_means_one_version_of_a_table(kept: Kept) -> None:
    """Pinning the same again is nothing new; another is refused."""
    assert pin(kept, 0, "paper").name == pin(kept, 0, "paper").name

    with pytest.raises(UsageError, match="is already the name of version"):
        pin(kept, 1, "paper")


@pytest.mark.parametrize("name", ["a b", "../x", "-x", "é", "x" * 65])
def test_what_is_no_name_is_refused(kept: Kept, name: str) -> None:
    """It stands in commands and files."""
    with pytest.raises(UsageError, match="is no name for a version"):
        pin(kept, 0, name)


def test_what_is_not_pinned_cannot_be_released(kept: Kept) -> None:
    """The error names what is."""
    pin(kept, 0, "paper")

    with kept.opened() as workspace, pytest.raises(UsageError, match="not pinned as") as no:
        upkeeping.unpinned(workspace, "numbers", "papers", None)

    assert "'paper'" in no.value.fix


def test_pins_come_back_with_the_metadata_store(kept: Kept) -> None:
    """They are in the journals."""
    one = pin(kept, 0, "paper")
    for path in (kept.folder / ".assets").glob("metadata.db*"):
        path.unlink()

    with kept.opened() as workspace:
        upkeeping.rebuilt(workspace, dry_run=False)
        (found,) = upkeeping.pins(workspace)

    assert found == one
    assert len(kept.collect().deleted) == 3
