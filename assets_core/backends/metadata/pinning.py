"""Results that are kept until somebody lets go of them, and found by a name."""

from __future__ import annotations

from assets_core.backends.metadata.cells import cell_at, place
from assets_core.backends.metadata.connection import Connection, Write
from assets_core.errors import UsageError
from assets_core.protocols.keeping import Pin

_PINNED = "SELECT materialization FROM pins"


def pins(db: Connection) -> tuple[Pin, ...]:
    """Return what is pinned, by name."""
    return tuple(
        Pin(name, cell_at(asset, partition), id_, at)
        for name, asset, partition, id_, at in db.rows(
            "SELECT name, asset, partition, materialization, at FROM pins"
            " ORDER BY name, asset, partition"
        )
    )


def pin(write: Write, one: Pin) -> None:
    """Pin a result; doing it again changes nothing."""
    key = (one.name, *place(one.cell))
    write.execute(
        "INSERT INTO pins VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (*key, one.materialization, one.at),
    )
    (found,) = write.execute(
        "SELECT materialization FROM pins WHERE name = ? AND asset = ? AND partition = ?",
        key,
    ).fetchone()
    if found != one.materialization:
        raise UsageError(
            f"'{one.name}' is already the name of version {found[:12]} of '{one.cell}'",
            fix=f"choose another name, or first: assets unpin {one.cell.asset}"
            f" --as {one.name}",
        )


def unpin(write: Write, one: Pin) -> bool:
    """Let go of what was pinned; return whether it was."""
    done = write.execute(
        "DELETE FROM pins WHERE name = ? AND asset = ? AND partition = ?",
        (one.name, *place(one.cell)),
    )
    return done.rowcount == 1


def pinned(read: Write) -> set[str]:
    """Return the results that are pinned."""
    return {id_ for (id_,) in read.execute(_PINNED).fetchall()}
