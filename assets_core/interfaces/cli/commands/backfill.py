"""`assets backfill`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from assets_core.catalogue.words import time_text
from assets_core.errors import UsageError
from assets_core.interfaces.cli.carrying_out import carried_out
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    at_least,
    partitions_option,
    selection_argument,
)
from assets_core.interfaces.cli.layout import in_columns, status_word
from assets_core.interfaces.cli.previewing import preview_lines
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.model.events import Preview
from assets_core.model.records import Backfill, RunRequest
from assets_core.running.result import RunResult
from assets_core.workspace.backfills import (
    BackfillStatus,
    backfills,
    find_backfill,
)
from assets_core.workspace.opening import stop
from assets_core.workspace.provenance import who
from assets_core.workspace.reports import backfills_report, preview_report
from assets_core.workspace.workspace import Workspace

SHORT_ID = 12
DOES = ("list", "resume", "cancel")
ORDERS = ("oldest", "newest")


def _batch(_context: click.Context, _option: click.Parameter, text: str | None) -> str:
    """Read `--batch`."""
    if text is None or text in {"all", "auto"} or (text.isdecimal() and int(text) > 0):
        return text or ""
    raise click.BadParameter(f"{text!r} is no number above 0, 'all' or 'auto'")


@click.command("backfill", cls=Command)
@selection_argument()
@partitions_option()
@click.option(
    "--batch",
    callback=_batch,
    metavar="N|all|auto",
    help="How many partitions one call makes, for assets with batch=.",
)
@click.option("--order", default="oldest", metavar="oldest|newest", help="What is first.")
@click.option("--force", is_flag=True, help="Compute what is selected even if fresh.")
@click.option("--preview", is_flag=True, help="Say what it would take; run nothing.")
@click.option(
    "--jobs", callback=at_least(1), metavar="N", help="How many chunks run at once."
)
@click.pass_obj
def command(  # noqa: PLR0913 - the flags of the command
    asked: Asked,
    selection: tuple[str, ...],
    *,
    partitions: str | None,
    batch: str,
    order: str,
    force: bool,
    preview: bool,
    jobs: int | None,
) -> int:
    """Make a range of partitions, in chunks that can be resumed.

    SELECTION as in 'assets list'; without one, all assets. 'backfill list' shows all
    backfills and how they stand, 'backfill resume ID' goes on with one and computes
    nothing twice, 'backfill cancel ID' stops one that runs.
    """
    if selection and selection[0] in DOES:
        if partitions or batch or force or preview or order != ORDERS[0]:
            raise UsageError(
                f"'backfill {selection[0]}' takes no such options",
                fix="it goes on as the backfill was begun; --jobs is for resume",
            )
        return _other(asked, selection, jobs)
    if order not in ORDERS:
        raise UsageError(f"There is no order '{order}'", fix="use oldest or newest")
    request = RunRequest(
        selection,
        force=force,
        by=who(),
        partitions=partitions or "",
        backfill=Backfill("", batch, order == "newest"),
    )
    if preview:
        with opened(asked) as workspace:
            found = workspace.preview(request)
        _tell_preview(asked, found)
        return DONE

    return carried_out(asked, lambda workspace: workspace.run(request, jobs=jobs))


def _other(asked: Asked, words: tuple[str, ...], jobs: int | None) -> int:
    does, *names = words
    if does == "list" and not names:
        with opened(asked) as workspace:
            found = backfills(workspace.tools.store, workspace.env)
        _tell_list(asked, found)
        return DONE
    if len(names) != 1 or does == "list":
        raise UsageError(
            f"'backfill {does}' takes {'nothing more' if does == 'list' else 'one ID'}",
            fix="run 'assets backfill list' to see them",
        )
    if does == "resume":
        return carried_out(asked, lambda workspace: _resumed(workspace, names[0], jobs))
    with opened(asked) as workspace:
        one = find_backfill(workspace.tools.store, workspace.env, names[0])
        running = one.status == "running" and stop(one.latest)
    said = "asked to stop when what runs now has ended" if running else "is not running"
    if asked.json:
        asked.screen.document({"backfill_id": one.id, "canceled": running})
    else:
        asked.screen.say(f"backfill {one.id[:SHORT_ID]} {said}")
    return DONE


def _resumed(workspace: Workspace, name: str, jobs: int | None) -> RunResult:
    one = find_backfill(workspace.tools.store, workspace.env, name)
    if one.status == "running":
        raise UsageError(
            f"Backfill {one.id[:SHORT_ID]} is still running",
            fix=f"assets backfill cancel {one.id[:SHORT_ID]}",
        )
    return workspace.resume(one.latest.id, jobs=jobs)


def _tell_preview(asked: Asked, found: Preview) -> None:
    if asked.json:
        asked.screen.document(preview_report(found))
    else:
        nothing = [*found.not_yet] or ["Everything is fresh"]
        asked.screen.say(*(preview_lines(found) or nothing))


def _tell_list(asked: Asked, found: Iterable[BackfillStatus]) -> None:
    found = list(found)
    if asked.json:
        asked.screen.document(backfills_report(found))
        return
    if not found:
        asked.screen.say("There are no backfills yet; make one with: assets backfill")
        return
    rows = [
        (
            one.id[:SHORT_ID],
            status_word(one.status),
            f"{one.done:,} of {one.cells:,}",
            f"{one.failed:,}" if one.failed else "",
            time_text(one.latest.started_at),
            " ".join(one.latest.request.selection) or "everything",
            one.latest.request.partitions,
        )
        for one in found
    ]
    heads = (
        *("backfill", "status", "done", "failed", "last started (UTC)"),
        *("selection", "partitions"),
    )
    asked.screen.say(*in_columns(rows, heads=heads, right=[2, 3]))
