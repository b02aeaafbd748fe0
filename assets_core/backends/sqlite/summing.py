"""Heads in bulk, their digests, and what was found when all of an asset were fresh."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping

from assets_core.backends.sqlite import rows
from assets_core.backends.sqlite.connection import Connection
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head
from assets_core.model.summary import Summary
from assets_core.model.versions import Digest, digest

FEW = 100
"""Up to how many assets the heads of each are looked up for themselves."""

_CHUNK = "SELECT asset, digest, count, body FROM heads WHERE env = ?"


def heads(
    db: Connection, env: str, assets: Collection[AssetKey] | None
) -> dict[Cell, Head]:
    """Return the heads of an environment: of some assets, or all."""
    if assets is None or len(assets) > FEW:
        found = db.rows(_CHUNK, [env])
    else:
        found = [
            row for key in assets for row in db.rows(f"{_CHUNK} AND asset = ?", [env, key])
        ]
    return {
        Cell(AssetKey(asset), partition): head
        for asset, *chunk in found
        if assets is None or asset in assets
        for partition, head in rows.heads_from_row(*chunk).items()
    }


def heads_digests(db: Connection, env: str) -> dict[AssetKey, Digest]:
    """Return for each asset with heads one digest of them all."""
    chunks: dict[AssetKey, list[str]] = {}
    for asset, chunk, one in db.rows(
        "SELECT asset, chunk, digest FROM heads WHERE env = ? ORDER BY asset, chunk", [env]
    ):
        chunks.setdefault(AssetKey(asset), []).append(f"{chunk} {one}")
    return {asset: digest("heads 1", *many) for asset, many in chunks.items()}


def summaries(
    db: Connection, env: str, assets: Iterable[AssetKey]
) -> dict[AssetKey, Summary]:
    """Return what was found of some assets."""
    wanted = set(assets)
    return {
        AssetKey(asset): Summary(str(mark), int(rows), float(at))
        for asset, mark, rows, at in db.rows(
            "SELECT asset, mark, rows, at FROM summaries WHERE env = ?", [env]
        )
        if asset in wanted
    }


def keep(write: sqlite3.Connection, env: str, found: Mapping[AssetKey, Summary]) -> None:
    """Remember what was found of some assets."""
    write.executemany(
        "INSERT OR REPLACE INTO summaries VALUES (?, ?, ?, ?, ?)",
        [(env, asset, one.mark, one.rows, one.at) for asset, one in found.items()],
    )
