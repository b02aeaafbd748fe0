"""Store what was computed for many cells: in few objects, and not too much at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.model.records import StepRecord
from assets_core.protocols.io import IOManager, SharingIOManager
from assets_core.running.committing import Made, Showing, store_tables

Fail = Callable[[Cell, Exception | SystemExit], StepRecord]
"""Makes the record of a step that failed, and writes its log."""

Ended = Showing | StepRecord
"""A cell that is stored, or one that will not be."""

OBJECT_BYTES = 4 << 20
"""How large tables are together that share an object."""
OBJECT_ROWS = 1 << 20
"""How many rows each of them has at most, so that it is one row group."""
OBJECT_PARTS = 1000
"""How many tables share one at most."""
ROUND_BYTES = 64 << 20
"""How large tables are together that are made durable at one time."""


def stored_each(computed: Iterable[Made | StepRecord], fail: Fail) -> list[Ended]:
    """Store cells of one IO manager; what cannot be stored fails alone.

    Args:
        computed: What is to be stored, and what cannot be any more.
    """
    ended: list[Ended] = []
    for objects in _rounds(_objects(computed)):
        ended += (one for one in objects if isinstance(one, StepRecord))
        ended += _store([one for one in objects if isinstance(one, list)], fail)
    return ended


def _store(objects: list[list[Made]], fail: Fail) -> list[Ended]:
    if not objects:
        return []
    try:
        return [*store_tables(objects, "computed")]
    except Exception as error:  # noqa: BLE001 - of these cells alone
        alone = [made for one in objects for made in one]
        if len(alone) == 1:
            return [fail(alone[0][0].job.cell, error)]
        # Each may do better for itself.
        return [ended for made in alone for ended in _store([[made]], fail)]


def _objects(
    computed: Iterable[Made | StepRecord],
) -> Iterator[list[Made] | StepRecord]:
    """Yield what is stored together: small tables that may share an object, or one each."""
    waiting: list[Made] = []
    size = 0
    for one in computed:
        if isinstance(one, StepRecord):
            yield one
            continue
        table = one[1][0]
        if waiting and not _fit(waiting, size, one):
            yield waiting
            waiting, size = [], 0
        waiting.append(one)
        size += table.nbytes
    if waiting:
        yield waiting


def _rounds(
    objects: Iterable[list[Made] | StepRecord],
) -> Iterator[list[list[Made] | StepRecord]]:
    """Yield what is held in memory until it is durable."""
    some: list[list[Made] | StepRecord] = []
    size = 0
    for one in objects:
        some.append(one)
        size += _size(one)
        if size >= ROUND_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


def _size(one: list[Made] | StepRecord) -> int:
    """Return how many bytes of memory an object takes before it is written."""
    return sum(table.nbytes for _, (table, *_) in one) if isinstance(one, list) else 0


def _fit(waiting: list[Made], size: int, one: Made) -> bool:
    """Return whether a table may be kept in one object with those before it."""
    attempt, (table, *_) = one
    asset = attempt.job.asset
    if len(waiting) == 1 and not _shares(attempt.manager, asset):
        return False  # if there were two, they share already
    small = size + table.nbytes <= OBJECT_BYTES and table.num_rows <= OBJECT_ROWS
    same = asset.key == waiting[0][0].job.asset.key
    return (
        small
        and same
        and len(waiting) < OBJECT_PARTS
        and table.schema.equals(waiting[0][1][0].schema)
    )


def _shares(manager: IOManager, asset: Asset) -> bool:
    return isinstance(manager, SharingIOManager) and manager.shares(asset.publish)
