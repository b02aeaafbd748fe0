"""`assets show`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from assets_core.catalogue.words import (
    bytes_text,
    count_text,
    rows_text,
    time_text,
    version_note,
)
from assets_core.interfaces.cli.because import reason_lines
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    as_of_option,
    at_least,
    partition_option,
    partitions_option,
)
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
from assets_core.model.keys import Cell
from assets_core.model.records import Materialization
from assets_core.workspace.plain import plain
from assets_core.workspace.showing import Shown, ShownCell, look_at, show_report

WIDEST_VALUE = 24
WIDEST_SAMPLE = 60
SHORT_ID = 12
MOST_CELLS = 60
"""How many partitions are listed one by one."""


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
@partitions_option()
@as_of_option()
@click.pass_obj
def command(
    asked: Asked,
    asset: str,
    *,
    rows: int,
    partition: str | None,
    partitions: str | None,
    as_of: str | None,
) -> int:
    """Show one asset: columns, rows, versions, checks, history.

    With --partitions, each of these partitions is listed.
    """
    with opened(asked, as_of=as_of) as workspace:
        node = workspace.node(asset)
        shown = look_at(workspace, node, rows, partition, partitions or "")
    if asked.json:
        asked.screen.document(show_report(shown))
    else:
        asked.screen.say(*_lines(shown, asked.screen.width))
    return 0


def _lines(shown: Shown, width: int | None) -> list[str]:
    node, status = shown.node, shown.status
    name = str(Cell(node.key, shown.partition))
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
        "quarantine": _aside(made),
        "size": bytes_text(made.stored.bytes if made else _size(shown)),
        "updated": f"{time_text(updated)} UTC" if updated is not None else "",
        "path": _path(shown.path) if shown.path else "",
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


def _aside(made: Materialization | None) -> str:
    if made is None or made.quarantined is None:
        return ""
    rows = count_text(made.quarantined.rows, "row")
    return f"{rows}: assets quarantine show {made.cell.asset}"


def _path(path: str) -> str:
    return path if "://" in path else short_path(Path(path))


def _partitions(shown: Shown) -> list[str]:
    """Return a bar, and which partitions have which status."""
    if shown.status.partitions is None:
        return []
    if shown.status.none_yet:
        return [shown.status.none_yet]
    standing = shown.status.partitions
    lines = [bar(standing.words, WIDEST_SAMPLE), *partition_lines(standing)]
    return [*lines, "", *_cells(shown.cells)] if shown.cells else lines


def _cells(cells: Sequence[ShownCell]) -> list[str]:
    """Return a line for each partition that was asked for, the first many of them."""
    rows = [
        (
            status_word(one.status),
            one.partition,
            rows_text(one.head.rows) if one.head else "",
            time_text(one.head.at) if one.head else "",
            one.head.materialization[:SHORT_ID] if one.head else "",
        )
        for one in cells[:MOST_CELLS]
    ]
    heads = ("status", "partition", "rows", "computed (UTC)", "version")
    left_out = len(cells) - MOST_CELLS
    more = [f"and {left_out:,} more; --json has them all"] if left_out > 0 else []
    return [*in_columns(rows, heads=heads, right=[2]), *more]


def _size(shown: Shown) -> int | None:
    seen = shown.observed
    return seen.identity.size if seen and seen.identity.size >= 0 else None


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
    now = shown.status.made.id if shown.status.made else None
    rows = [
        (
            time_text(made.committed_at),
            rows_text(made.rows),
            made.id[:SHORT_ID] + version_note(made.id, shown.history[0].id, now),
            made.run_id[:SHORT_ID],
            "; ".join(made.reasons),
        )
        for made in shown.history
    ]
    heads = ("computed (UTC)", "rows", "version", "run", "because")
    return in_columns(rows, heads=heads, right=[1]) if rows else []
