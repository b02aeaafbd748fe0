"""Who may commit a cell: claims with fences, and leases for processes of other hosts.

Whether a process of this host is alive can be seen. That of another host is believed
until its lease ends, which it renews while it runs. A wrong guess costs work and nothing
else: whoever lost a claim cannot commit, because its fence is no longer there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import asdict

from assets_core.backends.sqlite import rows
from assets_core.backends.sqlite.cells import cell_at, last_fence, place, release
from assets_core.backends.sqlite.connection import Connection
from assets_core.model.keys import Cell
from assets_core.model.records import Claim, Owner

IsAlive = Callable[[Owner], bool | None]
"""Whether a process is alive; None if it cannot be seen from here."""

_SELECT = "SELECT env, asset, partition, attempt, fence, owner, expires FROM claims"


def holds(is_alive: IsAlive, owner: Owner, expires: float, now: float) -> bool:
    """Return whether a claim still stands."""
    alive = is_alive(owner)
    return expires > now if alive is None else alive


def held_by(write: sqlite3.Connection, env: str, cell: Cell) -> tuple[Owner, float] | None:
    """Return who has a cell, and until when that is believed of another host."""
    found = write.execute(
        "SELECT owner, expires FROM claims WHERE env = ? AND asset = ? AND partition = ?",
        (env, *place(cell)),
    ).fetchone()
    return (rows.owner_from_json(found[0]), found[1]) if found else None


def take(
    write: sqlite3.Connection,
    place_of: tuple[str, Cell],
    attempt: str,
    owner: Owner,
    until: float,
) -> Claim:
    """Take a cell, whoever had it; the fence is higher than any before."""
    env, cell = place_of
    write.execute("UPDATE counters SET value = value + 1 WHERE name = 'fence'")
    fence = last_fence(write)
    write.execute(
        "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?, ?)",
        (env, *place(cell), attempt, fence, rows.to_json(asdict(owner)), until),
    )
    return Claim(env, cell, attempt, fence, owner)


def renew(write: sqlite3.Connection, owner: Owner, until: float) -> None:
    """Extend the leases of all claims of a process."""
    write.execute(
        "UPDATE claims SET expires = ? WHERE owner = ?",
        (until, rows.to_json(asdict(owner))),
    )


def all_claims(db: Connection) -> list[tuple[Claim, float]]:
    """Return every claim, and until when each is believed of another host."""
    return [
        (
            Claim(
                env, cell_at(asset, partition), attempt, fence, rows.owner_from_json(owner)
            ),
            expires,
        )
        for env, asset, partition, attempt, fence, owner, expires in db.rows(_SELECT)
    ]


def dead_claims(db: Connection, is_alive: IsAlive, now: float) -> tuple[Claim, ...]:
    """Return the claims that no longer stand."""
    return tuple(
        claim
        for claim, expires in all_claims(db)
        if not holds(is_alive, claim.owner, expires, now)
    )


def drop(db: Connection, dead: tuple[Claim, ...]) -> None:
    """Give back claims that no longer stand."""
    if dead:
        with db.transaction() as write:
            for claim in dead:
                release(write, claim)
