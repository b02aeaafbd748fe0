"""`assets resume`."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.carrying_out import carried_out
from assets_core.interfaces.cli.command import Asked, Command


@click.command("resume", cls=Command)
@click.argument("run")
@click.pass_obj
def command(asked: Asked, run: str) -> int:
    """Go on with what a run has left.

    RUN is the id of a run, or the beginning of one, as 'assets runs' shows it. What it
    has computed is not computed again.
    """
    return carried_out(asked, lambda workspace: workspace.resume(run))
