"""Claims of other hosts have leases; those of this one need none, as it can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets_core.backends.metadata.store import LEASE_SECONDS, SQLStore
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.errors import ClaimLostError, StoreError
from assets_core.model.records import RunRequest
from assets_core.running.heartbeat import RENEW_SECONDS
from assets_core.testing import FakeClock
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_commit,
    make_head,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_garbage import AT, NEW, OLD, place_of

HERE = this_process()
ELSEWHERE = replace(HERE, host="elsewhere", pid=2**30)
FIRST, SECOND = "a" * 32, "b" * 32
A_MOMENT = 0.001


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that only moves when it is told to."""
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[SQLStore]:
    """Give a store that looks at that clock."""
    store = open_sqlite(tmp_path / "metadata.db", is_alive, clock.now)
    yield store
    store.close()


def test_the_claim_of_another_host_is_believed_until_its_lease_ends(
    store: SQLStore, clock: FakeClock
) -> None:
    """Two that compute the same cost work; one that waits for ever costs the table."""
    take_claim(store, ELSEWHERE, FIRST)

    clock.advance(LEASE_SECONDS - A_MOMENT)
    assert store.claim("main", ORDERS, SECOND, HERE) == ELSEWHERE
    assert store.dead_claims() == store.drop_dead_claims() == ()

    clock.advance(A_MOMENT)
    assert take_claim(store, HERE, SECOND).owner == HERE


def test_who_renews_keeps_what_it_has(store: SQLStore, clock: FakeClock) -> None:
    """A step may take hours, on whatever host."""
    claim = take_claim(store, ELSEWHERE, FIRST)
    other = take_claim(store, ELSEWHERE, SECOND, CUSTOMERS)

    for _ in range(20):
        clock.advance(LEASE_SECONDS - A_MOMENT)
        store.renew(ELSEWHERE)

    assert store.claim("main", ORDERS, "c" * 32, HERE) == ELSEWHERE
    assert set(store.claims()) == {claim, other}
    store.commit(make_commit(claim, make_result(1), None))


def test_two_renewals_may_be_late() -> None:
    """A host that is busy for a moment is not taken for dead."""
    assert 2 * RENEW_SECONDS < LEASE_SECONDS


def test_renewing_is_for_ones_own_claims(store: SQLStore, clock: FakeClock) -> None:
    """A process that lives says nothing about another one."""
    take_claim(store, ELSEWHERE, FIRST)
    clock.advance(LEASE_SECONDS)

    store.renew(replace(ELSEWHERE, pid=1))
    store.renew(HERE)

    assert take_claim(store, HERE, SECOND).owner == HERE


def test_whoever_lost_its_lease_cannot_commit(store: SQLStore, clock: FakeClock) -> None:
    """It was only stopped. When it goes on it renews, and commits, and neither helps."""
    lost = take_claim(store, ELSEWHERE, FIRST)
    clock.advance(LEASE_SECONDS)
    claim = take_claim(store, HERE, SECOND)

    store.renew(ELSEWHERE)

    with pytest.raises(ClaimLostError):
        store.commit(make_commit(lost, make_result(1), None))
    assert store.claims() == (claim,)
    store.commit(make_commit(claim, make_result(2), None))
    assert store.head("main", ORDERS) == make_head(make_result(2))


def test_a_late_commit_counts_as_long_as_nobody_took_over(
    store: SQLStore, clock: FakeClock
) -> None:
    """The fence decides, not the clock."""
    claim = take_claim(store, ELSEWHERE, FIRST)
    clock.advance(100 * LEASE_SECONDS)

    store.commit(make_commit(claim, make_result(1), None))

    assert store.head("main", ORDERS) == make_head(make_result(1))


def test_ended_leases_are_dead_claims(store: SQLStore, clock: FakeClock) -> None:
    """Doctor shows them, and the next run tidies them up."""
    dead = take_claim(store, ELSEWHERE, FIRST)
    alive = take_claim(store, HERE, SECOND, CUSTOMERS)
    clock.advance(LEASE_SECONDS)

    assert store.dead_claims() == (dead,)
    assert store.drop_dead_claims() == (dead,)
    assert store.claims() == (alive,)


def test_the_claim_of_a_live_process_here_has_no_end(
    store: SQLStore, clock: FakeClock
) -> None:
    """It is seen, so nobody has to guess: not even if it never renews."""
    take_claim(store, HERE, FIRST)

    clock.advance(1000 * LEASE_SECONDS)

    assert store.claim("main", ORDERS, SECOND, HERE) == HERE
    assert store.dead_claims() == ()


def test_the_claim_of_a_dead_process_here_is_free_at_once(
    store: SQLStore, clock: FakeClock
) -> None:
    """Nobody waits for half a minute after `kill -9`."""
    take_claim(store, replace(HERE, started="1"), FIRST)
    before = clock.elapsed()

    assert take_claim(store, HERE, SECOND).owner == HERE
    assert clock.elapsed() == before


def test_a_clock_that_is_set_back_cannot_let_two_commit(
    store: SQLStore, clock: FakeClock
) -> None:
    """A time server, or two hosts that disagree: leases end late, fences stay."""
    lost = take_claim(store, ELSEWHERE, FIRST)
    clock.jump(clock.now() + 10 * LEASE_SECONDS)
    take_claim(store, HERE, SECOND)
    clock.jump(clock.now() - 20 * LEASE_SECONDS)

    with pytest.raises(ClaimLostError):
        store.commit(make_commit(lost, make_result(1), None))


def test_the_run_of_another_host_is_taken_at_its_word(
    store: SQLStore, clock: FakeClock
) -> None:
    """Nobody here can see whether it goes on."""
    store.begin_run(FIRST, "main", RunRequest(()), ELSEWHERE, clock.now())

    (run,) = store.runs()

    assert run.status == "running"


def test_an_environment_in_which_another_host_runs_is_not_dropped(
    store: SQLStore, clock: FakeClock
) -> None:
    """It may have no claim now; it counts until its lease ends, which it renews."""
    store.environments.create("dev", "main")
    store.begin_run(FIRST, "dev", RunRequest(()), ELSEWHERE, clock.now())
    for _ in range(2):
        with pytest.raises(StoreError, match="elsewhere works in 'dev'"):
            store.environments.begin_drop("dev")
        clock.advance(LEASE_SECONDS - 1)
        store.renew(ELSEWHERE)

    clock.advance(LEASE_SECONDS + 1)
    store.environments.begin_drop("dev")

    found = store.environments.find("dev")
    assert found is not None
    assert found.dropping


def test_the_deletion_of_another_host_is_never_taken_over(
    store: SQLStore, clock: FakeClock
) -> None:
    """If it were only stopped, it would delete what somebody has written anew since."""
    show_result(store, HERE, OLD)
    show_result(store, HERE, NEW, OLD)
    store.condemn([place_of(OLD)], AT, AT)
    store.begin_deletion([place_of(OLD)], ELSEWHERE)

    clock.advance(1000 * LEASE_SECONDS)

    assert store.take_over_deletions(HERE) == ()
