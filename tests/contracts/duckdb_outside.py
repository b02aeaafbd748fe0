"""A DuckDB file as others see it: without any of our own code in between."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from assets_core.versioning.canonical import as_recorded, schema_from_json
from assets_core.versioning.data_version import data_version

WAREHOUSE = Path("data", "warehouse.duckdb")


# ruff: noqa: S608 - the names in these statements are quoted here, or come from a test


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Outside:
    """What somebody does who has the file and may do everything."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / WAREHOUSE

    def ask(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with duckdb.connect(self.file, read_only=True) as connection:
            return connection.execute(sql, values).fetchall()

    def do(self, *statements: str) -> None:
        """Change something."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(self.file) as connection:
            for one in statements:
                connection.execute(one)

    def get(self, location: str) -> bytes:
        """Return the rows of a version as text in which every character counts."""
        rows = self.ask(f"FROM _assets.{_quoted(location)}")
        return json.dumps(rows, separators=(",", ":")).encode()

    def put(self, location: str, data: bytes) -> None:
        """Let a version have the rows that a text says, or else the text itself."""
        name = f"_assets.{_quoted(location)}"
        try:
            rows = json.loads(data)
            with duckdb.connect(self.file) as connection:
                connection.begin()
                connection.execute(f"DELETE FROM {name}")
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    connection.execute(f"INSERT INTO {name} VALUES ({marks})", row)
                connection.commit()
        except (ValueError, TypeError, duckdb.Error):
            with duckdb.connect(self.file) as connection:
                connection.execute(f"CREATE OR REPLACE TABLE {name} (garbage BLOB)")
                connection.execute(f"INSERT INTO {name} VALUES (?)", [data])

    def delete(self, location: str) -> None:
        """Drop a version."""
        self.do(f"DROP TABLE _assets.{_quoted(location)}")

    def size_and_checksum(self, location: str) -> tuple[int, str]:
        """Return what must be recorded of a version: made anew from its rows."""
        sql = "SELECT description FROM _assets._versions WHERE name = ?"
        columns = json.loads(self.ask(sql, [location])[0][0])["columns"]
        schema = schema_from_json(columns)
        with duckdb.connect(self.file, read_only=True) as connection:
            table = connection.sql(f"FROM _assets.{_quoted(location)}").to_arrow_table()
        table = as_recorded(table, schema)
        version = data_version(table)
        text = json.dumps(
            {
                "columns": [
                    {
                        "name": one["name"],
                        "type": one["type"],
                        "version": version.columns[one["name"]],
                    }
                    for one in columns
                ],
                "rows": table.num_rows,
            },
            ensure_ascii=False,
        )
        plain = pa.table(
            {
                field.name: pa.array(table[field.name].to_pylist(), field.type)
                for field in schema
            }
        )
        return plain.nbytes, hashlib.sha256(text.encode()).hexdigest()

    def put_foreign(self, stable_path: str) -> None:
        """Make a table at a stable name; a schema for it, if need be."""
        name = stable_path.rpartition(": ")[2]
        schema, _, _ = name.rpartition(".")
        self.do(
            f"CREATE SCHEMA IF NOT EXISTS {schema}",
            f"CREATE TABLE {name} AS SELECT 'precious' AS word",
        )

    def get_foreign(self, stable_path: str) -> bytes:
        """Return what `put_foreign` has put there."""
        rows = self.ask(f"SELECT word FROM {stable_path.rpartition(': ')[2]}")
        return str(rows).encode()
