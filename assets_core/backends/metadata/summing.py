"""Heads in bulk, their digests, and what was found when all of an asset were fresh."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from assets_core.backends.metadata import rows
from assets_core.backends.metadata.connection import Connection, Write
from assets_core.backends.metadata.statements import by_chunk, put
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.packed_heads import chunk_of
from assets_core.model.records import Head
from assets_core.model.summary import Summary
from assets_core.model.versions import Digest, digest

_NUMBERED = "SELECT asset, chunk, digest, count, body FROM heads WHERE env = ?"
_CHUNK = "SELECT asset, digest, count, body FROM heads WHERE env = ?"


def heads(
    db: Connection, env: str, assets: Collection[AssetKey] | None
) -> dict[Cell, Head]:
    """Return the heads of an environment: of some assets, or all."""
    if assets is None:
        found = db.rows(_CHUNK, [env])
    else:
        found = db.rows_among(f"{_CHUNK} AND asset IN (…)", assets, [env])
    return {
        Cell(AssetKey(asset), partition): head
        for asset, *chunk in found
        for partition, head in rows.heads_from_row(*chunk).items()
    }


def heads_of(db: Connection, env: str, cells: Iterable[Cell]) -> dict[Cell, Head]:
    """Return the heads of some cells, reading no chunk in which there is none of them."""
    wanted: dict[tuple[AssetKey, int], list[Cell]] = {}
    for cell in cells:
        wanted.setdefault((cell.asset, chunk_of(cell.partition)), []).append(cell)
    found: dict[Cell, Head] = {}
    for part, values, first in by_chunk(wanted):
        for asset, number, *chunk in db.rows_among(
            f"{_NUMBERED} AND {part}",
            values,
            [env, first],
        ):
            there = rows.heads_from_row(*chunk)
            for cell in wanted[asset, number]:
                if cell.partition in there:
                    found[cell] = there[cell.partition]
    return found


def heads_digests(db: Connection, env: str) -> dict[AssetKey, Digest]:
    """Return for each asset with heads one digest of them all."""
    chunks: dict[AssetKey, list[str]] = {}
    for asset, chunk, one in db.rows(
        "SELECT asset, chunk, digest FROM heads WHERE env = ? ORDER BY asset, chunk", [env]
    ):
        chunks.setdefault(AssetKey(asset), []).append(f"{chunk} {one}")
    return {asset: digest("heads 1", *many) for asset, many in chunks.items()}


def state(db: Connection, env: str) -> Digest | None:
    """Return one digest of all that plans read; None while anything is unfinished."""
    unfinished = sum(
        count
        for sql, values in _UNFINISHED
        for ((count,),) in [db.rows(sql, [env] if values else ())]
    )
    found = db.rows("SELECT state FROM environments WHERE name = ?", [env])
    if unfinished or found != [(_LIVE,)]:
        return None
    read = (db.rows(sql, [env] if values else ()) for sql, values in _READ)
    return digest("state 1", env, *(repr(rows) for rows in read))


_LIVE = "live"
_UNFINISHED = (
    ("SELECT count(*) FROM claims", False),
    ("SELECT count(*) FROM publications WHERE env = ?", True),
    ("SELECT count(*) FROM condemned WHERE state = 'deleting'", False),
    ("SELECT count(*) FROM journal_due", False),
)
_READ = (
    ("SELECT asset, chunk, digest FROM heads WHERE env = ? ORDER BY asset, chunk", True),
    ("SELECT list, key, number, deleted FROM dynamic_keys ORDER BY list, key", False),
    ("SELECT source, path, identity, version FROM observations ORDER BY source", False),
    ("SELECT value FROM facts WHERE name = 'project'", False),
)


def summaries(
    db: Connection, env: str, assets: Iterable[AssetKey]
) -> dict[AssetKey, Summary]:
    """Return what was found of some assets."""
    return {
        AssetKey(asset): Summary(str(mark), int(rows), float(at))
        for asset, mark, rows, at in db.rows_among(
            "SELECT asset, mark, rows, at FROM summaries WHERE env = ? AND asset IN (…)",
            assets,
            [env],
        )
    }


def keep(write: Write, env: str, found: Mapping[AssetKey, Summary]) -> None:
    """Remember what was found of some assets."""
    write.executemany(
        put("summaries", "env asset", "mark rows at"),
        [(env, asset, one.mark, one.rows, one.at) for asset, one in found.items()],
    )
