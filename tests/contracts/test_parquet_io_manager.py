"""Parquet files in a folder keep what every IO manager promises."""

from __future__ import annotations

from pathlib import Path

from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager
from assets_core.testing import IOManagerContract
from io_managers.parquet import make_parquet
from tests.contracts.carriers import CarriersSuite


class TestParquetIOManager(IOManagerContract, CarriersSuite):
    """One file a table, named by its content, with a symlink at the stable path."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.data] type = "parquet"` gives."""
        return make_parquet(str(folder), {"root": "data"})

    def get_bytes(self, folder: Path, stored: StoredData) -> bytes:
        """Return the bytes of a file."""
        return self._path(folder, stored).read_bytes()

    def put_bytes(self, folder: Path, stored: StoredData, data: bytes) -> None:
        """Write into a file, as somebody does who may do everything."""
        self._path(folder, stored).chmod(0o644)
        self._path(folder, stored).write_bytes(data)

    def delete_bytes(self, folder: Path, stored: StoredData) -> None:
        """Remove a file."""
        self._path(folder, stored).unlink()

    def can_be_changed(self, folder: Path, stored: StoredData) -> bool:
        """Return whether anybody has the right to write."""
        return bool(self._path(folder, stored).stat().st_mode & 0o222)

    def _path(self, folder: Path, stored: StoredData) -> Path:
        return folder / "data" / stored.location
