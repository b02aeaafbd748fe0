"""`assets list`."""

from __future__ import annotations

from collections import Counter

import click

from assets_core.interfaces.cli.command import Asked, Command, selection_argument
from assets_core.interfaces.cli.layout import in_columns, status_word
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
        observed = workspace.statuses(), workspace.tools.store.observations()
        document = list_report(workspace.graph_of_assets, keys, *observed)
    if asked.json:
        asked.screen.document(document)
    else:
        asked.screen.say(*_lines(document))
    return 0


def _lines(document: list[Document]) -> list[str]:
    if not document:
        return ["Nothing is selected"]
    rows = [
        [
            status_word(one["status"]),
            one["asset"],
            rows_text(one["rows"]),
            (one["updated_at"] or "")[:16].replace("T", " "),
            "source" if one["kind"] == "source" else str(len(one["upstream"])),
        ]
        for one in document
    ]
    heads = ("status", "asset", "rows", "updated (UTC)", "reads")
    counts = Counter(one["status"] for one in document)
    total = count_text(len(document), "asset")
    return [
        *in_columns(rows, heads=heads, right=[2], widest=WIDEST_NAME),
        "",
        f"{total}: {counts_text(dict(counts))}",
    ]
