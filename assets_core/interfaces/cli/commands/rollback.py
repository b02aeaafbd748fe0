"""`assets rollback`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import count_text, short_ranges, time_text
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    partition_option,
    partitions_option,
)
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.model.keys import Cell
from assets_core.planning.grouping import ranges_of_cells
from assets_core.workspace.reports import rollback_report
from assets_core.workspace.showing import look_at
from assets_core.workspace.status import AssetStatus


@click.command("rollback", cls=Command)
@click.argument("asset")
@click.option("--to", metavar="VERSION", help="A version, as 'assets show' lists them.")
@click.option("--release", is_flag=True, help="Let runs decide about the asset again.")
@partition_option()
@partitions_option()
@click.pass_obj
def command(
    asked: Asked,
    asset: str,
    *,
    to: str | None,
    release: bool,
    partition: str | None,
    partitions: str | None,
) -> int:
    """Show an earlier version again, and hold it there.

    Nothing is computed or copied. What reads the asset is stale then, as after any other
    change. Runs leave a held asset alone until it is named with --force or released.
    With --release, --partitions lets go of all that are held among these.
    """
    with opened(asked) as workspace:
        cells = workspace.rollback(
            asset, to=to, release=release, partition=partition, partitions=partitions
        )
        at = cells[0].partition if len(cells) == 1 else None
        shown = look_at(workspace, workspace.node(asset), 0, at)
        ranges = ranges_of_cells(cells, workspace.keys())
    if asked.json:
        asked.screen.document(rollback_report(shown.status, at, ranges))
    elif len(cells) == 1:
        asked.screen.say(_line(shown.status, at))
    else:
        many = count_text(len(cells), "partition")
        what = f"{many} of '{asset}' are no longer held: {short_ranges(ranges)}"
        asked.screen.say(what)
    return DONE


def _line(status: AssetStatus, partition: str | None) -> str:
    name = Cell(status.key, partition)
    if not (status.head and status.head.held):
        return f"'{name}' is no longer held; it is {status.status}"
    made = status.made
    what = (
        f" of {time_text(made.committed_at)} ({count_text(made.rows, 'row')})"
        if made
        else ""
    )
    return f"'{name}' shows the version{what} and is held there"
