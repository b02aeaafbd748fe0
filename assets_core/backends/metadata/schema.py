"""The tables of the metadata store, as the list of steps that made them.

A step is never edited once it has been released: a new one is added at the end. A
store that is newer than this list is refused, an older one is brought up to date in
one transaction.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable

from assets_core.backends.metadata.connection import Write
from assets_core.errors import ConfigurationError
from assets_core.model.packed_heads import pack_heads
from assets_core.model.records import MAIN, Head
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


FOURTH = """
-- Which backfill a run is part of, so that it is found among any number of other runs.
ALTER TABLE runs ADD COLUMN backfill TEXT;
UPDATE runs SET backfill = json_extract(request, '$.backfill.id')
    WHERE typeof(request) = 'text' AND json_valid(request);
CREATE INDEX runs_of_backfills ON runs (backfill, started_at) WHERE backfill IS NOT NULL
"""


FIFTH = """
-- Rows that a schema refused: where they are kept, beside which result.
CREATE TABLE quarantines (
    materialization TEXT PRIMARY KEY, rows INTEGER NOT NULL,
    storage TEXT NOT NULL, location TEXT NOT NULL, bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX quarantines_by_location ON quarantines (storage, location);

-- All bytes that results need, as garbage collection looks at them.
CREATE VIEW kept_bytes AS
    SELECT id, asset, partition, storage, location, bytes, committed_at
    FROM materializations
    UNION ALL
    SELECT m.id, m.asset, m.partition, q.storage, q.location, q.bytes, m.committed_at
    FROM quarantines q CROSS JOIN materializations m ON m.id = q.materialization
"""


SIXTH = """
-- Named sets of heads. What one showed is known from a time on.
CREATE TABLE environments (
    name TEXT PRIMARY KEY, origin TEXT NOT NULL, created_at REAL NOT NULL,
    since REAL NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;

-- Every move of heads. A row has those that one transaction moved in one chunk.
CREATE TABLE moves (
    env TEXT NOT NULL, asset TEXT NOT NULL, chunk INTEGER NOT NULL,
    number INTEGER NOT NULL, at REAL NOT NULL, why TEXT NOT NULL,
    other TEXT NOT NULL, gone TEXT NOT NULL,
    digest TEXT NOT NULL, count INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (env, asset, chunk, number)
) WITHOUT ROWID
"""


def note_heads(write: Write) -> None:
    """Let what is shown now be the first that is known of it."""
    now = time.time()
    (there,) = write.execute("SELECT count(*) FROM heads").fetchone()
    write.execute(
        "INSERT INTO environments VALUES (?, '', ?, ?, 'live')",
        (MAIN, now, now if there else 0.0),
    )
    write.execute(
        "INSERT INTO environments SELECT DISTINCT env, '', ?, ?, 'live' FROM heads"
        " WHERE env <> ?",
        (now, now, MAIN),
    )
    write.execute(
        "INSERT INTO moves (env, asset, chunk, number, at, why, other, gone, digest,"
        " count, body) SELECT env, asset, chunk, 0, ?, 'kept', '', '', digest, count, body"
        " FROM heads",
        (now,),
    )


JOURNAL = """
-- What is in no journal yet. Of a store of before that is all there is.
CREATE TABLE journal_due (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, env TEXT NOT NULL,
    asset TEXT NOT NULL, partition TEXT NOT NULL, id TEXT NOT NULL
);
INSERT INTO journal_due VALUES (0, 'all', '', '', '', '');

-- What is to be known of the store itself, such as how its journals are called.
CREATE TABLE facts (
    name TEXT PRIMARY KEY, value TEXT NOT NULL
) WITHOUT ROWID;

-- Results that are kept, and found by a name.
CREATE TABLE pins (
    name TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT NOT NULL,
    materialization TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (name, asset, partition)
) WITHOUT ROWID
"""


LEASES = """
-- Until when a run of another host is believed to go on.
ALTER TABLE runs ADD COLUMN expires REAL NOT NULL DEFAULT 0
"""


NEW_JOURNAL = """
INSERT OR IGNORE INTO facts
    SELECT 'continues:' || value, '' FROM facts WHERE name = 'journal';
DELETE FROM facts WHERE name = 'journal';
INSERT OR REPLACE INTO journal_due VALUES (0, 'all', '', '', '', '');
"""
"""What lets a copy of a store begin journals of its own, which continue those of it."""


_OLD_HEAD = struct.Struct("<q16s16s16s16sdB")


def move_old_heads(write: Write) -> None:
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


def _moved(write: Write, body: bytes) -> bytes:
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


Step = str | Callable[[Write], None]

MIGRATIONS: tuple[tuple[Step, ...], ...] = (
    *((FIRST,), (SECOND,), (THIRD, move_old_heads)),
    (FOURTH,),
    (FIFTH,),
    (SIXTH, note_heads),
    (JOURNAL,),
    (LEASES,),
)
"""The steps to each version. Only statements have semicolons, comments have none."""


def not_upgraded(version: int, where: str) -> ConfigurationError:
    """Return why a store that may only be read cannot be used.

    Args:
        version: That of its tables; 0 if there are none yet.
        where: The file or the URL.
    """
    if not version:
        return ConfigurationError(
            "There is no metadata store yet, and it may only be read here",
            fix="run 'assets list' where it may be written: that makes it",
            where=where,
        )
    return ConfigurationError(
        f"The metadata store has version {version}, this needs {len(MIGRATIONS)},"
        " and it may only be read here",
        fix="run 'assets list' where it may be written: that upgrades it",
        where=where,
    )
