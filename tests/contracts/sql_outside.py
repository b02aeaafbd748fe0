"""A database as others see it: without any of our own code in between."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa

# ruff: noqa: S608 - the names in these statements come from a test

Do = Callable[..., list[tuple[Any, ...]]]
"""Carries out statements, each for itself, and returns the rows of the last one."""


class Outside:
    """What somebody does who has the password and may do everything.

    Args:
        prefix: What stands before the names of our tables.
    """

    def __init__(self, do: Do, prefix: str) -> None:
        self.do = do
        self._prefix = prefix

    def _table(self, name: str) -> str:
        return self._prefix.format(name.removeprefix("_assets."))

    def _find(self, location: str) -> tuple[int, str]:
        ((number, shape),) = self.do(
            f"SELECT id, shape FROM {self._table('versions')} WHERE location = '{location}'"
        )
        return int(number), self._table(str(shape))

    def get(self, location: str) -> bytes:
        """Return the rows of a version as text in which every character counts."""
        number, table = self._find(location)
        rows = self.do(f"SELECT * FROM {table} WHERE _version = {number} ORDER BY _row")
        return json.dumps([list(row[1:]) for row in rows], separators=(",", ":")).encode()

    def put(self, location: str, data: bytes) -> None:
        """Let a version have the rows that a text says, or else none that make sense."""
        number, table = self._find(location)
        gone = f"DELETE FROM {table} WHERE _version = {number}"
        try:
            rows = [", ".join(map(_literal, row)) for row in json.loads(data)]
            self.do(
                gone, *(f"INSERT INTO {table} VALUES ({number}, {row})" for row in rows)
            )
        except Exception:  # noqa: BLE001 - whatever the database says to nonsense
            self.do(gone)

    def delete(self, location: str) -> None:
        """Delete a version."""
        number, table = self._find(location)
        self.do(
            f"DELETE FROM {table} WHERE _version = {number}",
            f"DELETE FROM {self._table('versions')} WHERE id = {number}",
        )

    def description(self, location: str) -> str:
        """Return what is noted about a version."""
        versions = self._table("versions")
        asked = f"SELECT description FROM {versions} WHERE location = '{location}'"
        return str(self.do(asked)[0][0])


def size_and_checksum(table: pa.Table, description: str) -> tuple[int, str]:
    """Return what must be recorded of a version with these rows."""
    plain = pa.table({name: table[name].combine_chunks() for name in table.schema.names})
    return plain.nbytes, hashlib.sha256(description.encode()).hexdigest()


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("\0", "") + "'"
    return repr(value)
