"""`assets quarantine`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from assets_core.catalogue.words import count_text, rows_text, time_text
from assets_core.errors import UsageError
from assets_core.interfaces.cli.carrying_out import carried_out
from assets_core.interfaces.cli.command import Asked, Command, at_least, partition_option
from assets_core.interfaces.cli.layout import cut, in_columns, one_line, strong
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.model.keys import Cell
from assets_core.model.records import QuarantineRecord
from assets_core.workspace.partitioning import chosen
from assets_core.workspace.provenance import who
from assets_core.workspace.quarantined import (
    Rows,
    first_rows,
    in_quarantine,
    load_rows,
    quarantine_report,
    requeued,
    rows_by_asset,
    rows_report,
)

SHORT_ID = 12
WIDEST_VALUE = 24
WIDEST_RULE = 40
WHY = {"_check": "breaks", "_column": "in column", "_value": "value", "_run": "run"}
"""What stands above the columns that say why."""


@click.command("quarantine", cls=Command)
@click.argument("does", metavar="list|show|requeue", default="list")
@click.argument("names", nargs=-1, metavar="[ASSET]...")
@partition_option()
@click.option(
    "--rows",
    callback=at_least(0),
    default="20",
    show_default=True,
    metavar="N",
    help="How many rows to show.",
)
@click.pass_obj
def command(
    asked: Asked, does: str, names: tuple[str, ...], *, partition: str | None, rows: int
) -> int:
    """Show the rows that a schema refused, or try them again.

    'quarantine list [SELECTION]...' shows what has rows in quarantine, 'quarantine show
    ASSET' the rows with the rule that each breaks. 'quarantine requeue ASSET' computes
    what has rows in quarantine again, with the code and the schema of now: what passes
    is taken in.
    """
    if does == "list":
        return _list(asked, names, partition)
    if does not in {"show", "requeue"}:
        raise UsageError(
            f"There is no 'quarantine {does}'", fix="use list, show or requeue"
        )
    if len(names) != 1:
        raise UsageError(
            f"'quarantine {does}' takes one ASSET",
            fix="run 'assets quarantine list' to see which have rows in quarantine",
        )
    if does == "show":
        return _show(asked, names[0], partition, rows)
    return carried_out(
        asked,
        lambda workspace: workspace.run(
            requeued(workspace, workspace.asset(names[0]), partition, who())
        ),
    )


def _list(asked: Asked, selection: tuple[str, ...], partition: str | None) -> int:
    with opened(asked) as workspace:
        wanted = chosen(workspace, selection or None, partition)
        found = in_quarantine(workspace, wanted)
    if asked.json:
        asked.screen.document(quarantine_report(found))
    else:
        asked.screen.say(*_lines(found))
    return DONE


def _lines(found: Sequence[QuarantineRecord]) -> list[str]:
    if not found:
        return ["Nothing is in quarantine"]
    rows = [
        (
            one.cell.asset,
            one.cell.partition or "",
            rows_text(one.rows),
            one.run_id[:SHORT_ID],
            time_text(one.at),
        )
        for one in found
    ]
    counts = rows_by_asset(found)
    total = count_text(sum(counts.values()), "row")
    return [
        *in_columns(
            rows, heads=("asset", "partition", "rows", "run", "at (UTC)"), right=[2]
        ),
        "",
        f"{total} of {count_text(len(counts), 'asset')}",
    ]


def _show(asked: Asked, key: str, partition: str | None, most: int) -> int:
    with opened(asked) as workspace:
        found = load_rows(workspace, workspace.asset(key), partition)
    if asked.json:
        asked.screen.document(rows_report(found, most))
    else:
        asked.screen.say(*_rows_lines(found, most))
    return DONE


def _rows_lines(found: Rows, most: int) -> list[str]:
    name = str(Cell(found.key, found.partition))
    if found.table is None:
        return [f"Nothing of '{name}' is in quarantine"]
    names = found.table.column_names
    if found.table["_partition"].null_count == found.count:
        names.remove("_partition")
    order = [
        *(one for one in WHY if one in names),
        *(one for one in names if one not in WHY),
    ]
    shown = first_rows(found, most)
    rows = [[_value(one, row[one]) for one in order] for row in shown]
    left_out = found.count - len(shown)
    more = [f"and {left_out:,} more; --rows {found.count} shows all"] if left_out else []
    return [
        f"{strong(name)}  {count_text(found.count, 'row')} in quarantine",
        "",
        *in_columns(rows, heads=[WHY.get(one, one_line(one)) for one in order]),
        *more,
    ]


def _value(name: str, value: object) -> str:
    if value is None:
        return "null"
    text = one_line(str(value))
    if name == "_run":
        return text[:SHORT_ID]
    return cut(text, WIDEST_RULE if name == "_check" else WIDEST_VALUE)
