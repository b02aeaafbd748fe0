"""Why an asset is stale: every reason, each followed to what began it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.origins import (
    DatabaseRows,
    ManyFiles,
    OneFile,
    Origin,
    VersionFunction,
    WebFile,
)
from assets_core.model.partition_ranges import ranges_of
from assets_core.planning.grouping import grouped
from assets_core.planning.plan import Plan, Step
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reads import AllKeys
from assets_core.planning.reasons import (
    ABSENT,
    InputChanged,
    MadeTogether,
    Reason,
    UpstreamWillRun,
)
from assets_core.running.tools import Tools
from assets_core.shown import shown
from assets_core.workspace.finding import find_positions
from assets_core.workspace.status import (
    WORST_FIRST,
    AssetStatus,
    Standing,
    of_partition,
    statuses,
)

MOST_EXPLAINED = 20
"""How many sets of partitions that are not fresh, each alike in itself, are explained."""


class Planned(Protocol):
    """The part of a workspace that explaining needs."""

    tools: Tools
    graph_of_assets: Graph

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...

    def planned(self, wanted: Wanted, keys: AllKeys | None = None) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        ...


@frozen
class Root:
    """What began a reason: an asset, or a source, and what happened to it."""

    asset: AssetKey
    kind: str
    text: str
    root: Root | None = None


@frozen
class Explained:
    """One reason, and what began it where that was somewhere else."""

    reason: Reason
    root: Root | None = None


@shown
@frozen
class Explanation:
    """The status of an asset, or of one of its partitions, and why.

    Attributes:
        partition: The partition that the status and the reasons are of.
        alike: All partitions that have the same reasons, as ranges.
        others: Those of other partitions that are not fresh either, worst first.
        left_out: How many more partitions are not fresh, and not explained.
    """

    status: AssetStatus
    reasons: tuple[Explained, ...]
    partition: str | None = None
    alike: tuple[str, ...] = ()
    others: tuple[Explanation, ...] = ()
    left_out: int = 0


def explain(
    workspace: Planned, asset: Asset, partition: str | None, partitions: str
) -> Explanation:
    """Return the status of an asset and the chain of reasons down to the root cause.

    Args:
        partition: One partition.
        partitions: A text about several; without either, all that there are. Of these,
            the ones that are not fresh are explained, what is alike together.
    """
    keys, key = workspace.keys(), asset.key
    positions = find_positions(asset, partition, partitions, keys)
    which = {} if positions is None else {key: positions}
    plan, known = workspace.planned(Wanted(frozenset({key}), partitions=which), keys)
    store = workspace.tools.store
    causes = _Causes(workspace, plan, known)

    def one(status: AssetStatus, reasons: tuple[Reason, ...], alike: _Alike) -> Explanation:
        told = (Explained(reason, causes.root(reason, alike.first)) for reason in reasons)
        return Explanation(status, tuple(told), alike.first, alike.ranges)

    if partition is not None:
        status = of_partition(Cell(key, partition), plan, known, store)
        return one(status, status.step.reasons if status.step else (), _Alike(partition))
    part = workspace.graph_of_assets.part({key})
    whole = statuses(part, plan, known, store, which)[key]
    if whole.partitions is None or asset.yields:  # then it is the call that is explained
        return one(whole, whole.step.reasons if whole.step else (), _Alike(None))
    sets = _not_fresh(plan, known, key, whole.partitions)
    told = [
        one(of_partition(Cell(key, each.first), plan, known, store), each.reasons, each)
        for each in sets[:MOST_EXPLAINED]
    ]
    if not told:
        return Explanation(whole, ())
    left_out = sum(each.count for each in sets[MOST_EXPLAINED:])
    return replace(told[0], others=tuple(told[1:]), left_out=left_out)


def explained(
    workspace: Planned, plan: Plan, known: Known, steps: Mapping[AssetKey, Step]
) -> dict[AssetKey, tuple[Explained, ...]]:
    """Return the reasons of one step of each of some assets, and what began them.

    Args:
        steps: Of a plan over all of them.
    """
    causes = _Causes(workspace, plan, known)
    return {
        key: tuple(
            Explained(reason, causes.root(reason, step.cell.partition))
            for reason in step.reasons
        )
        for key, step in steps.items()
    }


@frozen
class _Alike:
    """Partitions that are not fresh, for the same reasons."""

    first: str | None
    count: int = 1
    ranges: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


def _not_fresh(plan: Plan, known: Known, key: AssetKey, standing: Standing) -> list[_Alike]:
    """Return the partitions that are not fresh, worst first, in sets that are alike."""
    keys = standing.keys
    steps = {step.cell: step for step in plan.steps}
    lost = {one.cell: one.upstream for one in plan.impossible}
    parts: dict[tuple[int, str], list[int]] = {}
    for position, word in zip(standing.positions, standing.words, strict=True):
        if word != "fresh":
            cell = Cell(key, keys[position])
            why = "" if cell in steps else f"impossible {lost.get(cell, '')}"
            parts.setdefault((WORST_FIRST.index(word), why), []).append(position)
    found: list[_Alike] = []
    for (_, why), positions in sorted(parts.items()):
        if why:
            ranges = tuple(ranges_of(keys, positions))
            found.append(_Alike(keys[positions[0]], len(positions), ranges))
        else:
            some = tuple(steps[Cell(key, keys[position])] for position in positions)
            found += [
                _Alike(one.first.partition, one.count, one.ranges, one.reasons)
                for one in grouped(replace(plan, steps=some), known.keys)
            ]
    return found


class _Causes:
    """What began the reasons of a plan."""

    def __init__(self, workspace: Planned, plan: Plan, known: Known) -> None:
        self._workspace = workspace
        self._known = known
        self._steps = {step.cell: step for step in plan.steps}
        self._first = {step.cell.asset: step for step in reversed(plan.steps)}

    def root(self, reason: Reason, partition: str | None) -> Root | None:
        """Return what began a reason, following upstream after upstream."""
        chain: list[tuple[AssetKey, Reason]] = []
        while isinstance(reason, UpstreamWillRun | MadeTogether):
            others = (
                reason.upstream if isinstance(reason, UpstreamWillRun) else reason.others
            )
            upstream = others[0]
            # The partition of the same key where there is one, else the first that runs.
            same = self._steps.get(Cell(upstream, partition))
            step = same or self._first.get(upstream)
            if step is None:
                break
            reason = step.reasons[0]
            chain.append((step.cell.asset, reason))
        root = self._changed(reason) if isinstance(reason, InputChanged) else None
        for key, cause in reversed(chain):
            root = Root(key, cause.kind, str(cause), root)
        return root

    def _changed(self, reason: InputChanged) -> Root | None:
        key, known = reason.upstream, self._known
        node = self._workspace.graph_of_assets.nodes[key]
        if isinstance(node, Source):
            missing = known.sources.get(key, ABSENT) == ABSENT
            kind = "source_missing" if missing else "source_changed"
            return Root(key, kind, _what_changed(node.origin, missing=missing))
        cell = Cell(key, next(iter(reason.partitions), None))
        if known.holds(cell):
            return Root(key, "rolled_back", f"'{cell}' was rolled back and is held there")
        last = self._workspace.tools.store.history(cell, limit=1)
        if not last:
            return None
        why = "; ".join(last[0].reasons) or "it was computed"
        return Root(key, "input_changed", f"'{cell}' was made again because {why}")


def _what_changed(origin: Origin, *, missing: bool) -> str:
    if missing:
        return f"{origin} cannot be read"
    match origin:
        case OneFile():
            return f"{origin} has other content"
        case ManyFiles():
            return f"there are others among {origin}, or they have other content"
        case WebFile() | DatabaseRows():
            return f"{origin} gives another version"
        case VersionFunction():
            return f"{origin} returns another version"
