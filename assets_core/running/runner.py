"""Carry out a plan: upstream first, some steps at a time, whatever fails.

A failed step leaves the previous head in place and blocks only what reads it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

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
from assets_core.planning.plan import Plan, Step
from assets_core.planning.staleness import Expected
from assets_core.protocols.executor import Executor
from assets_core.running.attempt import Job
from assets_core.running.calling import log_path, open_log
from assets_core.running.deleting import finish_deletions
from assets_core.running.heartbeat import heartbeat
from assets_core.running.publishing import publish_pending
from assets_core.running.result import RunResult
from assets_core.running.step import run_step
from assets_core.running.tools import Tools


def carry_out(
    tools: Tools,
    graph: Graph,
    expected: Mapping[AssetKey, Expected],
    plan: Plan,
    request: RunRequest,
    executor: Executor,
) -> RunResult:
    """Carry out a plan and return how it ended; steps that fail do not raise."""
    run = _Run(tools, graph, expected, plan, executor, tools.new_id())
    started = tools.clock.elapsed()
    tidy_up(tools, graph, plan.env)
    tools.store.begin_run(run.id, plan.env, request, tools.owner, tools.clock.now())
    crash_point("run.begun")
    tools.notify(RunStarted(run.id, len(plan.steps), len(plan.fresh)))
    with heartbeat(tools):
        canceled = run.go()
    steps = tuple(run.records[step.cell] for step in plan.steps)
    status = _status(steps, canceled=canceled)
    counts = count_statuses(steps, len(plan.fresh))
    tools.store.end_run(run.id, status, counts, tools.clock.now())
    crash_point("run.ended")
    for old in tools.store.forget_runs(tools.keep_runs):
        remove_folder(tools.logs / old)
    seconds = tools.clock.elapsed() - started
    tools.notify(RunEnded(run.id, status, seconds))
    return RunResult(run.id, plan.env, status, steps, plan.fresh, seconds, plan.held)


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
    executor: Executor
    id: str
    records: dict[Cell, StepRecord] = field(default_factory=dict)
    running: dict[Future[StepRecord], Cell] = field(default_factory=dict)

    def go(self) -> bool:
        """Do every step; return whether it was broken off."""
        waiting, after = self._order()
        ready = deque(step.cell for step in self.plan.steps if not waiting[step.cell])
        steps = {step.cell: step for step in self.plan.steps}
        try:
            while ready or self.running:
                while ready and len(self.running) < self.executor.jobs:
                    cell = ready.popleft()
                    if cell not in self.records:
                        self.running[self.executor.submit(self._call(steps[cell]))] = cell
                    else:
                        self._release(cell, waiting, after, ready)
                for cell in self._ended():
                    self._release(cell, waiting, after, ready)
        except KeyboardInterrupt:
            self._break_off()
            return True
        return False

    def _order(self) -> tuple[dict[Cell, int], dict[Cell, list[Cell]]]:
        planned = {step.cell.asset: step.cell for step in self.plan.steps}
        waiting: dict[Cell, int] = {}
        after: dict[Cell, list[Cell]] = {}
        for key, cell in planned.items():
            before = [
                planned[other] for other in self.graph.comes_after(key) if other in planned
            ]
            waiting[cell] = len(before)
            for other in before:
                after.setdefault(other, []).append(cell)
        return waiting, after

    def _release(
        self,
        cell: Cell,
        waiting: dict[Cell, int],
        after: dict[Cell, list[Cell]],
        ready: deque[Cell],
    ) -> None:
        """Let go on what waited for a cell; block what reads it if it failed."""
        bad = self.records[cell].status in {"failed", "blocked"}
        for other in after.get(cell, ()):
            if (
                bad
                and other not in self.records
                and cell.asset in self.graph.upstream(other.asset)
            ):
                why = StepError("Blocked", f"'{cell}' {self.records[cell].status}")
                self._ends(StepRecord(other, "blocked", error=why))
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)

    def _call(self, step: Step) -> Callable[[], StepRecord]:
        asset = self.graph.nodes[step.cell.asset]
        assert isinstance(asset, Asset)  # noqa: S101 - plans hold no sources
        job = Job(
            run_id=self.id,
            env=self.plan.env,
            cell=step.cell,
            asset=asset,
            expected=self.expected[asset.key],
            checks=self.graph.checks.get(asset.key, ()),
            graph=self.graph,
            forced=step.cell in self.plan.forced,
        )

        def call() -> StepRecord:
            self.tools.notify(StepStarted(step.cell, step.action))
            started = self.tools.clock.elapsed()
            try:
                return run_step(self.tools, job)
            except (Exception, SystemExit) as error:
                with open_log(log_path(self.tools.logs, self.id, asset)) as log:
                    log.exception("the step failed")
                seconds = self.tools.clock.elapsed() - started
                return _failed(step, error, seconds)

        return call

    def _ended(self) -> list[Cell]:
        """Wait until a step ends; return the cells whose steps have."""
        done, _ = wait(self.running, return_when=FIRST_COMPLETED)
        cells = []
        for future in done:
            cells.append(self.running.pop(future))
            self._ends(future.result())
        return cells

    def _ends(self, record: StepRecord) -> None:
        self.records[record.cell] = record
        now = self.tools.clock.now()
        self.tools.store.record_step(self.id, self.plan.env, record, now)
        crash_point("step.recorded")
        self.tools.notify(StepEnded(record))

    def _break_off(self) -> None:
        """Let running steps end, start no more, and say what was left."""
        for future in list(self.running):
            if not future.cancel():
                record = future.result()
                self._ends(record)
            self.running.pop(future)
        for step in self.plan.steps:
            if step.cell not in self.records:
                self._ends(StepRecord(step.cell, "canceled"))


def _failed(step: Step, error: Exception | SystemExit, seconds: float) -> StepRecord:
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, AssetsError):
        message = str(error)
    elif isinstance(error, SystemExit):
        message = f"its function called sys.exit({error.code!r})"
    return StepRecord(
        step.cell,
        "failed",
        seconds=seconds,
        error=StepError(type(error).__name__, message),
        reasons=tuple(str(reason) for reason in step.reasons),
        checks=error.failures if isinstance(error, SchemaError) else (),
    )
