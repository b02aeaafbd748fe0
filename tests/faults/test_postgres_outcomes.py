"""A connection that breaks at any request never leaves anything unknown or done twice (G9).

Requests and answers get lost between the metadata store and a real server, sessions are
ended by it, and whoever asked either knows that it was done or is told that it was not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.postgres import connection, open_postgres
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.errors import ClaimLostError, StoreError
from assets_core.model.records import MAIN, Claim
from assets_core.testing.examples import ORDERS, make_commit, make_result, take_claim
from tests.postgres import PASSWORD, Postgres, new_schema
from tests.postgres_proxy import Proxy

LOGIN = f"postgres:{PASSWORD.replace(' ', '%20')}"
ATTEMPT = "a" * 32


@pytest.fixture
def proxy(postgres: Postgres) -> Iterator[Proxy]:
    """Give a proxy before the server."""
    with Proxy(postgres.socket) as proxy:
        yield proxy


@pytest.fixture
def stores(
    postgres: Postgres, proxy: Proxy, shared_database: str
) -> Iterator[tuple[SQLStore, SQLStore]]:
    """Give a store whose connection may break, and the same one without a proxy."""
    database, schema = shared_database.partition("?")[0].rpartition("/")[2], new_schema()
    direct = open_postgres(shared_database, schema, is_alive)
    store = open_postgres(proxy.url(database, LOGIN), schema, is_alive)
    yield store, direct
    store.close()
    direct.close()


def is_commit(_: int, request: bytes) -> bool:
    """Choose the end of a transaction."""
    return b"COMMIT\0" in request


def commit(store: SQLStore, number: int, claim: Claim) -> None:
    """Commit a result on top of what is shown."""
    head = store.head(MAIN, ORDERS)
    store.commit(
        make_commit(claim, make_result(number), head and head.materialization, publish=True)
    )


def test_a_commit_whose_answer_was_lost_is_known_to_be_done(
    stores: tuple[SQLStore, SQLStore], proxy: Proxy
) -> None:
    """Nobody is told of an error, and nothing is written twice."""
    store, direct = stores
    claim = take_claim(store, this_process(), ATTEMPT)

    proxy.lose(is_commit, applied=True)
    commit(store, 1, claim)

    assert direct.history(ORDERS) == (make_result(1),)
    assert len(direct.pending_publications(MAIN)) == 1
    assert direct.claims() == ()


def test_a_commit_that_never_arrived_is_known_not_to_be_done(
    stores: tuple[SQLStore, SQLStore], proxy: Proxy
) -> None:
    """The error says so; the claim stands, and the same commit can be made again."""
    store, direct = stores
    claim = take_claim(store, this_process(), ATTEMPT)

    proxy.lose(is_commit, applied=False)
    with pytest.raises(StoreError, match="nothing of this was written"):
        commit(store, 1, claim)

    assert direct.history(ORDERS) == ()
    assert direct.claims() == (claim,)
    commit(store, 1, claim)
    assert direct.history(ORDERS) == (make_result(1),)


def test_an_outcome_that_cannot_be_known_is_told_as_such(
    stores: tuple[SQLStore, SQLStore], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server does not come back in time; what it had committed is there later."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(connection, "AGAIN_SECONDS", 0.1)
    store, direct = stores
    claim = take_claim(store, this_process(), ATTEMPT)

    def and_stay_away(number: int, request: bytes) -> bool:
        proxy.refusing = is_commit(number, request)
        return proxy.refusing

    proxy.lose(and_stay_away, applied=True)
    with pytest.raises(StoreError, match="not known") as told:
        commit(store, 1, claim)

    assert PASSWORD not in str(told.value)
    proxy.refusing = False
    assert direct.history(ORDERS) == (make_result(1),)
    with pytest.raises(ClaimLostError):
        commit(store, 2, claim)


def the(wanted: int, number: int, _: bytes) -> bool:
    """Choose a request by its number."""
    return number == wanted


def end_session(postgres: Postgres, wanted: int, number: int, _: bytes) -> bool:
    """Choose none, but let the server end the session that the wanted one comes from."""
    if number == wanted:
        postgres.do(
            "postgres",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'assets-core' AND client_port > 0",
        )
    return False


def told(store: SQLStore, number: int) -> str:
    """Claim and commit; return what is told of it."""
    try:
        commit(store, number, take_claim(store, this_process(), ATTEMPT))
    except StoreError as error:
        return str(error)
    return "done"


@pytest.mark.sweep
@pytest.mark.parametrize("how", ["lost", "answer lost", "ended by the server"])
def test_whatever_request_gets_lost_what_is_told_is_what_is_so(
    stores: tuple[SQLStore, SQLStore], proxy: Proxy, postgres: Postgres, how: str
) -> None:
    """Of taking a claim, looking, and committing; afterwards the cell can be committed."""
    store, direct = stores
    done = 0
    for wanted in range(1, 100):
        number = 2 * wanted
        by_server = how == "ended by the server"
        chosen = (
            partial(end_session, postgres, wanted) if by_server else partial(the, wanted)
        )
        proxy.lose(chosen, applied=how == "answer lost")

        said = told(store, number)

        requests = proxy.requests
        head = direct.head(MAIN, ORDERS)
        assert (head is not None and head.rows == number) is (said == "done")
        assert said == "done" or "nothing of this was written" in said
        done += said == "done"
        proxy.lose(partial(the, 0), applied=False)
        direct.release_all(direct.claims())
        assert told(store, number + 1) == "done"
        if requests < wanted:
            break
    assert wanted > 12
    assert done >= 3
    assert len(direct.history(ORDERS, 1000)) == done + wanted


def test_reads_go_on_after_a_connection_was_lost(
    stores: tuple[SQLStore, SQLStore], proxy: Proxy
) -> None:
    """A server or a pooler ends what was idle for long; nobody has to know."""
    store, direct = stores
    take_claim(direct, this_process(), ATTEMPT)

    for applied in (True, False):
        proxy.lose(lambda number, request: True, applied=applied)

        assert store.claims() == direct.claims()


def test_who_stops_inside_a_transaction_is_ended_by_the_server(
    stores: tuple[SQLStore, SQLStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others wait for that long and no longer, and what it had begun is not kept."""
    monkeypatch.setattr(connection, "STOPPED_SECONDS", 0.3)
    store, direct = stores

    def write_slowly() -> None:
        with store._db.transaction() as write:
            write.execute("INSERT INTO validations VALUES ('a', 'b')")
            take_claim(direct, this_process(), ATTEMPT)  # waits until it is let in
            write.execute("INSERT INTO validations VALUES ('c', 'd')")

    with pytest.raises(StoreError, match="stopped in the middle of writing"):
        write_slowly()

    assert direct._db.rows("SELECT * FROM validations") == []
    assert store.claims() == direct.claims()
