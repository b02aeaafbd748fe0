"""How rows name cells, and the fences that tell claims on one cell apart."""

from __future__ import annotations

from collections.abc import Sequence

from assets_core.backends.metadata.connection import Write
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Claim


def place(cell: Cell) -> tuple[str, str]:
    """Return a cell as two texts: SQLite lets no NULL into a primary key of this kind."""
    return cell.asset, cell.partition or ""


def cell_at(asset: str, partition: str) -> Cell:
    """Return the cell that two texts stand for."""
    return Cell(AssetKey(asset), partition or None)


def release(write: Write, claims: Sequence[Claim]) -> bool:
    """Give claims back; return whether all were still held."""
    done = write.executemany(
        "DELETE FROM claims WHERE env = ? AND asset = ? AND partition = ? AND attempt = ?"
        " AND fence = ?",
        [(one.env, *place(one.cell), one.attempt, one.fence) for one in claims],
    )
    return done.rowcount == len(claims)


def next_fences(write: Write, count: int) -> range:
    """Return numbers that are higher than any that were given out before."""
    write.execute("UPDATE counters SET value = value + ? WHERE name = 'fence'", (count,))
    last = last_fence(write)
    return range(last - count + 1, last + 1)


def last_fence(write: Write) -> int:
    """Return the fence that was given out last."""
    found = write.execute("SELECT value FROM counters WHERE name = 'fence'").fetchone()
    return int(found[0])
