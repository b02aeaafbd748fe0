"""Who may commit a cell: claims with fences, and leases for processes of other hosts.

Whether a process of this host is alive can be seen. That of another host is believed
until its lease ends, which it renews while it runs. A wrong guess costs work and nothing
else: whoever lost a claim cannot commit, because its fence is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from assets_core.backends.metadata import rows
from assets_core.backends.metadata.cells import cell_at, next_fences, place, release
from assets_core.backends.metadata.connection import Connection, Write
from assets_core.backends.metadata.statements import among, put
from assets_core.model.keys import Cell
from assets_core.model.records import Claim, Owner

IsAlive = Callable[[Owner], bool | None]
"""Whether a process is alive; None if it cannot be seen from here."""

_SELECT = "SELECT env, asset, partition, attempt, fence, owner, expires FROM claims"


def holds(is_alive: IsAlive, owner: Owner, expires: float, now: float) -> bool:
    """Return whether a claim still stands."""
    alive = is_alive(owner)
    return expires > now if alive is None else alive


def holders(write: Write, env: str, cells: Iterable[Cell]) -> list[tuple[Owner, float]]:
    """Return who has some of the cells, and until when that is believed of another host."""
    whole: list[str] = []
    partitions: dict[str, list[str]] = {}
    for asset, partition in map(place, cells):
        if partition:
            partitions.setdefault(asset, []).append(partition)
        else:
            whole.append(asset)
    found = among(
        write,
        "SELECT owner, expires FROM claims"
        " WHERE env = ? AND partition = '' AND asset IN (…)",
        whole,
        (env,),
    )
    for asset, wanted in partitions.items():
        found += among(
            write,
            "SELECT owner, expires FROM claims"
            " WHERE env = ? AND asset = ? AND partition IN (…)",
            wanted,
            (env, asset),
        )
    return [(rows.owner_from_json(owner), expires) for owner, expires in found]


def take(
    write: Write, env: str, attempts: Mapping[Cell, str], owner: Owner, until: float
) -> tuple[Claim, ...]:
    """Take cells, whoever had them; their fences are higher than any before."""
    taken = tuple(
        Claim(env, cell, attempt, fence, owner)
        for fence, (cell, attempt) in zip(
            next_fences(write, len(attempts)), attempts.items(), strict=True
        )
    )
    said = rows.to_json(asdict(owner))
    write.executemany(
        put("claims", "env asset partition", "attempt fence owner expires"),
        [(env, *place(one.cell), one.attempt, one.fence, said, until) for one in taken],
    )
    return taken


def renew(write: Write, owner: Owner, until: float) -> None:
    """Extend the leases of all claims and runs of a process."""
    for statement in (
        "UPDATE claims SET expires = ? WHERE owner = ?",
        "UPDATE runs SET expires = ? WHERE owner = ? AND status = 'running'",
    ):
        write.execute(statement, (until, rows.to_json(asdict(owner))))


def all_claims(db: Connection) -> list[tuple[Claim, float]]:
    """Return every claim, and until when each is believed of another host."""
    return [_claim(row) for row in db.rows(_SELECT)]


def claims_of(write: Write, env: str) -> list[tuple[Claim, float]]:
    """Return the claims in one environment, as `all_claims` does."""
    found = write.execute(f"{_SELECT} WHERE env = ?", (env,)).fetchall()
    return [_claim(row) for row in found]


def _claim(row: tuple[Any, ...]) -> tuple[Claim, float]:
    env, asset, partition, attempt, fence, owner, expires = row
    held = (env, cell_at(asset, partition), attempt, fence, rows.owner_from_json(owner))
    return Claim(*held), expires


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
            release(write, dead)
