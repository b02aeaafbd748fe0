"""A metadata store of an earlier version is brought up to date, with all that is in it."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from assets_core.backends.metadata.schema import MIGRATIONS
from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.backends.sqlite.connection import APPLICATION_ID
from assets_core.errors import StoreError
from assets_core.model.keys import Cell
from assets_core.model.records import Backfill, Head, RunRequest
from assets_core.model.versions import digest
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_head,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_garbage import AT, place_of

PACKED = 3
"""The version from which on heads are written as they are now."""

BACKFILLS = 4
"""The version from which on a run says which backfill it is part of."""

OLD_HEAD = struct.Struct("<q16s16s16s16sdB")
OLD, NEW, OTHER = make_result(1), make_result(2), make_result(3, CUSTOMERS)
HERE = this_process()
ELSEWHERE = replace(HERE, host="elsewhere")
ENVS = ("main", "dev")
BACKFILL = "e" * 32
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


def columns(raw: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns of a table."""
    found = raw.execute("SELECT name FROM pragma_table_info(?)", [table])
    return [name for (name,) in found]


def as_it_was(head: Head) -> bytes:
    """Return a head as the first two versions wrote it."""
    digests = map(bytes.fromhex, head[:4])
    return OLD_HEAD.pack(0, *digests, head.at, head.held)


def fill(store: SQLStore) -> None:
    """Put something into every table that the first version had."""
    show_result(store, HERE, OLD, publish=True)
    show_result(store, HERE, NEW, OLD, publish=True)
    held = make_head(OTHER)._replace(held=True)
    show_result(store, HERE, OTHER, env="dev", head=held)
    store.begin_run("f" * 32, "main", RunRequest(("orders",)), HERE, 1.0)
    store.begin_run(
        BACKFILL, "main", RunRequest((), backfill=Backfill(BACKFILL)), HERE, 2.0
    )
    take_claim(store, HERE, "a" * 32)
    take_claim(store, ELSEWHERE, "b" * 32, CUSTOMERS)


@pytest.fixture(params=[1, 2, 3, 4])
def version(request: pytest.FixtureRequest) -> int:
    """Give the version of an older store."""
    return int(request.param)


@pytest.fixture
def path(tmp_path: Path, version: int) -> Path:
    """Give a store as an earlier version wrote it."""
    new, old = tmp_path / "new.db", tmp_path / "metadata.db"
    with closing(open_sqlite(new, is_alive)) as store:
        fill(store)
        heads = {
            (env, cell): head for env in ENVS for cell, head in store.heads(env).items()
        }
    with closing(sqlite3.connect(old)) as raw:
        for step in chain.from_iterable(MIGRATIONS[:version]):
            if isinstance(step, str):
                raw.executescript(step)
            else:
                step(raw)
        raw.execute(f"PRAGMA application_id={APPLICATION_ID}")
        raw.execute(f"PRAGMA user_version={version}")
        raw.execute("DELETE FROM counters")
        tables = [name for (name,) in raw.execute(TABLES)]
        raw.execute("ATTACH ? AS new", [str(new)])
        for table in tables:
            names = ", ".join(columns(raw, table))
            sql = f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}"  # noqa: S608 - names of our own tables
            raw.execute(sql)
        for (env, cell), head in heads.items() if version < PACKED else ():
            body = as_it_was(head)
            put_head(raw, env, cell, digest(body), body)
        raw.commit()
    return old


def put_head(
    raw: sqlite3.Connection, env: str, cell: Cell, recorded: str, body: object
) -> None:
    """Write a head by hand."""
    raw.execute(
        "UPDATE heads SET digest = ?, body = ? WHERE env = ? AND asset = ?",
        (recorded, body, env, cell.asset),
    )


def test_an_earlier_version_has_not_yet_what_later_ones_bring(
    path: Path, version: int
) -> None:
    """Or the other tests would prove nothing."""
    with closing(sqlite3.connect(path)) as raw:
        tables = raw.execute(TABLES).fetchall()
        assert ("expires" in columns(raw, "claims")) == (version > 1)
        assert (("condemned",) in tables) == (version > 1)
        assert ("count" in columns(raw, "heads")) == (version >= PACKED)
        assert (("dynamic_keys",) in tables) == (version >= PACKED)
        assert ("backfill" in columns(raw, "runs")) == (version >= BACKFILLS)
        assert ("quarantines",) not in tables


def test_an_older_store_keeps_what_is_in_it(path: Path) -> None:
    """Nobody computes anything again because of an upgrade."""
    with closing(open_sqlite(path, is_alive)) as store:
        assert store.head("main", ORDERS) == make_head(NEW)
        assert store.heads("main") == {ORDERS: make_head(NEW)}
        assert store.heads("dev") == {CUSTOMERS: make_head(OTHER)._replace(held=True)}
        assert [one.name for one in store.environments.all()] == [*ENVS]
        assert store.shown() == {NEW.id, OTHER.id}
        assert store.history(ORDERS) == (NEW, OLD)
        assert {one.owner for one in store.claims()} == {HERE, ELSEWHERE}
        assert [run.id for run in store.runs()] == [BACKFILL, "f" * 32]
        assert [run.id for run in store.backfill_runs()] == [BACKFILL]
        assert len(store.pending_publications("main")) == 2
        assert store.problems() == ()


