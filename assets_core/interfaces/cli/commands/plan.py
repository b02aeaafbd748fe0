"""`assets plan`."""

from __future__ import annotations

from importlib import import_module

import click

from assets_core.interfaces.cli.answering import PLAN, Memory, nothing_planned
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    partitions_option,
    selection_argument,
)
from assets_core.model.records import RunRequest


@click.command("plan", cls=Command)
@selection_argument()
@partitions_option()
@click.option("--force", is_flag=True, help="As if everything selected had changed.")
@click.option("--no-upstream", is_flag=True, help="Take what is upstream as it is.")
@click.option("--check", is_flag=True, help="Exit with 1 if anything is stale.")
@click.pass_obj
def command(
    asked: Asked,
    selection: tuple[str, ...],
    *,
    partitions: str | None,
    force: bool,
    no_upstream: bool,
    check: bool,
) -> int:
    """Show what would run and why; change nothing.

    SELECTION as in 'assets list'; without one, all assets. What is stale upstream of
    the selection joins the plan.
    """
    is_whole = not (selection or partitions or force or no_upstream)
    memory = Memory(asked, PLAN) if is_whole else None
    if memory is not None and (code := nothing_planned(asked, memory)) is not None:
        return code
    request = RunRequest(
        selection, force, upstream=not no_upstream, partitions=partitions or ""
    )
    # Only now: what loads projects is heavy.
    planning = import_module("assets_core.interfaces.cli.planning")
    return int(planning.planned(asked, request, memory, check=check))
