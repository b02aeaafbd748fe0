"""`assets plan`."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.because import reason_lines
from assets_core.interfaces.cli.command import Asked, Command, selection_argument
from assets_core.interfaces.cli.layout import paragraph, status_word
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.summary import nothing_to_do
from assets_core.interfaces.cli.words import counts_text
from assets_core.model.keys import Cell
from assets_core.planning.plan import Plan, Step
from assets_core.workspace.reports import plan_report

ONLY_IF = "(only if its upstream changes)"


@click.command("plan", cls=Command)
@selection_argument()
@click.option("--force", is_flag=True, help="As if everything selected had changed.")
@click.option("--no-upstream", is_flag=True, help="Take what is upstream as it is.")
@click.option("--check", is_flag=True, help="Exit with 1 if anything is stale.")
@click.pass_obj
def command(
    asked: Asked,
    selection: tuple[str, ...],
    *,
    force: bool,
    no_upstream: bool,
    check: bool,
) -> int:
    """Show what would run and why; change nothing.

    SELECTION as in 'assets list'; without one, all assets. What is stale upstream of
    the selection joins the plan.
    """
    with opened(asked) as workspace:
        plan = workspace.plan(selection or None, force=force, upstream=not no_upstream)
    if asked.json:
        asked.screen.document(plan_report(plan))
    else:
        asked.screen.say(*_lines(plan, asked.screen.width))
    return FAILED if check and plan.steps else DONE


def _lines(plan: Plan, width: int | None) -> list[str]:
    held = [line for cell in plan.held for line in _held(cell, width)]
    if not plan.steps:
        said = nothing_to_do(len(plan.fresh), len(plan.held))
        return [*held, *([""] if held else []), said]
    lines = [line for step in plan.steps for line in _step(step, width)]
    counts = {f"to {word}": count for word, count in plan.counts.items() if word != "fresh"}
    rest = {"fresh": len(plan.fresh), "held": len(plan.held)}
    return [*lines, *held, "", counts_text({**counts, **rest})]


def _held(cell: Cell, width: int | None) -> list[str]:
    how = f"it was rolled back; let go of it: assets rollback {cell.asset} --release"
    return [f"{status_word('held', 10)}  {cell}", *paragraph(how, width, 12)]


def _step(step: Step, width: int | None) -> list[str]:
    doubt = "" if step.certain else f"  {ONLY_IF}"
    lines = [f"{status_word(step.action, 10)}  {step.cell}{doubt}"]
    for reason in step.reasons:
        for line in reason_lines(reason):
            lines += paragraph(line, width, 12)
    return lines
