"""The metadata store is built again from the journals beside the data (G14)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from assets_core import Workspace
from assets_core.errors import UsageError
from assets_core.model.events import Event, Warned
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Commit
from assets_core.protocols.keeping import Rebuilt
from assets_core.upkeep.rebuild import rebuild
from assets_core.upkeep.rollback import claimed
from assets_core.workspace import upkeeping
from tests.flows.kept_project import NOTHING_ELSE, Kept
from tests.flows.small_project import SETTINGS, Project

DATABASE = '[io.warehouse]\ntype = "duckdb"\n'


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with two versions each."""
    found = Kept(project)
    found.make("1", "1 2")
    return found


def lose(kept: Kept) -> None:
    """Delete the metadata store."""
    for path in (kept.folder / ".assets").glob("metadata.db*"):
        path.unlink()


def rebuilt(kept: Kept, *, dry_run: bool = False, journals: Sequence[str] = ()) -> Rebuilt:
    """Build the store again."""
    with kept.opened() as workspace:
        where = workspace.tools, workspace.graph_of_assets, "main"
        return rebuild(*where, journals=journals, dry_run=dry_run)


def state(kept: Kept) -> dict[str, Any]:
    """Return all that has to come back."""
    with Workspace.open(kept.folder) as workspace:
        store = workspace.tools.store
        cells = [Cell(AssetKey(key)) for key in ("numbers", "total")]
        return {
            "heads": store.heads("main"),
            "history": [store.history(cell) for cell in cells],
            "checks": [
                store.checks(one.id) for cell in cells for one in store.history(cell)
            ],
            "reusable": store.reusable(cells),
            "statuses": {key: one.status for key, one in workspace.statuses().items()},
            "pins": store.keeping.pins(),
        }


def journals(kept: Kept) -> list[Path]:
    """Return the files of journals."""
    return sorted((kept.folder / "data" / ".journal").glob("*.jsonl"))


def test_a_lost_store_comes_back_and_nothing_is_computed(kept: Kept) -> None:
    """Heads, history and statuses are those of before."""
    before = state(kept)
    lose(kept)

    assert rebuilt(kept) == Rebuilt(4, 2, ())
    assert state(kept) == before
    assert kept.project.ended() == {}
    assert kept.findings() == []


def test_a_check_changes_nothing(kept: Kept) -> None:
    """It tells what would come back."""
    lose(kept)

    assert rebuilt(kept, dry_run=True) == Rebuilt(4, 2, ())
    assert state(kept)["heads"] == {}


def test_a_store_that_is_there_is_not_built_again(kept: Kept) -> None:
    """The fix says how to move it away."""
    with pytest.raises(UsageError, match="is not lost"):
        rebuilt(kept)


def test_without_a_journal_there_is_nothing_to_rebuild_from(project: Project) -> None:
    """That is said by name."""
    with pytest.raises(UsageError, match="no journal was found"):
        rebuilt(Kept(project))


def test_a_rollback_comes_back_held(kept: Kept) -> None:
    """Runs leave it alone as before."""
    with kept.opened() as workspace:
        workspace.rollback("numbers", to=kept.versions()[0].id)
    before = state(kept)
    lose(kept)

    rebuilt(kept)

    assert state(kept) == before
    assert kept.project.read("numbers") == {"n": [1]}


def test_what_happens_after_a_rebuild_is_in_the_next_one(kept: Kept) -> None:
    """The journal of the latest store counts."""
    lose(kept)
    rebuilt(kept)
    kept.make("7")
    before = state(kept)
    lose(kept)

    assert rebuilt(kept).problems == ()
    assert state(kept) == before


def test_of_stores_that_know_nothing_of_each_other_one_is_chosen(kept: Kept) -> None:
    """Two checkouts share a storage, or one was begun anew: they are no one history."""
    first = state(kept)["heads"]
    lose(kept)
    kept.make("9")
    second = state(kept)["heads"]
    lose(kept)
    older, newer = (path.stem for path in journals(kept))

    with pytest.raises(UsageError, match=f"several metadata stores.*: {older}, {newer}"):
        rebuilt(kept)
    with pytest.raises(UsageError, match="no journal 'nothing'"):
        rebuilt(kept, journals=["nothing"])
    assert rebuilt(kept, journals=[older]) == Rebuilt(4, 2, ())
    assert state(kept)["heads"] == first
    lose(kept)
    assert rebuilt(kept, journals=[newer]) == Rebuilt(2, 2, ())
    assert state(kept)["heads"] == second
    lose(kept)
    assert rebuilt(kept, journals=[older, newer]) == Rebuilt(6, 2, ())
    assert state(kept)["heads"] == second


