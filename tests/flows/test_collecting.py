"""Garbage collection deletes what nobody needs, and never anything else (G11)."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets_core import Workspace
from assets_core.errors import ConfigurationError, MissingDataError, StoreError
from assets_core.model.events import Event, Warned
from assets_core.model.keys import AssetKey, Cell
from assets_core.workspace import upkeeping
from tests.flows.kept_project import Kept
from tests.flows.small_project import SETTINGS, Project

ROWS = pa.table({"n": [99]})


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with three versions each."""
    found = Kept(project)
    found.make("1", "1 2", "1 2 3")
    return found


def leave_sealed(kept: Kept) -> str:
    """Seal a table as a run does that is killed before it commits; return its file."""
    with kept.opened() as workspace:
        manager = workspace.tools.io["data"]
        staged = manager.stage([(Cell(AssetKey("lost")), ROWS, "a" * 32)])
        (stored,) = manager.seal(staged)
    return stored.location.rpartition("/")[2]


def test_with_the_settings_that_come_first_nothing_recent_is_deleted(kept: Kept) -> None:
    """Three versions and seven days: more than anybody has made here."""
    (kept.folder / "assets.toml").write_text(SETTINGS)
    before = kept.objects()

    assert kept.collect(hours=30 * 24).deleted == ()
    collected = kept.collect(hours=60 * 24)

    assert (collected.deleted, collected.condemned, collected.kept) == ((), (), 6)
    assert kept.objects() == before


def test_what_is_not_needed_is_condemned_and_deleted_by_a_later_call(kept: Kept) -> None:
    """Whoever reads it in between has an hour to finish."""
    before = kept.objects()

    first = kept.collect()
    assert (len(first.deleted), len(first.condemned), first.kept) == (0, 4, 2)
    assert kept.collect(hours=0.9).deleted == ()
    assert kept.objects() == before

    second = kept.collect(hours=1.1)

    assert second.deleted == first.condemned
    assert second.freed == first.waiting > 0
    assert second.condemned == ()
    assert len(kept.objects()) == 2


def test_after_it_everything_loads_and_is_fresh(kept: Kept) -> None:
    """Data that is shown, stable paths, and the next run."""
    kept.collect()
    kept.collect(hours=2)

    assert kept.project.read("numbers") == {"n": [1, 2, 3]}
    assert pq.read_table(kept.project.stable("total")).to_pydict() == {"total": [6]}
    assert kept.project.ended() == {}
    assert kept.findings() == []


def test_collecting_again_finds_nothing(kept: Kept) -> None:
    """What is gone is not told twice."""
    kept.collect()
    kept.collect(hours=2)

    collected = kept.collect(hours=4)

    assert (collected.deleted, collected.condemned) == ((), ())


def test_the_latest_versions_are_kept(kept: Kept) -> None:
    """So many of each table as the settings say."""
    kept.keep(versions=2, grace_hours=0)

    kept.collect(hours=1)

    there = [kept.path(made).exists() for made in kept.versions()]
    assert there == [False, True, True]


def test_the_versions_of_some_days_are_kept(kept: Kept) -> None:
    """However many they are."""
    kept.keep(days=2, grace_hours=0)

    assert kept.collect(hours=47).deleted == ()
    assert len(kept.collect(hours=49).deleted) == 4


def test_without_grace_one_call_is_enough(kept: Kept) -> None:
    """For a disk that is full now, when nobody else reads."""
    kept.keep(grace_hours=0)

    collected = kept.collect()

    assert len(collected.deleted) == 4
    assert len(kept.objects()) == 2


def test_bytes_that_another_table_shows_are_kept(kept: Kept) -> None:
    """Equal tables share their file, and one of them is still there."""
    kept.project.edit("[sum(numbers", "[0 * sum(numbers")
    kept.project.run()
    kept.project.edit('{"total": [0 * sum(numbers["n"].to_pylist())]}', '{"n": [1]}')
    kept.project.run()
    kept.keep(grace_hours=0)

    kept.collect()

    assert kept.path(kept.versions()[0]).exists()
    assert kept.project.read("total") == {"n": [1]}


