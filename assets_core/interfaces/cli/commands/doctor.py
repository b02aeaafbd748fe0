"""`assets doctor`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import count_text
from assets_core.interfaces.cli.command import Asked, Command
from assets_core.interfaces.cli.findings import finding_lines
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.upkeep.doctor import examine
from assets_core.workspace.reports import doctor_report


@click.command("doctor", cls=Command)
@click.pass_obj
def command(asked: Asked) -> int:
    """Look for damage in what is stored; change nothing.

    Looks at the metadata store, at what stopped runs have left, at the stored bytes and
    the stable path of every asset, and at the stored bytes that only other environments
    show. Exits with 1 if something is not as it should be.
    """
    with opened(asked) as workspace:
        examined = examine(workspace.tools, workspace.graph_of_assets, workspace.env)
    if asked.json:
        asked.screen.document(doctor_report(examined))
    else:
        looked = f"looked at {count_text(examined.checked, 'thing')}"
        asked.screen.say(*finding_lines(examined, looked, asked.screen.width))
    return FAILED if examined.findings else DONE
