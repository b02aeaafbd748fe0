"""The status of each asset, from a plan over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization, StepError
from assets_core.planning.plan import Plan, Step
from assets_core.planning.planner import Known
from assets_core.planning.reasons import ABSENT
from assets_core.protocols.metadata import MetadataStore


@dataclass(frozen=True, slots=True)
class AssetStatus:
    """How an asset stands.

    Attributes:
        status: `missing`, `failed`, `stale`, `held` or `fresh`; a source is missing or
            fresh.
        step: What would be done, where something would.
    """

    key: AssetKey
    status: str
    step: Step | None = None
    head: Head | None = None
    made: Materialization | None = None
    error: StepError | None = None


def statuses(
    graph: Graph, plan: Plan, known: Known, store: MetadataStore
) -> dict[AssetKey, AssetStatus]:
    """Return the status of every asset and source."""
    steps = {step.cell: step for step in plan.steps}
    failures = store.failures(plan.env)
    made = store.materializations(head.materialization for head in known.heads.values())
    found: dict[AssetKey, AssetStatus] = {}
    for key, node in graph.nodes.items():
        cell = Cell(key)
        if not isinstance(node, Asset):
            there = known.sources.get(key, ABSENT) != ABSENT
            found[key] = AssetStatus(key, "fresh" if there else "missing")
            continue
        step, head = steps.get(cell), known.heads.get(cell)
        error = failures[cell][1] if step and cell in failures else None
        found[key] = AssetStatus(
            key,
            _word(step, head, known.missing.get(cell), error),
            step,
            head,
            made.get(head.materialization) if head else None,
            error,
        )
    return found


def _word(
    step: Step | None, head: Head | None, missing: str | None, error: StepError | None
) -> str:
    if head is None or missing:
        return "missing"
    if error is not None:
        return "failed"
    if step is not None:
        return "stale"
    return "held" if head.held else "fresh"
