"""From a request to a run: which cells it is about, in which calls, and who does them."""

from __future__ import annotations

from contextlib import closing
from typing import Protocol

from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import RunRecord, RunRequest
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reads import AllKeys
from assets_core.planning.staleness import Expected
from assets_core.running.order import Cut
from assets_core.running.result import RunResult
from assets_core.running.runner import Planned, carry_out
from assets_core.running.tools import Tools
from assets_core.workspace import opening
from assets_core.workspace.backfills import (
    Preview,
    cut_of,
    done_by,
    preview,
    refuse_batch,
)
from assets_core.workspace.partitioning import refuse_impossible, too_many_unasked
from assets_core.workspace.settings import Settings


class Project(Protocol):
    """The part of a workspace that running needs."""

    tools: Tools
    graph_of_assets: Graph

    @property
    def expected(self) -> dict[AssetKey, Expected]:
        """Return what the project says of each asset."""
        ...

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...

    def wanted(
        self, request: RunRequest, keys: AllKeys, computed: frozenset[Cell] = ...
    ) -> Wanted:
        """Return the cells that a request is about."""
        ...

    def planned(self, wanted: Wanted, keys: AllKeys | None = None) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        ...


def run_request(
    project: Project,
    request: RunRequest,
    workers: tuple[Settings, str | None, int | None],
    computed: frozenset[Cell],
    most_unasked: int | None,
) -> RunResult:
    """Carry out a request; steps that fail are in the result.

    Args:
        workers: The settings, and the executor and number of jobs that are asked for.
    """
    keys = project.keys()
    plan, _ = project.planned(project.wanted(request, keys, computed), keys)
    refuse_impossible(plan)
    if most_unasked is not None and plan.pulled > most_unasked:
        raise too_many_unasked(plan)
    planned = Planned(plan, keys, _cut(project, plan, request))
    with closing(opening.make_executor(*workers)) as executor:
        return carry_out(
            *(project.tools, project.graph_of_assets, project.expected, planned),
            request=request,
            executor=executor,
        )


def preview_request(project: Project, request: RunRequest) -> Preview:
    """Return what a backfill would do, and what that has taken before."""
    keys = project.keys()
    plan, _ = project.planned(project.wanted(request, keys), keys)
    refuse_impossible(plan)
    costs = project.tools.store.costs(plan.cells_by_asset)
    cut = _cut(project, plan, request)
    return preview(plan, project.graph_of_assets, cut, costs)


def _cut(project: Project, plan: Plan, request: RunRequest) -> Cut:
    batch = request.backfill.batch if request.backfill else ""
    if request.backfill is not None and not request.backfill.id:  # it begins
        refuse_batch(plan, project.graph_of_assets, batch)
    costs = project.tools.store.costs(plan.cells_by_asset) if batch == "auto" else {}
    return cut_of(request.backfill, project.graph_of_assets, costs)


def computed_by(project: Project, record: RunRecord) -> frozenset[Cell]:
    """Return the cells that a run, or the backfill that it is part of, has computed."""
    done = frozenset(step.cell for step in record.steps if step.status == "computed")
    if record.request.force and record.request.backfill is not None:
        done |= done_by(project.tools.store, record.request.backfill.id)
    return done
