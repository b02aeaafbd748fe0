"""`assets materialize`."""

from __future__ import annotations

import click

from assets_core.errors import UsageError
from assets_core.interfaces.cli.carrying_out import carried_out
from assets_core.interfaces.cli.command import Asked, Command, at_least, selection_argument
from assets_core.interfaces.cli.words import count_text
from assets_core.model.records import RunRequest
from assets_core.running.result import RunResult
from assets_core.workspace.provenance import who
from assets_core.workspace.workspace import Workspace

MOST_UNASKED = 1000


@click.command("materialize", cls=Command)
@selection_argument()
@click.option("--force", is_flag=True, help="Compute what is selected even if fresh.")
@click.option("--no-upstream", is_flag=True, help="Take what is upstream as it is.")
@click.option(
    "--yes", is_flag=True, help=f"Go on if over {MOST_UNASKED:,} more have to run first."
)
@click.option(
    "--jobs", callback=at_least(1), metavar="N", help="How many steps run at once."
)
@click.option("--executor", metavar="NAME", help="Where steps run: inline or threads.")
@click.pass_obj
def command(  # noqa: PLR0913 - the flags of the command
    asked: Asked,
    selection: tuple[str, ...],
    *,
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
    request = RunRequest(selection, force=force, upstream=not no_upstream, by=who())

    def run(workspace: Workspace) -> RunResult:
        if not yes:
            refuse_surprise(workspace, request)
        return workspace.run(request, jobs=jobs, executor=executor)

    return carried_out(asked, run)


def refuse_surprise(workspace: Workspace, request: RunRequest) -> None:
    """Stop if far more would run than was asked for."""
    selected = workspace.select(request.selection)
    others = workspace.graph_of_assets.ancestors(selected) - selected
    if not request.upstream or len(others) <= MOST_UNASKED:
        return
    plan = workspace.plan(request.selection, force=request.force)
    unasked = sum(step.cell.asset not in selected for step in plan.steps)
    if unasked > MOST_UNASKED:
        raise UsageError(
            f"{count_text(unasked, 'asset')} upstream of the {len(selected):,} selected"
            " would have to run first",
            fix="--yes runs them all\n--no-upstream takes them as they are",
        )
