"""How rows name cells, and the fences that tell claims on one cell apart."""

from __future__ import annotations

import sqlite3

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Claim


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


def last_fence(write: sqlite3.Connection) -> int:
    """Return the fence that was given out last."""
    found = write.execute("SELECT value FROM counters WHERE name = 'fence'").fetchone()
    return int(found[0])
