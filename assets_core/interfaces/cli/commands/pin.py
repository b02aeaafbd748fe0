"""`assets pin`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import time_text
from assets_core.errors import UsageError
from assets_core.interfaces.cli.command import Asked, Command, partition_option
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.protocols.keeping import Pin
from assets_core.workspace import upkeeping


@click.command("pin", cls=Command)
@click.argument("asset", required=False)
@click.option("--version", metavar="VERSION", help="Not the one that is shown now.")
@click.option("--as", "name", metavar="NAME", default="", help="How to find it again.")
@click.option("--release", is_flag=True, help="Let go of it.")
@partition_option()
@click.pass_obj
def command(
    asked: Asked,
    asset: str | None,
    *,
    version: str | None,
    name: str,
    release: bool,
    partition: str | None,
) -> int:
    """Keep a version of an asset until it is released.

    Without ASSET it lists what is kept.

    'assets gc' never deletes its data. NAME stands for the version wherever one is asked
    for, as in load(key, version=NAME); without one it is the beginning of its id.
    """
    if asset is None and (version or name or release or partition):
        raise UsageError("Name the asset", fix="assets pin ASSET --as NAME")
    if release and version:
        raise UsageError("--release takes the name alone", fix="leave --version out")
    with opened(asked) as workspace:
        if asset is None:
            pins = upkeeping.pins(workspace)
        elif release:
            pins = (upkeeping.unpinned(workspace, asset, name, partition),)
        else:
            pins = (upkeeping.pinned(workspace, asset, version, name, partition),)
    if asked.json:
        asked.screen.document({"pins": [upkeeping.pin_report(one) for one in pins]})
    elif asset is None:
        asked.screen.say(*(map(_row, pins) if pins else ["Nothing is pinned"]))
    else:
        (one,) = pins
        done = "is no longer kept as" if release else "is kept as"
        version = one.materialization[:12]
        asked.screen.say(f"Version {version} of '{one.cell}' {done} '{one.name}'")
    return DONE


def _row(one: Pin) -> str:
    version = one.materialization[:12]
    return f"{one.name:20}  {one.cell}  {version}  pinned {time_text(one.at)}"
