"""Run some tasks in every order of their steps, one order after the other.

A task goes on only when it is told to, up to its next step. So an order is a list of
choices, and all orders are the paths through a tree of choices. Orders in which the tasks
take turns more often than a limit are left out: faults need few turns, and the number of
orders grows with each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from greenlet import getcurrent, greenlet

MOST_STEPS = 400


class Killed(BaseException):
    """The task is no more: nothing that it does has an effect."""


class Fault(NamedTuple):
    """What happens to a task before its Nth step: it is killed, or taken for dead."""

    task: int
    step: int
    kills: bool


class Gate:
    """Where one task waits for its turn."""

    def __init__(self, fault: Fault | None = None) -> None:
        self._fault = fault
        self._steps = 0
        self._task: greenlet | None = None
        self.believed_alive = True
        self.waits = False
        self.error: BaseException | None = None

    def start(self, task: Callable[[], None]) -> None:
        """Bring the task to its first step."""
        self._task = greenlet(lambda: self._run(task))
        self._task.switch()

    @property
    def ended(self) -> bool:
        """Whether the task has come to its end."""
        return self._task is not None and self._task.dead

    def go(self) -> None:
        """Let the task make its next step."""
        if self._task is not None:
            self._task.switch()

    def step(self, _name: str) -> None:
        """Wait for the turn to make a step."""
        if self._is_killed:
            raise Killed
        self._pause()
        self._steps += 1
        if self._fault is not None and self._steps >= self._fault.step:
            self.believed_alive = False
            if self._is_killed:
                raise Killed

    def _pause(self) -> None:
        outside = getcurrent().parent
        assert outside is not None
        outside.switch()

    @property
    def _is_killed(self) -> bool:
        return self._fault is not None and self._fault.kills and not self.believed_alive

    def sleep(self) -> None:
        """Wait until another task has made a step."""
        self.waits = True
        self._pause()

    def _run(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Killed:
            pass
        except BaseException as error:  # noqa: BLE001 - it is looked at afterwards
            self.error = error


Path = list[tuple[int, list[int]]]
"""For each step the task that was chosen, and those that are still to be tried there."""


class World(NamedTuple):
    """Tasks that share something, and what must hold after every step and at the end."""

    tasks: Sequence[Callable[[], None]]
    gates: Sequence[Gate]
    always: Callable[[], None]
    finally_: Callable[[], None]


def orders(make: Callable[[], World], turns: int) -> Iterator[list[int]]:
    """Run the tasks in every order with at most so many turns; yield each."""
    path: Path = []
    while True:
        path = _run(make(), path, turns)
        yield [choice for choice, _ in path]
        while path and not path[-1][1]:
            path.pop()
        if not path:
            return
        _, (choice, *others) = path[-1]
        path[-1] = (choice, others)


def _run(world: World, path: Path, turns: int) -> Path:
    """Run the tasks along a path and on to the end; return the whole path."""
    for gate, task in zip(world.gates, world.tasks, strict=True):
        gate.start(task)
    path, running, left = list(path), -1, turns
    last = dict.fromkeys(range(len(world.gates)), -1)  # when each made its last step
    for number in range(MOST_STEPS):
        ready = _ready(world.gates)
        if not ready:
            world.finally_()
            return path
        # Whoever waited longest goes on: two that sleep must not starve a third.
        usual = running if running in ready else min(ready, key=last.__getitem__)
        free = running < 0 or world.gates[running].ended  # nobody's turn is taken away
        if number == len(path):
            others = [each for each in ready if each != usual and (free or left > 0)]
            path.append((usual, others))
        choice = path[number][0]
        left -= choice != usual and not free
        running = choice
        last[choice] = number
        _go(world.gates, choice)
        world.always()
    raise AssertionError(f"they wait for each other, for ever: {path}")


def _ready(gates: Sequence[Gate]) -> list[int]:
    there = [number for number, gate in enumerate(gates) if not gate.ended]
    awake = [number for number in there if not gates[number].waits]
    return awake or there


def _go(gates: Sequence[Gate], choice: int) -> None:
    for gate in gates:
        gate.waits = False  # whoever waits looks again, now that something happened
    gates[choice].go()
