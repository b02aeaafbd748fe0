"""Why an asset is stale: every reason, each followed to what began it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assets_core.model.assets import Asset, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reasons import InputChanged, Reason, UpstreamWillRun
from assets_core.running.tools import Tools
from assets_core.workspace.status import AssetStatus, statuses


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
    """The status of an asset, and why."""

    status: AssetStatus
    reasons: tuple[Explained, ...]


def explain(workspace: Planned, asset: Asset) -> Explanation:
    """Return the status of an asset and the chain of reasons down to the root cause."""
    graph = workspace.graph_of_assets
    plan, known = workspace.planned(Wanted(frozenset({asset.key})))
    found = statuses(graph, plan, known, workspace.tools.store)
    status = found[asset.key]
    reasons = status.step.reasons if status.step else ()
    return Explanation(
        status,
        tuple(Explained(reason, _root(workspace, found, reason)) for reason in reasons),
    )


def _root(
    workspace: Planned, found: dict[AssetKey, AssetStatus], reason: Reason
) -> Root | None:
    """Return what began a reason, following upstream after upstream."""
    chain: list[tuple[AssetKey, Reason]] = []
    while isinstance(reason, UpstreamWillRun):
        step = found[reason.upstream[0]].step
        if step is None:
            break
        reason = step.reasons[0]
        chain.append((step.cell.asset, reason))
    root = None
    if isinstance(reason, InputChanged):
        root = _changed_input(workspace, found, reason.upstream)
    for key, cause in reversed(chain):
        root = Root(key, cause.kind, str(cause), root)
    return root


def _changed_input(
    workspace: Planned, found: dict[AssetKey, AssetStatus], key: AssetKey
) -> Root | None:
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
    last = workspace.tools.store.history(Cell(key), limit=1)
    if not last:
        return None
    why = "; ".join(last[0].reasons) or "it was computed"
    return Root(key, "input_changed", f"'{key}' was made again because {why}")
