"""Runs that meet a deletion wait for its end and make again what is gone (G11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from assets_core import RunFailed, Workspace
from assets_core.backends.process_owner import this_process
from assets_core.errors import CollectedError, MissingDataError
from assets_core.model.garbage import Place
from assets_core.model.records import Materialization, Owner
from assets_core.running.deleting import DELETION_SECONDS
from assets_core.running.step import TRIES
from assets_core.testing import FakeClock
from tests.flows.kept_project import Before, Kept
from tests.flows.small_project import Project

DEAD = replace(this_process(), started="1")


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project whose source is again as it was for the first version."""
    found = Kept(project)
    found.make("1", "1 2")
    found.set_values("1")
    return found


def place_of(made: Materialization) -> Place:
    """Return where the bytes of a result are."""
    return made.stored.storage, made.stored.location


def begin(workspace: Workspace, made: Materialization, owner: Owner) -> None:
    """Let a process begin to delete the bytes of a result."""
    store, place = workspace.tools.store, place_of(made)
    store.condemn([place], 1e12, 0.0)
    assert store.begin_deletion([place], owner) == (place,)


class Impatient(FakeClock):
    """A clock that calls something when somebody has waited for some time."""

    def __init__(self, after: float, call: Callable[[], object]) -> None:
        super().__init__()
        self._after = after
        self._call: Callable[[], object] | None = call

    def sleep(self, seconds: float) -> None:
        """Move on, and call once."""
        super().sleep(seconds)
        if self.elapsed() >= self._after and self._call:
            call, self._call = self._call, None
            call()


def test_a_step_waits_for_the_end_of_a_deletion_and_computes(kept: Kept) -> None:
    """It would have shown the earlier result; that is gone a moment later."""
    first = kept.versions()[0]
    with kept.opened() as workspace:
        begin(workspace, first, this_process())

        def end() -> None:
            kept.path(first).unlink()
            workspace.tools.store.end_deletion([place_of(first)])

        clock = Impatient(2.0, end)
        workspace.tools = replace(workspace.tools, clock=clock)

        result = workspace.materialize("numbers")

    assert [step.status for step in result.steps] == ["computed"]
    assert 2.0 <= clock.elapsed() < 3.0
    assert kept.project.read("numbers") == {"n": [1]}
    assert kept.findings() == []


def test_a_step_whose_bytes_are_being_deleted_calls_its_function_twice_at_most(
    kept: Kept,
) -> None:
    """Not again and again until the deletion has ended."""
    kept.project.edit(
        '    return pa.table({"n"',
        '    with CALLS.open("a") as calls:\n        calls.write("x")\n'
        '    return pa.table({"n"',
    )
    calls = kept.folder / "calls.txt"
    kept.project.edit("values = source(", f'CALLS = Path("{calls}")\nvalues = source(')
    first = kept.versions()[0]
    with kept.opened() as workspace:
        begin(workspace, first, this_process())
        end = workspace.tools.store.end_deletion
        clock = Impatient(20.0, lambda: end([place_of(first)]))
        workspace.tools = replace(workspace.tools, clock=clock)

        result = workspace.materialize("numbers")

    assert [step.status for step in result.steps] == ["computed"]
    assert calls.read_text() == "xx"


def test_a_step_finishes_what_a_dead_process_was_deleting(kept: Kept) -> None:
    """Nobody has to wait for somebody who never comes back."""
    first = kept.versions()[0]
    with kept.opened() as workspace:
        store = workspace.tools.store
        late = Before(store, "claim_all", lambda: begin(workspace, first, DEAD))
        workspace.tools = replace(workspace.tools, store=late)

        result = workspace.materialize("numbers")

        assert store.condemned() == ()
    assert [step.status for step in result.steps] == ["computed"]
    assert kept.project.read("numbers") == {"n": [1]}


def test_a_run_that_begins_finishes_what_a_dead_process_was_deleting(kept: Kept) -> None:
    """As it tidies up claims and staged files."""
    first = kept.versions()[0]
    with kept.opened() as workspace:
        begin(workspace, first, DEAD)

    kept.set_values("1 2 3")
    kept.project.run()

    with kept.opened() as workspace:
        assert workspace.tools.store.condemned() == ()
    assert not kept.path(first).exists()


def test_a_deletion_that_never_ends_fails_the_step_by_name(kept: Kept) -> None:
    """A process of this machine that is stopped: what was shown stays."""
    first = kept.versions()[0]
    clock = FakeClock()
    with kept.opened(clock=clock) as workspace:
        begin(workspace, first, this_process())

        with pytest.raises(RunFailed, match="is being deleted"):
            workspace.materialize("numbers")

        workspace.tools.store.end_deletion([place_of(first)])
    assert clock.elapsed() == pytest.approx((TRIES - 1) * DELETION_SECONDS, abs=1)
    assert kept.project.read("numbers") == {"n": [1, 2]}


def test_a_step_that_took_long_is_tried_again_as_well(kept: Kept) -> None:
    """An hour of work is not thrown away because it was an hour."""
    clock = FakeClock()
    with kept.opened(clock=clock) as workspace:
        store: Any = Refusing(workspace.tools.store, TRIES - 1, clock)
        workspace.tools = replace(workspace.tools, store=store)

        result = workspace.materialize("numbers")

    assert [step.status for step in result.steps] == ["reused"]
    assert store.refused == TRIES - 1