def test_a_dry_run_tells_the_same_and_changes_nothing(kept: Kept) -> None:
    """In both phases."""
    for hours in (0.0, 2.0):
        files = kept.objects()
        with kept.opened(hours) as workspace:
            marks = workspace.tools.store.condemned()

            told = workspace.gc(dry_run=True)

            assert workspace.tools.store.condemned() == marks
            assert kept.objects() == files
            assert workspace.gc() == told
            assert told.deleted or told.condemned


def test_what_a_killed_run_sealed_and_never_recorded_is_deleted_after_the_grace(
    kept: Kept,
) -> None:
    """Nobody knows of it but the disk."""
    kept.keep(versions=9)
    name = leave_sealed(kept)

    assert kept.collect(hours=0.5).condemned == ()  # the run may still go on
    condemned = kept.collect(hours=1.5).condemned
    assert [one.location.rpartition("/")[2] for one in condemned] == [name]
    assert condemned[0].bytes == size_of(kept, name)
    assert kept.collect(hours=2).deleted == ()
    kept.collect(hours=3)

    assert name not in kept.objects()
    assert len(kept.objects()) == 6


def size_of(kept: Kept, name: str) -> int:
    """Return the size of a stored file, 0 if it is gone."""
    found = (kept.folder / "data").glob(f".objects/*/{name}")
    return sum(path.stat().st_size for path in found)


def test_after_the_loss_of_the_metadata_store_nothing_is_deleted(kept: Kept) -> None:
    """Nothing is recorded then, which does not mean that nothing is needed."""
    kept.keep(grace_hours=0)
    files = kept.objects()
    shutil.rmtree(kept.folder / ".assets")
    shutil.rmtree(kept.folder / "data" / ".journal")  # which would tell, too

    collected = kept.collect(hours=24 * 365)

    assert (collected.deleted, collected.condemned) == ((), ())
    assert kept.objects() == files
    assert pq.read_table(kept.project.stable("numbers")).num_rows == 3


def test_a_folder_under_another_name_loses_nothing(kept: Kept) -> None:
    """To the records it is another storage, and yet the bytes are those of the heads."""
    kept.keep(grace_hours=0)
    settings = (kept.folder / "assets.toml").read_text()
    moved = settings + f'[io.data]\ntype = "parquet"\nroot = "{kept.folder}/data"\n'
    files = kept.objects()
    (kept.folder / "assets.toml").write_text(moved)
    kept.collect(hours=24)
    kept.project.run("numbers")  # now there is a record under the other name, too

    kept.collect(hours=24)

    assert kept.objects() == files
    (kept.folder / "assets.toml").write_text(settings)
    assert kept.project.read("total") == {"total": [6]}


@pytest.mark.parametrize("root", ["./data", "data/", "linked"])
def test_one_folder_under_two_names_is_refused(kept: Kept, root: str) -> None:
    """What is deleted under one name would be missing under the other."""
    (kept.folder / "linked").symlink_to("data")
    sections = [
        f'[io.{name}]\ntype = "parquet"\nroot = "{folder}"\n'
        for name, folder in (("a", "data"), ("b", root))
    ]
    (kept.folder / "assets.toml").write_text("\n".join([SETTINGS, *sections]))

    with pytest.raises(ConfigurationError, match="is the same place as"):
        Workspace.open(kept.folder)


def test_a_condemned_result_that_is_shown_again_stays(kept: Kept) -> None:
    """Somebody took an edit back while its result was waiting for its end."""
    kept.collect()
    kept.set_values("1")

    assert kept.project.ended() == {"numbers": "reused", "total": "reused"}
    collected = kept.collect(hours=2)

    assert len(collected.deleted) == 2  # of the version in between
    assert kept.project.read("total") == {"total": [1]}
    assert kept.findings() == []


def test_a_collected_result_is_computed_again(kept: Kept) -> None:
    """Its record is there and its bytes are not: that is no result to show."""
    kept.keep(grace_hours=0)
    kept.collect()
    kept.set_values("1")

    assert kept.project.ended() == {"numbers": "computed", "total": "computed"}
    assert kept.project.read("numbers") == {"n": [1]}
    assert kept.findings() == []


