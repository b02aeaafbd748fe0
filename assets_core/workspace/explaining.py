"""Why an asset is stale: every reason, each followed to what began it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assets_core.model.assets import Asset, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partition_ranges import ranges_of
from assets_core.planning.plan import Plan, Step
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reasons import InputChanged, Reason, UpstreamWillRun
from assets_core.running.tools import Tools
from assets_core.workspace.status import AssetStatus, of_partition, statuses


class Planned(Protocol):
    """The part of a workspace that explaining needs."""

    tools: Tools
    graph_of_assets: Graph

    def planned(self, wanted: Wanted) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        ...


@dataclass(frozen=True, slots=True)
class Root:
    """What began a reason: an asset, or a source, and what happened to it."""

    asset: AssetKey
    kind: str
    text: str
    root: Root | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """One reason, and what began it where that was somewhere else."""

    reason: Reason
    root: Root | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The status of an asset, or of one of its partitions, and why.

    Attributes:
        partition: The partition that the reasons are about.
        alike: All partitions that have the same reasons, as ranges.
    """

    status: AssetStatus
    reasons: tuple[Explained, ...]
    partition: str | None = None
    alike: tuple[str, ...] = ()


def explain(workspace: Planned, asset: Asset, partition: str | None = None) -> Explanation:
    """Return the status of an asset and the chain of reasons down to the root cause.

    Args:
        partition: A partition; of an asset with partitions and without one, the first
            that is not fresh.
    """
    graph = workspace.graph_of_assets
    plan, known = workspace.planned(Wanted(frozenset({asset.key})))
    found = statuses(graph, plan, known, workspace.tools.store)
    status = found[asset.key]
    steps = {step.cell: step for step in plan.steps}
    step = status.step
    if partition is not None:
        step = steps.get(Cell(asset.key, partition))
        status = of_partition(status, plan, known, partition, workspace.tools.store)
    reasons = step.reasons if step else ()
    at = partition or (step.cell.partition if step else None)
    return Explanation(
        status,
        tuple(
            Explained(reason, _root(workspace, found, steps, reason, at))
            for reason in reasons
        ),
        at,
        _alike(plan, step, known) if partition is None and at is not None else (),
    )


def _alike(plan: Plan, step: Step | None, known: Known) -> tuple[str, ...]:
    """Return the partitions that are stale for the same reasons, in words."""
    if step is None:
        return ()
    keys = known.keys[step.cell.asset]
    said = [str(reason) for reason in step.reasons]
    positions = [
        keys.position(one.cell.partition or "") or 0
        for one in plan.steps
        if one.cell.asset == step.cell.asset
        and [str(reason) for reason in one.reasons] == said
    ]
    return tuple(ranges_of(keys, positions))


def _root(
    workspace: Planned,
    found: dict[AssetKey, AssetStatus],
    steps: dict[Cell, Step],
    reason: Reason,
    partition: str | None,
) -> Root | None:
    """Return what began a reason, following upstream after upstream."""
    chain: list[tuple[AssetKey, Reason]] = []
    while isinstance(reason, UpstreamWillRun):
        upstream = reason.upstream[0]
        # The partition of the same key where there is one, else the first that runs.
        step = steps.get(Cell(upstream, partition)) or found[upstream].step
        if step is None:
            break
        reason = step.reasons[0]
        chain.append((step.cell.asset, reason))
    root = None
    if isinstance(reason, InputChanged):
        root = _changed_input(workspace, found, reason)
    for key, cause in reversed(chain):
        root = Root(key, cause.kind, str(cause), root)
    return root


def _changed_input(
    workspace: Planned, found: dict[AssetKey, AssetStatus], reason: InputChanged
) -> Root | None:
    key = reason.upstream
    node = workspace.graph_of_assets.nodes[key]
    if isinstance(node, Source):
        missing = found[key].status == "missing"
        text = (
            f"the file {node.path} {'cannot be read' if missing else 'has other content'}"
        )
        return Root(key, "source_missing" if missing else "source_changed", text)
    head = found[key].head
    if head is not None and head.held:
        return Root(key, "rolled_back", f"'{key}' was rolled back and is held there")
    cell = Cell(key, next(iter(reason.partitions), None))
    last = workspace.tools.store.history(cell, limit=1)
    if not last:
        return None
    why = "; ".join(last[0].reasons) or "it was computed"
    return Root(key, "input_changed", f"'{cell}' was made again because {why}")
