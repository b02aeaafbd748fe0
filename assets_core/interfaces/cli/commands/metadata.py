"""`assets metadata`."""

from __future__ import annotations

from pathlib import Path

import click

from assets_core.catalogue.words import bytes_text, count_text
from assets_core.errors import UsageError
from assets_core.interfaces.cli.command import Asked, Command
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.protocols.keeping import Rebuilt
from assets_core.workspace import upkeeping

DOES = ("rebuild", "backup", "journal")


@click.command("metadata", cls=Command)
@click.argument("does", metavar="rebuild|backup|journal")
@click.argument("file", required=False)
@click.option("--check", is_flag=True, help="Only say what could be rebuilt.")
@click.option(
    "--journal",
    "journals",
    multiple=True,
    metavar="NAME",
    help="Rebuild from this journal and those it continues; may be repeated.",
)
@click.pass_obj
def command(
    asked: Asked, does: str, file: str | None, *, check: bool, journals: tuple[str, ...]
) -> int:
    """Rebuild the metadata store after its loss, or copy it.

    'rebuild' reads the journals beside the data: versions, what each asset shows,
    growing lists and pins come back, and nothing has to be computed again. What runs and
    their logs were is lost. 'backup FILE' writes a copy to a new file. 'journal' writes
    the journals anew, which are otherwise written as runs go on.
    """
    if does not in DOES:
        raise UsageError(f"There is no 'metadata {does}'", fix=f"use {' or '.join(DOES)}")
    if (does == "backup") != bool(file):
        what = "needs a file" if does == "backup" else "takes no file"
        raise UsageError(f"'metadata {does}' {what}", fix="assets metadata --help")
    if (check or journals) and does != "rebuild":
        raise UsageError("--check and --journal are for 'rebuild'", fix="leave it out")
    with opened(asked) as workspace:
        if file:
            size = upkeeping.backed_up(workspace, Path(file))
            document = {"file": str(Path(file).absolute()), "bytes": size}
            lines = [f"{bytes_text(size)} written to {file}"]
        elif does == "journal":
            count = upkeeping.journaled(workspace)
            document = {"journals": count}
            lines = [f"{count_text(count, 'journal')} written"]
        else:
            rebuilt = upkeeping.rebuilt(workspace, dry_run=check, journals=journals)
            document = upkeeping.rebuilt_report(rebuilt, dry_run=check)
            lines = _lines(rebuilt, check=check)
    if asked.json:
        asked.screen.document(document)
    else:
        asked.screen.say(*lines)
    return DONE


def _lines(rebuilt: Rebuilt, *, check: bool) -> list[str]:
    does = "would come back" if check else "are there again"
    versions = count_text(rebuilt.results, "version")
    shown = count_text(rebuilt.heads, "head")
    return [
        *(f"Left out: {problem}" for problem in rebuilt.problems),
        f"{versions} and {shown} {does}",
    ]
