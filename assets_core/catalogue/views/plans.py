"""A plan, with the reasons of each step."""

from __future__ import annotations

from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import Presented, code, most, quiet, said, table
from assets_core.catalogue.words import count_text, counts_text
from assets_core.planning.grouping import Group, grouped
from assets_core.planning.plan import Plan
from assets_core.planning.reasons import CodeChanged, Reason, SchemaChanged

MOST = 60
"""How many groups of steps are shown."""

MOST_CHANGES = 8
MOST_REASONS = 12


def plan_view(plan: Plan) -> Presented:
    """Return what would be done, asset by asset, and why."""
    counts = plan.counts
    fresh = counts.pop("fresh")
    to_do = counts_text(counts)
    title = f"plan: {to_do} · {fresh:,} fresh" if to_do else _nothing(plan)
    groups = grouped(plan, {})
    rows = [_row(one) for one in groups[:MOST]]
    held = count_text(len(plan.held), "cell")
    body = [
        table(("asset", "partitions", "would", "because"), rows),
        most(groups, MOST, "groups of steps"),
        *(
            quiet("cannot be made: ", said(str(one)))
            for one in plan.impossible[:MOST_CHANGES]
        ),
        quiet(f"{held} rolled back and left as they are") if plan.held else None,
    ]
    return Presented(title, joined(body))


def _nothing(plan: Plan) -> str:
    return f"plan: nothing to do, {count_text(plan.fresh_count, 'cell')} fresh"


def _row(group: Group) -> list[object]:
    partition = group.first.partition
    parts = "" if partition is None else partition
    if group.count > 1:
        parts = f"{group.count:,} from {partition}"
    would = group.action if group.certain else f"perhaps {group.action}"
    return [code(group.asset), parts, would, reasons_list(group.reasons)]


def reasons_list(reasons: tuple[Reason, ...]) -> Markup:
    """Return reasons, each with its changes on lines of their own."""
    lines = [line for one in reasons[:MOST_REASONS] for line in _lines(one)]
    if len(lines) == 1:
        return element("span", said(lines[0]))
    left = len(reasons) - MOST_REASONS
    more = element("li", f"and {left:,} more reasons") if left > 0 else None
    return element("ul", *(element("li", said(line)) for line in lines), more)


def _lines(reason: Reason) -> list[str]:
    changes = reason.changes if isinstance(reason, CodeChanged | SchemaChanged) else ()
    if len(changes) < 2:  # noqa: PLR2004 - several
        return [str(reason)]
    lines = [str(one) for one in changes[:MOST_CHANGES]]
    left = len(changes) - MOST_CHANGES
    return lines if left <= 0 else [*lines, f"and {left:,} more changes"]