def test_an_older_store_can_do_what_is_new(path: Path) -> None:
    """Garbage collection over results that were there before."""
    with closing(open_sqlite(path, is_alive)) as store:
        assert [one.id for one in store.results()] == [OLD.id, NEW.id, OTHER.id]
        assert store.condemned() == ()

        assert store.condemn([place_of(OLD), place_of(NEW)], AT, AT) == 1
        assert store.begin_deletion([place_of(OLD)], HERE) == (place_of(OLD),)


def test_a_cell_of_an_older_store_can_move_on(path: Path) -> None:
    """Its head is found where it was put, and compared with what a run has seen."""
    later = make_result(4, CUSTOMERS)

    with closing(open_sqlite(path, is_alive)) as store:
        show_result(store, HERE, later, OTHER, env="dev")
        one = Cell(CUSTOMERS.asset, "eu")
        show_result(store, HERE, make_result(5, one), env="dev")

        assert store.head("dev", CUSTOMERS) == make_head(later)
        assert store.head("dev", one) == make_head(make_result(5, one))


@pytest.mark.parametrize("body", [b"", b"\x00" * 89, b"\x00" * 90, "text", 7], ids=repr)
def test_a_damaged_head_of_an_older_store_stays_damaged(path: Path, body: object) -> None:
    """An upgrade must neither stop at it nor make it look whole."""
    with closing(sqlite3.connect(path)) as raw:
        put_head(raw, "main", ORDERS, digest("what was there"), body)
        raw.commit()

    with closing(open_sqlite(path, is_alive)) as store:
        assert store.head("dev", CUSTOMERS) is not None
        with pytest.raises(StoreError, match="head"):
            store.head("main", ORDERS)


@pytest.mark.parametrize("version", [1, 2], indirect=True)
@pytest.mark.parametrize("body", ["{", "[]", b"\xff\xfe", '{"rows": "many"}', 7], ids=repr)
def test_a_damaged_result_does_not_stop_an_upgrade(path: Path, body: object) -> None:
    """Its head still names it; whoever reads the result is told."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE materializations SET body = ? WHERE id = ?", (body, NEW.id))
        raw.commit()

    with closing(open_sqlite(path, is_alive)) as store:
        assert store.head("main", ORDERS) == make_head(NEW)._replace(rows=0)
        with pytest.raises(StoreError):
            store.materializations([NEW.id])


@pytest.mark.parametrize("version", range(1, BACKFILLS), indirect=True)
@pytest.mark.parametrize(
    "body", ["{", "[]", b"\xff\xfe", '{"backfill": 3}', '{"backfill": []}', 7], ids=repr
)
def test_a_damaged_run_does_not_stop_an_upgrade(path: Path, body: object) -> None:
    """It is part of no backfill; whoever reads it is told."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE runs SET request = ? WHERE id = ?", (body, BACKFILL))
        raw.commit()

    with closing(open_sqlite(path, is_alive)) as store:
        assert store.backfill_runs() == ()
        assert store.run("f" * 32) is not None
        with pytest.raises(StoreError):
            store.run(BACKFILL)


@pytest.mark.parametrize("version", [1], indirect=True)
def test_claims_of_the_first_version_have_no_lease(path: Path) -> None:
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


@pytest.mark.parametrize(
    ("version", "table"),
    [
        *((1, "condemned"), (1, "dynamic_keys"), (2, "dynamic_keys")),
        *((2, "runs_of_backfills"), (3, "runs_of_backfills")),
    ],
    indirect=["version"],
)
def test_an_upgrade_that_fails_leaves_the_older_store(
    path: Path, version: int, table: str
) -> None:
    """All steps are one transaction: no version in between is ever seen."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"CREATE TABLE {table} (in_the_way TEXT)")
        raw.commit()

    with pytest.raises(Exception, match=table):
        open_sqlite(path, is_alive)

    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (version,)
        assert ("expires" in columns(raw, "claims")) == (version > 1)
        assert ("count" in columns(raw, "heads")) == (version >= PACKED)
        assert "backfill" not in columns(raw, "runs")
        assert ("old_heads",) not in raw.execute(TABLES).fetchall()


@pytest.mark.parametrize("version", [2], indirect=True)
def test_an_upgrade_that_fails_half_way_through_the_heads_leaves_them(path: Path) -> None:
    """A head that nobody can move, although its digest is right."""
    with closing(sqlite3.connect(path)) as raw:
        put_head(raw, "main", ORDERS, digest(b"short"), b"short")
        raw.commit()
        before = raw.execute("SELECT * FROM heads ORDER BY env").fetchall()

    with pytest.raises(struct.error):
        open_sqlite(path, is_alive)

    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT * FROM heads ORDER BY env").fetchall() == before
