"""The SQLite store among processes: forked, killed, and two connections in one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import connection, open_sqlite
from assets_core.errors import StoreError
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_head,
    make_result,
    show_result,
    take_claim,
)

START = """
import os, sys
from pathlib import Path
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.errors import StoreError
from assets_core.testing.examples import make_result, show_result, take_claim

path = Path(sys.argv[1])
store = open_sqlite(path, is_alive)
"""


def run(path: Path, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run some code in a process that has opened the store."""
    return subprocess.run(
        [sys.executable, "-c", START + code, path],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **variables},
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a store."""
    return tmp_path / "metadata.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLStore]:
    """Give an open store."""
    store = open_sqlite(path, is_alive)
    yield store
    store.close()


def is_locked(path: Path) -> bool:
    """Return whether another process may not write now, as SQLite itself sees it."""
    code = (
        "import sqlite3, sys\n"
        "raw = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "try: raw.execute('BEGIN IMMEDIATE')\n"
        "except sqlite3.OperationalError: print('locked')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    return done.stdout == "locked\n"


USE_AFTER_FORK = """
def tell(name, use):
    try:
        use()
    except StoreError as error:
        print(name, error, flush=True)

child = os.fork()
if not child:
    tell("read", lambda: store.heads("main"))
    tell("write", lambda: show_result(store, this_process(), make_result(2)))
    store.close()
    os._exit(0)
os.waitpid(child, 0)
show_result(store, this_process(), make_result(1))
print("parent", len(store.heads("main")))
"""


def test_after_a_fork_it_is_refused_in_the_child_only(path: Path) -> None:
    """SQLite's locks do not survive a fork; using it in both would damage the file."""
    lines = run(path, USE_AFTER_FORK).stdout.splitlines()

    told = "The metadata store was opened before this process was forked"
    assert [line for line in lines if told in line] == [f"read {told}", f"write {told}"]
    assert lines[-1] == "parent 1"


FORK_IN_A_TRANSACTION = """
import fcntl

with store._db.transaction():
    child = os.fork()
    if not child:
        try:
            show_result(store, this_process(), make_result(2))
        except StoreError:
            pass
        store.close()
        os._exit(0)
    os.waitpid(child, 0)
    other = os.open(f"{path}.lock", os.O_RDWR)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("unlocked")
    except BlockingIOError:
        print("locked")
"""


def test_a_forked_child_does_not_unlock_what_its_parent_locked(path: Path) -> None:
    """The two share one open lock file, so that even asking for the lock would let go."""
    assert run(path, FORK_IN_A_TRANSACTION).stdout == "locked\n"


def test_closing_one_of_two_connections_keeps_the_locks_of_the_other(
    store: SQLStore, path: Path
) -> None:
    """POSIX drops a process's locks on a file when any handle of it is closed."""
    other = connection.Connection(path, time.time)

    with store._db.transaction():
        assert is_locked(path)
        # Closing asks for the lock, which this thread holds in the other connection.
        other._connection.close()

        assert is_locked(path)


def test_two_connections_of_one_process_take_turns(store: SQLStore, path: Path) -> None:
    """A notebook that opens its project twice is no reason for an error."""
    other = open_sqlite(path, is_alive)
    first, second = make_result(1), make_result(2)
    show_result(store, this_process(), first)

    show_result(other, this_process(), second, first)
    other.close()

    assert store.head("main", ORDERS) == make_head(second)
    show_result(store, this_process(), make_result(3), second)


@pytest.mark.parametrize(
    ("point", "is_there"),
    [("commit.begun", False), ("commit.written", False), ("commit.done", True)],
)
def test_a_commit_that_is_killed_happened_or_did_not(
    store: SQLStore, path: Path, point: str, *, is_there: bool
) -> None:
    """The transaction is the moment; and whoever dies in it locks nobody out."""
    code = "show_result(store, this_process(), make_result(1), publish=True)"

    done = run(path, code, ASSETS_CRASH=point)

    made = make_result(1)
    assert done.returncode == -9
    assert store.heads("main") == ({ORDERS: make_head(made)} if is_there else {})
    assert store.history(ORDERS) == ((made,) if is_there else ())
    assert len(store.pending_publications("main")) == is_there
    assert len(store.dead_claims()) == (not is_there)
    show_result(store, this_process(), make_result(2), made if is_there else None)
    assert store.problems() == ()


def test_the_claim_of_a_killed_process_is_known_to_be_dead(
    store: SQLStore, path: Path
) -> None:
    """By the process table, at once: no clock and no heart-beat has to run out."""
    code = "take_claim(store, this_process(), 'a' * 32); os.kill(os.getpid(), 9)"
    run(path, code)
    alive = take_claim(store, this_process(), "b" * 32, CUSTOMERS)

    (dead,) = store.dead_claims()

    assert dead.attempt == "a" * 32
    assert store.drop_dead_claims() == (dead,)
    assert store.claims() == (alive,)


def test_a_store_that_stays_busy_is_named(
    store: SQLStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After half a minute; here the wait is shortened. Not 'database is locked'."""
    other = open_sqlite(path, is_alive)
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)

    with store._db.transaction(), pytest.raises(StoreError, match="was busy"):
        show_result(other, this_process(), make_result(1))

    show_result(other, this_process(), make_result(1))
    other.close()


def test_readers_do_not_wait_for_a_writer(store: SQLStore, path: Path) -> None:
    """`assets list` answers while a run commits."""
    made = make_result(1)
    show_result(store, this_process(), made)
    other = open_sqlite(path, is_alive)

    with store._db.transaction() as write:
        write.execute("DELETE FROM heads")

        assert other.heads("main") == {ORDERS: make_head(made)}

    other.close()


def test_an_error_in_a_transaction_undoes_all_of_it(store: SQLStore) -> None:
    """And the next transaction is not inside of it."""

    def write_half() -> None:
        with store._db.transaction() as write:
            write.execute("INSERT INTO counters VALUES ('x', 1)")
            write.execute("INSERT INTO no_such_table VALUES (1)")

    with pytest.raises(StoreError, match="no such table"):
        write_half()

    assert store._db.rows("SELECT name FROM counters") == [("fence",)]
    show_result(store, this_process(), make_result(1))


def test_a_raw_connection_sees_what_was_committed(store: SQLStore, path: Path) -> None:
    """It is plain SQLite: any tool can look into it."""
    show_result(store, this_process(), make_result(1))

    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM materializations").fetchone() == (1,)
    raw.close()