def test_a_collected_version_is_missing_by_name(kept: Kept) -> None:
    """It stays in the history: when it was made and from what is still known."""
    kept.keep(grace_hours=0)
    oldest = kept.versions()[0]
    kept.collect()

    assert kept.versions()[0] == oldest
    with (
        Workspace.open(kept.folder) as workspace,
        pytest.raises(MissingDataError, match="'numbers' is gone"),
    ):
        workspace.load("numbers", version=oldest.id)


def test_a_file_that_cannot_be_deleted_is_told_and_stops_nothing(kept: Kept) -> None:
    """The others are deleted, runs go on, and a later collection tries it again."""
    kept.keep(grace_hours=0)
    stuck = kept.versions()[0]
    with kept.opened() as workspace:
        manager = workspace.tools.io["data"]
    with kept.opened(io={"data": Stuck(manager, stuck.stored.location)}) as workspace:
        with pytest.raises(StoreError, match="cannot be deleted"):
            workspace.gc()
        assert [one.state for one in workspace.tools.store.condemned()] == []
    assert len(kept.objects()) == 3
    kept.set_values("1")
    assert kept.project.ended() == {"numbers": "reused", "total": "computed"}
    kept.set_values("7")
    kept.project.run()

    kept.collect(hours=0.1)

    assert len(kept.objects()) == 2
    assert not kept.path(stuck).exists()


class Stuck:
    """An IO manager that cannot delete one of its files."""

    def __init__(self, inner: Any, location: str) -> None:
        self._inner = inner
        self._location = location

    def __getattr__(self, name: str) -> Any:
        """Do everything else as it does."""
        return getattr(self._inner, name)

    def delete(self, location: str) -> None:
        """Refuse one, delete all others."""
        if location == self._location:
            raise StoreError("Stored data cannot be deleted: Permission denied")
        self._inner.delete(location)


def test_the_time_until_the_end_is_told(kept: Kept) -> None:
    """From when it was condemned, however often somebody asks."""
    first = {one.due_at for one in kept.collect().condemned}

    again = {one.due_at for one in kept.collect(hours=0.5, dry_run=True).condemned}

    assert first == again
    assert abs(first.pop() - time.time() - 3600) < 60


def test_what_another_store_may_know_is_left_alone(kept: Kept, tmp_path: Path) -> None:
    """Two checkouts over one folder: what one does not know the other shows."""
    kept.keep(grace_hours=0)
    lost = leave_sealed(kept)
    (own,) = (kept.folder / "data" / ".journal").glob("*.jsonl")
    other = own.with_name("000001-89abcdef-test.jsonl")
    other.write_text("")
    told: list[Event] = []

    with kept.opened(hours=24, notify=told.append) as workspace:
        workspace.gc()

    assert lost in kept.objects()
    (warned,) = told
    assert isinstance(warned, Warned)
    assert str(other.with_suffix("")) in warned.text
    other.unlink()
    kept.collect(hours=24)
    assert lost not in kept.objects()


@pytest.mark.parametrize("before", ["rebuilt", "restored"])
def test_what_stores_before_have_left_is_collected(
    kept: Kept, tmp_path: Path, before: str
) -> None:
    """A store that was built again, or restored, continues the journals of those."""
    kept.keep(grace_hours=0)
    copy = tmp_path / "copy.db"
    with kept.opened() as workspace:
        upkeeping.backed_up(workspace, copy)
    for path in (kept.folder / ".assets").glob("metadata.db*"):
        path.unlink()
    if before == "rebuilt":
        with kept.opened() as workspace:
            upkeeping.rebuilt(workspace, dry_run=False)
    else:
        copy.rename(kept.folder / ".assets" / "metadata.db")
        kept.make("7")
    assert len(list((kept.folder / "data" / ".journal").glob("*.jsonl"))) == 2
    lost = leave_sealed(kept)

    kept.collect(hours=24)

    assert lost not in kept.objects()
