"""Carry out a plan: upstream first, some steps at a time, whatever fails.

A failed step leaves the previous head in place and blocks only what reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from assets_core.errors import AssetsError, SchemaError
from assets_core.files import crash_point, remove_folder
from assets_core.model.assets import Asset
from assets_core.model.events import (
    RunEnded,
    RunStarted,
    StepEnded,
    StepsPlanned,
    StepStarted,
)
from assets_core.model.graph import Graph
from assets_core.model.hiding import hide
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    RunRequest,
    RunStatus,
    StepError,
    StepRecord,
    count_statuses,
    whose_attempt,
)
from assets_core.planning.plan import Plan, Step
from assets_core.planning.reads import AllKeys, windows_at
from assets_core.planning.reasons import Reason
from assets_core.planning.staleness import Expected
from assets_core.protocols.executor import Executor
from assets_core.running.attempt import Job
from assets_core.running.batch import RunSteps, run_batch
from assets_core.running.calling import log_path, open_log
from assets_core.running.deleting import finish_deletions
from assets_core.running.heartbeat import heartbeat
from assets_core.running.journaling import SECONDS, write_journals
from assets_core.running.order import Batch, Cut, Order
from assets_core.running.outputs import run_outputs
from assets_core.running.publishing import publish_pending
from assets_core.running.recent import Recent
from assets_core.running.result import RunResult
from assets_core.running.schedule import Pace, Schedule
from assets_core.running.storing import Fail
from assets_core.running.tools import Tools


class Planned(NamedTuple):
    """A plan, the partitions that it was made for, and how it is cut into calls.

    Attributes:
        later: Assets whose keys, or those of what they read, are only known when a call
            has yielded them.
        again: Plans these again, given what was computed until then.
    """

    plan: Plan
    keys: AllKeys
    cut: Cut = Cut()
    later: frozenset[AssetKey] = frozenset()
    again: Callable[[frozenset[Cell]], Planned] | None = None


def carry_out(
    tools: Tools,
    graph: Graph,
    expected: Mapping[AssetKey, Expected],
    planned: Planned,
    request: RunRequest,
    executor: Executor,
) -> RunResult:
    """Carry out a plan and return how it ended; steps that fail do not raise."""
    tools = replace(tools, recent=Recent(tools.memory_limit))
    run = _Run(tools, graph, expected, planned.plan, planned.keys, executor, tools.new_id())
    env, first = planned.plan.env, run.part_of(planned)
    request = _with_backfill(request, run.id, len(planned.plan.steps))
    started = tools.clock.elapsed()
    tidy_up(tools, graph, env)
    tools.store.begin_run(run.id, env, request, tools.owner, tools.clock.now())
    crash_point("run.begun")
    fresh = planned.plan.fresh_count
    tools.notify(RunStarted(run.id, len(first.steps), fresh, first.cells_by_asset))
    with heartbeat(tools):
        canceled = run.go_on(planned)
    plan, steps = run.plan, run.steps
    status = _status(steps, canceled=canceled)
    counts = count_statuses(steps, plan.fresh_count)
    tools.store.end_run(run.id, status, counts, tools.clock.now())
    crash_point("run.ended")
    write_journals(tools)
    for old in tools.store.forget_runs(tools.keep_runs):
        remove_folder(tools.logs / old)
    seconds = tools.clock.elapsed() - started
    tools.notify(RunEnded(run.id, status, seconds))
    return RunResult(
        *(run.id, env, status, steps, plan.fresh, seconds, plan.held),
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
        for attempt in attempts:
            if whose_attempt(attempt) not in alive:
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
    """The state of one run while it goes on.

    Attributes:
        plan: What is done now: one plan, or several after each other where calls yield
            the keys that the next is made for.
    """

    tools: Tools
    graph: Graph
    expected: Mapping[AssetKey, Expected]
    plan: Plan
    keys: AllKeys
    executor: Executor
    id: str
    records: dict[Cell, StepRecord] = field(default_factory=dict)
    planned: dict[Cell, None] = field(default_factory=dict)
    bad: set[Cell] = field(default_factory=set)
    pace: Pace = field(default_factory=Pace)
    chunks: int = 0
    journaled: float = 0.0

    @property
    def steps(self) -> tuple[StepRecord, ...]:
        """Return every step, in the order in which they were planned."""
        return tuple(self.records[cell] for cell in self.planned)

    def part_of(self, planned: Planned) -> Plan:
        """Return what can be done of a plan before anything is planned again."""
        done = {cell.asset for cell in self.records}
        steps = [
            step
            for step in planned.plan.steps
            if step.cell not in self.records and step.cell.asset not in planned.later
        ]
        return replace(
            planned.plan,
            steps=tuple(steps),
            fresh=tuple(c for c in planned.plan.fresh if c not in self.records),
            settled={
                key: count for key, count in planned.plan.settled.items() if key not in done
            },
        )

    def go_on(self, planned: Planned) -> bool:
        """Do every step, planning again what waits for keys; return if it was broken off.

        Each time at least one call has yielded its keys, so that this comes to an end.
        """
        while True:
            self.plan, self.keys = self.part_of(planned), planned.keys
            self.planned |= dict.fromkeys(step.cell for step in self.plan.steps)
            left = [s.cell for s in planned.plan.steps if s.cell not in self.planned]
            try:
                if self._go(planned.cut, is_last=not planned.later):
                    return self._cancel(left)
                again = self._planned_again(planned, left)
            except KeyboardInterrupt:
                return self._cancel(left)
            if again is None:
                return False
            planned = again

    def _planned_again(self, before: Planned, left: Sequence[Cell]) -> Planned | None:
        """Plan what waited for keys; None if nothing did, or if it cannot be planned."""
        if before.again is None or not before.later:
            return None
        computed = (c for c, one in self.records.items() if one.status == "computed")
        try:
            planned = before.again(frozenset(computed))
        except AssetsError as error:
            if not left:
                raise  # nothing would say that the run has not done all
            self.end([_failed(cell, error, (), 0.0) for cell in left])
            return None
        part = self.part_of(planned)
        self.tools.notify(StepsPlanned(len(part.steps), part.cells_by_asset))
        lost = [one for one in planned.plan.impossible if not one.waits]
        if not planned.later:  # all keys are known, and these are not there
            errors = {one.cell: StepError("UsageError", str(one)) for one in lost}
            self.end([StepRecord(c, "failed", error=why) for c, why in errors.items()])
        return planned

    def _cancel(self, left: Sequence[Cell]) -> bool:
        self.end([StepRecord(cell, "canceled") for cell in left])
        return True

    def _go(self, cut: Cut, *, is_last: bool) -> bool:
        """Do every step of the plan; return whether it was broken off."""
        order = Order(self.plan, self.graph, self.keys, cut)
        if is_last:  # nobody else reads what was computed
            self.tools.recent.expect(order.is_read)
        self.chunks += len(order.batches)
        if Schedule(self, order, self.pace).carry_out():
            left = [one.cell for one in self.plan.steps if one.cell not in self.records]
            return self._cancel(left)
        return False

    def call(self, steps: Batch) -> Callable[[], list[StepRecord]]:
        """Return what does some steps of one call, from the beginning to the commit."""
        together = self.graph.together(steps[0].cell.asset)
        cells = [step.cell for step in steps]
        run: RunSteps = run_batch
        if len(together) > 1:
            cells = [cells[0]._replace(asset=key) for key in together]
            run = run_outputs
        jobs = [self.job(cell) for cell in cells]
        planned = {step.cell for step in steps}
        fail = self.failing(steps)

        def call() -> list[StepRecord]:
            for step in steps:
                self.tools.notify(StepStarted(step.cell, step.action))
            records = run(self.tools, jobs, fail)
            # Of what nobody planned it is told only if something was done.
            return [
                one for one in records if one.cell in planned or one.status != "skipped"
            ]

        return call

    def failing(self, steps: Sequence[Step]) -> Fail:
        """Return what makes records of steps that fail, and writes their logs."""
        reasons = {step.cell: step.reasons for step in steps}
        started = self.tools.clock.elapsed()

        def fail(cell: Cell, error: Exception | SystemExit) -> StepRecord:
            with open_log(log_path(self.tools.logs, self.id, cell)) as log:
                log.error("the step failed", exc_info=error)
            seconds = self.tools.clock.elapsed() - started
            return _failed(cell, error, reasons.get(cell, ()), seconds)

        return fail

    def job(self, cell: Cell) -> Job:
        """Return what the step of a cell needs to know."""
        asset = self.graph.nodes[cell.asset]
        assert isinstance(asset, Asset)  # noqa: S101 - plans hold no sources
        return Job(
            run_id=self.id,
            env=self.plan.env,
            cell=cell,
            asset=asset,
            expected=self.expected[asset.key],
            checks=self.graph.checks.get(asset.key, ()),
            graph=self.graph,
            forced=cell in self.plan.forced,
            windows=windows_at(self.keys, cell),
            keys=self.keys,
        )

    def end(self, records: Sequence[StepRecord]) -> None:
        """Remember how steps ended."""
        if not records:
            return
        now = self.tools.clock.now()
        self.records |= {record.cell: record for record in records}
        self.planned |= dict.fromkeys(record.cell for record in records)
        self.bad |= {one.cell for one in records if one.status in {"failed", "blocked"}}
        self.tools.store.record_steps(self.id, self.plan.env, records, now)
        crash_point("step.recorded")
        self._journal()
        for record in records:
            self.tools.notify(StepEnded(record))

    def _journal(self) -> None:
        """Write what is due to the journals, from time to time."""
        now = self.tools.clock.elapsed()
        self.journaled = self.journaled or now
        if now - self.journaled >= SECONDS:
            write_journals(self.tools)
            self.journaled = self.tools.clock.elapsed()


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
        error=StepError(type(error).__name__, hide(message)),
        reasons=tuple(str(reason) for reason in reasons),
        checks=error.failures if isinstance(error, SchemaError) else (),
    )
