"""`assets list`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import click

from assets_core.catalogue.words import count_text, counts_text, rows_text
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    as_of_option,
    partitions_option,
    selection_argument,
)
from assets_core.interfaces.cli.layout import in_columns, status_word
from assets_core.interfaces.cli.nothing import NOTHING
from assets_core.interfaces.cli.partitions import bar, fresh_of
from assets_core.interfaces.cli.project import opened
from assets_core.workspace.quarantined import in_quarantine, rows_by_asset
from assets_core.workspace.reports import Document, list_report

WIDEST_NAME = 34
MOST = 3
"""Of how many assets it is told how many of their rows are in quarantine."""


@click.command("list", cls=Command)
@selection_argument()
@partitions_option()
@as_of_option()
@click.pass_obj
def command(
    asked: Asked,
    selection: tuple[str, ...],
    *,
    partitions: str | None,
    as_of: str | None,
) -> int:
    """Show assets with their status.

    SELECTION names assets: orders, 'raw/*', +orders, orders+, group:marts, tag:daily,
    status:stale, joined by and, or, not. Without one, all are shown. With --partitions,
    status and numbers are those of these partitions. With --as-of, what was shown then
    is compared with the code and the sources of now.
    """
    with opened(asked, as_of=as_of) as workspace:
        found = workspace.statuses(selection, partitions=partitions)
        observed = workspace.tools.store.observations()
        aside = rows_by_asset(in_quarantine(workspace))
        document = list_report(workspace.graph_of_assets, found, observed, aside)
    bars = {
        str(key): f"{bar(one.partitions.words)} {fresh_of(one.counts)}".strip()
        for key, one in found.items()
        if one.partitions is not None
    }
    empty = [one.none_yet for one in found.values() if one.none_yet]
    if asked.json:
        asked.screen.document(document)
    else:
        asked.screen.say(*_lines(document, bars), *([""] if empty else []), *empty)
    return 0


def _lines(document: list[Document], bars: Mapping[str, str]) -> list[str]:
    if not document:
        return [NOTHING]
    rows = [
        [
            status_word(one["status"]),
            one["asset"],
            rows_text(one["rows"]),
            (one["updated_at"] or "")[:16].replace("T", " "),
            "source" if one["kind"] == "source" else str(len(one["upstream"])),
            bars.get(one["asset"], ""),
        ]
        for one in document
    ]
    last = "partitions" if bars else ""
    heads = ("status", "asset", "rows", "updated (UTC)", "reads", last)
    counts = Counter(one["status"] for one in document)
    total = count_text(len(document), "asset")
    return [
        *in_columns(rows, heads=heads, right=[2], widest=WIDEST_NAME),
        "",
        f"{total}: {counts_text(dict(counts))}",
        *_aside_lines(document),
    ]


def _aside_lines(document: list[Document]) -> list[str]:
    """Return a line about rows in quarantine, if there are some."""
    found = {one["asset"]: one["quarantined"] for one in document if one["quarantined"]}
    if not found:
        return []
    rows = ", ".join(
        f"{count_text(count, 'row')} of {asset}"
        for asset, count in list(found.items())[:MOST]
    )
    more = f" and of {len(found) - MOST} more" if len(found) > MOST else ""
    return [f"in quarantine: {rows}{more}; see them with: assets quarantine list"]
