"""Tables in SQLite and PostgreSQL keep what every IO manager promises."""

# ruff: noqa: S608 - the names in these statements come from a test

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager
from assets_core.testing import IOManagerContract
from assets_core.testing.io_suite import ORDERS, ROWS, show
from io_managers.sql import make_sql
from tests.contracts.carriers import CarriersSuite
from tests.contracts.sql_outside import Outside, size_and_checksum
from tests.postgres import Postgres, carry_out

WRITES = (
    "INSERT INTO orders VALUES (1, 'x', 1.5)",
    "UPDATE orders SET id = 2",
    "DELETE FROM orders",
    "DROP TABLE orders",
    "ALTER TABLE orders DROP COLUMN id",
)


CLEAR = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
    CREATE SCHEMA public;
END $$
"""


class SqlSuite(IOManagerContract, CarriersSuite):
    """What both databases have in common."""

    @abstractmethod
    def outside(self, folder: Path) -> Outside:
        """Return a way into the database of a folder."""

    def get_bytes(self, folder: Path, stored: StoredData) -> bytes:
        """Return the rows of a version."""
        return self.outside(folder).get(stored.location)

    def put_bytes(self, folder: Path, stored: StoredData, data: bytes) -> None:
        """Change the rows of a version."""
        self.outside(folder).put(stored.location, data)

    def delete_bytes(self, folder: Path, stored: StoredData) -> None:
        """Delete a version."""
        self.outside(folder).delete(stored.location)

    def size_and_checksum(self, folder: Path, stored: StoredData) -> tuple[int, str]:
        """Return the size in memory, and the checksum of what describes the rows."""
        return size_and_checksum(ROWS, self.outside(folder).description(stored.location))

    def can_be_changed(self, folder: Path, stored: StoredData) -> bool:
        """Return whether what is published can be written into."""
        manager = self.open(folder)
        show(manager, stored)
        changed = []
        for sql in WRITES:
            try:
                self.outside(folder).do(sql)
            except Exception:  # noqa: BLE001, S112 - each database has its own
                continue
            changed.append(sql)
        return bool(changed) or manager.published(ORDERS, env="main") != stored.location


class TestSqliteTables(SqlSuite):
    """A file of SQLite, whose tables have no schemas."""

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.db] type = "sql"` gives."""
        return make_sql(str(folder), {"url": "sqlite:///data/shop.db"})

    def outside(self, folder: Path) -> Outside:
        """Return a way into the file."""

        def do(*statements: str) -> list[tuple[Any, ...]]:
            (folder / "data").mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(folder / "data/shop.db")
            try:
                with connection:
                    for one in statements:
                        found = connection.execute(one)
                    return found.fetchall()
            finally:
                connection.close()

        return Outside(do, '"_assets.{}"')

    def put_foreign(self, stable_path: str) -> None:
        """Make a table at a stable name."""
        path, _, name = stable_path.rpartition(": ")
        folder = Path(path).parents[1]
        self.outside(folder).do(f"CREATE TABLE {name} AS SELECT 'precious' AS word")

    def get_foreign(self, stable_path: str) -> bytes:
        """Return the rows of that table."""
        path, _, name = stable_path.rpartition(": ")
        folder = Path(path).parents[1]
        return str(self.outside(folder).do(f"SELECT word FROM {name}")).encode()


class TestPostgresTables(SqlSuite):
    """A PostgreSQL server, with a schema for each folder of keys."""

    server: ClassVar[Postgres]
    used: ClassVar[dict[Path, str]] = {}
    free: ClassVar[list[str]] = []

    @pytest.fixture(autouse=True)
    def _databases(self, postgres: Postgres) -> Iterator[None]:
        """Give the tests databases, and clear those that one has used."""
        type(self).server = postgres
        yield
        for url in self.used.values():
            clear(url)
            self.free.append(url)
        self.used.clear()

    def _url(self, folder: Path) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        if folder not in self.used:
            self.used[folder] = self.free.pop() if self.free else self.server.new_database()
        return self.used[folder]

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.db] type = "sql"` gives."""
        return make_sql(str(folder), {"url": self._url(folder)})

    def outside(self, folder: Path) -> Outside:
        """Return a way into the database."""
        url = self._url(folder)
        return Outside(lambda *given: carry_out(url, *given), '_assets."{}"')

    def put_foreign(self, stable_path: str) -> None:
        """Make a table at a stable name; a schema for it, if need be."""
        name = stable_path.rpartition(": ")[2]
        schema = name.rpartition(".")[0]
        made = [f"CREATE SCHEMA IF NOT EXISTS {schema}"] if schema else []
        carry_out(
            self._of(stable_path),
            *made,
            f"CREATE TABLE {name} AS SELECT 'precious' AS word",
        )

    def get_foreign(self, stable_path: str) -> bytes:
        """Return the rows of that table."""
        name = stable_path.rpartition(": ")[2]
        return str(carry_out(self._of(stable_path), f"SELECT word FROM {name}")).encode()

    def _of(self, stable_path: str) -> str:
        database = stable_path.rpartition(": ")[0].rpartition("/")[2]
        return self.server.url(database)


def clear(url: str) -> None:
    """Leave nothing in a database."""
    carry_out(url, CLEAR)
