"""Runs and a garbage collection over one memory, and what must hold whatever they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pyarrow as pa

from assets_core.backends.frames import ArrowFrames
from assets_core.declaring.decorators import asset
from assets_core.errors import (
    ClaimLostError,
    MissingDataError,
    StoreError,
    UsageError,
)
from assets_core.model.garbage import Retention
from assets_core.model.graph import build_graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Claim, Head, Materialization, Owner, StoredData
from assets_core.model.versions import CodeVersion, digest
from assets_core.planning.staleness import Expected, Making, stamp
from assets_core.running.attempt import Job
from assets_core.running.runner import tidy_up
from assets_core.running.step import run_step
from assets_core.running.tools import Tools
from assets_core.upkeep.environments import drop, look, promote
from assets_core.upkeep.gc import collect
from assets_core.upkeep.rollback import roll_back
from tests.faults.interleaving.exploring import Fault, Gate, World
from tests.faults.interleaving.memory import Memory, MemoryStore
from tests.faults.interleaving.memory_environments import MemoryEnvironments
from tests.faults.interleaving.memory_io import MemoryIO

CELL = Cell(AssetKey("numbers"))
KEEP_NOTHING = Retention(versions=0, days=0, grace_hours=0)
ALLOWED = (ClaimLostError, MissingDataError, StoreError, UsageError)
"""Named errors that leave everything as it was; only a task that met another has one."""

Task = Callable[[Tools], object]


@asset(key="numbers")
def same() -> pa.Table:
    """Return the bytes that an earlier result had, which nobody needs any more."""
    return pa.table({"n": [1]})


@asset(key="numbers")
def other() -> pa.Table:
    """Return new bytes."""
    return pa.table({"n": [3]})


GRAPH = build_graph([same])
SCHEMA = CodeVersion(digest("no schema"))


class Clock:
    """A clock that stands still, and lets others go on while somebody sleeps."""

    def __init__(self, gate: Gate | None) -> None:
        self._gate = gate
        self._now = 1000.0

    def now(self) -> float:
        """Return an instant."""
        return self._now

    elapsed = now

    def sleep(self, seconds: float) -> None:
        """Wait for the others."""
        self._now += seconds
        if self._gate is not None:
            self._gate.sleep()


def expected(definition: Any, code: str) -> Expected:
    """Return what is expected of the asset when its code is of some version."""
    version = CodeVersion(digest("code", code))
    return Expected(definition, version, {}, SCHEMA, MemoryIO.storage)


def job(definition: Any, code: str) -> Job:
    """Return the step of a run."""
    now = expected(definition, code)
    return Job("run", "main", CELL, definition, now, (), GRAPH, forced=False)


def computes(definition: Any, code: str) -> Task:
    """Return a run that computes the asset."""
    return lambda tools: run_step(tools, job(definition, code))


def rolls_back(tools: Tools) -> None:
    """Roll back to the oldest result."""
    made = next(iter(cast("Any", tools.store)._is.results.values()))
    roll_back(tools, same, made, "main")


def collects(tools: Tools) -> None:
    """Delete everything that no head names."""
    collect(tools, KEEP_NOTHING)


def promotes(tools: Tools) -> None:
    """Let `main` show what `dev` shows."""
    found = look(tools, "dev", "main", {CELL.asset})
    promote(tools, GRAPH, "dev", "main", found)


def drops(tools: Tools) -> None:
    """Drop `dev`, which alone shows its result."""
    drop(tools, GRAPH, "dev")


SCENES: Mapping[str, tuple[Task, Task, Task]] = MappingProxyType(
    {
        "both compute what was there before": (
            computes(same, "a"), computes(same, "b"), collects,
        ),
        "one shows an earlier result again": (
            computes(same, "a"), computes(same, "old 1"), collects,
        ),
        "one rolls back": (computes(other, "a"), rolls_back, collects),
        "two collections": (computes(same, "a"), collects, collects),
        "one promotes": (computes(same, "a"), promotes, collects),
        "one promotes what is dropped": (promotes, drops, collects),
    }
)  # fmt: skip


def make_world(scene: str, fault: Fault | None = None) -> World:
    """Return the tasks of a scene over a new memory."""
    memory = Memory()
    _remember(memory, 1, "old 1", "{'n': [1]}")
    _remember(memory, 3, "old 3", "{'n': [3]}", "dev")
    _remember(memory, 2, "old 2", "{'n': [2]}")
    memory.base[CELL] = memory.heads["main", CELL]
    gates = [
        Gate(fault if fault is not None and fault.task == number else None)
        for number in range(3)
    ]

    def is_alive(owner: Owner) -> bool | None:
        if owner.pid >= len(gates) or gates[owner.pid].believed_alive:
            return True
        return False if fault is not None and fault.kills else None  # its lease has ended

    def tools(number: int, gate: Gate | None) -> Tools:
        step = gate.step if gate else lambda _: None
        return _tools(memory, number, is_alive, step, Clock(gate))

    def started(number: int, task: Task) -> Callable[[], None]:
        mine = tools(number, gates[number])
        return lambda: cast("None", task(mine))

    tasks = [started(number, task) for number, task in enumerate(SCENES[scene])]

    def finally_() -> None:
        for gate in gates:
            lost = gate.error is not None and not isinstance(gate.error, ALLOWED)
            assert not lost, repr(gate.error)
        _paths_follow(memory)
        _finish(memory, tools(len(gates), None))

    return World(tasks, gates, lambda: _nothing_dangles(memory), finally_)


def _tools(
    memory: Memory,
    number: int,
    is_alive: Callable[[Owner], bool | None],
    step: Callable[[str], None],
    clock: Clock,
) -> Tools:
    store = MemoryStore(memory, is_alive, step)
    store.environments = MemoryEnvironments(memory, is_alive, step)
    ids = iter(f"{number + 10:x}{count:031x}" for count in range(1000))
    return Tools(
        store=cast("Any", store),
        io={"data": cast("Any", MemoryIO(memory, step))},
        frames=ArrowFrames(),
        validator=cast("Any", None),
        sources=cast("Any", None),
        clock=clock,
        new_id=lambda: next(ids),
        owner=Owner("here", "boot", number, "1"),
        logs=Path("/nowhere"),
        keep_runs=10,
        made_with={},
        notify=lambda _: None,
    )


def _remember(
    memory: Memory, number: int, code: str, location: str, env: str = "main"
) -> None:
    """Let the asset show a result, as an earlier run did."""
    now = expected(same, code)
    made = Materialization(
        id=f"{number:032x}",
        cell=CELL,
        recipe=now.recipe(Making(CELL, (), ())),
        code=now.code.digest,
        validation=SCHEMA.digest,
        config={},
        inputs=(),
        data_version=digest(location),
        columns=(),
        rows=1,
        stored=StoredData(MemoryIO.storage, location, len(location), location),
        run_id="",
        committed_at=float(number),
        seconds=0.0,
    )
    memory.results[made.id] = made
    memory.validated[made.id] = {SCHEMA.digest}
    memory.objects[location] = location.encode()
    if env == "main":
        memory.paths[CELL] = location
    memory.heads[env, CELL] = Head(
        made.id, made.recipe, made.data_version, stamp(SCHEMA.digest, MemoryIO.storage), 1.0
    )


def _nothing_dangles(memory: Memory) -> None:
    """Check that every head names data that is there, and that no head went back."""
    for head in memory.heads.values():
        assert memory.results[head.materialization].stored.location in memory.objects
    assert memory.moves == sorted(set(memory.moves))


def _paths_follow(memory: Memory) -> None:
    """Check that every stable path shows its head, or that a note says it has to."""
    to_follow = {note.cell for note in memory.publications.values()}
    for (env, cell), head in memory.heads.items():
        if env != "main":
            continue
        shown = memory.results[head.materialization].stored.location
        assert cell in to_follow or memory.paths[cell] == shown


def _finish(memory: Memory, tools: Tools) -> None:
    """Let one more run go by, and check that it leaves nothing undone."""
    head = memory.heads["main", CELL]
    if not head.held:
        for claim in list(memory.claims.values()):
            assert isinstance(claim, Claim)
            assert claim.owner.pid < tools.owner.pid
        memory.claims.clear()  # of whoever was killed
        tidy_up(tools, GRAPH, "main")
        run_step(tools, job(same, "a"))
    else:
        tidy_up(tools, GRAPH, "main")
    _nothing_dangles(memory)
    made = memory.results[memory.heads["main", CELL].materialization]
    assert memory.paths[CELL] == made.stored.location
    assert not memory.publications
    assert all(mark.state != "deleting" for mark, _ in memory.marks.values())
    assert not memory.staged
