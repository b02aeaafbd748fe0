"""CSV, JSON Lines, Arrow IPC and Excel files keep what every IO manager promises."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from hypothesis import strategies as st

from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager
from assets_core.testing import IOManagerContract
from assets_core.testing.io_suite import IOSuite
from assets_core.testing.io_types import TypesSuite
from assets_core.testing.io_writing import WritingSuite
from assets_core.testing.strategies import flat_types
from io_managers.exports import make_csv, make_excel, make_ipc, make_jsonl


class InFiles(IOSuite):
    """One file a table, reached without the IO manager."""

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


class Flat(InFiles):
    """Only columns without parts."""

    def refuses(self, kind: pa.DataType) -> bool:
        """Return whether it has parts."""
        return bool(pa.types.is_nested(kind))

    def types(self) -> st.SearchStrategy[pa.DataType]:
        """Return the types of columns without parts."""
        return flat_types()


class TestCsvIOManager(Flat, IOManagerContract):
    """Text without types, cast to those that were recorded."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.data] type = "csv"` gives."""
        return make_csv(str(folder), {})


class TestCsvForSpreadsheets(Flat, WritingSuite, TypesSuite):
    """As a German Excel wants it, compressed."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.data] type = "csv"` gives with all options."""
        options = {
            "delimiter": ";",
            "encoding": "utf-8-sig",
            "safe_formulas": True,
            "compression": "gzip",
        }
        return make_csv(str(folder), options)


class TestJsonLinesIOManager(InFiles, WritingSuite, TypesSuite):
    """An object a line."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.data] type = "jsonl"` gives."""
        return make_jsonl(str(folder), {"compression": "zstd"})


class TestIpcIOManager(InFiles, WritingSuite, TypesSuite):
    """Arrow's own files hold everything."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.data] type = "ipc"` gives."""
        return make_ipc(str(folder), {})


class TestExcelIOManager(Flat, WritingSuite, TypesSuite):
    """A workbook holds what is exact in a cell, and the rest as text."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.data] type = "excel"` gives."""
        return make_excel(str(folder), {})
