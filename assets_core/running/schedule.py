"""When the steps of a plan are done: alone, or, where they are short, in groups.

A short step is begun together with others of whichever assets, and committed together with
all that were computed meanwhile. Who has time takes a turn: it computes what was begun, one
after the other, for a moment. A step that takes longer than was thought holds nobody up:
what others have computed is committed after a tenth of a second, and what was begun and not
computed is given back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from assets_core.interrupts import uninterrupted
from assets_core.model.events import StepStarted
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StepError, StepRecord
from assets_core.planning.plan import Step
from assets_core.protocols.executor import Executor, Workers
from assets_core.running.attempt import Job
from assets_core.running.order import Batch, Order
from assets_core.running.short import Done, abandon, begin, do, finish
from assets_core.running.step import Decided
from assets_core.running.storing import ROUND_BYTES, Fail
from assets_core.running.tools import Tools

GROUP_SECONDS = 0.1
"""How long what was computed may wait to be committed together with others."""

GROUP_STEPS = 50
"""How many short steps are begun, or committed, together at most."""

TURN_SECONDS = 0.02
"""How long short steps are computed one after the other before anybody is told."""

QUICK_SECONDS = 0.01
"""Steps shorter than this are computed one at a time: two threads would take Python's lock
from each other more often than they work."""

_LATELY = 5  # steps that tell how long one of an asset takes that was not seen yet

T = TypeVar("T")


class Run(Protocol):
    """The run whose steps these are."""

    tools: Tools
    executor: Executor
    records: dict[Cell, StepRecord]
    bad: set[Cell]

    def job(self, cell: Cell) -> Job:
        """Return what the step of a cell needs to know."""
        ...

    def failing(self, steps: Sequence[Step]) -> Fail:
        """Return what makes records of steps that fail."""
        ...

    def call(self, steps: Batch) -> Callable[[], list[StepRecord]]:
        """Return what does some steps of one call, from the beginning to the commit."""
        ...

    def end(self, records: Sequence[StepRecord]) -> None:
        """Remember how steps ended."""
        ...


class Pace:
    """How long steps take, as far as one run has seen."""

    def __init__(self) -> None:
        self._assets: dict[AssetKey, float] = {}
        self._lately: deque[float] = deque(maxlen=_LATELY)

    def note(self, records: Iterable[StepRecord]) -> None:
        """Remember how long some steps have taken."""
        for one in records:
            if one.status in {"computed", "reused", "revalidated", "skipped"}:
                seconds = one.seconds if one.calling is None else one.calling
                self._assets[one.cell.asset] = seconds
                self._lately.append(seconds)

    def room(self, key: AssetKey, jobs: int) -> int:
        """Return how many steps like one of this asset are begun together."""
        seconds = self._assets.get(key)
        if seconds is None:
            if not self._lately:
                return 1
            seconds = self._middle()
        if seconds * GROUP_STEPS <= GROUP_SECONDS * jobs:
            return GROUP_STEPS
        return int(GROUP_SECONDS * jobs / seconds) if seconds * 2 <= GROUP_SECONDS else 1

    def is_quick(self) -> bool:
        """Return whether steps are shorter lately than threads take to change places."""
        return self._middle() < QUICK_SECONDS

    def _middle(self) -> float:
        if not self._lately:
            return 0.0
        # The very first may have loaded libraries.
        return sorted(self._lately)[(len(self._lately) - 1) // 2]


class Schedule:
    """Does the steps of one plan, each as soon as what it reads is there."""

    def __init__(self, run: Run, order: Order, pace: Pace) -> None:
        self._run = run
        self._order = order
        self._pace = pace
        self._running: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._ended: SimpleQueue[Future[Any]] = SimpleQueue()
        self._alone = 0
        self._turns: set[Future[None]] = set()  # but those that take long
        self._held = 0  # short steps that are begun and not collected
        self._begun: deque[tuple[Batch, Decided]] = deque()
        self._computed: deque[tuple[Batch, Done | None]] = deque()
        self._done: list[tuple[Batch, Done]] = []
        self._bytes = 0
        self._since = 0.0
        self._again: deque[Batch] = deque()
        self._is_slow = False

    def carry_out(self) -> bool:
        """Do every step; return whether it was broken off."""
        try:
            self._feed()
            while self._running or self._done:
                if not self._is_due():
                    self._wait()
                    self._collect()
                if self._is_due():
                    self._finish()
                self._feed()
        except KeyboardInterrupt:
            self._break_off()
            return True
        return False

    # What is started.

    def _feed(self) -> None:
        """Start all that there is room for."""
        jobs = self._run.executor.jobs
        going_on = True
        while going_on:
            if self._again and self._has_room(jobs):
                self._start(self._again.popleft())
            else:
                going_on = bool(self._order.ready) and self._take(jobs)
        while len(self._turns) < min(self._most_turns(jobs), len(self._begun)):
            self._turns.add(self._submit(self._take_turn, self._on_turn))

    def _take(self, jobs: int) -> bool:
        """Start what is ready; return whether there was room for it."""
        room = self._room(self._order.ready[0])
        if room > 1 and not (jobs == 1 and self._again):
            if self._held * 2 > room:
                return False
            most = room - self._held
            self._begin(self._order.take(most, lambda one: self._room(one) > 1))
            return True
        if not self._has_room(jobs):
            return False
        (batch,) = self._order.take(1)
        self._start(batch)
        return True

    def _most_turns(self, jobs: int) -> int:
        """Return how many turns are taken at once."""
        apart = isinstance(self._run.executor, Workers)
        return jobs if apart or not self._pace.is_quick() else 1

    def _has_room(self, jobs: int) -> bool:
        """Return whether a step can be done alone now.

        It may wait for a cell that another run has. Whoever does one thing at a time must
        not hold anything then that the other one may wait for.
        """
        held = self._held or self._done
        return self._alone < jobs and not (jobs == 1 and held)

    def _room(self, batch: Batch) -> int:
        """Return how many steps like those of a batch are begun together."""
        if self._is_slow or not self._order.is_single(batch):
            return 1
        return self._pace.room(batch[0].cell.asset, self._run.executor.jobs)

    def _begin(self, batches: Sequence[Batch]) -> None:
        ready = [batch for batch in batches if self._not_blocked(batch)]
        if len(ready) < 2:  # noqa: PLR2004 - what a group has at least
            self._again.extend(ready)
            return
        jobs = [self._run.job(step.cell) for (step,) in ready]
        decided = begin(self._run.tools, jobs)
        if decided is None:
            self._again.extend(ready)
        else:
            self._held += len(ready)
            self._begun.extend(zip(ready, decided, strict=True))

    def _take_turn(self) -> None:
        """Compute what was begun, one after the other, for a moment: in any thread."""
        tools = self._run.tools
        until = tools.clock.elapsed() + TURN_SECONDS
        while True:
            try:
                batch, decided = self._begun.popleft()
            except IndexError:
                return
            (step,) = batch
            tools.notify(StepStarted(step.cell, step.action))
            self._computed.append((batch, do(tools, decided, self._run.failing(batch))))
            if tools.clock.elapsed() >= until:
                return

    def _on_turn(self, future: Future[None]) -> None:
        self._turns.discard(future)
        future.result()

    def _collect(self) -> None:
        """Look at what turns have computed, also those that go on."""
        while self._computed:
            batch, done = self._computed.popleft()
            self._held -= 1
            if done is None:
                self._again.append(batch)
                continue
            if not self._done:
                self._since = self._run.tools.clock.elapsed()
            self._done.append((batch, done))
            self._bytes += done.waiting_bytes

    def _start(self, batch: Batch) -> None:
        """Start what can be done of a batch, for itself; the rest is blocked."""
        left = self._not_blocked(batch)
        if left:
            self._alone += 1
            self._submit(self._run.call(left), partial(self._on_ended, batch))

    def _on_ended(self, batch: Batch, future: Future[list[StepRecord]]) -> None:
        self._alone -= 1
        self._end(future.result(), [batch])

    def _not_blocked(self, batch: Batch) -> Batch:
        """Return what can be done of a batch; say that the rest is blocked."""
        run = self._run
        blocked = {}
        for step, cell in self._order.blocked_by(batch, run.bad):
            why = StepError("Blocked", f"'{cell}' {run.records[cell].status}")
            blocked[step.cell] = StepRecord(step.cell, "blocked", error=why)
        left = tuple(step for step in batch if step.cell not in blocked)
        self._end(list(blocked.values()), [] if left else [batch])
        return left

    def _submit(
        self, call: Callable[[], T], then: Callable[[Future[T]], None]
    ) -> Future[T]:
        future = self._run.executor.submit(call)
        self._running[future] = then
        future.add_done_callback(self._ended.put)
        return future

    # What has ended.

    def _wait(self) -> None:
        """Wait until something has ended, or until nothing has for some time."""
        short = self._done or self._turns
        try:
            future: Future[Any] | None = self._ended.get(
                timeout=GROUP_SECONDS if short else None
            )
        except Empty:
            self._is_slow = True
            self._turns.clear()
            self._give_back()
            return
        self._is_slow = False
        while future is not None:
            self._running.pop(future)(future)
            future = None if self._ended.empty() else self._ended.get()

    def _is_due(self) -> bool:
        """Return whether it is time to commit what was computed."""
        if not self._done:
            return False
        return (
            not (self._running or self._begun)
            or len(self._done) >= GROUP_STEPS
            or self._run.tools.clock.elapsed() >= self._since + GROUP_SECONDS
            or self._bytes >= ROUND_BYTES
        )

    def _finish(self) -> None:
        """Commit what was computed."""
        done, self._done, self._bytes = self._done, [], 0
        steps = [step for batch, _ in done for step in batch]
        with uninterrupted():
            found = finish(
                self._run.tools, [one for _, one in done], self._run.failing(steps)
            )
            again = {job.cell for job in found.again}
            left = [batch for batch, _ in done if batch[0].cell in again]
            self._again.extend(left)
            self._end(found.records, [one for one, _ in done if one not in left])

    def _end(self, records: Sequence[StepRecord], batches: Iterable[Batch]) -> None:
        self._run.end(records)
        self._pace.note(records)
        for batch in batches:
            self._run.tools.recent.let_go(self._order.ended(batch))

    def _give_back(self) -> None:
        """Give back what was begun and is not being computed."""
        left = []
        with suppress(IndexError):
            while True:  # turns take from it meanwhile
                left.append(self._begun.popleft())
        self._held -= len(left)
        abandon(self._run.tools, [decided for _, decided in left])
        self._order.put_back([batch for batch, _ in left])

    def _break_off(self) -> None:
        """Let what runs end, and start no more."""
        self._give_back()
        for future, then in list(self._running.items()):
            del self._running[future]
            if not future.cancel():
                then(future)
        self._collect()
        if self._done:
            self._finish()
        self._give_back()
