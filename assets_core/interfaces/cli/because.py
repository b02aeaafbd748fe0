"""Reasons as lines: one for each thing that changed. Pure functions."""

from __future__ import annotations

from assets_core.planning.reasons import CodeChanged, Reason, SchemaChanged

MOST_CHANGES = 8


def reason_lines(reason: Reason) -> list[str]:
    """Return a reason, with each of its changes on a line of its own.

    >>> from assets_core.model.versions import ComponentChange
    >>> limit = ComponentChange("constant", "shop.LIMIT", "changed", "3", "4")
    >>> tidy = ComponentChange("helper", "shop.tidy", "changed")
    >>> reason_lines(CodeChanged((limit, tidy)))
    ['constant shop.LIMIT: 3 → 4', 'helper shop.tidy changed']
    """
    changes = reason.changes if isinstance(reason, CodeChanged | SchemaChanged) else ()
    together = "; ".join(str(change) for change in changes)
    if len(changes) < 2 or not str(reason).endswith(together):  # noqa: PLR2004 - several
        return [str(reason)]
    before = str(reason).removesuffix(together)
    lines = [f"{before}{change}" for change in changes[:MOST_CHANGES]]
    left_out = len(changes) - MOST_CHANGES
    return lines if left_out <= 0 else [*lines, f"{before}and {left_out:,} more changes"]
