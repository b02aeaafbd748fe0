"""Tables in a DuckDB file keep what every IO manager promises."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager
from assets_core.testing import IOManagerContract
from assets_core.testing.io_suite import show
from io_managers.duckdb import make_duckdb
from tests.contracts.carriers import CarriersSuite
from tests.contracts.duckdb_outside import Outside
from tests.contracts.test_parquet_io_manager import TestParquetIOManager as _Parquet

WRITES = (
    "INSERT INTO orders VALUES (1, 'x', 1.5)",
    "UPDATE orders SET id = 2",
    "DELETE FROM orders",
    "DROP TABLE orders",
    "ALTER TABLE orders DROP COLUMN id",
)


class DuckDBSuite(CarriersSuite):
    """What both ways of keeping tables have in common."""

    def refuses(self, kind: pa.DataType) -> bool:
        """What no type of DuckDB holds without loss."""
        return bool(
            pa.types.is_float16(kind)
            or pa.types.is_decimal256(kind)
            or pa.types.is_duration(kind)
        )

    def put_foreign(self, stable_path: str) -> None:
        """Make a table at a stable name."""
        Outside(self._folder_of(stable_path)).put_foreign(stable_path)

    def get_foreign(self, stable_path: str) -> bytes:
        """Return the rows of that table."""
        return Outside(self._folder_of(stable_path)).get_foreign(stable_path)

    def _folder_of(self, stable_path: str) -> Path:
        return Path(stable_path.partition(": ")[0]).parents[1]


class TestDuckDBTables(IOManagerContract, DuckDBSuite):
    """One table a version, named by its content, with a view at the stable name."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.warehouse] type = "duckdb"` gives."""
        return make_duckdb(str(folder), {})

    def get_bytes(self, folder: Path, stored: StoredData) -> bytes:
        """Return the rows of a version."""
        return Outside(folder).get(stored.location)

    def put_bytes(self, folder: Path, stored: StoredData, data: bytes) -> None:
        """Change the rows of a version."""
        Outside(folder).put(stored.location, data)

    def delete_bytes(self, folder: Path, stored: StoredData) -> None:
        """Drop a version."""
        Outside(folder).delete(stored.location)

    def size_and_checksum(self, folder: Path, stored: StoredData) -> tuple[int, str]:
        """Return the size in memory, and the checksum of what describes the rows."""
        return Outside(folder).size_and_checksum(stored.location)

    def can_be_changed(self, folder: Path, stored: StoredData) -> bool:
        """Return whether what is published can be written into."""
        show(self.open(folder), stored)
        changed = []
        for sql in WRITES:
            try:
                Outside(folder).do(sql)
            except duckdb.Error:
                continue
            changed.append(sql)
        return bool(changed)


class TestDuckDBViews(IOManagerContract, DuckDBSuite):
    """One Parquet file a version, with a view at the stable name."""

    def open(self, folder: Path) -> IOManager:
        """Return what `storage = "views"` gives."""
        return make_duckdb(str(folder), {"storage": "views"})

    get_bytes = _Parquet.get_bytes
    put_bytes = _Parquet.put_bytes
    delete_bytes = _Parquet.delete_bytes
    can_be_changed = _Parquet.can_be_changed
    _path = _Parquet._path