def test_a_store_that_always_refuses_is_not_asked_for_ever(kept: Kept) -> None:
    """There is an end, and an error with a name."""
    clock = FakeClock()
    with kept.opened(clock=clock) as workspace:
        store: Any = Refusing(workspace.tools.store, 1000, clock)
        workspace.tools = replace(workspace.tools, store=store)

        with pytest.raises(RunFailed, match="is being deleted"):
            workspace.materialize("numbers")

    assert store.refused == TRIES


class Refusing:
    """A store that refuses some commits, each after an hour."""

    def __init__(self, inner: Any, times: int, clock: FakeClock) -> None:
        self._inner = inner
        self._times = times
        self._clock = clock
        self.refused = 0

    def __getattr__(self, name: str) -> Any:
        """Do everything else as it does."""
        return getattr(self._inner, name)

    def commit_all(self, commits: Any) -> Any:
        """Refuse, as long as that is what was asked for."""
        if self.refused < self._times:
            self._clock.advance(3600)
            self.refused += 1
            raise CollectedError("The stored data of 'numbers' is being deleted")
        return self._inner.commit_all(commits)


def test_a_collection_beside_a_run_deletes_nothing_that_the_run_then_shows(
    kept: Kept,
) -> None:
    """It begins when the step has verified the bytes, and ends before the commit."""
    kept.keep(grace_hours=0)
    first = kept.versions()[0]
    with kept.opened() as workspace, kept.opened() as other:
        late = Before(workspace.tools.store, "commit_all", other.gc)
        workspace.tools = replace(workspace.tools, store=late)

        result = workspace.materialize("numbers")

    assert [step.status for step in result.steps] == ["computed"]
    assert kept.path(first).exists()
    assert kept.findings() == []


def test_a_collection_whose_garbage_is_shown_meanwhile_deletes_nothing(
    kept: Kept,
) -> None:
    """It has looked, and then a run was faster."""
    kept.keep(grace_hours=0)
    first = kept.versions()[0]
    with kept.opened() as workspace:
        late = Before(
            workspace.tools.store, "begin_deletion", lambda: kept.project.run("numbers")
        )
        workspace.tools = replace(workspace.tools, store=late)

        collected = workspace.gc()

    assert first.stored.location not in {one.location for one in collected.deleted}
    assert kept.project.read("numbers") == {"n": [1]}
    assert kept.findings() == []


def test_a_collection_that_breaks_off_leaves_nothing_that_waits_for_it(kept: Kept) -> None:
    """In a notebook its process lives on, so nobody else would ever finish it."""
    kept.keep(grace_hours=0)
    with kept.opened() as workspace:
        manager = workspace.tools.io["data"]

        def break_off() -> None:
            raise KeyboardInterrupt

        io: Any = {"data": Before(manager, "delete", break_off)}
        workspace.tools = replace(workspace.tools, io=io)
        with pytest.raises(KeyboardInterrupt):
            workspace.gc()

        assert workspace.tools.store.condemned() == ()
        assert [step.status for step in workspace.materialize("numbers").steps] == [
            "reused"
        ]


def test_what_a_killed_run_wrote_again_is_collected_all_the_same(kept: Kept) -> None:
    """Its claim is older than the deletion and would keep the mark for ever."""
    kept.keep(grace_hours=0)
    first = kept.versions()[0]
    with kept.opened() as workspace:
        manager = workspace.tools.io["data"]
        table = workspace.load_arrow("numbers", version=first.id)
        workspace.tools.store.claim("main", first.cell, "a" * 32, DEAD)
        begin(workspace, first, this_process())
        manager.delete(first.stored.location)
        workspace.tools.store.end_deletion([place_of(first)])
        staged = manager.stage([(first.cell, table, "b" * 32)])
        assert manager.seal(staged) == [first.stored]

    kept.collect()

    assert not kept.path(first).exists()


def test_a_rollback_to_bytes_that_are_being_deleted_is_refused_by_name(kept: Kept) -> None:
    """The next try will say that they are gone."""
    first = kept.versions()[0]
    with kept.opened() as workspace:
        begin(workspace, first, this_process())

        with pytest.raises(CollectedError, match="is being deleted"):
            workspace.rollback("numbers", to=first.id)

        assert workspace.tools.store.claims() == ()
    assert kept.project.read("numbers") == {"n": [1, 2]}


def test_a_rollback_never_shows_what_was_collected_just_before(kept: Kept) -> None:
    """The bytes are looked at under the claim; a look before it would prove nothing."""
    kept.keep(grace_hours=0)
    first = kept.versions()[0]
    with kept.opened() as workspace, kept.opened() as other:
        late = Before(workspace.tools.store, "claim", other.gc)
        workspace.tools = replace(workspace.tools, store=late)

        with pytest.raises(MissingDataError, match="collected or deleted"):
            workspace.rollback("numbers", to=first.id)

    assert kept.project.read("numbers") == {"n": [1, 2]}
    assert kept.findings() == []
