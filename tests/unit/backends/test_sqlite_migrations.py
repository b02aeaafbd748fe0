"""A metadata store of an earlier version is brought up to date, with all that is in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import SQLiteStore, open_sqlite
from assets_core.backends.sqlite.schema import APPLICATION_ID, MIGRATIONS
from assets_core.model.records import RunRequest
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_head,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_garbage import AT, place_of

OLD, NEW, OTHER = make_result(1), make_result(2), make_result(3, CUSTOMERS)
HERE = this_process()
ELSEWHERE = replace(HERE, host="elsewhere")
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


def columns(raw: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns of a table."""
    found = raw.execute("SELECT name FROM pragma_table_info(?)", [table])
    return [name for (name,) in found]


def fill(store: SQLiteStore) -> None:
    """Put something into every table that the first version had."""
    show_result(store, HERE, OLD, publish=True)
    show_result(store, HERE, NEW, OLD, publish=True)
    show_result(store, HERE, OTHER, env="dev")
    store.begin_run("f" * 32, "main", RunRequest(("orders",)), HERE, 1.0)
    take_claim(store, HERE, "a" * 32)
    take_claim(store, ELSEWHERE, "b" * 32, CUSTOMERS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a store as the first version wrote it."""
    new, old = tmp_path / "new.db", tmp_path / "metadata.db"
    with closing(open_sqlite(new, is_alive)) as store:
        fill(store)
    with closing(sqlite3.connect(old)) as raw:
        raw.executescript(MIGRATIONS[0])
        raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
        raw.execute("PRAGMA user_version=1")
        raw.execute("DELETE FROM counters")
        tables = [name for (name,) in raw.execute(TABLES)]
        raw.execute("ATTACH ? AS new", [str(new)])
        for table in tables:
            names = ", ".join(columns(raw, table))
            sql = f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}"  # noqa: S608 - names of our own tables
            raw.execute(sql)
        raw.commit()
    return old


def test_the_first_version_has_what_the_second_brings_not_yet(path: Path) -> None:
    """Or the other tests would prove nothing."""
    with closing(sqlite3.connect(path)) as raw:
        assert "expires" not in columns(raw, "claims")
        assert ("condemned",) not in raw.execute(TABLES).fetchall()


def test_an_older_store_keeps_what_is_in_it(path: Path) -> None:
    """Nobody computes anything again because of an upgrade."""
    with closing(open_sqlite(path, is_alive)) as store:
        assert store.head("main", ORDERS) == make_head(NEW)
        assert store.heads("dev") == {CUSTOMERS: make_head(OTHER)}
        assert store.history(ORDERS) == (NEW, OLD)
        assert {one.owner for one in store.claims()} == {HERE, ELSEWHERE}
        assert [run.id for run in store.runs()] == ["f" * 32]
        assert len(store.pending_publications("main")) == 2
        assert store.problems() == ()


def test_an_older_store_can_do_what_is_new(path: Path) -> None:
    """Garbage collection over results that were there before."""
    with closing(open_sqlite(path, is_alive)) as store:
        assert [one.id for one in store.results()] == [OLD.id, NEW.id, OTHER.id]
        assert store.condemned() == ()

        assert store.condemn([place_of(OLD), place_of(NEW)], AT, AT) == 1
        assert store.begin_deletion([place_of(OLD)], HERE) == (place_of(OLD),)


def test_claims_of_an_older_store_have_no_lease(path: Path) -> None:
    """Those of this host are seen all the same; another host has to claim anew."""
    with closing(open_sqlite(path, is_alive)) as store:
        assert store.claim("main", ORDERS, "c" * 32, HERE) == HERE
        assert take_claim(store, HERE, "c" * 32, CUSTOMERS).owner == HERE


def test_an_upgraded_store_is_like_a_new_one(path: Path, tmp_path: Path) -> None:
    """The same tables with the same columns, and the version says so."""
    open_sqlite(path, is_alive).close()

    with (
        closing(sqlite3.connect(path)) as upgraded,
        closing(sqlite3.connect(tmp_path / "new.db")) as new,
    ):
        sql = "SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name"
        assert upgraded.execute(sql).fetchall() == new.execute(sql).fetchall()
        for (table,) in new.execute(TABLES).fetchall():
            assert columns(upgraded, table) == columns(new, table)
        assert upgraded.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_an_upgrade_that_fails_leaves_the_older_store(path: Path) -> None:
    """All steps are one transaction: no version in between is ever seen."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE condemned (in_the_way TEXT)")
        raw.commit()

    with pytest.raises(Exception, match="condemned"):
        open_sqlite(path, is_alive)

    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
        assert "expires" not in columns(raw, "claims")
