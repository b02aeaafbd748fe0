"""What one transaction of the metadata store writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple

from assets_core.backends.sqlite import rows
from assets_core.errors import ClaimLostError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    ONLY_CELL,
    CheckRecord,
    Claim,
    Head,
    Materialization,
    pack_heads,
)
from assets_core.model.versions import CodeVersion, digest


def place(cell: Cell) -> tuple[str, str]:
    """Return a cell as two texts: SQLite lets no NULL into a primary key of this kind."""
    return cell.asset, cell.partition or ""


def cell_at(asset: str, partition: str) -> Cell:
    """Return the cell that two texts stand for."""
    return Cell(AssetKey(asset), partition or None)


def release(write: sqlite3.Connection, claim: Claim) -> bool:
    """Give a claim back; return whether it was still held."""
    done = write.execute(
        "DELETE FROM claims WHERE env = ? AND asset = ? AND partition = ? AND attempt = ?"
        " AND fence = ?",
        (claim.env, *place(claim.cell), claim.attempt, claim.fence),
    )
    return done.rowcount == 1


def move_head(
    write: sqlite3.Connection, env: str, cell: Cell, before: str | None, head: Head
) -> None:
    """Let a cell show another result, if it still shows what the claim saw."""
    found = write.execute(
        "SELECT generation, digest, body FROM heads"
        " WHERE env = ? AND asset = ? AND chunk = 0",
        (env, cell.asset),
    ).fetchone()
    generation, heads = (found[0], rows.heads_from_row(*found[1:])) if found else (0, {})
    now = heads.get(ONLY_CELL)
    if (now and now.materialization) != before:
        raise ClaimLostError(
            f"The head of '{cell}' moved while a new result was being made",
            fix="nothing was lost: run the command again to decide afresh",
        )
    body = pack_heads({**heads, ONLY_CELL: head})
    write.execute(
        "INSERT OR REPLACE INTO heads VALUES (?, ?, 0, ?, ?, ?)",
        (env, cell.asset, generation + 1, digest(body), body),
    )


def insert_result(
    write: sqlite3.Connection, made: Materialization, versions: tuple[CodeVersion, ...]
) -> None:
    """Insert a result, with the versions it refers to."""
    write.executemany(
        "INSERT OR IGNORE INTO code_versions VALUES (?, ?)",
        [(code.digest, rows.code_to_json(code)) for code in versions],
    )
    write.execute(
        "INSERT INTO materializations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made.id,
            made.cell.asset,
            made.cell.partition,
            made.recipe,
            made.committed_at,
            made.run_id,
            *astuple(made.stored),
            rows.materialization_to_json(made),
        ),
    )


def write_checks(
    write: sqlite3.Connection,
    materialization: str,
    run_id: str,
    checks: Sequence[CheckRecord],
    at: float,
) -> None:
    """Remember what checks found on a result."""
    write.executemany(
        "INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?, ?)",
        [
            (
                materialization,
                check.check,
                run_id,
                at,
                rows.to_json(rows.check_to_json(check)),
            )
            for check in checks
        ],
    )
