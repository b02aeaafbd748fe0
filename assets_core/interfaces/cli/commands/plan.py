"""`assets plan`."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.because import reason_lines
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    partitions_option,
    selection_argument,
)
from assets_core.interfaces.cli.layout import paragraph, status_word
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.summary import nothing_to_do
from assets_core.interfaces.cli.words import counts_text, short_ranges
from assets_core.model.keys import Cell
from assets_core.model.records import RunRequest
from assets_core.planning.grouping import Group, grouped
from assets_core.planning.plan import Plan
from assets_core.planning.reads import AllKeys
from assets_core.workspace.partitioning import refuse_impossible
from assets_core.workspace.reports import plan_report

ONLY_IF = "(only if its upstream changes)"


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
    with opened(asked) as workspace:
        request = RunRequest(
            selection, force, upstream=not no_upstream, partitions=partitions or ""
        )
        keys = workspace.keys()
        plan, _ = workspace.planned(workspace.wanted(request, keys), keys)
    refuse_impossible(plan)
    if asked.json:
        asked.screen.document(plan_report(plan, keys))
    else:
        asked.screen.say(*_lines(plan, keys, asked.screen.width))
    return FAILED if check and plan.steps else DONE


def _lines(plan: Plan, keys: AllKeys, width: int | None) -> list[str]:
    held = [line for cell in plan.held for line in _held(cell, width)]
    if not plan.steps:
        said = nothing_to_do(plan.fresh_count, len(plan.held))
        return [*held, *([""] if held else []), said]
    lines = [line for group in grouped(plan, keys) for line in _group(group, width)]
    counts = {f"to {word}": count for word, count in plan.counts.items() if word != "fresh"}
    rest = {"fresh": plan.fresh_count, "held": len(plan.held)}
    return [*lines, *held, "", counts_text({**counts, **rest})]


def _held(cell: Cell, width: int | None) -> list[str]:
    how = f"it was rolled back; let go of it: assets rollback {cell.asset} --release"
    return [f"{status_word('held', 10)}  {cell}", *paragraph(how, width, 12)]


def _group(group: Group, width: int | None) -> list[str]:
    doubt = "" if group.certain else f"  {ONLY_IF}"
    which = f"[{short_ranges(group.ranges)}]" if group.ranges else ""
    many = f" ({group.count:,})" if group.count > 1 else ""
    lines = [f"{status_word(group.action, 10)}  {group.asset}{which}{many}{doubt}"]
    for reason in group.reasons:
        for line in reason_lines(reason):
            lines += paragraph(line, width, 12)
    return lines