def test_environments_come_back_and_dropped_ones_do_not(kept: Kept) -> None:
    """Also one that was dropped and made again: it shows what it showed last."""
    names = ("main", "dev", "old", "ahead")
    with kept.opened() as workspace:
        for name in ("dev", "old", "gone"):
            workspace.environments.create(name)
        workspace.environments.drop("old")
        workspace.environments.drop("gone")
        workspace.environments.create("old", origin="")
    kept.make("3")
    with kept.opened() as workspace:
        workspace.environments.create("ahead")
        workspace.environments.promote("ahead", "dev", ["numbers"])
        before = {one.environment.name for one in workspace.environments.all()}
        heads = {name: workspace.tools.store.heads(name) for name in names}
    lose(kept)

    rebuilt(kept)

    with kept.opened() as workspace:
        found = {one.environment.name for one in workspace.environments.all()}
        assert found == before == set(names)
        assert {name: workspace.tools.store.heads(name) for name in names} == heads
        assert heads["old"] == {}
        assert heads["dev"] != heads["main"] == heads["ahead"]


def test_growing_lists_come_back(project: Project) -> None:
    """In the order of before, without those that were deleted."""
    project.write(
        """
        from assets_core import DynamicPartitions

        @asset(partitions=DynamicPartitions("regions"))
        def sales(context) -> pa.Table:
            return pa.table({"n": [1]})
        """
    )
    kept = Kept.__new__(Kept)
    kept.project, kept.folder = project, project.folder
    with Workspace.open(project.folder) as workspace:
        workspace.add_partitions("regions", ["eu", "us", "asia"])
        workspace.delete_partitions("regions", "us")
        workspace.materialize()
    lose(kept)

    rebuilt(kept)

    with Workspace.open(project.folder) as workspace:
        keys = workspace.tools.store.dynamic_keys(["regions"])
        assert keys == {"regions": ("eu", "asia")}
    assert project.ended() == {}


def test_tables_of_a_database_come_back(project: Project) -> None:
    """Their journal lies beside the file."""
    kept = Kept(project)
    (kept.folder / "assets.toml").write_text(SETTINGS + NOTHING_ELSE + DATABASE)
    kept.make("1", "1 2")
    before = state(kept)
    lose(kept)

    assert rebuilt(kept) == Rebuilt(4, 2, ())
    assert state(kept) == before
    assert kept.project.ended() == {}


def test_a_storage_that_is_lost_too_loses_its_own_results_alone(project: Project) -> None:
    """What lies in the other one comes back; the next run computes the rest."""
    kept = Kept(project)
    lake = '[io.data]\ntype = "parquet"\n[io.lake]\ntype = "parquet"\nroot = "lake"\n'
    (kept.folder / "assets.toml").write_text(SETTINGS + NOTHING_ELSE + lake)
    kept.project.edit("@asset\ndef total", '@asset(io="lake")\ndef total')
    kept.make("1 2")
    lose(kept)
    (kept.folder / "lake").rename(kept.folder / "gone")

    assert rebuilt(kept) == Rebuilt(1, 1, ())
    assert kept.project.ended() == {"total": "computed"}


def test_a_torn_line_is_left_out_by_name(kept: Kept) -> None:
    """As a process leaves it that was killed while it wrote."""
    (path,) = journals(kept)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    lose(kept)

    (problem,) = rebuilt(kept).problems

    assert "was left out: it was damaged or not written to its end" in problem


def test_what_is_written_behind_a_torn_line_is_whole(kept: Kept) -> None:
    """One line is lost, and no other."""
    (path,) = journals(kept)
    path.write_bytes(path.read_bytes() + b'0123456789abcdef ["head",')
    kept.make("5")
    before = state(kept)
    lose(kept)

    assert len(rebuilt(kept).problems) == 1
    assert state(kept) == before


@pytest.mark.parametrize(
    "line",
    [b"nonsense\n", b"\xff\xfe\n", b"e3b0c44298fc1c14 \n", b"x" * 100_000],
    ids=["text", "binary", "empty", "long"],
)
def test_what_is_no_line_is_left_out(kept: Kept, line: bytes) -> None:
    """Whoever has written it; all else comes back."""
    before = state(kept)
    (path,) = journals(kept)
    path.write_bytes(line + b"\n" + path.read_bytes())
    lose(kept)

    assert len(rebuilt(kept).problems) == 1
    assert state(kept) == before


