"""`verify` reads what is stored and finds whatever is not as it was written (G10, G17)."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import pyarrow.parquet as pq
import pytest

from assets_core.model.records import Materialization
from assets_core.upkeep.doctor import Examined
from tests.flows.kept_project import Kept
from tests.flows.small_project import Project


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with two versions each."""
    found = Kept(project)
    found.make("1", "1 2")
    return found


def verify(kept: Kept, *selection: str, deep: bool = False) -> Examined:
    """Open the project afresh and verify."""
    with kept.opened() as workspace:
        return workspace.verify(selection or None, deep=deep)


def found(examined: Examined) -> list[tuple[str, str | None, str | None]]:
    """Return kind, asset and file name of all findings."""
    return [
        (one.kind, one.asset, one.path and one.path.rpartition("/")[2])
        for one in examined.findings
    ]


def damage(kept: Kept, made: Materialization, data: bytes = b"PAR1 oops PAR1") -> str:
    """Put other bytes in the place of a stored file; return its name."""
    path = kept.path(made)
    path.chmod(0o644)
    path.write_bytes(data)
    return path.name


def test_what_is_whole_is_said_to_be(kept: Kept) -> None:
    """Both tables; and deep, both versions of each."""
    assert verify(kept) == Examined((), 2)
    assert verify(kept, deep=True) == Examined((), 4)


def test_only_what_is_selected_is_read(kept: Kept) -> None:
    """A large store can be read part by part."""
    damage(kept, kept.versions("total")[1])

    assert verify(kept, "numbers") == Examined((), 1)
    assert len(verify(kept, "numbers+").findings) == 1


def test_a_table_that_was_never_built_is_no_finding(kept: Kept) -> None:
    """`status` says that; here it is about what is stored."""
    kept.project.edit("@asset\ndef total", "@asset\ndef new_total")

    assert verify(kept).checked == 1


def test_a_missing_file_is_found(kept: Kept) -> None:
    """With its path and what to do."""
    shown = kept.versions()[1]
    kept.path(shown).unlink()

    examined = verify(kept)

    assert found(examined) == [("output_missing", "numbers", kept.path(shown).name)]
    assert "assets materialize numbers" in examined.findings[0].fix


def test_damaged_bytes_are_found_and_can_be_mended(kept: Kept) -> None:
    """By doing what the finding says."""
    name = damage(kept, kept.versions()[1])

    examined = verify(kept)

    assert found(examined) == [("output_damaged", "numbers", name)]
    assert "--force" in examined.findings[0].fix
    assert kept.project.ended("numbers", force=True) == {"numbers": "computed"}
    assert verify(kept, deep=True).findings == ()


def test_damage_of_an_earlier_version_is_found_deep_only(kept: Kept) -> None:
    """Its fix does not promise that computing again would mend it."""
    name = damage(kept, kept.versions()[0])

    assert verify(kept).findings == ()
    examined = verify(kept, deep=True)

    assert found(examined) == [("output_damaged", "numbers", name)]
    assert examined.findings[0].text.startswith("an earlier version: ")
    assert "--force" not in examined.findings[0].fix


def test_an_earlier_version_that_was_collected_is_no_finding(kept: Kept) -> None:
    """It is gone on purpose."""
    kept.keep(grace_hours=0)
    kept.collect()

    assert verify(kept, deep=True) == Examined((), 2)


def test_content_that_is_not_its_version_is_found_deep_only(kept: Kept) -> None:
    """Somebody made file, name and record fit together; the version still tells."""
    shown = kept.versions()[1]
    other = pq.read_table(kept.path(kept.versions()[0]))
    path = kept.path(shown)
    path.chmod(0o644)
    pq.write_table(other, path)
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    with closing(sqlite3.connect(kept.folder / ".assets" / "metadata.db")) as raw:
        raw.execute(
            "UPDATE materializations SET checksum = ? WHERE id = ?", [checksum, shown.id]
        )
        raw.commit()

    assert verify(kept).findings == ()
    examined = verify(kept, deep=True)

    assert found(examined) == [("output_damaged", "numbers", path.name)]
    assert shown.data_version in examined.findings[0].text


def test_data_in_a_storage_that_is_not_configured_is_missing_by_name(kept: Kept) -> None:
    """The settings lost a section; the finding says which storage it was."""
    settings = (kept.folder / "assets.toml").read_text()
    moved = settings + '[io.lake]\ntype = "parquet"\nroot = "lake"\n'
    (kept.folder / "assets.toml").write_text(moved)

    examined = verify(kept, deep=True)

    assert [one.kind for one in examined.findings] == ["output_missing"] * 2
    assert "parquet:data, which is no longer configured" in examined.findings[0].text


def test_verifying_changes_nothing(kept: Kept) -> None:
    """Neither files nor records; damage is only told."""
    damage(kept, kept.versions()[1])
    with kept.opened() as workspace:
        before = workspace.tools.store.heads("main"), kept.objects()
        workspace.verify(deep=True)

        assert (workspace.tools.store.heads("main"), kept.objects()) == before
