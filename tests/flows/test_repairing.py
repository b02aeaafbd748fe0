"""`verify --repair` puts right what can be, and lets the next run compute the rest."""

from __future__ import annotations

import uuid
from pathlib import Path

import duckdb
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from assets_core.model.quoting import statement
from assets_core.model.records import Materialization
from assets_core.upkeep.doctor import Examined
from tests.flows.kept_project import NOTHING_ELSE, Kept
from tests.flows.small_project import SETTINGS, Project

COPIES = '[io.data]\ntype = "parquet"\npublish = "copy"\n'
TABLES = '[io.warehouse]\ntype = "duckdb"\n'
COMPUTED = {"numbers": "computed", "total": "skipped"}
VIEWS = f'{TABLES}storage = "views"\n'


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with two versions each."""
    return made_with(project, "")


def made_with(project: Project, io: str) -> Kept:
    """Return a project of two tables with two versions each, in some storage."""
    found = Kept(project)
    (found.folder / "assets.toml").write_text(SETTINGS + NOTHING_ELSE + io)
    found.make("1", "1 2")
    return found


def repair(kept: Kept, *selection: str, deep: bool = False) -> Examined:
    """Open the project afresh and repair it."""
    with kept.opened() as workspace:
        return workspace.verify(selection or None, deep=deep, repair=True)


def damage(path: Path) -> None:
    """Put other bytes in the place of a stored file."""
    path.chmod(0o644)
    path.write_bytes(b"PAR1 oops PAR1")


def done(examined: Examined) -> list[str | None]:
    """Return what was done about each finding."""
    return [one.repaired for one in examined.findings]


def is_mended(kept: Kept) -> bool:
    """Return whether nothing is wrong and nothing is left to do."""
    return kept.findings() == [] and kept.project.ended() == {}


def test_what_is_whole_is_left_alone(kept: Kept) -> None:
    """No finding, and nothing changes."""
    before = kept.objects()

    assert repair(kept) == Examined((), 2)
    assert kept.objects() == before
    assert is_mended(kept)


def test_exactly_the_damaged_table_is_computed_by_the_next_run(kept: Kept) -> None:
    """Its content comes out the same, so what reads it stays fresh."""
    damage(kept.path(kept.versions()[1]))

    (text,) = done(repair(kept))

    assert text is not None
    assert text.startswith("the next run computes it (what is damaged is now at ")
    assert kept.project.reasons("numbers").keys() == {"output_missing"}
    assert kept.project.ended() == COMPUTED
    assert is_mended(kept)


def test_what_was_damaged_can_still_be_looked_at(kept: Kept) -> None:
    """It is moved, and does not count as stored data."""
    path = kept.path(kept.versions()[1])
    damage(path)

    repair(kept)

    aside = kept.folder / "data" / ".objects" / ".damaged" / path.name
    assert aside.read_bytes() == b"PAR1 oops PAR1"
    assert kept.collect().kept == 2
    assert aside.exists()


def test_a_published_copy_gives_the_bytes_back(project: Project) -> None:
    """Nothing has to be computed."""
    kept = made_with(project, COPIES)
    damage(kept.path(kept.versions()[1]))

    (text,) = done(repair(kept))

    assert text is not None
    assert text.startswith("its bytes were put back from ")
    assert kept.project.stable("numbers").name in text
    assert is_mended(kept)


def test_a_missing_file_comes_back_from_a_published_copy(project: Project) -> None:
    """As a damaged one does."""
    kept = made_with(project, COPIES)
    kept.path(kept.versions()[1]).unlink()

    assert "put back" in str(done(repair(kept)))
    assert is_mended(kept)


def test_equal_data_in_another_storage_gives_the_bytes_back(project: Project) -> None:
    """The table was kept elsewhere before; what lies there still has the same content."""
    kept = Kept(project)
    old = '[io.old]\ntype = "parquet"\nroot = "old"\n'
    new = '[io.data]\ntype = "parquet"\n'
    settings = kept.folder / "assets.toml"
    settings.write_text(SETTINGS + NOTHING_ELSE + old + new)
    kept.make("1 2")
    settings.write_text(SETTINGS + NOTHING_ELSE + new + old)
    kept.make("1 2")  # copied to the other one
    before, shown = kept.versions()
    assert before.stored.storage != shown.stored.storage
    damage(kept.path(shown))

    (text,) = done(repair(kept))

    assert text == f"its bytes were put back from version {before.id[:12]} of 'numbers'"
    assert is_mended(kept)


@pytest.mark.parametrize("io", [TABLES, VIEWS], ids=["tables", "views"])
def test_equal_data_is_shown_again_where_the_bytes_cannot_be_put_back(
    project: Project, io: str
) -> None:
    """From Parquet to a database: what reads the table stays fresh."""
    kept = Kept(project)
    lake = '[io.lake]\ntype = "parquet"\nroot = "lake"\n'
    settings = kept.folder / "assets.toml"
    settings.write_text(SETTINGS + NOTHING_ELSE + lake + io)
    kept.make("1 2")
    settings.write_text(SETTINGS + NOTHING_ELSE + io + lake)
    kept.make("1 2")
    _damage_in_database(kept, kept.versions()[-1])

    assert done(repair(kept)) != [None]
    assert is_mended(kept)
    assert kept.project.read("numbers") == {"n": [1, 2]}


def _damage_in_database(kept: Kept, made: Materialization) -> None:
    if made.stored.location.startswith("."):
        damage(kept.path(made))
        return
    with duckdb.connect(kept.folder / "data" / "warehouse.duckdb") as connection:
        connection.execute(
            statement("DELETE FROM _assets.{name} WHERE n = 2", name=made.stored.location)
        )


@pytest.mark.parametrize("io", [TABLES, VIEWS], ids=["tables", "views"])
def test_damaged_tables_of_a_database_are_computed_by_the_next_run(
    project: Project, io: str
) -> None:
    """They are dropped, or moved out of the way; the views follow."""
    kept = made_with(project, io)
    _damage_in_database(kept, kept.versions()[-1])

    (text,) = done(repair(kept))

    assert text is not None
    assert text.startswith("the next run computes it")
    assert kept.project.ended() == COMPUTED
    assert is_mended(kept)


def test_views_that_are_gone_are_made_again(project: Project) -> None:
    """Nothing is computed."""
    kept = made_with(project, TABLES)
    with duckdb.connect(kept.folder / "data" / "warehouse.duckdb") as connection:
        connection.execute("DROP VIEW numbers")

    assert done(repair(kept)) == ["it shows the right data again"]
    assert is_mended(kept)
    assert repair(kept).findings == ()


def test_links_that_are_gone_or_lead_elsewhere_are_made_again(kept: Kept) -> None:
    """Each shows what its head names."""
    kept.project.stable("numbers").unlink()
    total = kept.project.stable("total")
    total.unlink()
    total.symlink_to(kept.path(kept.versions("total")[0]))

    assert done(repair(kept)) == ["it shows the right data again"] * 2
    assert repair(kept).findings == ()
    assert kept.project.stable("total").resolve() == kept.path(kept.versions("total")[1])


def test_what_is_not_ours_at_a_stable_path_is_left_alone(kept: Kept) -> None:
    """It is told, and is no repair."""
    path = kept.project.stable("numbers")
    path.unlink()
    path.mkdir()

    (finding,) = repair(kept).findings

    assert path.is_dir()
    assert finding.repaired is None
    assert "something else is at its stable path" in finding.text


def test_a_table_that_was_rolled_back_stays_held(kept: Kept) -> None:
    """No run computes it, so nothing is moved: the fix says what to do."""
    first = kept.versions()[0]
    with kept.opened() as workspace:
        workspace.rollback("numbers", to=first.id)
    damage(kept.path(first))

    (finding,) = repair(kept).findings

    assert finding.repaired is None
    assert "--force" in finding.fix


def test_a_damaged_earlier_version_is_taken_away(kept: Kept) -> None:
    """So that no run and no rollback finds it again."""
    damage(kept.path(kept.versions()[0]))

    (text,) = done(repair(kept, deep=True))

    assert text is not None
    assert text.startswith("it is gone now, and no run reuses it")
    assert is_mended(kept)


def test_only_what_is_selected_is_repaired(kept: Kept) -> None:
    """The other table is damaged as before."""
    damage(kept.path(kept.versions()[1]))
    damage(kept.path(kept.versions("total")[1]))

    assert len(done(repair(kept, "numbers"))) == 1
    assert len(kept.findings()) == 2


def test_a_table_that_a_run_has_is_left_to_it(kept: Kept) -> None:
    """The text says who, and to try again."""
    damage(kept.path(kept.versions()[1]))
    with kept.opened() as workspace:
        tools, (shown,) = workspace.tools, [kept.versions()[1]]
        claim = tools.store.claim("main", shown.cell, tools.new_id(), tools.owner)

        (finding,) = repair(kept).findings

        assert finding.repaired is None
        assert "is computing 'numbers'" in finding.fix
        tools.store.release(claim)  # type: ignore[arg-type]


def test_damage_that_was_put_right_before_it_was_moved_stays(kept: Kept) -> None:
    """A run may have sealed the same bytes again between the look and the repair."""
    made = kept.versions()[1]
    path = kept.path(made)
    with kept.opened() as workspace:
        manager = workspace.tools.io_holding(made.stored)

        assert manager.set_aside(made.cell, made.stored) is None  # type: ignore[union-attr]

    assert path.is_file()
    assert is_mended(kept)


@pytest.fixture
def remote(project: Project) -> Kept:
    """Return a project whose tables lie in an object store, with copies beside them."""
    root = f"memory://{project.folder.name}-{uuid.uuid4().hex}"
    place = f'[io.lake]\ntype = "parquet"\nroot = "{root}"\ntimeout = 0\n'
    return made_with(project, f'{place}publish = "copy"\n')


@pytest.mark.parametrize("error", [PermissionError("expired"), OSError("no answer")])
def test_a_place_that_does_not_answer_loses_no_heads(
    remote: Kept, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    """Nobody knows whether something is wrong with what lies there."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        for method in ("info", "find", "_open"):
            patch.setattr(MemoryFileSystem, method, refuse)
        examined = repair(remote)

    assert [one.kind for one in examined.findings] == ["output_unreadable"] * 2
    assert done(examined) == [None, None]
    assert is_mended(remote)


def test_a_copy_that_cannot_be_read_loses_no_head(
    remote: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right bytes may be there: the next repair looks again."""
    files = MemoryFileSystem()
    shown = remote.versions()[-1]
    with remote.opened() as workspace:
        place = str(workspace.tools.io["lake"].journal().place)  # type: ignore[attr-defined]
    name = place.removeprefix("memory:/").replace(".journal", shown.stored.location)
    files.rm_file(name)
    info = MemoryFileSystem.info

    def refuse(self: MemoryFileSystem, path: str, **given: object) -> object:
        if path.endswith("/numbers.parquet"):
            raise PermissionError("expired")
        return info(self, path, **given)

    with monkeypatch.context() as patch:
        patch.setattr(MemoryFileSystem, "info", refuse)
        (missing, *_) = repair(remote).findings

    assert (missing.kind, missing.repaired) == ("output_missing", None)
    assert "cannot be put right" in missing.fix
    with remote.opened() as workspace:
        heads = {cell.asset for cell in workspace.tools.store.heads("main")}
    assert heads == {"numbers", "total"}
    assert "put back" in str(done(repair(remote))[0])
    assert is_mended(remote)
