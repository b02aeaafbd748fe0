"""`assets verify`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import count_text
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    partitions_option,
    selection_argument,
)
from assets_core.interfaces.cli.findings import finding_lines
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.workspace.reports import doctor_report


@click.command("verify", cls=Command)
@selection_argument()
@partitions_option()
@click.option("--deep", is_flag=True, help="Earlier versions too, and by content.")
@click.option("--repair", is_flag=True, help="Mend it, or let the next run do so.")
@click.pass_obj
def command(
    asked: Asked,
    selection: tuple[str, ...],
    *,
    partitions: str | None,
    deep: bool,
    repair: bool,
) -> int:
    """Read what is stored and compare it with what was written.

    SELECTION as in 'assets list'; without one, all assets. The bytes of each asset are
    compared with their checksum. With --deep, those of every earlier version too, and
    the tables in them with their data versions. Exits with 1 if something differs.

    With --repair, right bytes are put back from where the same ones are, stable paths
    follow what is shown, and what is left is computed by the next run. Exits with 1 if
    something could not be repaired.
    """
    with opened(asked) as workspace:
        examined = workspace.verify(
            selection or None, partitions=partitions, deep=deep, repair=repair
        )
    if asked.json:
        asked.screen.document(doctor_report(examined))
    else:
        looked = f"read {count_text(examined.checked, 'version')}"
        asked.screen.say(*finding_lines(examined, looked, asked.screen.width))
    left = [one for one in examined.findings if one.repaired is None]
    return FAILED if left else DONE
