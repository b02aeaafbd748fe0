"""The PostgreSQL store: what is wrong is named, and nothing belongs to a session."""

# ruff: noqa: S608 - the names in these statements come from a test

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from assets_core.backends.metadata.schema import MIGRATIONS
from assets_core.backends.metadata.store import LEASE_SECONDS, SQLStore
from assets_core.backends.postgres import connection, open_postgres, schema
from assets_core.backends.process_owner import (
    is_alive,
    is_alive_among_hosts,
    this_process,
)
from assets_core.errors import AssetsError, ConfigurationError, StoreError
from assets_core.model.records import MAIN, Claim, Owner, StepError, StepRecord
from assets_core.testing.examples import ORDERS, make_result, show_result, take_claim
from tests.postgres import PASSWORD, Postgres, carry_out, new_schema

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


def refused(url: str, name: str) -> AssetsError:
    """Return what opening a store fails with, which holds no password."""
    with pytest.raises(AssetsError) as told:
        open_postgres(url, name, is_alive)
    assert PASSWORD not in str(told.value)
    assert PASSWORD.replace(" ", "%20") not in str(told.value)
    assert told.value.where
    assert told.value.fix
    return told.value


# What stands in the way.


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def test_a_server_that_is_down_is_named(name: str) -> None:
    """With the URL, but for its login."""
    told = refused(f"postgresql://ada:pw@127.0.0.1:{free_port()}/team", name)

    assert "does not answer" in str(told)
    assert "postgresql://***@127.0.0.1" in told.where


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_named(postgres: Postgres, name: str, password: str) -> None:
    """And not repeated."""
    told = refused(postgres.url("postgres", password), name)

    assert "password" in str(told)
    assert "wrong" not in str(told)


def test_a_database_that_is_missing_is_named(postgres: Postgres, name: str) -> None:
    """We make the tables, not the database."""
    told = refused(postgres.url("nowhere"), name)

    assert isinstance(told, ConfigurationError)
    assert "no such database" in str(told)


@pytest.mark.parametrize("url", ["postgresql://a:b@[c/d", "postgresql://h/d?colour=1"])
def test_a_url_that_cannot_be_read_is_named(name: str, url: str) -> None:
    """Drivers quote all of it."""
    assert "URL of the metadata store cannot be read" in str(refused(url, name))


def test_a_host_that_is_not_known_is_named(name: str) -> None:
    """A slip of the finger."""
    assert "is not known" in str(refused("postgresql://db.invalid/team", name))


