"""The fakes that others test with: they do what the real ones do, without waiting."""

from __future__ import annotations

import threading

import pytest

import assets_core.testing
from assets_core.model.events import Event, RunStarted, Warned
from assets_core.protocols.clock import Clock, NewId
from assets_core.protocols.observer import Observer
from assets_core.testing import FakeClock, MemoryObserver, new_ids


def test_sleeping_takes_no_time() -> None:
    """A test of a retry that waits an hour takes no hour."""
    clock: Clock = FakeClock(100.0)
    before = clock.elapsed()

    clock.sleep(3600)

    assert clock.now() == 3700.0
    assert clock.elapsed() - before == 3600.0


def test_every_sleep_is_remembered() -> None:
    """The pauses between repetitions are what such a test looks at."""
    clock = FakeClock()

    clock.sleep(1)
    clock.sleep(2)
    clock.advance(10)

    assert clock.slept == [1, 2]


def test_a_clock_that_is_set_does_not_let_time_pass() -> None:
    """Durations stay right when an operator sets the clock back."""
    clock = FakeClock(100.0)

    clock.jump(50.0)

    assert (clock.now(), clock.elapsed()) == (50.0, 0.0)


def test_many_threads_may_sleep() -> None:
    """No second is lost among them."""
    clock = FakeClock(0.0)
    threads = [threading.Thread(target=clock.sleep, args=[1.0]) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clock.now() == 50.0


def test_events_are_kept_in_their_order() -> None:
    """And found by their kind."""
    observer = MemoryObserver()
    watching: Observer = observer
    events: list[Event] = [Warned("one"), RunStarted("1", 2, 3), Warned("two")]

    for event in events:
        watching.notify(event)

    assert observer.events == events
    assert observer.of(Warned) == [Warned("one"), Warned("two")]


def test_names_are_the_same_in_every_test() -> None:
    """And look and sort like real ones."""
    new_id: NewId = new_ids()
    names = [new_id() for _ in range(300)]

    again = new_ids()
    assert names == [again() for _ in range(300)]
    assert names == sorted(set(names))
    assert {len(bytes.fromhex(name)) for name in names} == {16}


def test_names_can_begin_elsewhere() -> None:
    """Two that give out names in one test must not give out the same."""
    assert new_ids(1000)() != new_ids()()


def test_every_published_name_is_there() -> None:
    """They load when they are first used, which must not show."""
    for name in assets_core.testing.__all__:
        assert getattr(assets_core.testing, name).__name__ == name
        assert name in dir(assets_core.testing)


def test_an_unknown_name_is_refused() -> None:
    """As everywhere in Python."""
    with pytest.raises(AttributeError, match="'no_such_name'"):
        _ = assets_core.testing.no_such_name
