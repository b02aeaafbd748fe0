"""Growing lists of partition keys. A key keeps its number, also while it is deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from assets_core.backends.sqlite.connection import Connection


def keys_of(db: Connection, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of some lists, in the order in which they were added."""
    wanted = list(names)
    found: dict[str, list[str]] = {name: [] for name in wanted}
    for name, key in db.rows_among(
        "SELECT list, key FROM dynamic_keys WHERE list IN (…) AND NOT deleted"
        " ORDER BY number",
        wanted,
    ):
        found[name].append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def add(write: sqlite3.Connection, name: str, keys: Iterable[str]) -> int:
    """Add keys; return how many are new or there again."""
    (last,) = write.execute(
        "SELECT coalesce(max(number), 0) FROM dynamic_keys WHERE list = ?", (name,)
    ).fetchone()
    count = 0
    for number, key in enumerate(dict.fromkeys(keys), last + 1):
        done = write.execute(
            "INSERT INTO dynamic_keys (list, key, number) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET deleted = 0 WHERE deleted",
            (name, key, number),
        )
        count += done.rowcount
    return count


def delete(write: sqlite3.Connection, name: str, keys: Iterable[str]) -> int:
    """Delete keys; return how many were there."""
    return sum(
        write.execute(
            "UPDATE dynamic_keys SET deleted = 1"
            " WHERE list = ? AND key = ? AND NOT deleted",
            (name, key),
        ).rowcount
        for key in set(keys)
    )
