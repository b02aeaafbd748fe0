"""Collecting, rolling back and verifying tables that lie in a DuckDB file."""

from __future__ import annotations

import duckdb
import pytest

from assets_core.errors import MissingDataError
from tests.flows.kept_project import Kept
from tests.flows.small_project import Project

WAREHOUSE = '[io.warehouse]\ntype = "duckdb"\n'


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with three versions each, in a database."""
    found = Kept(project)
    settings = found.folder / "assets.toml"
    settings.write_text(settings.read_text() + "grace_hours = 0\n" + WAREHOUSE)
    found.make("1", "1 2", "1 2 3")
    return found


def published(kept: Kept) -> list[tuple[int]]:
    """Return what somebody reads who opens the database."""
    file = kept.folder / "data" / "warehouse.duckdb"
    with duckdb.connect(file, read_only=True) as connection:
        rows: list[tuple[int]] = connection.sql("FROM numbers").fetchall()
        return rows


def test_earlier_versions_are_deleted_and_what_is_shown_stays(kept: Kept) -> None:
    """As with files; the database itself keeps its size until it writes again."""
    collected = kept.collect()

    assert (len(collected.deleted), collected.kept) == (4, 2)
    assert kept.collect().deleted == ()
    assert kept.project.read("total") == {"total": [6]}
    assert published(kept) == [(1,), (2,), (3,)]
    assert kept.project.ended() == {}
    assert kept.findings() == []


def test_a_deleted_version_is_computed_again(kept: Kept) -> None:
    """And can be deleted again."""
    kept.collect()
    kept.set_values("1")

    assert kept.project.ended() == {"numbers": "computed", "total": "computed"}
    assert len(kept.collect().deleted) == 2
    assert kept.project.read("numbers") == {"n": [1]}


def test_an_earlier_version_is_shown_again_and_held(kept: Kept) -> None:
    """By moving a view."""
    first = kept.versions()[0]
    with kept.opened() as workspace:
        workspace.rollback("numbers", to=first.id)

    assert published(kept) == [(1,)]
    kept.collect()
    assert published(kept) == [(1,)]
    assert kept.findings() == []


def test_a_deleted_version_cannot_be_shown(kept: Kept) -> None:
    """The error is that of files."""
    first = kept.versions()[0]
    kept.collect()

    with (
        kept.opened() as workspace,
        pytest.raises(MissingDataError, match="collected or deleted"),
    ):
        workspace.rollback("numbers", to=first.id)

    assert published(kept) == [(1,), (2,), (3,)]
