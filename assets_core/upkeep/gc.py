"""Delete stored data that nobody needs any more, in two phases.

Data is needed that a head or a pin names, that is among the latest results of its cell, or
that is young. Anything else is condemned first, and deleted by a later collection if it is
still condemned then: whoever reads it at the moment has time to finish. How this is safe
beside runs stands in the metadata store's `collecting`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet

from assets_core.files import crash_point
from assets_core.frozen import frozen
from assets_core.model.events import Warned
from assets_core.model.garbage import Place, Retention
from assets_core.model.keys import Cell
from assets_core.running.deleting import delete, finish_deletions
from assets_core.running.journaling import journals_of, store_of
from assets_core.running.tools import Tools
from assets_core.upkeep.retention import needed

DAY = 86_400.0


@frozen
class Garbage:
    """Stored data that is not needed.

    Attributes:
        due_at: When it may be deleted, in seconds since 1970, UTC.
    """

    storage: str
    location: str
    bytes: int
    due_at: float


@frozen
class Collected:
    """What a collection did, or would do.

    Attributes:
        deleted: What is gone now.
        condemned: What a later collection deletes.
        kept: How many pieces of stored data are needed.
    """

    deleted: tuple[Garbage, ...]
    condemned: tuple[Garbage, ...]
    kept: int

    @property
    def freed(self) -> int:
        """How many bytes are gone now."""
        return sum(one.bytes for one in self.deleted)

    @property
    def waiting(self) -> int:
        """How many bytes a later collection deletes."""
        return sum(one.bytes for one in self.condemned)


def collect(
    tools: Tools,
    retention: Retention,
    wanted: Callable[[Cell], bool] | None = None,
    *,
    dry_run: bool = False,
) -> Collected:
    """Condemn what is no longer needed, and delete what was condemned long enough ago.

    Args:
        wanted: Of which cells alone data is condemned and deleted; of all by default, and
            then what no result names is garbage as well.
        dry_run: Change nothing, and return what would be done.
    """
    now = tools.clock.now()
    grace = retention.grace_hours * 3600
    since = now - retention.days * DAY
    if not dry_run:
        tools.store.drop_dead_claims()  # they keep what was deleted from being forgotten
        finish_deletions(tools)
        if wanted is None:
            tools.store.environments.forget_moves(since)
    results, shown = tools.store.results(), tools.store.shown()
    kept = needed(results, shown, latest=retention.versions, since=since)
    recorded = {result.place for result in results}
    if wanted is None:
        places = (recorded - kept) | _ours(tools, _unknown(tools, recorded, now - grace))
    else:
        # What is stored once for several cells is not looked at for one of them.
        recorded -= {result.place for result in results if not wanted(result.cell)}
        kept &= recorded
        places = recorded - kept
    marked = {one.place: one.at for one in tools.store.condemned()}
    garbage = [
        Garbage(*place, size, marked.get(place, now) + grace)
        for place, size in sorted(_there(tools, places).items())
    ]
    due = [one for one in garbage if one.due_at <= now]
    if not dry_run:
        due = _carry_out(tools, garbage, due, since, now)
    gone = {(one.storage, one.location) for one in due}
    later = [one for one in garbage if (one.storage, one.location) not in gone]
    return Collected(tuple(due), tuple(later), len(kept))


def _carry_out(
    tools: Tools, garbage: list[Garbage], due: list[Garbage], since: float, now: float
) -> list[Garbage]:
    """Condemn and delete; return what is gone."""
    tools.store.condemn(((one.storage, one.location) for one in garbage), since, now)
    crash_point("gc.condemned")
    begun = tools.store.begin_deletion(
        ((one.storage, one.location) for one in due), tools.owner
    )
    crash_point("gc.deleting")
    delete(tools, begun)
    gone = set(begun)
    return [one for one in due if (one.storage, one.location) in gone]


def _unknown(tools: Tools, recorded: AbstractSet[Place], before: float) -> set[Place]:
    """Return sealed data that no result names: what runs that were stopped have left.

    A run that goes on seals its data before it records the result: what is young stays.
    So does everything in a storage of which nothing is recorded, as after the loss of the
    metadata store, and what a storage holds under this name that is not configured now:
    it may be the same folder under another name.
    """
    storages = {manager.storage for manager in tools.io.values()}
    elsewhere = {location for storage, location in recorded if storage not in storages}
    recorded_in = {storage for storage, _ in recorded}
    return {
        (manager.storage, found.location)
        for manager in tools.io.values()
        if manager.storage in recorded_in
        for found in manager.objects()
        if (manager.storage, found.location) not in recorded
        and found.location not in elsewhere
        and found.written_at <= before
    }


def _ours(tools: Tools, unknown: set[Place]) -> set[Place]:
    """Return what no other metadata store can know: none has a journal beside it."""
    found = {storage for storage, _ in unknown}
    journals = {
        storage: one for storage, one in journals_of(tools).items() if storage in found
    }
    if not journals:
        return unknown
    chain = tools.store.keeping.chain()
    shared = {
        storage: [f"{one.place}/{name}" for name in others]
        for storage, one in journals.items()
        if (
            others := [name for name in one.names() if store_of(name) and name not in chain]
        )
    }
    ours = {place for place in unknown if place[0] not in shared}
    if shared:
        named = "\n  ".join(sorted({name for many in shared.values() for name in many}))
        tools.notify(
            Warned(
                f"{len(unknown) - len(ours):,} stored objects are not known here and stay:"
                f" another metadata store has written beside them\n  {named}\n"
                "  Fix: let all who share a storage share one metadata store, in"
                " PostgreSQL, or give each a root of its own; delete the journal of a"
                " store that is lost for good"
            )
        )
    return ours


def _there(tools: Tools, places: Collection[Place]) -> dict[Place, int]:
    """Return those pieces of stored data that are there, and how many bytes they have."""
    return {
        place: one.bytes
        for manager in tools.io.values()
        for one in manager.objects()
        if (place := (manager.storage, one.location)) in places
    }
