"""Plan in front of the user: every step and why, or that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from assets_core.catalogue.words import counts_text, release_text, short_ranges
from assets_core.interfaces.cli.answering import Memory, watched
from assets_core.interfaces.cli.because import reason_lines
from assets_core.interfaces.cli.command import Asked
from assets_core.interfaces.cli.layout import paragraph, quiet, status_word
from assets_core.interfaces.cli.nothing import nothing_to_do
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.project import opened
from assets_core.model.keys import AssetKey
from assets_core.model.records import RunRequest
from assets_core.planning.grouping import Group, grouped, ranges_of_cells
from assets_core.planning.plan import Plan
from assets_core.planning.reads import AllKeys
from assets_core.workspace.partitioning import calls_of, not_yet, refuse_impossible
from assets_core.workspace.reports import plan_report

ONLY_IF = "(only if its upstream changes)"


def planned(
    asked: Asked, request: RunRequest, memory: Memory | None, *, check: bool
) -> int:
    """Plan, tell what was found, and return the exit code."""
    with watched(memory), opened(asked) as workspace:
        if memory is not None:
            memory.opened(workspace)
        keys = workspace.keys()
        wanted = workspace.wanted(request, keys)
        plan, _ = workspace.planned(wanted, keys)
        calls = calls_of(plan, keys)
        later = workspace.graph_of_assets.behind(calls)
        waits = not_yet(wanted, plan, workspace.graph_of_assets, keys, later)
        something = plan.steps or plan.held or plan.impossible or waits
        if memory is not None and plan.fresh_count and not something:
            memory.nothing_to_do(workspace, plan.fresh_count)
    refuse_impossible(plan, later)
    if asked.json:
        asked.screen.document(plan_report(plan, keys, waits))
    else:
        asked.screen.say(*_lines(plan, keys, waits, asked.screen.width))
        if waiting := later & wanted.selected:
            asked.screen.say(quiet(_then(calls, waiting)))
    return FAILED if check and plan.steps else DONE


def _lines(plan: Plan, keys: AllKeys, waits: Iterable[str], width: int | None) -> list[str]:
    held = _held(plan, keys, width)
    if not plan.steps:
        said = nothing_to_do(plan.fresh_count, len(plan.held), waits)
        return [*held, *([""] if held else []), *said]
    lines = [line for group in grouped(plan, keys) for line in _group(group, width)]
    counts = {f"to {word}": count for word, count in plan.counts.items() if word != "fresh"}
    rest = {"fresh": plan.fresh_count, "held": len(plan.held)}
    return [*lines, *held, "", counts_text({**counts, **rest})]


def _then(calls: Iterable[str], waiting: Iterable[str]) -> str:
    """Return what is planned again in the middle of a run."""
    which, what = " and ".join(sorted(calls)), ", ".join(sorted(waiting))
    return f"then, for the keys that {which} yields, whatever is stale of: {what}"


def _held(plan: Plan, keys: AllKeys, width: int | None) -> list[str]:
    lines: list[str] = []
    for key, cells in groupby(plan.held, lambda cell: cell.asset):
        many = list(cells)
        ranges = ranges_of_cells(many, keys)
        how = f"it was rolled back; let go of it: {release_text(key, ranges)}"
        lines += [
            f"{status_word('held', 10)}  {_which(key, ranges, len(many))}",
            *paragraph(how, width, 12),
        ]
    return lines


def _which(key: AssetKey, ranges: Sequence[str], count: int) -> str:
    which = f"[{short_ranges(ranges)}]" if ranges else ""
    many = f" ({count:,})" if count > 1 else ""
    return f"{key}{which}{many}"


def _group(group: Group, width: int | None) -> list[str]:
    doubt = "" if group.certain else f"  {ONLY_IF}"
    which = _which(group.asset, group.ranges, group.count)
    lines = [f"{status_word(group.action, 10)}  {which}{doubt}"]
    for reason in group.reasons:
        for line in reason_lines(reason):
            lines += paragraph(line, width, 12)
    return lines
