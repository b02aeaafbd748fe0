"""The tables of the metadata store, as the list of steps that made them.

A step is never edited once it has been released: a new one is added at the end. A
store that is newer than this list is refused, an older one is brought up to date in
one transaction.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable

from assets_core.model.packed_heads import pack_heads
from assets_core.model.records import Head
from assets_core.model.versions import digest

FIRST = """
-- Which result each cell shows, in chunks of ordinals that change as a whole.
CREATE TABLE heads (
    env TEXT NOT NULL, asset TEXT NOT NULL, chunk INTEGER NOT NULL,
    generation INTEGER NOT NULL, digest TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (env, asset, chunk)
) WITHOUT ROWID;

-- Code and validation versions by component, each once.
CREATE TABLE code_versions (
    digest TEXT PRIMARY KEY, body TEXT NOT NULL
) WITHOUT ROWID;

-- Results: written once, never changed.
CREATE TABLE materializations (
    id TEXT PRIMARY KEY, asset TEXT NOT NULL, partition TEXT, recipe TEXT NOT NULL,
    committed_at REAL NOT NULL, run_id TEXT NOT NULL,
    storage TEXT NOT NULL, location TEXT NOT NULL, bytes INTEGER NOT NULL,
    checksum TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX materializations_of_asset ON materializations (asset, committed_at);

-- Which schemas and checks a result has passed.
CREATE TABLE validations (
    materialization TEXT NOT NULL, validation TEXT NOT NULL,
    PRIMARY KEY (materialization, validation)
) WITHOUT ROWID;

-- Who may commit a cell now.
CREATE TABLE claims (
    env TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT NOT NULL,
    attempt TEXT NOT NULL, fence INTEGER NOT NULL, owner TEXT NOT NULL,
    PRIMARY KEY (env, asset, partition)
) WITHOUT ROWID;
CREATE TABLE counters (
    name TEXT PRIMARY KEY, value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counters VALUES ('fence', 0);

-- Stable paths that still have to follow their heads.
CREATE TABLE publications (
    id INTEGER PRIMARY KEY, env TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT
);

-- What happened.
CREATE TABLE runs (
    id TEXT PRIMARY KEY, env TEXT NOT NULL, status TEXT NOT NULL,
    started_at REAL NOT NULL, ended_at REAL,
    request TEXT NOT NULL, owner TEXT NOT NULL, counts TEXT NOT NULL
);
CREATE INDEX runs_by_start ON runs (started_at);
CREATE TABLE steps (
    run_id TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT NOT NULL,
    at REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run_id, asset, partition)
) WITHOUT ROWID;
CREATE TABLE failures (
    env TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT NOT NULL,
    run_id TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (env, asset, partition)
) WITHOUT ROWID;
CREATE TABLE checks (
    materialization TEXT NOT NULL, name TEXT NOT NULL,
    run_id TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (materialization, name)
) WITHOUT ROWID;

-- What was last seen of each source.
CREATE TABLE observations (
    source TEXT PRIMARY KEY, path TEXT NOT NULL, identity TEXT NOT NULL,
    version TEXT NOT NULL
) WITHOUT ROWID;
"""

SECOND = """
-- Until when the claim of a process of another host is believed.
ALTER TABLE claims ADD COLUMN expires REAL NOT NULL DEFAULT 0;

-- Stored bytes that garbage collection is about to delete, or has deleted.
CREATE TABLE condemned (
    storage TEXT NOT NULL, location TEXT NOT NULL,
    state TEXT NOT NULL, at REAL NOT NULL, owner TEXT, fence INTEGER,
    PRIMARY KEY (storage, location)
) WITHOUT ROWID;
CREATE INDEX materializations_by_location ON materializations (storage, location)
"""

THIRD = """
-- Heads of partitions: a chunk says how many it holds.
ALTER TABLE heads RENAME TO old_heads;
CREATE TABLE heads (
    env TEXT NOT NULL, asset TEXT NOT NULL, chunk INTEGER NOT NULL,
    generation INTEGER NOT NULL, digest TEXT NOT NULL, count INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (env, asset, chunk)
) WITHOUT ROWID;
DROP INDEX materializations_of_asset;
CREATE INDEX materializations_of_cell
    ON materializations (asset, partition, committed_at);

-- What was found of an asset when all its partitions were fresh.
CREATE TABLE summaries (
    env TEXT NOT NULL, asset TEXT NOT NULL, mark TEXT NOT NULL,
    rows INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (env, asset)
) WITHOUT ROWID;

-- Keys of growing lists, in the order in which they came. A deleted one is remembered.
CREATE TABLE dynamic_keys (
    list TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list, key)
) WITHOUT ROWID
"""


_OLD_HEAD = struct.Struct("<q16s16s16s16sdB")


def move_old_heads(write: sqlite3.Connection) -> None:
    """Write the heads of a store of version 2 as they are written now."""
    for env, asset, generation, recorded, body in write.execute(
        "SELECT env, asset, generation, digest, body FROM old_heads"
    ).fetchall():
        whole = isinstance(body, bytes) and digest(body) == recorded
        # What is damaged stays as it is, so that whoever reads it is told.
        moved = _moved(write, body) if whole else body
        write.execute(
            "INSERT INTO heads VALUES (?, ?, 0, ?, ?, 1, ?)",
            (env, asset, generation, digest(moved) if whole else recorded, moved),
        )
    write.execute("DROP TABLE old_heads")


def _moved(write: sqlite3.Connection, body: bytes) -> bytes:
    _, made, recipe, data, stamp, at, held = _OLD_HEAD.unpack(body)
    found = write.execute(
        "SELECT json_extract(body, '$.rows') FROM materializations"
        " WHERE id = ? AND json_valid(body)",
        (made.hex(),),
    ).fetchone()
    rows = found[0] if found and isinstance(found[0], int) else 0
    head = Head(
        made.hex(), recipe.hex(), data.hex(), stamp.hex(), at, bool(held), rows=rows
    )
    return pack_heads({None: head})


Step = str | Callable[[sqlite3.Connection], None]

MIGRATIONS: tuple[tuple[Step, ...], ...] = ((FIRST,), (SECOND,), (THIRD, move_old_heads))
"""The steps to each version. Only statements have semicolons, comments have none."""

APPLICATION_ID = 0x41535354  # "ASST": tells our file from any other SQLite file
