"""What every IO manager promises of finding and deleting what was sealed, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from assets_core.errors import AssetsError, MissingDataError
from assets_core.model.garbage import StoredObject
from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager
from assets_core.testing.io_suite import (
    ORDERS,
    OTHER_ROWS,
    RAW_ORDERS,
    ROWS,
    IOSuite,
    assert_same,
    keep,
    show,
    stage,
)

FOREIGN = ("../orders.parquet", "/etc/hostname", "..", "", ".objects/../../x", "orders")
LONG = 60.0  # seconds: more than any of these tests takes


def found(manager: IOManager) -> dict[str, StoredObject]:
    """Return everything that was sealed, by its location."""
    objects = list(manager.objects())
    assert len({one.location for one in objects}) == len(objects)
    return {one.location: one for one in objects}


class DeletingSuite(IOSuite):
    """Everything that was sealed can be found without any record, and deleted alone."""

    def test_an_empty_store_has_nothing_to_collect(self, manager: IOManager) -> None:
        """Nothing was ever written: the folder or the file may not even be there."""
        assert found(manager) == {}

    def test_everything_that_was_sealed_is_found(self, manager: IOManager) -> None:
        """What a killed run has sealed and nobody has recorded takes room for ever else."""
        stored = [keep(manager), keep(manager, OTHER_ROWS, RAW_ORDERS)]

        objects = found(manager)

        assert objects.keys() == {one.location for one in stored}
        for one in stored:
            assert objects[one.location].bytes > 0
            assert abs(objects[one.location].written_at - time.time()) < LONG

    def test_what_is_staged_is_not_among_what_was_sealed(self, manager: IOManager) -> None:
        """It belongs to an attempt that may go on; tidying up knows better."""
        stage(manager)

        assert found(manager) == {}

    def test_stable_paths_are_not_among_what_was_sealed(self, manager: IOManager) -> None:
        """Deleting one would take away what other tools read."""
        stored = keep(manager)

        show(manager, stored)

        assert found(manager).keys() == {stored.location}

    def test_another_process_finds_the_same(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """Whoever collects is hardly ever the one who wrote."""
        stored = keep(manager)

        assert found(self.open(tmp_path)).keys() == {stored.location}

    def test_what_was_deleted_is_gone(self, manager: IOManager) -> None:
        """Even for a process that has just read it."""
        stored = keep(manager)
        manager.read(ORDERS, stored, ROWS.schema)

        manager.delete(stored.location)

        assert found(manager) == {}
        assert manager.absent([stored]) == {stored.location}
        with pytest.raises(MissingDataError):
            manager.verify(ORDERS, stored)
        with pytest.raises(MissingDataError):
            manager.read(ORDERS, stored, ROWS.schema)

    def test_deleting_twice_is_deleting_once(self, manager: IOManager) -> None:
        """Whoever takes over from a killed process cannot know how far it came."""
        stored = keep(manager)

        manager.delete(stored.location)
        manager.delete(stored.location)

        assert found(manager) == {}

    def test_everything_else_stays(self, manager: IOManager) -> None:
        """Also other versions of the same cell, and what is staged."""
        gone, stays = keep(manager), keep(manager, OTHER_ROWS)
        staged = stage(manager, ROWS.slice(1))

        manager.delete(gone.location)

        assert found(manager).keys() == {stays.location}
        assert_same(manager.read(ORDERS, stays, OTHER_ROWS.schema), OTHER_ROWS)
        (late,) = manager.seal([staged])
        assert_same(manager.read(ORDERS, late, ROWS.schema), ROWS.slice(1))

    def test_what_was_deleted_can_be_stored_again(self, manager: IOManager) -> None:
        """A table that comes back after a month has the same name as then."""
        stored = keep(manager)
        manager.delete(stored.location)

        again = keep(manager)

        assert again == stored
        assert_same(manager.read(ORDERS, again, ROWS.schema), ROWS)
        assert found(manager).keys() == {stored.location}

    @pytest.mark.parametrize("location", FOREIGN)
    def test_what_was_never_sealed_here_is_never_deleted(
        self, manager: IOManager, tmp_path: Path, location: str
    ) -> None:
        """Records are not trusted to stay inside of their storage."""
        stored = keep(manager)
        show(manager, stored)
        beside = tmp_path / "orders.parquet"
        beside.write_bytes(b"precious")
        shown = manager.published(ORDERS, env="main")

        with pytest.raises(AssetsError):
            manager.delete(location)

        assert beside.read_bytes() == b"precious"
        assert manager.published(ORDERS, env="main") == shown
        assert shown == (stored.location if manager.publishes(None) else None)
        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_a_record_of_another_place_deletes_nothing_here(
        self, manager: IOManager
    ) -> None:
        """A location that looks right and is not there is simply gone."""
        stored = keep(manager)
        other = _with_last_digit_changed(stored)

        manager.delete(other.location)

        assert found(manager).keys() == {stored.location}


def _with_last_digit_changed(stored: StoredData) -> StoredData:
    """Return a location of the same form that names nothing."""
    place = max(n for n, letter in enumerate(stored.location) if letter.isdigit())
    other = "1" if stored.location[place] == "0" else "0"
    changed = stored.location[:place] + other + stored.location[place + 1 :]
    return replace(stored, location=changed)
