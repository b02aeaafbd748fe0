"""`assets list`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import click

from assets_core.interfaces.cli.command import Asked, Command, selection_argument
from assets_core.interfaces.cli.layout import in_columns, status_word
from assets_core.interfaces.cli.partitions import bar, fresh_of
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.words import count_text, counts_text, rows_text
from assets_core.workspace.reports import Document, list_report

WIDEST_NAME = 34


@click.command("list", cls=Command)
@selection_argument()
@click.pass_obj
def command(asked: Asked, selection: tuple[str, ...]) -> int:
    """Show assets with their status.

    SELECTION names assets: orders, 'raw/*', +orders, orders+, group:marts, tag:daily,
    status:stale, joined by and, or, not. Without one, all are shown.
    """
    with opened(asked) as workspace:
        keys = workspace.select(selection)
        found = workspace.statuses()
        observed = workspace.tools.store.observations()
        document = list_report(workspace.graph_of_assets, keys, found, observed)
    bars = {
        str(key): f"{bar(status.partitions[1])} {fresh_of(status.counts)}"
        for key, status in found.items()
        if status.partitions is not None
    }
    if asked.json:
        asked.screen.document(document)
    else:
        asked.screen.say(*_lines(document, bars))
    return 0


def _lines(document: list[Document], bars: Mapping[str, str]) -> list[str]:
    if not document:
        return ["Nothing is selected"]
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
    ]
