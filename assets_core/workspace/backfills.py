"""Backfills: a range of partitions, made in chunks, by one run or by several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assets_core.errors import UsageError
from assets_core.model.assets import Asset
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


@dataclass(frozen=True, slots=True)
class Preview:
    """What a backfill is going to do.

    Attributes:
        cells: How many partitions and assets are to be made.
        chunks: In how many calls.
        seconds: What that has taken before, on one core; None if nobody knows.
        bytes: What it has stored before; None if nobody knows.
        unknown: Assets of which nothing is known, because they were never built.
    """

    cells: int
    chunks: int
    seconds: float | None
    bytes: float | None
    unknown: tuple[AssetKey, ...]


@dataclass(frozen=True, slots=True)
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


def backfills(store: MetadataStore, limit: int = 1000) -> list[BackfillStatus]:
    """Return the latest backfills, newest first."""
    runs: dict[str, list[RunRecord]] = {}
    for record in store.runs(limit):
        if record.request.backfill is not None:
            runs.setdefault(record.request.backfill.id, []).append(record)
    return [_status(store, id_, records) for id_, records in runs.items()]


def find_backfill(found: Iterable[BackfillStatus], name: str) -> BackfillStatus:
    """Return a backfill by its id or the beginning of it."""
    like = [one for one in found if name and one.id.startswith(name)]
    if len(like) == 1:
        return like[0]
    raise UsageError(
        f"'{name}' begins several backfills" if like else f"There is no backfill '{name}'",
        fix="run 'assets backfill list' to see them",
    )


def _status(store: MetadataStore, id_: str, records: Sequence[RunRecord]) -> BackfillStatus:
    latest = records[0]
    ended = [store.ended_steps(record.id) for record in records]
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
    runs = [
        store.run(record.id)
        for record in store.runs(1000)
        if record.request.backfill is not None and record.request.backfill.id == backfill
    ]
    return frozenset(
        step.cell for run in runs if run for step in run.steps if step.status == "computed"
    )
