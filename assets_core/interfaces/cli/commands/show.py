"""`assets show`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assets_core.interfaces.cli.because import reason_lines
from assets_core.interfaces.cli.command import Asked, Command, at_least, partition_option
from assets_core.interfaces.cli.layout import (
    cut,
    in_columns,
    indented,
    one_line,
    paragraph,
    short_path,
    status_word,
    strong,
)
from assets_core.interfaces.cli.partitions import bar, partition_lines
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.words import bytes_text, rows_text, time_text
from assets_core.workspace.finding import find_cell
from assets_core.workspace.plain import plain
from assets_core.workspace.showing import Shown, look_at, show_report

WIDEST_VALUE = 24
WIDEST_SAMPLE = 60
SHORT_ID = 12


@click.command("show", cls=Command)
@click.argument("asset")
@click.option(
    "--rows",
    callback=at_least(0),
    default="5",
    show_default=True,
    metavar="N",
    help="How many of its first rows to show.",
)
@partition_option()
@click.pass_obj
def command(asked: Asked, asset: str, *, rows: int, partition: str | None) -> int:
    """Show one asset: columns, rows, versions, checks, history."""
    with opened(asked) as workspace:
        node = workspace.node(asset)
        if partition is not None:
            find_cell(workspace.asset(asset), partition, workspace.keys())
        shown = look_at(workspace, node, rows, partition)
    if asked.json:
        asked.screen.document(show_report(shown))
    else:
        asked.screen.say(*_lines(shown, asked.screen.width))
    return 0


def _lines(shown: Shown, width: int | None) -> list[str]:
    node, status = shown.node, shown.status
    name = node.key if shown.partition is None else f"{node.key}[{shown.partition}]"
    lines = [f"{strong(name)}  {status_word(status.status)}"]
    if node.description:
        lines += paragraph(node.description, width, 2)
    if status.step:
        for reason in status.step.reasons:
            for line in reason_lines(reason):
                lines += paragraph(f"{status.status}: {line}", width, 2)
    if status.error:
        lines += ["", *paragraph(f"its last attempt failed: {status.error.message}", width)]
    lines += ["", *in_columns(_facts(shown))]
    for title, part in (
        ("Partitions", _partitions(shown)),
        ("Columns", _columns(shown, width)),
        ("Checks", _checks(shown)),
        ("History", _history(shown)),
    ):
        if part:
            lines += ["", strong(title), *indented(part)]
    return lines


def _facts(shown: Shown) -> list[tuple[str, str]]:
    node, made, seen, status = shown.node, shown.status.made, shown.observed, shown.status
    updated = made.committed_at if made else status.updated_at
    facts = {
        "rows": rows_text(status.rows) if status.rows is not None else "",
        "size": bytes_text(made.stored.bytes if made else _size(shown)),
        "updated": f"{time_text(updated)} UTC" if updated is not None else "",
        "path": short_path(Path(shown.path)) if shown.path else "",
        "data version": made.data_version if made else (seen.version if seen else ""),
        "code version": made.code if made else "",
        "group": node.group,
        "tags": ", ".join(node.tags),
        "owners": ", ".join(node.owners),
        "reads": ", ".join(node.upstream),
        "read by": ", ".join(shown.downstream),
    }
    if made:
        facts |= {
            one_line(name): one_line(str(value)) for name, value in made.metadata.items()
        }
    return [(name, text) for name, text in facts.items() if text]


def _partitions(shown: Shown) -> list[str]:
    """Return a bar, and which partitions have which status."""
    if shown.status.partitions is None:
        return []
    keys, words = shown.status.partitions
    return [bar(words, WIDEST_SAMPLE), *partition_lines(keys, words)]


def _size(shown: Shown) -> int | None:
    return shown.observed.identity.size if shown.observed else None


def _columns(shown: Shown, width: int | None) -> list[str]:
    """Return a line for each column, with its first values."""
    made = shown.status.made
    if made is None:
        return []
    rows = [
        (
            one_line(column.name),
            column.type,
            ", ".join(_value(row.get(column.name)) for row in shown.sample),
        )
        for column in made.columns
    ]
    heads = ("column", "type", "first values" if shown.sample else "")
    room = width - 2 if width else None
    return [cut(line, room) if room else line for line in in_columns(rows, heads=heads)]


def _value(value: object) -> str:
    text = plain(value)
    if not isinstance(text, str):
        text = json.dumps(text, ensure_ascii=False)
    return cut(one_line(text), WIDEST_VALUE)


def _checks(shown: Shown) -> list[str]:
    return [
        f"{status_word('passed' if check.passed else _refused(check.blocking), 7)}"
        f"  {one_line(check.check)}{'  ' if check.message else ''}{one_line(check.message)}"
        for check in shown.checks
    ]


def _refused(blocking: bool) -> str:  # noqa: FBT001 - a plain word for a plain fact
    return "FAILED" if blocking else "warning"


def _history(shown: Shown) -> list[str]:
    rows = [
        (
            time_text(made.committed_at),
            rows_text(made.rows),
            made.id[:SHORT_ID],
            made.run_id[:SHORT_ID],
            "; ".join(made.reasons),
        )
        for made in shown.history
    ]
    heads = ("computed (UTC)", "rows", "version", "run", "because")
    return in_columns(rows, heads=heads, right=[1]) if rows else []
