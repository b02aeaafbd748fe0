"""The PostgreSQL store: one that is only read, and statements that may not take long."""

# ruff: noqa: S608 - the names in these statements come from a test

from __future__ import annotations

from contextlib import closing

import pytest

from assets_core.backends.metadata.schema import MIGRATIONS
from assets_core.backends.postgres import open_postgres
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.errors import ConfigurationError, StoreError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN
from assets_core.testing.examples import ORDERS, make_commit, make_result
from tests.postgres import PASSWORD, Postgres, carry_out, new_schema
from tests.postgres_proxy import Proxy

ATTEMPT = "a" * 32


@pytest.fixture
def name() -> str:
    """Give the name of a schema."""
    return new_schema()


def test_a_store_that_is_only_read_is_neither_made_nor_upgraded(
    shared_database: str, name: str
) -> None:
    """Who looks at the store of others, with rights to do more, leaves it as it is."""

    def refused_to_read() -> ConfigurationError:
        with pytest.raises(ConfigurationError, match="only be read here") as told:
            open_postgres(shared_database, name, is_alive, read_only=True)
        return told.value

    assert "no metadata store yet" in str(refused_to_read())
    schemas = f"SELECT count(*) FROM pg_namespace WHERE nspname = '{name}'"
    assert carry_out(shared_database, schemas) == [(0,)]
    open_postgres(shared_database, name, is_alive).close()
    with (
        closing(open_postgres(shared_database, name, is_alive, read_only=True)) as store,
        pytest.raises(StoreError, match="can only be read"),
    ):
        store.claim(MAIN, ORDERS, ATTEMPT, this_process())

    older = len(MIGRATIONS) - 1
    carry_out(shared_database, f"UPDATE {name}.store_version SET version = {older}")
    assert f"has version {older}" in str(refused_to_read())
    versions = carry_out(shared_database, f"SELECT version FROM {name}.store_version")
    assert versions == [(older,)]


def test_the_time_that_a_role_has_for_statements_does_not_end_a_transaction(
    shared_database: str, name: str
) -> None:
    """A read that takes longer is canceled by the server, and told as what it is."""
    limited = f"{shared_database}&options=-c%20statement_timeout%3D100"
    open_postgres(shared_database, name, is_alive).close()
    with closing(open_postgres(limited, name, is_alive)) as store:
        with store._db.transaction() as write:
            write.execute("SELECT pg_sleep(0.2)")
        with pytest.raises(StoreError, match="canceled a statement") as told:
            store._db.rows("SELECT pg_sleep(10)")

        assert "statement_timeout" in told.value.fix
        assert store.heads(MAIN) == {}


def test_a_commit_of_many_cells_takes_few_messages(
    postgres: Postgres, shared_database: str, name: str
) -> None:
    """Whatever chunks they are in: a network answers each message some time later."""
    database = shared_database.partition("?")[0].rpartition("/")[2]
    cells = [Cell(AssetKey("spread"), f"key_{number}") for number in range(250)]
    with (
        Proxy(postgres.socket) as proxy,
        closing(
            open_postgres(
                proxy.url(database, f"postgres:{PASSWORD.replace(' ', '%20')}"),
                name,
                is_alive,
            )
        ) as store,
    ):
        attempts = {cell: f"{number:032x}" for number, cell in enumerate(cells)}
        claims = store.claim_all(MAIN, attempts, this_process())
        assert isinstance(claims, tuple)
        commits = [
            make_commit(claim, make_result(number, claim.cell), None, publish=True)
            for number, claim in enumerate(claims)
        ]
        proxy.lose(lambda number, request: False, applied=False)

        notes = store.commit_all(commits)

        assert proxy.requests < 50
        assert len(set(notes)) == len(store.heads(MAIN)) == len(cells)
