"""`assets check`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import count_text
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    partitions_option,
    selection_argument,
)
from assets_core.interfaces.cli.layout import in_columns, indented, paragraph, status_word
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.summary import failure_table
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord
from assets_core.running.recheck import recheck
from assets_core.workspace.partitioning import chosen
from assets_core.workspace.reports import check_report


@click.command("check", cls=Command)
@selection_argument()
@partitions_option()
@click.pass_obj
def command(asked: Asked, selection: tuple[str, ...], *, partitions: str | None) -> int:
    """Run schemas and checks on what is stored.

    SELECTION as in 'assets list'; without one, all assets. What was never built is
    passed over. Exits with 1 if a blocking check does not pass.
    """
    with opened(asked) as workspace:
        records = recheck(
            workspace.tools,
            workspace.graph_of_assets,
            workspace.env,
            workspace.keys(),
            chosen(workspace, selection, partitions),
            workspace.tools.new_id(),
        )
    if asked.json:
        asked.screen.document(check_report(records))
    else:
        asked.screen.say(*_lines(records, asked.screen.width))
    refused = any(record.blocking and not record.passed for record in records)
    return FAILED if refused else DONE


def _lines(records: tuple[CheckRecord, ...], width: int | None) -> list[str]:
    if not records:
        return ["There is nothing to check: no built asset that is selected has a check"]
    lines = in_columns([(_word(one), str(_cell(one)), one.check) for one in records])
    bad = [record for record in records if not record.passed]
    for record in bad:
        lines += ["", f"{_word(record)}  {_cell(record)}: {record.check}"]
        if record.metadata.get("failures"):
            lines += indented(failure_table((record,)), 4)
        else:
            lines += paragraph(record.message or "it did not pass", width, 4)
    passed = len(records) - len(bad)
    warned = sum(not record.blocking for record in bad)
    parts = [count_text(passed, "check") + " passed"]
    parts += [f"{len(bad) - warned:,} failed"] if len(bad) > warned else []
    parts += [count_text(warned, "warning")] if warned else []
    return [*lines, "", ", ".join(parts)]


def _cell(record: CheckRecord) -> Cell:
    return Cell(record.asset, record.partition)


def _word(record: CheckRecord) -> str:
    if record.passed:
        return status_word("passed")
    return status_word("failed" if record.blocking else "warning")
