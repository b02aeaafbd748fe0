"""Which stored bytes are still needed. A pure function of what is recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from assets_core.model.garbage import KeptResult, Place
from assets_core.model.keys import Cell


def needed(
    results: Iterable[KeptResult], shown: Collection[str], *, latest: int, since: float
) -> frozenset[Place]:
    """Return the bytes that must stay.

    Args:
        results: All results, oldest first.
        shown: Those that some head names.
        latest: How many results of each cell are kept, newest first.
        since: What is younger is kept, in seconds since 1970, UTC.

    >>> one = KeptResult("1", Cell("a"), ("data", "x"), 10, 5.0)
    >>> sorted(needed([one], {"1"}, latest=0, since=9.0))
    [('data', 'x')]
    >>> sorted(needed([one], set(), latest=0, since=9.0))
    []
    """
    by_cell: dict[Cell, list[KeptResult]] = {}
    kept = set()
    for result in results:
        by_cell.setdefault(result.cell, []).append(result)
        if result.id in shown or result.committed_at > since:
            kept.add(result.place)
    for found in by_cell.values():
        # One result may have its bytes in several places.
        ids = dict.fromkeys(result.id for result in reversed(found))
        newest = set(list(ids)[:latest])
        kept.update(result.place for result in found if result.id in newest)
    return frozenset(kept)