def test_a_head_whose_result_is_nowhere_is_left_out(kept: Kept) -> None:
    """The next run computes it."""
    (path,) = journals(kept)
    shown = kept.versions()[1].id
    kept_lines = [
        line
        for line in path.read_text().splitlines(keepends=True)
        if f'["result",["{shown}"' not in line
    ]
    path.write_text("".join(kept_lines))
    lose(kept)

    (problem,) = rebuilt(kept).problems

    assert problem == (
        "the head of 'numbers' in 'main' was left out: no journal has its result"
    )
    assert "numbers" in kept.project.ended()


def test_journals_of_another_project_are_left_out(kept: Kept) -> None:
    """Two projects may keep their tables in one folder."""
    (path,) = journals(kept)
    other = path.with_name("000007-89abcdef-other.jsonl")
    other.write_bytes(path.read_bytes())
    before = state(kept)
    lose(kept)

    found = rebuilt(kept)

    assert [one.partition(": ")[2] for one in found.problems] == [
        "'000007-89abcdef-other' is of the project 'other'"
    ]
    assert state(kept) == before


def test_a_project_that_was_renamed_finds_its_journal(kept: Kept) -> None:
    """There is no other."""
    settings = kept.folder / "assets.toml"
    settings.write_text(settings.read_text().replace('name = "test"', 'name = "new"'))
    lose(kept)

    assert rebuilt(kept) == Rebuilt(4, 2, ())


def test_a_project_of_an_earlier_version_gets_its_journal_with_the_next_run(
    kept: Kept,
) -> None:
    """All that there is, as if it had been written all the time."""
    (path,) = journals(kept)
    path.unlink()
    with kept.opened() as workspace:
        db = workspace.tools.store._db  # type: ignore[attr-defined]
        with db.transaction() as write:
            write.execute("INSERT INTO journal_due VALUES (0, 'all', '', '', '', '')")
    kept.project.ended()
    before = state(kept)
    lose(kept)

    assert rebuilt(kept) == Rebuilt(4, 2, ())
    assert state(kept) == before


def test_what_is_gone_stays_gone_once_a_journal_was_written_anew(kept: Kept) -> None:
    """Though the journal of an earlier store has it: an environment, a head, a pin."""
    with kept.opened() as workspace:
        workspace.environments.create("dev")
        upkeeping.pinned(workspace, "numbers", None, "paper", None)
    lose(kept)
    rebuilt(kept)
    with kept.opened() as workspace:
        workspace.environments.drop("dev")
        upkeeping.unpinned(workspace, "numbers", "paper", None)
    (kept.path(kept.versions()[-1])).unlink()
    with kept.opened() as workspace:
        store, cell = workspace.tools.store, Cell(AssetKey("total"))
        head = store.head("main", cell)
        assert head is not None
        with claimed(workspace.tools, "main", cell) as claim:
            given: dict[str, Any] = {"materialization": None, "head": None, "run_id": "r"}
            given |= {"versions": (), "checks": (), "validated": "", "publish": False}
            store.commit(Commit(claim=claim, before=head.materialization, **given))
        upkeeping.journaled(workspace)
    before = state(kept)
    lose(kept)

    assert rebuilt(kept) == Rebuilt(4, 1, ())
    assert state(kept) == before
    with kept.opened() as workspace:
        assert [one.environment.name for one in workspace.environments.all()] == ["main"]


def test_a_place_that_does_not_answer_keeps_no_other_from_its_journal(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told once, and what is due there is written by the next run."""
    kept = Kept(project)
    root = f"memory://{uuid.uuid4().hex}"
    lake = f'[io.data]\ntype = "parquet"\n[io.lake]\ntype = "parquet"\nroot = "{root}"\n'
    (kept.folder / "assets.toml").write_text(SETTINGS + NOTHING_ELSE + lake)
    kept.project.edit("@asset\ndef total", '@asset(io="lake")\ndef total')
    kept.make("1")
    (path,) = journals(kept)
    asked: list[str] = []
    told: list[Event] = []

    def refuse(*_: object, **__: object) -> None:
        asked.append("once")
        raise PermissionError("no answer")

    with monkeypatch.context() as patch:
        for method in ("info", "find", "_open", "put_file"):
            patch.setattr(MemoryFileSystem, method, refuse)
        with kept.opened() as workspace:
            workspace.statuses()
        assert asked == []
        kept.set_values("1 2")
        with kept.opened(notify=told.append) as workspace:
            workspace.environments.create("dev")
            workspace.materialize("numbers")
        assert kept.versions()[-1].id in path.read_text()
        warned = [one for one in told if isinstance(one, Warned)]
        assert len(warned) == 1
        assert "journal cannot be" in warned[0].text
    kept.project.ended()
    before = state(kept)
    lose(kept)

    assert rebuilt(kept) == Rebuilt(4, 4, ())
    assert state(kept) == before
