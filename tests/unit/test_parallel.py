"""Things that are done at the same time."""

from __future__ import annotations

import gc
import os
import weakref
from functools import partial
from threading import Barrier, Event, Lock

import pytest

from assets_core.parallel import AT_ONCE, beside, in_parallel


def test_results_come_in_the_order_of_the_items() -> None:
    """Whoever is done first."""
    assert in_parallel(lambda item: item * 2, range(200)) == list(range(0, 400, 2))


def test_nothing_at_all_is_done_at_once() -> None:
    """No thread is needed for it."""
    assert in_parallel(str, []) == []


def test_some_are_done_at_the_same_time() -> None:
    """Each waits here until the others have come, or gives up."""
    together = Barrier(AT_ONCE, timeout=10)

    assert len(in_parallel(lambda _: together.wait(), range(AT_ONCE))) == AT_ONCE


def test_the_error_is_raised_and_the_rest_is_not_begun() -> None:
    """What is running ends; nobody waits for a thousand others."""
    begun: list[int] = []
    lock = Lock()

    def work(item: int) -> int:
        with lock:
            begun.append(item)
        if item == 3:
            raise ValueError(item)
        return item

    with pytest.raises(ValueError, match="3"):
        in_parallel(work, range(100_000))
    assert len(begun) < 100_000


def test_work_may_itself_be_done_in_parallel() -> None:
    """However few threads there are, nobody waits for ever."""

    def sums(item: int) -> int:
        return sum(in_parallel(lambda number: number + item, range(10)))

    assert in_parallel(sums, range(40)) == [45 + 10 * item for item in range(40)]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own() -> None:
    """Those of its parent are not there."""
    in_parallel(str, range(100))
    child = os.fork()
    if not child:
        done = in_parallel(str, range(100)) == [str(number) for number in range(100)]
        os._exit(0 if done else 1)

    assert os.waitpid(child, 0)[1] == 0


def test_what_is_done_beside_gives_its_result_or_its_error() -> None:
    """In whichever thread it was done."""
    wait = beside(partial(int, "no number"))

    assert beside(partial(int, "7"))() == 7
    with pytest.raises(ValueError, match="no number"):
        wait()


def test_what_no_thread_has_begun_is_done_by_whoever_waits_and_then_forgotten() -> None:
    """Threads may be busy for long; what they would have done is not kept for them."""
    free = Event()
    busy = [beside(partial(free.wait, 60)) for _ in range(100)]
    given = {"large"}
    kept = weakref.ref(given)
    try:
        assert beside(partial(sorted, given))() == ["large"]
        del given
        gc.collect()
        assert kept() is None
    finally:
        free.set()
        for wait in busy:
            wait()
