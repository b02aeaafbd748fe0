"""`assets doctor`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import count_text
from assets_core.interfaces.cli.answering import MATERIALIZE, PLAN, Memory
from assets_core.interfaces.cli.command import Asked, Command
from assets_core.interfaces.cli.findings import finding_lines
from assets_core.interfaces.cli.layout import paragraph
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.model.hiding import hide
from assets_core.upkeep.doctor import examine
from assets_core.workspace.reports import doctor_report


@click.command("doctor", cls=Command)
@click.option(
    "--remembered", is_flag=True, help="Only say whether the next plan can be quick."
)
@click.pass_obj
def command(asked: Asked, *, remembered: bool) -> int:
    """Look for damage in what is stored; change nothing.

    Looks at the metadata store, at what stopped runs have left, at the stored bytes and
    the stable path of every asset, and at the stored bytes that only other environments
    show. Exits with 1 if something is not as it should be.

    With --remembered it says of 'plan' and 'materialize' whether they will answer from
    what is remembered that nothing is to be done, and if not, why not.
    """
    if remembered:
        return _remembered(asked)
    with opened(asked) as workspace:
        examined = examine(workspace.tools, workspace.graph_of_assets, workspace.env)
    if asked.json:
        asked.screen.document(doctor_report(examined))
    else:
        looked = f"looked at {count_text(examined.checked, 'thing')}"
        asked.screen.say(*finding_lines(examined, looked, asked.screen.width))
    return FAILED if examined.findings else DONE


def _remembered(asked: Asked) -> int:
    """Tell whether commands would answer without loading the project."""
    found = {name: Memory(asked, name).why_loaded() for name in (PLAN, MATERIALIZE)}
    if asked.json:
        reasons = {name: hide(why_not) for name, why_not in found.items()}
        asked.screen.document({"why_loaded": reasons})
        return DONE
    for name, why_not in found.items():
        said = f"loads the project: {why_not}" if why_not else "need not load the project"
        asked.screen.say(*paragraph(f"'assets {name}' {said}", asked.screen.width))
    return DONE
