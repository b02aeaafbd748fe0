"""`assets rollback`."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.command import Asked, Command, partition_option
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.words import rows_text, time_text
from assets_core.model.keys import Cell
from assets_core.workspace.reports import rollback_report
from assets_core.workspace.showing import look_at
from assets_core.workspace.status import AssetStatus


@click.command("rollback", cls=Command)
@click.argument("asset")
@click.option("--to", metavar="VERSION", help="A version, as 'assets show' lists them.")
@click.option("--release", is_flag=True, help="Let runs decide about the asset again.")
@partition_option()
@click.pass_obj
def command(
    asked: Asked, asset: str, *, to: str | None, release: bool, partition: str | None
) -> int:
    """Show an earlier version again, and hold it there.

    Nothing is computed or copied. What reads the asset is stale then, as after any other
    change. Runs leave a held asset alone until it is named with --force or released.
    """
    with opened(asked) as workspace:
        workspace.rollback(asset, to=to, release=release, partition=partition)
        shown = look_at(workspace, workspace.node(asset), 0, partition)
    if asked.json:
        asked.screen.document(rollback_report(shown.status, partition))
    else:
        asked.screen.say(_line(shown.status, partition))
    return DONE


def _line(status: AssetStatus, partition: str | None) -> str:
    name = Cell(status.key, partition)
    if not (status.head and status.head.held):
        return f"'{name}' is no longer held; it is {status.status}"
    made = status.made
    what = (
        f" of {time_text(made.committed_at)} ({rows_text(made.rows)} rows)" if made else ""
    )
    return f"'{name}' shows the version{what} and is held there"
