"""`assets materialize`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from assets_core.interfaces.cli.answering import MATERIALIZE, Memory, nothing_done
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    at_least,
    partitions_option,
    selection_argument,
)
from assets_core.model.records import RunRequest
from assets_core.workspace.provenance import who

if TYPE_CHECKING:
    from assets_core.running.result import RunResult
    from assets_core.workspace.workspace import Workspace

MOST_UNASKED = 1000


@click.command("materialize", cls=Command)
@selection_argument()
@partitions_option()
@click.option("--force", is_flag=True, help="Compute what is selected even if fresh.")
@click.option("--no-upstream", is_flag=True, help="Take what is upstream as it is.")
@click.option(
    "--yes", is_flag=True, help=f"Go on if over {MOST_UNASKED:,} more have to run first."
)
@click.option(
    "--jobs", callback=at_least(1), metavar="N", help="How many steps run at once."
)
@click.option(
    "--executor", metavar="NAME", help="Who calls functions: threads, processes, inline."
)
@click.pass_obj
def command(  # noqa: PLR0913 - the flags of the command
    asked: Asked,
    selection: tuple[str, ...],
    *,
    partitions: str | None,
    force: bool,
    no_upstream: bool,
    yes: bool,
    jobs: int | None,
    executor: str | None,
) -> int:
    """Make assets fresh: compute what is stale, and nothing else.

    SELECTION as in 'assets list'; without one, all assets. What is stale upstream of
    the selection runs first.
    """
    is_whole = not (selection or partitions or force or no_upstream or executor)
    request = RunRequest(
        selection,
        force=force,
        upstream=not no_upstream,
        by=who(),
        partitions=partitions or "",
    )

    def run(workspace: Workspace) -> RunResult:
        return workspace.run(
            request,
            jobs=jobs,
            executor=executor,
            most_unasked=None if yes else MOST_UNASKED,
        )

    memory = Memory(asked, MATERIALIZE) if is_whole else None
    if memory is not None and (code := nothing_done(asked, memory, request)) is not None:
        return code
    # Only now: what loads projects is heavy.
    carrying_out = import_module("assets_core.interfaces.cli.carrying_out")
    return int(carrying_out.carried_out(asked, run, memory))
