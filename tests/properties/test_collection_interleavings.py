"""Runs, rollbacks and collections in any order, killed anywhere: no head loses its bytes.

Each process is a list of small steps, and between any two of them any other process may
go on. What they do to the store is real; the disk is a set of names (G7, G11).
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.sqlite import open_sqlite
from assets_core.errors import ClaimLostError, CollectedError
from assets_core.model.garbage import Place
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN, Claim, Materialization, Owner, StoredData
from assets_core.testing.examples import make_commit, make_head, make_result

CELLS = [Cell(AssetKey("orders")), Cell(AssetKey("total"))]
CONTENTS = 4
TRIES = 4
LATER = 1e12
Steps = Generator[None]


@dataclass
class World:
    """A store, a disk, and processes that are alive."""

    store: SQLStore
    disk: set[Place] = field(default_factory=set)
    alive: set[int] = field(default_factory=set)
    made: dict[str, Materialization] = field(default_factory=dict)

    def owner(self, number: int) -> Owner:
        """Return a process, which is alive from now on."""
        self.alive.add(number)
        return Owner("here", "now", number, "then")

    def result(self, cell: Cell, content: int) -> Materialization:
        """Return a new result; those of the same content have the same bytes."""
        stored = StoredData("data", f"object {content}", 1, "0" * 64)
        made = make_result(len(self.made) + 1, cell, stored=stored, committed_at=1.0)
        self.made[made.id] = made
        return made

    def lost(self) -> set[str]:
        """Return the results that are shown and whose bytes are gone."""
        shown = self.store.stored(self.store.shown())
        return {
            id_
            for id_, one in shown.items()
            if (one.storage, one.location) not in self.disk
        }


def place_of(made: Materialization) -> Place:
    """Return where the bytes of a result are."""
    return made.stored.storage, made.stored.location


def claimed(world: World, cell: Cell, owner: Owner) -> Generator[None, None, Claim]:
    """Wait for a claim."""
    while not isinstance(claim := world.store.claim(MAIN, cell, "a" * 32, owner), Claim):
        yield
    return claim


def run(world: World, owner: Owner, cell: Cell, content: int) -> Steps:
    """Show a content again if it is there, else write it; as a step of a run does."""
    for _ in range(TRIES):
        claim = yield from claimed(world, cell, owner)
        yield
        head = world.store.head(MAIN, cell)
        before = None if head is None else head.materialization
        earlier = [
            made
            for made in world.store.history(cell)
            if made.stored.location == f"object {content}"
        ]
        made = earlier[0] if earlier else world.result(cell, content)
        yield
        if not earlier or place_of(made) not in world.disk:
            made, earlier = world.result(cell, content), []
            yield
            world.disk.add(place_of(made))
        yield
        new = None if earlier else made
        try:
            world.store.commit(make_commit(claim, made, before, materialization=new))
        except CollectedError:
            world.store.release(claim)
            yield
        except ClaimLostError:
            return
        else:
            return


def roll_back(world: World, owner: Owner, cell: Cell, content: int) -> Steps:
    """Show an earlier result and hold it, if there is one."""
    history = world.store.history(cell)
    made = history[content % len(history)] if history else None
    yield
    if made is None:
        return
    claim = yield from claimed(world, cell, owner)
    yield
    head = world.store.head(MAIN, cell)
    if head is None or place_of(made) not in world.disk:
        world.store.release(claim)
        return
    yield
    held = make_head(made)._replace(held=True)
    try:
        world.store.commit(
            make_commit(claim, made, head.materialization, materialization=None, head=held)
        )
    except (CollectedError, ClaimLostError):
        world.store.release(claim)


def collect(world: World, owner: Owner, cell: Cell, content: int) -> Steps:
    """Condemn and delete whatever is not shown; take over from the dead first."""
    del cell, content
    yield from delete(world, world.store.take_over_deletions(owner))
    garbage = world.disk - {place_of(world.made[one]) for one in world.store.shown()}
    yield
    world.store.condemn(garbage, LATER, LATER)
    yield
    begun = world.store.begin_deletion(garbage, owner)
    yield
    yield from delete(world, begun)


def delete(world: World, places: tuple[Place, ...]) -> Steps:
    """Delete one after the other, and say so at the end."""
    for place in places:
        world.disk.discard(place)
        yield
    world.store.end_deletion(places)


def open_world(path: Path) -> World:
    """Open the store in a file, with processes that are alive if they say so."""
    alive: set[int] = set()
    return World(open_sqlite(path, lambda owner: owner.pid in alive), alive=alive)


@cache
def begun() -> tuple[bytes, World]:
    """Return the store of a world in which each cell has shown each content, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metadata.db"
        world = open_world(path)
        for content in range(CONTENTS):
            for number, cell in enumerate(CELLS):
                finish(run(world, world.owner(99), cell, (content + number) % CONTENTS))
        world.store.close()
        return path.read_bytes(), world


def again(path: Path) -> World:
    """Return that world anew, in a file of its own."""
    data, first = begun()
    path.write_bytes(data)
    world = open_world(path)
    world.disk, world.made = {*first.disk}, {**first.made}
    return world


KINDS = [run, run, collect, roll_back]
PROCESSES = st.tuples(
    st.sampled_from(KINDS), st.sampled_from(CELLS), st.integers(0, CONTENTS - 1)
)


@settings(max_examples=60)
@given(
    processes=st.lists(PROCESSES, min_size=2, max_size=5),
    stretches=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 9)), max_size=12),
    killed=st.dictionaries(st.integers(0, 60), st.integers(0, 4), max_size=2),
)
@example(  # a collection begins and ends between a look and its commit
    processes=[(run, CELLS[0], 1), (collect, CELLS[0], 0)],
    stretches=[(0, 3), (1, 9), (0, 1)],
    killed={},
)
@example(  # the same beside a rollback
    processes=[(roll_back, CELLS[0], 2), (collect, CELLS[0], 0)],
    stretches=[(0, 3), (1, 9), (0, 1)],
    killed={},
)
def test_no_head_ever_names_bytes_that_are_gone(
    processes: list[tuple[object, Cell, int]],
    stretches: list[tuple[int, int]],
    killed: dict[int, int],
) -> None:
    """Whoever comes first, wherever it is interrupted, and whoever is killed."""
    with tempfile.TemporaryDirectory() as folder:
        world = again(Path(folder) / "metadata.db")
        store, alive = world.store, world.alive
        live = {
            number: kind(world, world.owner(number), cell, content)  # type: ignore[operator]
            for number, (kind, cell, content) in enumerate(processes)
        }
        many = len(processes)
        turns = [number % many for number, count in stretches for _ in range(count)]
        for turn, number in enumerate([*turns, *(5 * [0, 1, 2, 3, 4])]):
            if killed.get(turn) in live:
                live.pop(killed[turn])
                alive.discard(killed[turn])
            if number in live:
                try:
                    next(live[number])
                except StopIteration:
                    del live[number]
                assert world.lost() == set()
        for number in [*live]:
            live.pop(number)
            alive.discard(number)
        store.drop_dead_claims()
        finish(collect(world, world.owner(100), CELLS[0], 0))
        assert world.lost() == set()
        assert store.condemned() == ()
        assert world.disk == {place_of(world.made[one]) for one in store.shown()}
        store.close()


def finish(steps: Steps) -> None:
    """Carry out a process alone."""
    for _ in steps:
        pass
