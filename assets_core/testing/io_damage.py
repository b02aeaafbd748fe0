"""What every IO manager promises when stored bytes are not what they were, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from assets_core.errors import CorruptDataError, DataError, MissingDataError
from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager
from assets_core.testing.io_suite import (
    ORDERS,
    OTHER_ROWS,
    ROWS,
    IOSuite,
    assert_same,
    keep,
)


class DamageSuite(IOSuite):
    """Bytes that are gone or changed give a named error, and never other rows."""

    def _refuses(
        self, manager: IOManager, stored: StoredData, kind: type[DataError]
    ) -> None:
        with pytest.raises(kind, match="'orders'"):
            manager.verify(ORDERS, stored)
        with pytest.raises(kind, match="'orders'"):
            manager.read(ORDERS, stored, ROWS.schema)
        with contextlib.suppress(kind):
            assert manager.parquet_file(ORDERS, stored) is None

    def test_whole_data_is_all_right(self, manager: IOManager) -> None:
        """Verifying what nobody touched says nothing."""
        manager.verify(ORDERS, keep(manager))

    def test_deleted_data_is_missing(self, manager: IOManager, tmp_path: Path) -> None:
        """Somebody made room on the disk."""
        stored = keep(manager)

        self.delete_bytes(tmp_path, stored)

        self._refuses(manager, stored, MissingDataError)

    def test_data_that_is_deleted_after_reading_is_missing(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """What was remembered about a file counts for nothing once it is gone."""
        stored = keep(manager)
        manager.read(ORDERS, stored, ROWS.schema)

        self.delete_bytes(tmp_path, stored)

        self._refuses(manager, stored, MissingDataError)

    @pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 0.75, 1.0])
    def test_a_flipped_bit_is_noticed(
        self, manager: IOManager, tmp_path: Path, part: float
    ) -> None:
        """Wherever it is: in a page, in the footer, in the first or the last byte."""
        stored = keep(manager)
        data = bytearray(self.get_bytes(tmp_path, stored))
        data[int(part * (len(data) - 1))] ^= 1

        self.put_bytes(tmp_path, stored, bytes(data))

        self._refuses(manager, stored, CorruptDataError)

    @pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
    def test_truncated_data_is_noticed(
        self, manager: IOManager, tmp_path: Path, part: float
    ) -> None:
        """A copy that ran out of disk, a restore that was cut off."""
        stored = keep(manager)
        data = self.get_bytes(tmp_path, stored)

        self.put_bytes(tmp_path, stored, data[: int(part * len(data))])

        self._refuses(manager, stored, CorruptDataError)

    def test_data_that_grew_is_noticed(self, manager: IOManager, tmp_path: Path) -> None:
        """Some formats are read from their end, some from their beginning."""
        stored = keep(manager)

        self.put_bytes(tmp_path, stored, self.get_bytes(tmp_path, stored) + b"\0")

        self._refuses(manager, stored, CorruptDataError)

    def test_other_data_that_is_whole_is_noticed(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """A valid file with other rows is the worst: only its checksum tells."""
        stored, other = keep(manager), keep(manager, OTHER_ROWS)

        self.put_bytes(tmp_path, stored, self.get_bytes(tmp_path, other))

        self._refuses(manager, stored, CorruptDataError)

    def test_damage_after_reading_is_noticed(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """A long run reads the same input many times; so does a notebook."""
        stored = keep(manager)
        data = bytearray(self.get_bytes(tmp_path, stored))
        manager.read(ORDERS, stored, ROWS.schema)
        data[len(data) // 2] ^= 1
        time.sleep(0.05)  # longer than the clock of any file system stands still

        self.put_bytes(tmp_path, stored, bytes(data))

        self._refuses(manager, stored, CorruptDataError)

    def test_storing_the_same_rows_again_mends_what_was_damaged(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """Otherwise the name of the content would be taken by what is not that content."""
        stored = keep(manager)
        whole = self.get_bytes(tmp_path, stored)
        self.put_bytes(tmp_path, stored, whole[:-1])

        assert keep(manager) == stored

        assert self.get_bytes(tmp_path, stored) == whole
        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_storing_the_same_rows_again_brings_back_what_was_deleted(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """Which is what the next run does."""
        stored = keep(manager)
        self.delete_bytes(tmp_path, stored)

        assert keep(manager) == stored

        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_only_what_is_gone_is_absent(self, manager: IOManager, tmp_path: Path) -> None:
        """Planning asks this of all heads at once."""
        kept, gone = keep(manager), keep(manager, OTHER_ROWS)

        self.delete_bytes(tmp_path, gone)

        assert manager.absent([kept, gone]) == {gone.location}
        assert manager.absent(iter([kept])) == set()
        assert manager.absent([]) == set()

    def test_looking_for_absent_data_reads_no_data(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """It looks at names only: a plan over terabytes is made in a moment."""
        stored = keep(manager)

        self.put_bytes(tmp_path, stored, b"damaged")

        assert manager.absent([stored]) == set()

    def test_where_nothing_was_ever_stored_all_is_absent(self, tmp_path: Path) -> None:
        """The folder was removed as a whole, or is on a disk that is not there."""
        stored = keep(self.open(tmp_path / "here"))

        assert self.open(tmp_path / "elsewhere").absent([stored]) == {stored.location}
