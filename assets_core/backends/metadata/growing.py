"""Growing lists of partition keys.

A key keeps its number, also while it is deleted, until the whole list is given anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from assets_core.backends.metadata.connection import Connection, Write
from assets_core.backends.metadata.due import note


def keys_of(db: Connection, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of some lists, in the order in which they were added."""
    wanted = list(names)
    found: dict[str, list[str]] = {name: [] for name in wanted}
    for name, key in db.rows_among(
        "SELECT list, key FROM dynamic_keys WHERE list IN (…) AND deleted = 0"
        " ORDER BY number, key",
        wanted,
    ):
        found[name].append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def add(write: Write, name: str, keys: Iterable[str]) -> int:
    """Add keys; return how many are new or there again."""
    note(write, "keys", name=name)
    (last,) = write.execute(
        "SELECT coalesce(max(number), 0) FROM dynamic_keys WHERE list = ?", (name,)
    ).fetchone()
    done = write.executemany(
        "INSERT INTO dynamic_keys (list, key, number) VALUES (?, ?, ?)"
        " ON CONFLICT (list, key) DO UPDATE SET deleted = 0 WHERE dynamic_keys.deleted = 1",
        [(name, key, number) for number, key in enumerate(dict.fromkeys(keys), last + 1)],
    )
    return done.rowcount


def delete(write: Write, name: str, keys: Iterable[str]) -> int:
    """Delete keys; return how many were there."""
    note(write, "keys", name=name)
    done = write.executemany(
        "UPDATE dynamic_keys SET deleted = 1 WHERE list = ? AND key = ? AND deleted = 0",
        [(name, key) for key in set(keys)],
    )
    return done.rowcount


def replace(write: Write, name: str, keys: Iterable[str]) -> None:
    """Let a list have these keys and no others, in this order; the others are deleted."""
    note(write, "keys", name=name)
    write.execute("UPDATE dynamic_keys SET deleted = 1 WHERE list = ?", (name,))
    write.executemany(
        "INSERT INTO dynamic_keys (list, key, number) VALUES (?, ?, ?)"
        " ON CONFLICT (list, key) DO UPDATE SET deleted = 0, number = excluded.number",
        [(name, key, number) for number, key in enumerate(keys, 1)],
    )
