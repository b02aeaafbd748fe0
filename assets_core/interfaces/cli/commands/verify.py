"""`assets verify`."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    partitions_option,
    selection_argument,
)
from assets_core.interfaces.cli.findings import finding_lines
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.words import count_text
from assets_core.workspace.reports import doctor_report


@click.command("verify", cls=Command)
@selection_argument()
@partitions_option()
@click.option("--deep", is_flag=True, help="Earlier versions too, and by content.")
@click.pass_obj
def command(
    asked: Asked, selection: tuple[str, ...], *, partitions: str | None, deep: bool
) -> int:
    """Read what is stored and compare it with what was written.

    SELECTION as in 'assets list'; without one, all assets. The bytes of each asset are
    compared with their checksum. With --deep, those of every earlier version too, and
    the tables in them with their data versions. Exits with 1 if something differs.
    """
    with opened(asked) as workspace:
        examined = workspace.verify(selection or None, partitions=partitions, deep=deep)
    if asked.json:
        asked.screen.document(doctor_report(examined))
    else:
        looked = f"read {count_text(examined.checked, 'version')}"
        asked.screen.say(*finding_lines(examined, looked, asked.screen.width))
    return FAILED if examined.findings else DONE
