"""Why an asset is not fresh, down to what began it."""

from __future__ import annotations

from collections.abc import Iterator

from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import (
    Presented,
    code,
    quiet,
    said,
    section,
    status,
)
from assets_core.catalogue.views.plans import reasons_list
from assets_core.catalogue.words import short_ranges, time_text
from assets_core.workspace.explaining import Explained, Explanation, Root

MOST_CAUSES = 12


def explanation_view(found: Explanation) -> Presented:
    """Return the reasons of an asset, those of its partitions in sets that are alike."""
    title = f"{found.status.key} is {found.status.status}"
    body: list[Markup | None] = [_one(found)]
    body += [section(_which(one), _one(one)) for one in found.others]
    if found.left_out:
        body.append(quiet(f"and {found.left_out:,} more partitions that are not fresh"))
    return Presented(title, joined(body))


def _which(found: Explanation) -> str:
    return short_ranges(found.alike) or str(found.partition)


def _one(found: Explanation) -> Markup:
    error, impossible = found.status.error, found.status.impossible
    which = _which(found) if found.partition is not None else ""
    reasons = [_reason(one) for one in found.reasons[:MOST_CAUSES]]
    left = len(found.reasons) - MOST_CAUSES
    reasons += [element("li", f"and {left:,} more reasons")] if left > 0 else []
    parts = [
        element("p", status(found.status.status), f" {which}" if which else None),
        element("ul", *reasons) if reasons else _without_reasons(found),
        element("pre", said(f"{error.type}: {error.message}")) if error else None,
        quiet(said(str(impossible))) if impossible else None,
    ]
    return joined(parts)


def _without_reasons(found: Explanation) -> Markup | None:
    head = found.status.head
    if found.status.none_yet:
        return quiet(found.status.none_yet)
    if head is None:
        return None
    if head.held:
        return quiet("it was rolled back, and is left as it is until it is let go")
    return quiet(f"nothing changed since {time_text(head.at)} UTC")


def _reason(found: Explained) -> Markup:
    causes = list(_chain(found.root))
    shown = [
        element("li", code(one.asset), ": ", said(one.text)) for one in causes[:MOST_CAUSES]
    ]
    left = len(causes) - MOST_CAUSES
    more = element("li", f"and {left:,} more before that") if left > 0 else None
    chain = element("ol", *shown, more) if shown else None
    return element("li", reasons_list((found.reason,)), chain)


def _chain(root: Root | None) -> Iterator[Root]:
    """Yield what began a reason, the nearest first."""
    while root is not None:
        yield root
        root = root.root
