"""Turns to write in PostgreSQL: who has stopped is ended, who is at work is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.metadata.writing import insert_results
from assets_core.backends.postgres import connection, open_postgres
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.model.records import Claim, Materialization
from assets_core.testing.crowd import in_threads
from assets_core.testing.examples import make_result, take_claim
from tests.postgres import new_schema

ATTEMPT = "a" * 32


@pytest.fixture
def name() -> str:
    """Give the name of a schema."""
    return new_schema()


@pytest.fixture
def store(shared_database: str, name: str) -> Iterator[SQLStore]:
    """Give a new store."""
    with closing(open_postgres(shared_database, name, is_alive)) as store:
        yield store


def stop_in_the_middle(store: SQLStore, *, batch: bool) -> psycopg.Connection[Any]:
    """Take the turn to write and send no more: after a statement, or inside a batch."""
    assert isinstance(store._db, connection.Connection)
    stopped = psycopg.connect(store._db._url)
    take = f"SELECT pg_advisory_xact_lock({store._db._turn})".encode()
    if not batch:
        stopped.execute(take)
        return stopped
    raw = stopped.pgconn
    raw.enter_pipeline_mode()
    raw.send_query_params(b"BEGIN", None)
    raw.send_query_params(take, None)
    raw.send_flush_request()  # and no end of the batch
    raw.flush()
    return stopped


@pytest.mark.parametrize("batch", [False, True])
def test_who_waits_ends_whoever_has_stopped_in_its_turn(
    store: SQLStore, monkeypatch: pytest.MonkeyPatch, *, batch: bool
) -> None:
    """A server counts no time inside a batch, and here it is asked for no limit at all."""
    stopped = stop_in_the_middle(store, batch=batch)
    monkeypatch.setattr(connection, "STOPPED_SECONDS", 0.2)
    with closing(stopped):
        take_claim(store, this_process(), ATTEMPT)

        assert len(store.claims()) == 1
        if not batch:
            with pytest.raises(psycopg.errors.AdminShutdown):
                stopped.execute("SELECT 1")


def test_who_is_at_work_in_its_turn_is_not_ended(
    store: SQLStore, name: str, shared_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long others have waited: it has sent a statement, and the server is at it."""
    monkeypatch.setattr(connection, "STOPPED_SECONDS", 0.2)
    with closing(open_postgres(shared_database, name, is_alive)) as other:

        def work(number: int) -> bool:
            if number:
                return isinstance(take_claim(other, this_process(), ATTEMPT), Claim)
            with store._db.transaction() as write:
                start.wait()
                write.execute("SELECT pg_sleep(1.0)")
                write.execute("INSERT INTO validations VALUES ('a', 'b')")
            return True

        start = threading.Event()
        threading.Timer(0.05, start.set).start()
        assert in_threads(2, work) == [True, True]

    assert store._db.rows("SELECT * FROM validations") == [("a", "b")]


def test_what_takes_long_to_be_made_is_sent_meanwhile(
    store: SQLStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many rows take longer than the server waits for who has stopped in its turn."""
    monkeypatch.setattr(connection, "ROWS", 2)
    sent: list[int] = []

    class Results(list[Materialization]):
        def __iter__(self) -> Iterator[Materialization]:
            for one in range(len(self)):
                found = write.execute("SELECT count(*) FROM materializations").fetchone()
                sent.append(0 if found is None else found[0])
                yield self[one]

    with store._db.transaction() as write:
        insert_results(write, Results(make_result(one) for one in range(5)))

    assert sent[:5] == [0, 0, 2, 2, 4]
