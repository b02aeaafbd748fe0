"""`assets doctor`."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.command import Asked, Command
from assets_core.interfaces.cli.layout import paragraph, status_word
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.words import count_text
from assets_core.upkeep.doctor import Examined, Finding, examine
from assets_core.workspace.reports import doctor_report


@click.command("doctor", cls=Command)
@click.pass_obj
def command(asked: Asked) -> int:
    """Look for damage in what is stored; change nothing.

    Looks at the metadata store, at what stopped runs have left, and at the stored bytes
    and the stable path of every asset. Exits with 1 if something is not as it should be.
    """
    with opened(asked) as workspace:
        examined = examine(workspace.tools, workspace.graph_of_assets, workspace.env)
    if asked.json:
        asked.screen.document(doctor_report(examined))
    else:
        asked.screen.say(*_lines(examined, asked.screen.width))
    return FAILED if examined.findings else DONE


def _lines(examined: Examined, width: int | None) -> list[str]:
    lines: list[str] = []
    for finding in examined.findings:
        lines += [*_finding(finding, width), ""]
    looked = f"looked at {count_text(examined.checked, 'thing')}"
    if not examined.findings:
        return [f"Everything is as it should be ({looked})"]
    return [*lines, f"{count_text(len(examined.findings), 'finding')} ({looked})"]


def _finding(finding: Finding, width: int | None) -> list[str]:
    place = f"{finding.asset}: " if finding.asset else ""
    lines = paragraph(f"{place}{finding.text}", width)
    lines[0] = lines[0].replace(place, status_word(place), 1)
    if finding.path:
        lines.append(f"  at {finding.path}")
    return [*lines, *paragraph(f"Fix: {finding.fix}", width, 2)]