def test_a_server_that_is_too_old_is_named(
    shared_database: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is made there."""
    monkeypatch.setattr(schema, "OLDEST_SERVER", 99)

    assert "the metadata store needs 99" in str(refused(shared_database, name))
    assert not carry_out(
        shared_database, f"SELECT 1 FROM pg_namespace WHERE nspname = '{name}'"
    )


def test_a_schema_with_something_else_in_it_is_refused(
    shared_database: str, name: str
) -> None:
    """It is left as it was."""
    carry_out(
        shared_database, f"CREATE SCHEMA {name}", f"CREATE TABLE {name}.heads (a int)"
    )

    assert "holds something else" in str(refused(shared_database, name))


def test_a_newer_store_is_refused(shared_database: str, store: SQLStore, name: str) -> None:
    """Who writes what it does not know would lose it."""
    newer = f"UPDATE {name}.store_version SET version = {len(MIGRATIONS) + 1}"
    carry_out(shared_database, newer)

    told = refused(shared_database, name)

    assert f"has version {len(MIGRATIONS) + 1}" in str(told)
    assert "upgrade" in told.fix


# Who may do what.


@pytest.fixture
def role(postgres: Postgres, shared_database: str, name: str) -> Iterator[str]:
    """Give the name of a role that may do nothing yet."""
    found = f"role_of_{name}"
    carry_out(shared_database, f"CREATE ROLE {found} LOGIN PASSWORD '{PASSWORD}'")
    yield found
    carry_out(shared_database, f"DROP OWNED BY {found}", f"DROP ROLE {found}")


def as_role(url: str, role: str) -> str:
    """Return a URL for another role."""
    return url.replace("//postgres:", f"//{role}:")


def test_who_may_not_make_the_tables_is_told(
    shared_database: str, role: str, name: str
) -> None:
    """With where to read what it needs."""
    told = refused(as_role(shared_database, role), name)

    assert "may not do this" in str(told)


def test_who_may_only_read_reads_and_is_told_so_when_it_writes(
    shared_database: str, store: SQLStore, role: str, name: str
) -> None:
    """Notes that plans leave are left out; what would be lost is refused."""
    made = make_result(1)
    show_result(store, this_process(), made)
    carry_out(
        shared_database,
        f"GRANT USAGE ON SCHEMA {name} TO {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {role}",
    )

    url = as_role(shared_database, role)
    with closing(open_postgres(url, name, is_alive)) as reader:
        assert reader.history(ORDERS) == (made,)
        reader.keep_summaries(MAIN, {})
        reader.observe([])
        reader.record_checks(made.id, "run", [], 0.0)
        with pytest.raises(StoreError, match="can only be read"):
            reader.claim(MAIN, ORDERS, ATTEMPT, this_process())


def test_who_may_write_rows_needs_no_more(
    shared_database: str, store: SQLStore, role: str, name: str
) -> None:
    """The rights that the guide names are enough."""
    carry_out(
        shared_database,
        f"GRANT USAGE ON SCHEMA {name} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {name} TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {name} TO {role}",
    )

    url = as_role(shared_database, role)
    with closing(open_postgres(url, name, is_alive)) as other:
        show_result(other, this_process(), make_result(1))

    assert store.history(ORDERS) == (make_result(1),)


# Nothing belongs to a session.


class Pooled(connection.Connection):
    """Gets another session for each transaction, as behind a pooler."""

    sessions: ClassVar[list[Any]] = []

    def _connected(self) -> Any:
        if len(self.sessions) < 3:
            self.sessions.append(self._open())
        self.sessions.append(self.sessions.pop(0))
        if self._connection not in self.sessions:
            self._drop()
        self._connection = self.sessions[-1]
        self._connection.execute("DISCARD ALL")
        return self._connection

    def close(self) -> None:
        """Close all sessions."""
        for one in self.sessions:
            one.close()
        self.sessions.clear()
        super().close()


def test_each_transaction_may_have_another_session(shared_database: str, name: str) -> None:
    """As behind PgBouncer; what was prepared or set in a session would be missed."""
    with closing(Pooled(shared_database, name)) as pooled:
        store = SQLStore(pooled, is_alive)
        for number in range(1, 6):
            before = make_result(number - 1) if number > 1 else None
            show_result(store, this_process(), make_result(number), before, publish=True)

        assert len(store.history(ORDERS)) == 5
        assert len(store.pending_publications(MAIN)) == 5
        assert len(pooled.sessions) == 3


def test_settings_of_a_database_do_not_count(postgres: Postgres, name: str) -> None:
    """Somebody may have made commits quick, sessions strict, and numbers short."""
    url = postgres.new_database()
    database = url.partition("?")[0].rpartition("/")[2]
    for setting in (
        "synchronous_commit = off",
        "default_transaction_isolation = serializable",
        "search_path = nowhere",
        "extra_float_digits = -10",
        "bytea_output = escape",
    ):
        carry_out(url, f"ALTER DATABASE {database} SET {setting}")
    with closing(open_postgres(url, name, is_alive)) as store:
        made = make_result(1, committed_at=1_700_000_000.123456)
        show_result(store, this_process(), made)
        with store._db.transaction() as write:
            (said,) = write.execute(
                "SELECT current_setting('synchronous_commit')"
            ).fetchone()

        assert said == "on"
        assert store.history(ORDERS) == (made,)


# Processes and hosts.


def test_a_lease_ends_by_the_clock_of_the_server(
    shared_database: str, store: SQLStore, name: str
) -> None:
    """Whatever the time is here, and not before."""
    elsewhere = replace(this_process(), host="elsewhere")
    take_claim(store, elsewhere, ATTEMPT)
    assert isinstance(store.claim(MAIN, ORDERS, "b" * 32, this_process()), Owner)
    (left,) = carry_out(
        shared_database,
        f"SELECT expires - date_part('epoch', now()) FROM {name}.claims",
    )[0]
    assert LEASE_SECONDS - 10 < float(str(left)) <= LEASE_SECONDS

    carry_out(shared_database, f"UPDATE {name}.claims SET expires = expires - 31")

    assert store.dead_claims() != ()
    assert isinstance(store.claim(MAIN, ORDERS, "b" * 32, this_process()), Claim)


def test_machines_that_are_called_alike_are_told_apart() -> None:
    """Another boot is another machine, or this one before: its lease has to end."""
    me = this_process()

    assert is_alive_among_hosts(me) is True
    assert is_alive_among_hosts(replace(me, started="1")) is False
    assert is_alive_among_hosts(replace(me, boot="another")) is None
    assert is_alive_among_hosts(replace(me, host="elsewhere")) is None


def test_who_waits_too_long_for_its_turn_is_told(
    shared_database: str, store: SQLStore, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next time it gets it."""
    with closing(open_postgres(shared_database, name, is_alive)) as other:
        monkeypatch.setattr(connection, "BUSY_SECONDS", 0.1)
        with (
            store._db.transaction(),
            pytest.raises(StoreError, match="was busy for 0 seconds"),
        ):
            take_claim(other, this_process(), ATTEMPT)

        take_claim(other, this_process(), ATTEMPT)


FORKED = """
import os, sys
from assets_core.backends.postgres import open_postgres
from assets_core.backends.process_owner import is_alive
from assets_core.errors import StoreError

store = open_postgres(sys.argv[1], sys.argv[2], is_alive)
child = os.fork()
if not child:
    try:
        store.claims()
    except StoreError as error:
        store.close()
        os._exit(7 if "forked" in str(error) else 1)
    os._exit(2)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert store.claims() == ()
"""


def test_a_forked_process_does_not_use_the_connection(
    shared_database: str, name: str
) -> None:
    """Two processes on one connection would read each other's answers."""
    line = [sys.executable, "-W", "ignore", "-c", FORKED, shared_database, name]
    done = subprocess.run(line, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_closed_store_says_so(store: SQLStore) -> None:
    """Closing twice is closing once."""
    store.close()
    store.close()

    with pytest.raises(StoreError, match="is closed"):
        store.claims()


def test_a_message_that_a_database_cannot_hold_is_spelled_out(store: SQLStore) -> None:
    """Errors of users may have anything in them."""
    error = StepError("ValueError", "half \ud800 and \0")
    step = StepRecord(ORDERS, "failed", error=error)

    store.record_step("r" * 32, MAIN, step, 1.0)

    told = StepError("ValueError", r"half \ud800 and \x00")
    assert store.failures(MAIN) == {ORDERS: ("r" * 32, told)}


def test_without_the_driver_the_extra_is_named(tmp_path: Path) -> None:
    """It is heavy, so it comes only with 'postgres'."""
    (tmp_path / "assets.toml").write_text(
        'modules = ["a"]\n[metadata]\nurl = "postgresql://ada:pw@host/team"\n'
    )
    (tmp_path / "a.py").write_text("")
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from assets_core import Workspace\n"
        "Workspace.open('.')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )

    assert "pip install 'assets-core[postgres]'" in done.stderr
    assert "ada:pw" not in done.stderr
