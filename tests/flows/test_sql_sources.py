"""Sources in databases: the rows of a query, and what their version is."""

from __future__ import annotations

import re
import sqlite3
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.small_project import Project
from tests.postgres import PASSWORD, Postgres, carry_out

MODULE = """
    import datetime
    import decimal

    import pandas as pd


    rows = source("shop/orders", sql={sql!r}, url={url!r}{more})


    @asset(inputs={{"found": "shop/orders"}})
    def orders(found: {form}) -> pa.Table:
        return {result}
"""
ALL = "select id, total from orders"
WATERMARK = "version='select max(updated) from orders'"
TABLE = "create table orders (id int, total int, updated int)"
ROWS = "insert into orders values (1, 10, 100), (2, 20, 200)"

Shop = Callable[..., Project]


class Database:
    """The database of a shop, of one kind or the other."""

    def __init__(self, url: str, do: Callable[..., object]) -> None:
        self.url = url
        self.do = do


@pytest.fixture(params=["sqlite", "postgres"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Database:
    """Give a database with a table of orders."""
    if request.param == "sqlite":

        def do(*statements: str) -> None:
            with sqlite3.connect(tmp_path / "shop.db") as connection:
                for statement in statements:
                    connection.execute(statement)
            connection.close()

        found = Database("sqlite:///shop.db", do)
    else:
        url = request.getfixturevalue("postgres").new_database()
        monkeypatch.setenv("SHOP_PASSWORD", PASSWORD.replace(" ", "%20"))
        shown = url.replace(PASSWORD.replace(" ", "%20"), "${SHOP_PASSWORD}")
        found = Database(shown, lambda *given: carry_out(url, *given))
    found.do(TABLE, ROWS)
    return found


@pytest.fixture
def shop(project: Project, database: Database) -> Shop:
    """Return a maker of a project that reads the orders of a shop."""

    def make(
        sql: str = ALL,
        more: str = "",
        form: str = "pa.Table",
        result: str = "found",
        url: str = "",
    ) -> Project:
        more = more and f", {more}"
        project.write(
            MODULE.format(
                sql=sql, url=url or database.url, more=more, form=form, result=result
            )
        )
        return project

    return make


def test_a_parameter_receives_the_rows(shop: Shop) -> None:
    """In an order of ours, where the query asks for none."""
    project = shop()

    assert project.ended() == {"orders": "computed"}
    assert project.read("orders") == {"id": [1, 2], "total": [10, 20]}
    assert project.reasons("orders") == {}


def test_nothing_is_written_into_a_source(shop: Shop) -> None:
    """Not even for a moment, by a query that gives rows of what it has written."""
    project = shop("update orders set total = 0 where id = 1 returning id, total")

    assert re.search("read-?only", project.error("orders", project.run()))


def test_while_a_watermark_is_null_the_rows_are_the_version(
    shop: Shop, database: Database
) -> None:
    """Rows without a time may come and go, and the greatest time stays nothing."""
    database.do("update orders set updated = null")
    project = shop(more=WATERMARK)
    project.run()
    assert project.reasons("orders") == {}
    database.do("insert into orders values (3, 30, null)")

    assert "input_changed" in project.reasons("orders")
    assert project.ended() == {"orders": "computed"}
    assert project.read("orders")["id"] == [1, 2, 3]


def test_a_query_may_say_the_order(shop: Shop) -> None:
    """Then it is kept."""
    project = shop(f"{ALL} order by id desc")
    project.run()

    assert project.read("orders") == {"id": [2, 1], "total": [20, 10]}


@pytest.mark.parametrize(
    ("form", "result"),
    [
        ("pd.DataFrame", "found.assign(total=found['total'] + 1)"),
        ("Any", "found.assign(total=found['total'] + 1)"),
        ("'polars.DataFrame'", "found.with_columns(total=found['total'] + 1)"),
        ("'duckdb.DuckDBPyRelation'", "found.project('id, total + 1 as total')"),
    ],
)
def test_rows_come_as_any_kind_of_frame(shop: Shop, form: str, result: str) -> None:
    """As those of an asset do."""
    project = shop(form=form, result=result)

    project.run()

    assert project.read("orders")["total"] == [11, 21]


def test_what_reads_them_is_stale_when_the_rows_are_others(
    shop: Shop, database: Database
) -> None:
    """The version is that of the rows, if the source does not say another."""
    project = shop()
    project.run()

    database.do("update orders set updated = 300")
    assert project.reasons("orders") == {}  # it is not among the columns
    database.do("update orders set total = 21 where id = 2")
    assert project.reasons("orders") == {"input_changed": "'shop/orders' changed"}
    assert project.ended() == {"orders": "computed"}
    assert project.read("orders")["total"] == [10, 21]


def test_a_version_query_says_when_to_read_again(shop: Shop, database: Database) -> None:
    """It is cheap where the rows are not: only its result counts."""
    project = shop(more=WATERMARK)
    project.run()

    database.do("update orders set total = 21 where id = 2")
    assert project.reasons("orders") == {}
    database.do("update orders set updated = 300 where id = 2")
    assert project.reasons("orders") == {"input_changed": "'shop/orders' changed"}
    assert project.ended() == {"orders": "computed"}
    assert project.read("orders")["total"] == [10, 21]


def test_another_query_is_another_version(shop: Shop) -> None:
    """The watermark is what it was, and the rows are not."""
    shop(more=WATERMARK).run()

    project = shop("select id, total * 2 as total from orders", WATERMARK)

    assert project.reasons("orders") == {"input_changed": "'shop/orders' changed"}


def test_a_watermark_alone_is_a_table_of_one_row(shop: Shop) -> None:
    """For functions that fetch the rest themselves."""
    project = shop("select max(updated) as last from orders")

    assert project.ended() == {"orders": "computed"}
    assert project.read("orders") == {"last": [200]}
    assert project.reasons("orders") == {}


def test_a_table_without_rows_is_a_version_too(shop: Shop, database: Database) -> None:
    """Nobody has bought anything yet."""
    database.do("delete from orders")
    project = shop(more=WATERMARK, result="pa.table({'rows': [found.num_rows]})")

    assert project.ended() == {"orders": "computed"}
    assert project.read("orders") == {"rows": [0]}
    assert project.reasons("orders") == {}


@pytest.mark.parametrize("more", ["", WATERMARK], ids=["rows", "watermark"])
def test_rows_that_change_between_the_look_and_the_reading_fail_the_step(
    shop: Shop, database: Database, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that are handed over must be the version that is recorded."""
    project = shop(more=more)
    module = pytest.importorskip("assets_core.backends.sql_rows")
    real, calls = module.read_rows, []

    def changing(*args: object) -> object:
        calls.append(args)
        if len(calls) == 3:  # after the looks of the plan and the step
            database.do("insert into orders values (3, 30, 300)")
        return real(*args)

    monkeypatch.setattr(module, "read_rows", changing)

    told = project.error("orders", project.run())

    assert "Source 'shop/orders' changed before it was read" in told


def test_a_watermark_that_changes_while_the_asset_is_computed_fails_the_step(
    shop: Shop, database: Database, tmp_path: Path
) -> None:
    """Somebody was writing: what was read may be half of it."""
    project = shop(more=WATERMARK, result="change(found)")
    (tmp_path / "changing.py").write_text("do = None\n")
    project.edit(
        "    @asset".strip(),
        "def change(found):\n    import changing\n    changing.do()\n    return found\n\n\n"
        "@asset",
    )
    changing = types.ModuleType("changing")
    changing.do = lambda: database.do("update orders set updated = 300")  # type: ignore[attr-defined]
    sys.modules["changing"] = changing
    try:
        told = project.error("orders", project.run())
    finally:
        del sys.modules["changing"]

    assert "Source 'shop/orders' changed while 'orders' was computed" in told


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select nothing from orders", "nothing"),
        ("select id from no_such_table", "no_such_table"),
        ("select id, total as id from orders", "two columns of its query are called 'id'"),
        ("update orders set total = 0", "only"),
        ("no sql at all", "syntax error"),
    ],
)
def test_a_query_that_fails_is_told_in_the_words_of_the_database(
    shop: Shop, sql: str, said: str
) -> None:
    """With the source by name, and where its query stands."""
    project = shop(sql)

    told = project.error("orders", project.run())

    assert "Source 'shop/orders' cannot be read: " in told
    assert said in told
    assert "pipeline.py" in told


def test_a_query_that_writes_changes_nothing(shop: Shop, database: Database) -> None:
    """A source is read, and its transaction is thrown away."""
    project = shop("delete from orders returning id, total")
    project.run()

    project = shop()
    project.run()

    assert project.read("orders")["id"] == [1, 2]


def test_a_percent_sign_and_a_colon_are_no_parameters(shop: Shop) -> None:
    """The text goes to the database as it is written."""
    project = shop("select 'a%b :c %s' as x from orders where '1:2' like '%:2'")
    project.run()

    assert project.read("orders") == {"x": ["a%b :c %s"] * 2}


def test_a_database_that_is_not_there_is_never_fresh(shop: Shop, project: Project) -> None:
    """What was made from it before is kept, and what is planned says why."""
    shop().run()
    shop(url="sqlite:///moved.db")

    assert project.reasons("orders") == {"input_changed": "'shop/orders' cannot be read"}
    told = project.error("orders", project.run())
    assert "cannot be read: there is no file moved.db" in told
    assert not (project.folder / "moved.db").exists()


@pytest.mark.parametrize("url", ["nothing", "oracle+nothing://a", "://"])
def test_a_url_that_is_none_is_told(shop: Shop, project: Project, url: str) -> None:
    """SQLAlchemy's own words would quote it, password and all."""
    shop(url=url)

    told = project.error("orders", project.run())

    assert "Source 'shop/orders' cannot be read" in told


def test_a_password_reaches_nobody(
    project: Project, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither when all is well, nor in what the server says to a wrong one."""
    url = postgres.new_database()
    monkeypatch.setenv("SHOP_URL", url)
    carry_out(url, TABLE, ROWS)
    project.write(
        MODULE.format(sql=ALL, url="${SHOP_URL}", more="", form="pa.Table", result="found")
    )
    assert project.ended() == {"orders": "computed"}
    monkeypatch.setenv("SHOP_URL", url.replace("s3cret", "s3cret-and-wrong"))

    told = project.error("orders", project.run())

    assert "password authentication failed" in told
    assert "s3cret" not in told
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if b"s3cret" in path.read_bytes()] == []


def test_a_query_that_takes_too_long_is_not_waited_for(
    project: Project, postgres: Postgres
) -> None:
    """And the server is told to stop it."""
    url = postgres.new_database()
    sql = "select pg_sleep(20)::text as slept"
    project.write(
        MODULE.format(
            sql=sql, url=url, more=", timeout=0.5", form="pa.Table", result="found"
        )
    )

    started = time.monotonic()
    told = project.error("orders", project.run())
    assert time.monotonic() - started < 6
    assert "no answer within 0.5 s" in told or "statement timeout" in told
    running = "select 1 from pg_stat_activity where query like 'select pg_sleep(20)%'"
    until = time.monotonic() + 5
    while carry_out(url, running) and time.monotonic() < until:
        time.sleep(0.05)
    assert carry_out(url, running) == []


def test_types_of_postgres_keep_what_they_are(project: Project, postgres: Postgres) -> None:
    """Exact numbers stay exact, times keep their zone."""
    url = postgres.new_database()
    sql = """
        select 1.50::numeric(10, 2) as price, 7::bigint as many, true as paid,
               'ä' as name, date '2024-05-01' as day, bytea '\\x01ff' as code,
               timestamptz '2024-05-01 06:00:00+02' as at, null::int as none,
               gen_random_uuid() as id
    """
    project.write(
        MODULE.format(
            sql=sql,
            url=url,
            more=", version='select 1'",
            form="pa.Table",
            result="pa.table({'type': [str(kind) for kind in found.schema.types]})",
        )
    )
    project.run()

    assert project.read("orders")["type"] == [
        *("decimal128(10, 2)", "int64", "bool", "string", "date32[day]", "binary"),
        *("timestamp[us, tz=Etc/UTC]", "null", "string"),
    ]


def test_values_of_no_one_type_are_refused_by_name(
    project: Project, tmp_path: Path
) -> None:
    """SQLite puts anything into any column."""
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table orders (id, total)")
        connection.execute("insert into orders values (1, 10), (2, 'ten')")
    connection.close()
    project.write(
        MODULE.format(
            sql=ALL, url="sqlite:///shop.db", more="", form="pa.Table", result="found"
        )
    )

    told = project.error("orders", project.run())

    assert "column 'total' of its query has values of no one type" in told
    assert "cast it in the query" in told
