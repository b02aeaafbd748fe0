"""How stored bytes are deleted, beside processes that may be about to use them.

Bytes that nobody needs are first *condemned*. Later, if that is still so, they are marked
as *deleting*, deleted, and marked as *deleted* with the last fence that was given out until
then. A commit that shows condemned bytes takes them back. A commit that shows bytes which
are being deleted is refused, and so is one whose claim is not younger than the deletion: it
may have found them there just before. So no head can ever name bytes that are gone,
whatever the order of events; and no clock takes part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from assets_core.backends.metadata import rows
from assets_core.backends.metadata.cells import last_fence
from assets_core.backends.metadata.connection import Write
from assets_core.backends.metadata.pinning import pinned
from assets_core.backends.metadata.statements import among
from assets_core.errors import CollectedError
from assets_core.model.garbage import Condemned, KeptResult, Place
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.packed_heads import unpack_heads
from assets_core.model.records import Claim, Owner


def take_back(write: Write, shown: Mapping[str, Claim]) -> None:
    """Make sure that the bytes of results stay, or refuse to show them.

    Args:
        write: The transaction.
        shown: The claim by which each result is to be shown.
    """
    for id_, storage, location, state, fence in among(
        write,
        "SELECT m.id, c.storage, c.location, c.state, c.fence FROM kept_bytes m"
        " JOIN condemned c ON c.storage = m.storage AND c.location = m.location"
        " WHERE m.id IN (…)",
        shown,
    ):
        claim = shown[id_]
        if state == "deleting" or (state == "deleted" and claim.fence <= fence):
            raise CollectedError(
                f"The stored data that '{claim.cell}' was about to show is being deleted",
                fix="nothing was lost: run the command again",
                where=location,
            )
        write.execute(
            "DELETE FROM condemned WHERE storage = ? AND location = ?", (storage, location)
        )


def named_by(chunks: Iterable[tuple[bytes, int]]) -> set[str]:
    """Return the results that heads name, given the chunks of all of them."""
    return {
        head.materialization
        for body, count in chunks
        for head in unpack_heads(body, count).values()
    }


def shown_places(read: Write) -> set[Place]:
    """Return where the bytes are that any head or pin names."""
    ids = named_by(read.execute("SELECT body, count FROM heads").fetchall())
    ids |= pinned(read)
    return {
        (storage, location)
        for id_, storage, location in read.execute(
            "SELECT id, storage, location FROM kept_bytes"
        ).fetchall()
        if id_ in ids
    }


def results(
    found: Iterable[tuple[str, str, str | None, str, str, int, float]],
) -> tuple[KeptResult, ...]:
    """Return what is told of every result, from its row."""
    return tuple(
        KeptResult(id_, Cell(AssetKey(asset), partition), (storage, location), size, at)
        for id_, asset, partition, storage, location, size, at in found
    )


def condemn(write: Write, places: Iterable[Place], since: float, at: float) -> int:
    """Condemn bytes that no head names and no result uses that is younger than `since`."""
    forget_deletions(write)  # so that what was written again can be condemned again
    young = write.execute(
        "SELECT storage, location FROM kept_bytes WHERE committed_at > ?", (since,)
    )
    needed = shown_places(write) | {(storage, where) for storage, where in young.fetchall()}
    done = write.executemany(
        "INSERT INTO condemned VALUES (?, ?, 'condemned', ?, NULL, NULL)"
        " ON CONFLICT DO NOTHING",
        [(*place, at) for place in sorted(set(places) - needed)],
    )
    return done.rowcount


def begin_deletion(
    write: Write, places: Iterable[Place], owner: Owner
) -> tuple[Place, ...]:
    """Mark condemned bytes as being deleted; return those that may be deleted now."""
    marked = write.execute(
        "SELECT storage, location FROM condemned WHERE state = 'condemned'"
    )
    mine = {(storage, location) for storage, location in marked.fetchall()} & set(places)
    needed = shown_places(write)
    write.executemany(
        "DELETE FROM condemned WHERE storage = ? AND location = ?", sorted(mine & needed)
    )
    begun = sorted(mine - needed)
    said = rows.to_json(asdict(owner))
    write.executemany(
        "UPDATE condemned SET state = 'deleting', owner = ?"
        " WHERE storage = ? AND location = ?",
        [(said, *place) for place in begun],
    )
    return tuple(begun)


def end_deletion(write: Write, places: Iterable[Place]) -> None:
    """Say that bytes are gone, with the last fence that was given out until now."""
    fence = last_fence(write)
    write.executemany(
        "UPDATE condemned SET state = 'deleted', owner = NULL, fence = ?"
        " WHERE storage = ? AND location = ? AND state = 'deleting'",
        [(fence, *place) for place in places],
    )
    forget_deletions(write)


def forget_deletions(write: Write) -> None:
    """Forget deletions that have ended and that no claim is old enough for."""
    write.execute(
        "DELETE FROM condemned WHERE state = 'deleted'"
        " AND fence < (SELECT COALESCE(MIN(fence), ?) FROM claims)",
        (last_fence(write) + 1,),
    )


def take_over(write: Write, dead: Iterable[Condemned], owner: Owner) -> tuple[Place, ...]:
    """Take over deletions that a process which is no more has begun."""
    taken = []
    for mark in dead:
        done = write.execute(
            "UPDATE condemned SET owner = ? WHERE storage = ? AND location = ?"
            " AND state = 'deleting' AND owner = ?",
            (
                *(rows.to_json(asdict(owner)), *mark.place),
                rows.to_json(asdict(mark.owner)) if mark.owner else None,
            ),
        )
        taken += [mark.place] if done.rowcount else []
    return tuple(taken)


def condemned(
    found: Iterable[tuple[str, str, str, float, str | None]],
) -> tuple[Condemned, ...]:
    """Return what is marked, from its rows."""
    return tuple(
        Condemned(
            (storage, location),
            rows.mark_from_text(state),
            at,
            None if owner is None else rows.owner_from_json(owner),
        )
        for storage, location, state, at, owner in found
    )
