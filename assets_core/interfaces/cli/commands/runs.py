"""`assets runs`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from assets_core.catalogue.words import counts_text, rows_text, seconds_text, time_text
from assets_core.interfaces.cli.command import Asked, Command, as_of_option
from assets_core.interfaces.cli.layout import (
    clean,
    in_columns,
    indented,
    short_path,
    status_word,
    strong,
)
from assets_core.interfaces.cli.project import logs_of, opened
from assets_core.interfaces.cli.step_lines import WIDEST_NAME, step_lines
from assets_core.interfaces.cli.summary import failure_lines
from assets_core.model.keys import Cell
from assets_core.model.records import RunRecord
from assets_core.workspace.quarantined import rows_by_run
from assets_core.workspace.reports_run import run_report, runs_report
from assets_core.workspace.workspace import Workspace

SHORT_ID = 12
MOST_LOG_LINES = 50
IN_QUARANTINE = "rows in quarantine"


def _in_quarantine(rows: int) -> dict[str, int]:
    return {"row in quarantine" if rows == 1 else IN_QUARANTINE: rows}


@click.command("runs", cls=Command)
@click.argument("run", required=False)
@as_of_option()
@click.pass_obj
def command(asked: Asked, run: str | None, *, as_of: str | None) -> int:
    """Show the latest runs, or one in full with its logs.

    RUN is the id of a run, or the beginning of one. Without it, those in the environment
    are listed.
    """
    with opened(asked, as_of=as_of) as workspace:
        if run is None:
            _all(asked, workspace)
        else:
            _one(asked, workspace, workspace.find_run(run))
    return 0


def _all(asked: Asked, workspace: Workspace) -> None:
    records = workspace.runs()
    aside = rows_by_run(workspace.tools.store.quarantines())
    if asked.json:
        asked.screen.document(runs_report(records, aside))
        return
    if not records:
        asked.screen.say("There are no runs yet; make one with: assets materialize")
        return
    rows = [
        (
            record.id[:SHORT_ID],
            status_word(record.status),
            time_text(record.started_at),
            _span(record),
            counts_text({**record.counts, **_in_quarantine(aside.get(record.id, 0))}),
        )
        for record in records
    ]
    heads = ("run", "status", "started (UTC)", "took", "steps")
    asked.screen.say(*in_columns(rows, heads=heads, right=[3]))


def _one(asked: Asked, workspace: Workspace, record: RunRecord) -> None:
    logs = logs_of(workspace.tools, record.id, [step.cell for step in record.steps])
    if asked.json:
        texts = {cell: str(path) for cell, path in logs.items()}
        asked.screen.document(run_report(record, texts))
    else:
        asked.screen.say(*_lines(record, logs, asked.screen.width))


def _aside(record: RunRecord) -> int:
    return sum(step.quarantined for step in record.steps if step.status == "computed")


def _span(record: RunRecord) -> str:
    return (
        "" if record.ended_at is None else seconds_text(record.ended_at - record.started_at)
    )


def _lines(record: RunRecord, logs: Mapping[Cell, Path], width: int | None) -> list[str]:
    request = record.request
    facts = {
        "started": f"{time_text(record.started_at)} UTC",
        "took": _span(record),
        "by": request.by,
        "because": request.reason,
        "selection": " ".join(request.selection) or "everything",
        "partitions": request.partitions,
        "options": " ".join(
            (["--force"] if request.force else [])
            + ([] if request.upstream else ["--no-upstream"])
        ),
        "steps": counts_text(record.counts),
        IN_QUARANTINE: rows_text(_aside(record) or None),
    }
    lines = [
        f"{strong(record.id)}  {status_word(record.status)}",
        *in_columns([(name, clean(text)) for name, text in facts.items() if text]),
        "",
    ]
    room = min(WIDEST_NAME, max((len(str(step.cell)) for step in record.steps), default=0))
    for step in record.steps:
        lines += step_lines(step, room, width)
    for step in record.steps:
        if step.status == "failed":
            lines += ["", *failure_lines(step, None, width)]
    for cell, path in logs.items():
        lines += [
            "",
            f"{strong('Log of')} {strong(str(cell))}: {short_path(path)}",
            *indented(_tail(path)),
        ]
    return lines


def _tail(path: Path) -> list[str]:
    lines = clean(path.read_text("utf-8", "replace")).splitlines()
    left_out = len(lines) - MOST_LOG_LINES
    before = [f"… {left_out:,} lines before these"] if left_out > 0 else []
    return [*before, *lines[-MOST_LOG_LINES:]]
