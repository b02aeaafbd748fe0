"""Ways to damage a DuckDB database that know its format.

A database begins with three headers of 4 KiB: one with the magic, and two that take turns
in naming the list of blocks that counts. Blocks of 256 KiB follow, each with a checksum in
front. A log beside it has what was committed and not yet written into blocks.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from tests.faults.damages import (
    Damage,
    clear,
    cut,
    everywhere,
    flipped,
    holding,
    random_places,
    written,
)

HEADER = 4096
BLOCK = 1 << 18
MAGIC = 8  # behind the checksum of the header


def damages_of_duckdb(whole: bytes) -> list[Damage]:
    """Return all ways to damage a database."""
    return [
        *everywhere(whole),
        *_of_headers(whole),
        *_of_blocks(whole),
        *_under_right_checksums(whole),
        *_others(whole),
    ]


def _of_headers(whole: bytes) -> Iterator[Damage]:
    yield from cut(whole, {HEADER - 1, HEADER, 2 * HEADER, 3 * HEADER}, "headers cut off")
    for number in range(3):
        start = number * HEADER
        fields = {start + place for place in range(0, 96, 4)}
        yield from flipped(whole, fields, f"header {number} flipped")
        yield written(whole, start, bytes(HEADER), f"header {number} zeros")
    yield written(whole, MAGIC, b"KCUD", "magic of another program")
    for version in (0, 1, 2**31, 2**63):
        yield written(whole, MAGIC + 4, struct.pack("<Q", version), "version of the format")
    first, second = whole[HEADER : 2 * HEADER], whole[2 * HEADER : 3 * HEADER]
    exchanged = whole[:HEADER] + second + first + whole[3 * HEADER :]
    yield Damage("headers exchanged", "", holding(exchanged))
    for name, one in (("first", first), ("second", second)):
        both = whole[:HEADER] + one + one + whole[3 * HEADER :]
        yield Damage("old header", f"the {name} one twice", holding(both))


def _of_blocks(whole: bytes) -> Iterator[Damage]:
    for start in range(3 * HEADER, len(whole), BLOCK):
        block = whole[start : start + BLOCK]
        yield from flipped(whole, {start}, "checksum of a block flipped")
        yield written(whole, start, bytes(8), "checksum of a block zeros")
        yield written(whole, start, bytes(len(block)), "block zeros")
        near = {start + place for place in random_places(2048, 6)}
        yield from flipped(whole, near, "block flipped")
        yield from cut(whole, {start, start + 8, start + BLOCK // 2}, "blocks cut off")
        other = start + BLOCK if start + BLOCK < len(whole) else 3 * HEADER
        yield written(whole, start, whole[other : other + BLOCK], "block of another place")


def _under_right_checksums(whole: bytes) -> Iterator[Damage]:
    """Yield blocks with a bit changed before DuckDB took the checksum, as bad memory does.

    DuckDB reads them without a word: what is recorded of each column is all that tells.
    """
    chosen = random.Random(len(whole))  # noqa: S311 - no secret
    for start in range(3 * HEADER, len(whole), BLOCK):
        used = [place for place in range(8, BLOCK) if whole[start + place]]
        for place in chosen.sample(used, min(len(used), 9)):
            block = bytearray(whole[start : start + BLOCK])
            block[place] ^= 1 << place % 8
            block[:8] = struct.pack("<Q", checksum_of_block(block[8:]))
            changed = whole[:start] + bytes(block) + whole[start + BLOCK :]
            text = f"byte {start + place}"
            yield Damage("block changed under a right checksum", text, holding(changed))


def checksum_of_block(data: bytes | bytearray) -> int:
    """Return what DuckDB writes in front of a block."""
    found = 5381
    for (word,) in struct.iter_unpack("<Q", data):
        found ^= word * 0xBF58476D1CE4E5B9 & 0xFFFF_FFFF_FFFF_FFFF
    return found


def _others(whole: bytes) -> Iterator[Damage]:
    yield Damage("other database", "empty", _put_database("SELECT 1"))
    theirs = "CREATE TABLE orders AS SELECT 1 AS id"
    yield Damage("other database", "with other tables", _put_database(theirs))
    sql = "CREATE SCHEMA _assets; CREATE TABLE _assets._versions AS SELECT 1 AS id"
    yield Damage("other database", "with other columns where ours are", _put_database(sql))


def _put_database(sql: str) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        with duckdb.connect(path) as connection:
            connection.execute(sql)

    return put


def log_of(path: Path) -> Path:
    """Return the log of a database."""
    return path.with_name(f"{path.name}.wal")


def move_into_log(path: Path) -> None:
    """Make each version again in a transaction that is in the log and nowhere else."""
    with duckdb.connect(path) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("SET checkpoint_threshold = '1 TB'")
        names = connection.execute(
            "SELECT table_name FROM duckdb_tables()"
            " WHERE schema_name = '_assets' AND table_name <> '_versions'"
        ).fetchall()
        for (name,) in names:
            table = f'_assets."{name}"'
            connection.execute(
                f"BEGIN; CREATE TABLE _assets.copied AS FROM {table}; DROP TABLE {table};"
                f'ALTER TABLE _assets.copied RENAME TO "{name}"; COMMIT'
            )


def damages_of_log(whole: bytes, log: bytes) -> list[Damage]:
    """Return all ways to damage the log of a database, which is whole itself."""
    inner = [
        *everywhere(log),
        *cut(log, set(range(64)), "start cut off"),
        *flipped(log, set(range(64)), "start flipped"),
    ]
    return [_of_log(whole, one) for one in inner]


def _of_log(whole: bytes, damage: Damage) -> Damage:
    def put(path: Path) -> None:
        clear(log_of(path))
        path.write_bytes(whole)
        damage.put(log_of(path))

    return Damage(f"log {damage.kind}", damage.place, put)
