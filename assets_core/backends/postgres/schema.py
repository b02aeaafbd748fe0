"""The tables in PostgreSQL: made as they are by now, and brought up to date from then on.

Steps that SQLite files have taken before there was this store are one step here; all later
ones are shared. Versions have the same numbers.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import psycopg
from psycopg import errors

from assets_core.backends.metadata.connection import Write
from assets_core.backends.metadata.schema import MIGRATIONS
from assets_core.backends.postgres.dialect import defined, translated
from assets_core.errors import ConfigurationError

OLDEST_SERVER = 13
FIRST_VERSION = 5

START = """
CREATE TABLE heads (
    env TEXT NOT NULL, asset TEXT NOT NULL, chunk INTEGER NOT NULL,
    generation INTEGER NOT NULL, digest TEXT NOT NULL, count INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (env, asset, chunk)
);
CREATE TABLE code_versions (digest TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE materializations (
    id TEXT PRIMARY KEY, asset TEXT NOT NULL, partition TEXT, recipe TEXT NOT NULL,
    committed_at REAL NOT NULL, run_id TEXT NOT NULL,
    storage TEXT NOT NULL, location TEXT NOT NULL, bytes INTEGER NOT NULL,
    checksum TEXT NOT NULL, body TEXT NOT NULL,
    rowid INTEGER GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX materializations_of_cell
    ON materializations (asset, partition, committed_at);
CREATE INDEX materializations_by_location ON materializations (storage, location);
CREATE INDEX materializations_in_order ON materializations (asset, rowid);
CREATE TABLE validations (
    materialization TEXT NOT NULL, validation TEXT NOT NULL,
    PRIMARY KEY (materialization, validation)
);
CREATE TABLE claims (
    env TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT NOT NULL,
    attempt TEXT NOT NULL, fence INTEGER NOT NULL, owner TEXT NOT NULL,
    expires REAL NOT NULL,
    PRIMARY KEY (env, asset, partition)
);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO counters VALUES ('fence', 0);
CREATE TABLE publications (
    id INTEGER PRIMARY KEY, env TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT
);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, env TEXT NOT NULL, status TEXT NOT NULL,
    started_at REAL NOT NULL, ended_at REAL,
    request TEXT NOT NULL, owner TEXT NOT NULL, counts TEXT NOT NULL, backfill TEXT
);
CREATE INDEX runs_by_start ON runs (started_at);
CREATE INDEX runs_of_backfills ON runs (backfill, started_at) WHERE backfill IS NOT NULL;
CREATE TABLE steps (
    run_id TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT NOT NULL,
    at REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run_id, asset, partition)
);
CREATE TABLE failures (
    env TEXT NOT NULL, asset TEXT NOT NULL, partition TEXT NOT NULL,
    run_id TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (env, asset, partition)
);
CREATE TABLE checks (
    materialization TEXT NOT NULL, name TEXT NOT NULL,
    run_id TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (materialization, name)
);
CREATE TABLE observations (
    source TEXT PRIMARY KEY, path TEXT NOT NULL, identity TEXT NOT NULL,
    version TEXT NOT NULL
);
CREATE TABLE condemned (
    storage TEXT NOT NULL, location TEXT NOT NULL,
    state TEXT NOT NULL, at REAL NOT NULL, owner TEXT, fence INTEGER,
    PRIMARY KEY (storage, location)
);
CREATE TABLE summaries (
    env TEXT NOT NULL, asset TEXT NOT NULL, mark TEXT NOT NULL,
    rows INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (env, asset)
);
CREATE TABLE dynamic_keys (
    list TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list, key)
);
CREATE TABLE quarantines (
    materialization TEXT PRIMARY KEY, rows INTEGER NOT NULL,
    storage TEXT NOT NULL, location TEXT NOT NULL, bytes INTEGER NOT NULL
);
CREATE INDEX quarantines_by_location ON quarantines (storage, location);
CREATE VIEW kept_bytes AS
    SELECT id, asset, partition, storage, location, bytes, committed_at
    FROM materializations
    UNION ALL
    SELECT m.id, m.asset, m.partition, q.storage, q.location, q.bytes, m.committed_at
    FROM quarantines q JOIN materializations m ON m.id = q.materialization;

-- Who writes, and the number of the last transaction of each that was committed: so it is
-- known afterwards whether one was whose answer got lost.
CREATE TABLE writers (id TEXT PRIMARY KEY, number INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE store_version (version INTEGER NOT NULL);
INSERT INTO store_version VALUES (5)
"""

Plain = psycopg.Connection[tuple[Any, ...]]

_MAY_WRITE = (
    "SELECT current_setting('transaction_read_only') = 'off'"
    " AND has_table_privilege(%s, 'INSERT')"
)


def look(connection: Plain, schema: str, where: str) -> tuple[int, bool]:
    """Return the version of the tables, 0 without any, and whether we may only read.

    Raises:
        ConfigurationError: The server is too old, or the tables are too new.
    """
    server = connection.info.server_version // 10_000
    if server < OLDEST_SERVER:
        raise ConfigurationError(
            f"The server is PostgreSQL {server}; the metadata store needs {OLDEST_SERVER}",
            fix="upgrade the server, or set [metadata] url to another one",
            where=where,
        )
    try:
        version = _version(connection, schema, where)
    except (errors.UndefinedTable, errors.InvalidSchemaName):
        return 0, False
    asked = connection.execute(_MAY_WRITE, (f'"{schema}".heads',)).fetchone()
    return version, not (asked and asked[0])


def _version(connection: Plain, schema: str, where: str) -> int:
    found = connection.execute(translated("SELECT version FROM store_version", schema))
    version = int((found.fetchone() or (0,))[0])
    if version > len(MIGRATIONS):
        raise ConfigurationError(
            f"The metadata store has version {version}; this knows {len(MIGRATIONS)}",
            fix="upgrade: pip install --upgrade assets-core",
            where=where,
        )
    return version


def upgrade(connection: Plain, write: Write, schema: str, where: str) -> None:
    """Make the tables or bring them up to date, inside a transaction."""
    there = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_namespace n LEFT JOIN pg_class c"
        " ON c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'm', 'f', 'p')"
        " WHERE n.nspname = %s",
        (schema,),
    ).fetchall()
    names = {name for _, name in there if name is not None}
    if names and "store_version" not in names:
        raise ConfigurationError(
            f"The schema '{schema}' named for the metadata store holds something else",
            fix="set [metadata] schema to a name that does not exist yet,"
            " or restore a backup if it was one",
            where=where,
        )
    if not there:
        connection.execute(f'CREATE SCHEMA "{schema}"')
    # Somebody else may have been first, while this one waited for its turn.
    version = _version(connection, schema, where) if names else 0
    steps = [] if version else [START]
    for step in [*steps, *chain.from_iterable(MIGRATIONS[max(version, FIRST_VERSION) :])]:
        if callable(step):
            step(write)
            continue
        connection.execute(defined(step, schema))
    write.execute("UPDATE store_version SET version = ?", (len(MIGRATIONS),))
