"""Backfills: a range of partitions, made in chunks, by one run or by several."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from assets_core.errors import UsageError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.events import Preview
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Backfill, Cost, RunRecord, StepStatus
from assets_core.planning.plan import Plan
from assets_core.protocols.metadata import MetadataStore
from assets_core.running.order import Cut, batches

Size = int | Literal["all"]

CHUNK_SECONDS = 30.0
"""How long one chunk is meant to take when its size is chosen: `--batch auto`."""

FIRST_CHUNK = 50
"""Its size when nothing is known of an asset yet."""

MOST_IN_CHUNK = 1000
DONE: tuple[StepStatus, ...] = ("computed", "revalidated", "reused", "skipped")


@frozen
class BackfillStatus:
    """How a backfill stands, over all its runs.

    Attributes:
        cells: How many were to be made when it began.
        done: How many of them were made, or needed nothing any more.
        latest: The run that went on with it last.
    """

    id: str
    status: str
    cells: int
    done: int
    failed: int
    latest: RunRecord


def cut_of(backfill: Backfill | None, graph: Graph, costs: Mapping[AssetKey, Cost]) -> Cut:
    """Return how the plan of a backfill is cut.

    Args:
        costs: What a cell of each asset takes, as far as it is known.
    """
    if backfill is None:
        return Cut()
    sizes: dict[AssetKey, Size] = {}
    for asset in graph.assets:
        if backfill.batch == "auto":
            sizes[asset.key] = _measured(costs.get(asset.key))
        elif backfill.batch:
            sizes[asset.key] = "all" if backfill.batch == "all" else int(backfill.batch)
    return Cut(sizes, backfill.newest)


def _measured(cost: Cost | None) -> int:
    if cost is None:
        return FIRST_CHUNK
    if cost.seconds * MOST_IN_CHUNK <= CHUNK_SECONDS:
        return MOST_IN_CHUNK
    return max(1, math.floor(CHUNK_SECONDS / cost.seconds))


def refuse_batch(plan: Plan, graph: Graph, batch: str) -> None:
    """Raise if somebody asks for batches, and no asset that is to run can make one."""
    if not batch or not plan.steps:
        return
    assets = {step.cell.asset for step in plan.steps}
    if not any(
        isinstance(node, Asset) and node.batch != 1
        for key, node in graph.nodes.items()
        if key in assets
    ):
        shown = next(iter(assets))
        raise UsageError(
            f"'{shown}' makes one partition a call, so there are no batches",
            fix="leave --batch out, or declare @asset(batch='all') and use"
            " context.partitions",
        )


def preview(plan: Plan, graph: Graph, cut: Cut, costs: Mapping[AssetKey, Cost]) -> Preview:
    """Return what a backfill is going to do."""
    counts = plan.cells_by_asset
    unknown = tuple(key for key in counts if key not in costs)
    known = [(count, costs[key]) for key, count in counts.items() if key in costs]
    return Preview(
        len(plan.steps),
        len(batches(plan, graph, cut)),
        sum(count * cost.seconds for count, cost in known) if known else None,
        sum(count * cost.bytes for count, cost in known) if known else None,
        unknown,
    )


def backfills(store: MetadataStore, env: str) -> list[BackfillStatus]:
    """Return all backfills in an environment, newest first."""
    return [_status(store, id_, runs) for id_, runs in _by_backfill(store, env).items()]


def find_backfill(store: MetadataStore, env: str, name: str) -> BackfillStatus:
    """Return a backfill in an environment by its id or the beginning of it."""
    known = _by_backfill(store, env)
    like = [id_ for id_ in known if name and id_.startswith(name)]
    if len(like) == 1:
        return _status(store, like[0], known[like[0]])
    raise UsageError(
        f"'{name}' begins several backfills" if like else f"There is no backfill '{name}'",
        fix="run 'assets backfill list' to see them",
    )


def _by_backfill(store: MetadataStore, env: str) -> dict[str, list[RunRecord]]:
    """Return the runs of each backfill in an environment, newest first."""
    runs: dict[str, list[RunRecord]] = {}
    for record in store.backfill_runs():
        if record.env == env and record.request.backfill is not None:
            runs.setdefault(record.request.backfill.id, []).append(record)
    return runs


def _status(store: MetadataStore, id_: str, records: Sequence[RunRecord]) -> BackfillStatus:
    latest = records[0]
    # What a run that goes on, or was killed, has done so far is known by its steps alone.
    ended = [record.counts or store.ended_steps(record.id) for record in records]
    first = records[-1].request.backfill
    cells = 0 if first is None else first.cells
    done = sum(one.get(word, 0) for one in ended for word in DONE)
    return BackfillStatus(
        id_,
        latest.status,
        cells,
        cells if latest.status == "success" else min(done, cells),
        ended[0].get("failed", 0),
        latest,
    )


def done_by(store: MetadataStore, backfill: str) -> frozenset[Cell]:
    """Return the cells that any run of a backfill has computed."""
    runs = [store.run(record.id) for record in store.backfill_runs(backfill)]
    return frozenset(
        step.cell for run in runs if run for step in run.steps if step.status == "computed"
    )
