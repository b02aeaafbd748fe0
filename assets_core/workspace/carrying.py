"""From a request to a run: which cells it is about, in which calls, and who does them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Protocol

from assets_core.frozen import frozen
from assets_core.model.events import Preview
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
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace import opening
from assets_core.workspace.backfills import cut_of, done_by, preview, refuse_batch
from assets_core.workspace.partitioning import (
    calls_of,
    not_yet,
    refuse_impossible,
    too_many_unasked,
)
from assets_core.workspace.settings import Settings
from assets_core.workspace.workers import with_workers


class Project(Protocol):
    """The part of a workspace that running needs."""

    tools: Tools
    graph_of_assets: Graph
    code_versions: CodeVersions

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
    asked = _Asked.of(project, request, computed)
    planned = asked.planned
    if most_unasked is not None and planned.plan.pulled > most_unasked:
        raise too_many_unasked(planned.plan)
    if _begins(request):
        project.tools.notify(asked.preview(project))
    with closing(opening.make_executor(*workers)) as executor:
        result = carry_out(
            with_workers(project, executor, workers[0]),
            *(project.graph_of_assets, project.expected, planned),
            request=request,
            executor=executor,
        )
    return replace(result, not_yet=asked.not_yet)


def preview_request(project: Project, request: RunRequest) -> Preview:
    """Return what a backfill would do, and what that has taken before."""
    return _Asked.of(project, request).preview(project)


@frozen
class _Asked:
    """What a request comes to at this moment.

    Attributes:
        not_yet: What was asked for and cannot be made yet, and why, in sentences.
    """

    planned: Planned
    not_yet: tuple[str, ...]

    @classmethod
    def of(
        cls, project: Project, request: RunRequest, computed: frozenset[Cell] = frozenset()
    ) -> _Asked:
        """Return what a request comes to, or raise what stands in its way."""
        planned, wanted = _planned(project, request, computed)
        plan, graph = planned.plan, project.graph_of_assets
        refuse_impossible(plan, planned.later)
        if _begins(request):
            refuse_batch(plan, graph, _batch(request))
        return cls(planned, not_yet(wanted, plan, graph, planned.keys, planned.later))

    def preview(self, project: Project) -> Preview:
        """Return what is going to be done, and what that has taken before."""
        plan, graph = self.planned.plan, project.graph_of_assets
        costs = project.tools.store.costs(plan.cells_by_asset)
        found = preview(plan, graph, self.planned.cut, costs)
        return replace(found, not_yet=self.not_yet)


def _begins(request: RunRequest) -> bool:
    return request.backfill is not None and not request.backfill.id


def _batch(request: RunRequest) -> str:
    return request.backfill.batch if request.backfill else ""


def _planned(
    project: Project,
    request: RunRequest,
    computed: frozenset[Cell],
    done: frozenset[AssetKey] = frozenset(),
) -> tuple[Planned, Wanted]:
    """Return the plan of a request, which may have to be made again, and what is wanted.

    Args:
        computed: Cells that a forced run has done before it was stopped.
        done: Assets whose call has yielded its keys in this run, or has failed.
    """
    keys, graph = project.keys(), project.graph_of_assets
    wanted = project.wanted(request, keys, computed)
    plan, _ = project.planned(wanted, keys)
    calls = calls_of(plan, keys) - done
    later = graph.behind(calls)

    def again(since: frozenset[Cell]) -> Planned:
        called = done | (calls - later)
        return _planned(project, request, computed | since, called)[0]

    # Without a wanted asset behind a call nothing has to wait for its keys.
    waits = bool(later & wanted.selected)
    cut = _cut(project, plan, request)
    return Planned(plan, keys, cut, later if waits else frozenset(), again), wanted


def _cut(project: Project, plan: Plan, request: RunRequest) -> Cut:
    automatic = _batch(request) == "auto"
    costs = project.tools.store.costs(plan.cells_by_asset) if automatic else {}
    return cut_of(request.backfill, project.graph_of_assets, costs)


def computed_by(project: Project, record: RunRecord) -> frozenset[Cell]:
    """Return the cells that a run, or the backfill that it is part of, has computed."""
    done = frozenset(step.cell for step in record.steps if step.status == "computed")
    if record.request.force and record.request.backfill is not None:
        done |= done_by(project.tools.store, record.request.backfill.id)
    return done
