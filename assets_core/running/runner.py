"""Carry out a plan: upstream first, some steps at a time, whatever fails.

A failed step leaves the previous head in place and blocks only what reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from assets_core.errors import AssetsError, SchemaError
from assets_core.files import crash_point, remove_folder
from assets_core.model.assets import Asset
from assets_core.model.events import RunEnded, RunStarted, StepEnded, StepStarted
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    RunRequest,
    RunStatus,
    StepError,
    StepRecord,
    count_statuses,
)
from assets_core.planning.plan import Plan
from assets_core.planning.reads import AllKeys, windows_at
from assets_core.planning.reasons import Reason
from assets_core.planning.staleness import Expected
from assets_core.protocols.executor import Executor
from assets_core.running.attempt import Job
from assets_core.running.batch import run_batch
from assets_core.running.calling import log_path, open_log
from assets_core.running.deleting import finish_deletions
from assets_core.running.heartbeat import heartbeat
from assets_core.running.order import Batch, Cut, Order
from assets_core.running.publishing import publish_pending
from assets_core.running.result import RunResult
from assets_core.running.tools import Tools


class Planned(NamedTuple):
    """A plan, the partitions that it was made for, and how it is cut into calls."""

    plan: Plan
    keys: AllKeys
    cut: Cut = Cut()


def carry_out(
    tools: Tools,
    graph: Graph,
    expected: Mapping[AssetKey, Expected],
    planned: Planned,
    request: RunRequest,
    executor: Executor,
) -> RunResult:
    """Carry out a plan and return how it ended; steps that fail do not raise."""
    plan, keys, cut = planned
    run = _Run(tools, graph, expected, plan, keys, executor, tools.new_id())
    request = _with_backfill(request, run.id, len(plan.steps))
    started = tools.clock.elapsed()
    tidy_up(tools, graph, plan.env)
    tools.store.begin_run(run.id, plan.env, request, tools.owner, tools.clock.now())
    crash_point("run.begun")
    tools.notify(RunStarted(run.id, len(plan.steps), plan.fresh_count, plan.cells_by_asset))
    with heartbeat(tools):
        canceled = run.go(cut)
    steps = tuple(run.records[step.cell] for step in plan.steps)
    status = _status(steps, canceled=canceled)
    counts = count_statuses(steps, plan.fresh_count)
    tools.store.end_run(run.id, status, counts, tools.clock.now())
    crash_point("run.ended")
    for old in tools.store.forget_runs(tools.keep_runs):
        remove_folder(tools.logs / old)
    seconds = tools.clock.elapsed() - started
    tools.notify(RunEnded(run.id, status, seconds))
    return RunResult(
        *(run.id, plan.env, status, steps, plan.fresh, seconds, plan.held),
        backfill=request.backfill.id if request.backfill else None,
        chunks=run.chunks,
        settled=plan.settled,
    )


def _with_backfill(request: RunRequest, run_id: str, cells: int) -> RunRequest:
    """Return the request with the id of its backfill, which is that of its first run."""
    backfill = request.backfill
    if backfill is None or backfill.id:
        return request
    return replace(request, backfill=replace(backfill, id=run_id, cells=cells))


def tidy_up(tools: Tools, graph: Graph, env: str) -> None:
    """Finish what runs that were stopped have left behind."""
    leftovers = [(manager, set(manager.leftovers())) for manager in tools.io.values()]
    # Looked up after the files: an attempt has its claim before it has a file.
    tools.store.drop_dead_claims()
    alive = {claim.attempt for claim in tools.store.claims()}
    for manager, attempts in leftovers:
        for attempt in attempts - alive:
            manager.drop_leftover(attempt)
    finish_deletions(tools)
    publish_pending(tools, graph, env)


def _status(steps: tuple[StepRecord, ...], *, canceled: bool) -> RunStatus:
    if canceled:
        return "canceled"
    ended = {step.status for step in steps}
    return "failed" if ended & {"failed", "blocked"} else "success"


@dataclass(slots=True)
class _Run:
    """The state of one run while it goes on."""

    tools: Tools
    graph: Graph
    expected: Mapping[AssetKey, Expected]
    plan: Plan
    keys: AllKeys
    executor: Executor
    id: str
    records: dict[Cell, StepRecord] = field(default_factory=dict)
    running: dict[Future[list[StepRecord]], Batch] = field(default_factory=dict)
    bad: list[Cell] = field(default_factory=list)
    chunks: int = 0

    def go(self, cut: Cut) -> bool:
        """Do every step; return whether it was broken off."""
        order = Order(self.plan, self.graph, self.keys, cut)
        self.chunks = len(order.batches)
        try:
            while order.ready or self.running:
                while order.ready and len(self.running) < self.executor.jobs:
                    self._start(order.ready.popleft(), order)
                for batch in self._ended():
                    order.ended(batch)
        except KeyboardInterrupt:
            self._break_off()
            return True
        return False

    def _start(self, batch: Batch, order: Order) -> None:
        """Start what can be done of a batch; the rest is blocked."""
        blocked = {}
        for step, cell in order.blocked_by(batch, self.bad):
            why = StepError("Blocked", f"'{cell}' {self.records[cell].status}")
            blocked[step.cell] = StepRecord(step.cell, "blocked", error=why)
        self._end(list(blocked.values()))
        left = tuple(step for step in batch if step.cell not in blocked)
        if left:
            self.running[self.executor.submit(self._call(left))] = batch
        else:
            order.ended(batch)

    def _call(self, batch: Batch) -> Callable[[], list[StepRecord]]:
        asset = self.graph.nodes[batch[0].cell.asset]
        assert isinstance(asset, Asset)  # noqa: S101 - plans hold no sources
        jobs = [
            Job(
                run_id=self.id,
                env=self.plan.env,
                cell=step.cell,
                asset=asset,
                expected=self.expected[asset.key],
                checks=self.graph.checks.get(asset.key, ()),
                graph=self.graph,
                forced=step.cell in self.plan.forced,
                windows=windows_at(self.keys, step.cell),
                keys=self.keys,
            )
            for step in batch
        ]
        reasons = {step.cell: step.reasons for step in batch}
        started = self.tools.clock.elapsed()

        def fail(cell: Cell, error: Exception | SystemExit) -> StepRecord:
            with open_log(log_path(self.tools.logs, self.id, cell)) as log:
                log.error("the step failed", exc_info=error)
            seconds = self.tools.clock.elapsed() - started
            return _failed(cell, error, reasons[cell], seconds)

        def call() -> list[StepRecord]:
            for step in batch:
                self.tools.notify(StepStarted(step.cell, step.action))
            return run_batch(self.tools, jobs, fail)

        return call

    def _ended(self) -> list[Batch]:
        """Wait until a batch ends; return those that have."""
        if not self.running:
            return []
        done, _ = wait(self.running, return_when=FIRST_COMPLETED)
        batches = []
        for future in done:
            batches.append(self.running.pop(future))
            self._end(future.result())
        return batches

    def _end(self, records: Sequence[StepRecord]) -> None:
        if not records:
            return
        now = self.tools.clock.now()
        self.records |= {record.cell: record for record in records}
        self.bad += [one.cell for one in records if one.status in {"failed", "blocked"}]
        self.tools.store.record_steps(self.id, self.plan.env, records, now)
        crash_point("step.recorded")
        for record in records:
            self.tools.notify(StepEnded(record))

    def _break_off(self) -> None:
        """Let running steps end, start no more, and say what was left."""
        for future in list(self.running):
            if not future.cancel():
                self._end(future.result())
            self.running.pop(future)
        left = [step.cell for step in self.plan.steps if step.cell not in self.records]
        self._end([StepRecord(cell, "canceled") for cell in left])


def _failed(
    cell: Cell,
    error: Exception | SystemExit,
    reasons: tuple[Reason, ...],
    seconds: float,
) -> StepRecord:
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, AssetsError):
        message = str(error)
    elif isinstance(error, SystemExit):
        message = f"its function called sys.exit({error.code!r})"
    return StepRecord(
        cell,
        "failed",
        seconds=seconds,
        error=StepError(type(error).__name__, message),
        reasons=tuple(str(reason) for reason in reasons),
        checks=error.failures if isinstance(error, SchemaError) else (),
    )
