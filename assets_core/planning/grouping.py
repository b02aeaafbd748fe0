"""Steps of a plan that are alike, told together. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assets_core.frozen import frozen
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partition_ranges import ranges_of
from assets_core.planning.plan import Action, Plan, Step
from assets_core.planning.reads import AllKeys
from assets_core.planning.reasons import InputChanged, Reason, UpstreamWillRun


@frozen
class Group:
    """Steps of one asset that do the same for the same reasons.

    Attributes:
        first: The first of their cells.
        ranges: The partitions, as people write them; none for an asset without.
    """

    first: Cell
    action: Action
    certain: bool
    count: int
    ranges: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def asset(self) -> AssetKey:
        """Return the asset of all of them."""
        return self.first.asset


def grouped(plan: Plan, keys: AllKeys) -> list[Group]:
    """Return the steps of a plan in groups, in the order of the plan."""
    found: dict[tuple[object, ...], list[Step]] = {}
    for step in plan.steps:
        said = tuple(map(_said, step.reasons))
        group = (step.cell.asset, step.action, step.certain, said)
        found.setdefault(group, []).append(step)
    return [_group(steps, keys) for steps in found.values()]


def _said(reason: Reason) -> str:
    """Return what is the same in two reasons that are told together."""
    if isinstance(reason, InputChanged):
        return f"{reason.kind} {reason.upstream} {reason.columns}"
    if isinstance(reason, UpstreamWillRun):
        return f"{reason.kind} {reason.upstream}"
    return str(reason)


def _group(steps: list[Step], keys: AllKeys) -> Group:
    first = steps[0]
    ranges = ranges_of_cells([step.cell for step in steps], keys)
    reasons = first.reasons
    if len(steps) > 1:
        reasons = tuple(map(_of_all, zip(*(step.reasons for step in steps), strict=True)))
    return Group(
        first.cell, first.action, first.certain, len(steps), tuple(ranges), reasons
    )


def ranges_of_cells(cells: Sequence[Cell], keys: AllKeys) -> list[str]:
    """Return the partitions of some cells of one asset, as people write them."""
    own = keys.get(cells[0].asset) if cells else None
    if own is None:
        return []
    positions = (own.position(cell.partition or "") for cell in cells)
    return ranges_of(own, [one for one in positions if one is not None])


def _of_all(alike: Iterable[Reason]) -> Reason:
    """Return one reason for several that differ in what changed."""
    first, *others = alike
    if isinstance(first, InputChanged):
        parts = dict.fromkeys(
            part
            for one in (first, *others)
            if isinstance(one, InputChanged)
            for part in one.partitions
        )
        return InputChanged(
            first.upstream, first.before, first.after, first.columns, tuple(parts)
        )
    return first
