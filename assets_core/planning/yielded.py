"""Whether partitions that one call has yielded still are what it made.

Such an asset is decided about as a whole, by the cell of its call. Its partitions have the
recipe of that call, so that each can be asked for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from assets_core.model.keys import Cell
from assets_core.planning.reasons import ONLY_LOOKING, NeverBuilt, Reason
from assets_core.planning.staleness import Expected, Last, Making, why_stale

_PERHAPS_WHOLE = ONLY_LOOKING | {"upstream_will_run"}
"""Reasons of a call beside which its partitions may have some of their own."""


def partition_of(call: Making, key: str) -> Making:
    """Return what one partition of a call is made from: what the call is made from."""
    return Making(Cell(call.cell.asset, key), (), call.inputs)


def also_stale(
    now: Expected,
    call: Making,
    keys: Sequence[str],
    last: Callable[[Cell], Last | None],
    *,
    reasons: Iterable[Reason],
    at: float,
) -> tuple[Reason, ...]:
    """Return the reasons that a call has because of its partitions.

    Args:
        keys: The keys that its list has.
        last: What is remembered of a cell.
        reasons: Those that it has of its own.
        at: The time now, in seconds since 1970, UTC.
    """
    before = last(call.cell)
    told = {reason.kind for reason in reasons}
    if before is None or not told <= _PERHAPS_WHOLE:
        return ()
    found: dict[str, Reason] = {}
    if before.head.rows != len(keys):
        found["never_built"] = NeverBuilt()  # another asset has had the list meanwhile
    for key in keys:
        part = partition_of(call, key)
        was = last(part.cell)
        if was is not None and (
            was.head.held or (not was.missing and now.answers(part, was.head))
        ):
            continue
        for reason in why_stale(now, part, was, at=at):
            found.setdefault(reason.kind, reason)
    return tuple(reason for kind, reason in found.items() if kind not in told)
