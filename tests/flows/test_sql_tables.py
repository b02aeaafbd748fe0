"""Projects whose tables lie in a database, as those see them who only know SQL."""

# ruff: noqa: S608 - the names in these statements come from the test

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assets_core import ConfigurationError, Workspace
from tests.flows.small_project import SETTINGS, Project
from tests.postgres import PASSWORD, Postgres, carry_out

RETENTION = "[retention]\nversions = 1\ndays = 0\ngrace_hours = 0\n"
ORDERS = """
    ROWS = [1, 2]


    @asset(key="raw/orders")
    def orders() -> pa.Table:
        return pa.table({"id": ROWS, "Total": [10 * one for one in ROWS]})


    @asset(inputs={"orders": "raw/orders"})
    def total(orders: pa.Table) -> pa.Table:
        return pa.table({"total": [sum(orders["Total"].to_pylist())]})
"""
DAYS = """
    from assets_core import StaticPartitions

    DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"]


    @asset(partitions=StaticPartitions(DAYS))
    def sold(context) -> pa.Table:
        day = int(context.partition.key[-1])
        return pa.table({"day": [day], "sold": [100 * day]})
"""


@dataclass
class Shop:
    """A project that keeps its tables in a database, and a way into that."""

    project: Project
    url: str
    ask: Callable[..., list[tuple[Any, ...]]]
    raw: str

    def write(self, body: str, more: str = "") -> None:
        """Write its module, with `more` options of its IO manager."""
        io = f'[io.db]\ntype = "sql"\nurl = "{self.url}"\n{more}'
        self.project.write(
            body,
            settings=f"{SETTINGS}{io}\n{RETENTION}",
        )


@pytest.fixture(params=["sqlite", "postgres"])
def shop(
    request: pytest.FixtureRequest,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    """Return a project that keeps its tables in a database."""
    if request.param == "sqlite":

        def ask(*statements: str) -> list[tuple[Any, ...]]:
            connection = sqlite3.connect(tmp_path / "data/shop.db")
            try:
                with connection:
                    for one in statements:
                        found = connection.execute(one)
                    return found.fetchall()
            finally:
                connection.close()

        return Shop(project, "sqlite:///data/shop.db", ask, '"raw.orders"')
    url = request.getfixturevalue("postgres").new_database()
    quoted = PASSWORD.replace(" ", "%20")
    monkeypatch.setenv("SHOP_PASSWORD", quoted)
    shown = url.replace(quoted, "${SHOP_PASSWORD}")
    return Shop(project, shown, lambda *given: carry_out(url, *given), "raw.orders")


def test_each_asset_is_a_view_of_its_name(shop: Shop) -> None:
    """With the columns as they were returned."""
    shop.write(ORDERS)

    assert shop.project.ended() == {"raw/orders": "computed", "total": "computed"}
    assert shop.ask(f'SELECT id, "Total" FROM {shop.raw} ORDER BY id') == [(1, 10), (2, 20)]
    assert shop.ask("SELECT * FROM total") == [(30,)]
    assert shop.project.read("total") == {"total": [30]}
    assert shop.project.ended() == {}


def test_a_newer_version_takes_the_place_of_the_older(shop: Shop) -> None:
    """And what was there before is shown again without computing it."""
    shop.write(ORDERS)
    shop.project.run()
    shop.project.edit("[1, 2]", "[1, 2, 3]")

    assert shop.project.ended() == {"raw/orders": "computed", "total": "computed"}
    assert shop.ask("SELECT * FROM total") == [(60,)]
    shop.project.edit("[1, 2, 3]", "[1, 2]")
    assert shop.project.ended() == {"raw/orders": "reused", "total": "reused"}
    assert shop.ask("SELECT * FROM total") == [(30,)]


def test_other_columns_make_another_view(shop: Shop) -> None:
    """Also where a column goes, which a view that is replaced may not do."""
    shop.write(ORDERS)
    shop.project.run()
    shop.project.edit('{"total": [', '{"all_of_it": ["x"], "amount": [')

    assert shop.project.ended() == {"total": "computed"}
    assert shop.ask("SELECT all_of_it, amount FROM total") == [("x", 30)]


def test_a_step_that_fails_leaves_what_was_shown(shop: Shop) -> None:
    """Nobody ever sees half of a table."""
    shop.write(ORDERS)
    shop.project.run()
    shop.project.edit("[sum(", "[1 / 0, sum(")

    assert shop.project.ended() == {"total": "failed"}
    assert shop.ask("SELECT * FROM total") == [(30,)]


def test_partitions_are_shown_together_with_their_keys(shop: Shop) -> None:
    """One view for all, in which a newer partition leaves the others."""
    shop.write(DAYS)
    shop.project.run()
    asked = "SELECT partition, day, sold FROM sold ORDER BY day"

    assert shop.ask(asked) == [
        ("2024-01-01", 1, 100),
        ("2024-01-02", 2, 200),
        ("2024-01-03", 3, 300),
    ]
    shop.project.edit("100 * day", "(150 if day == 2 else 100) * day")
    shop.project.run(partitions="2024-01-02")
    assert [row[2] for row in shop.ask(asked)] == [100, 300, 300]


def test_partitions_of_other_columns_are_shown_together(shop: Shop) -> None:
    """After a change of code some have the new column, and some do not yet."""
    shop.write(DAYS)
    shop.project.run()
    shop.project.edit('"sold": [100 * day]', '"sold": ["many"], "new": [1.5]')
    shop.project.run(partitions="2024-01-02")

    assert shop.ask('SELECT sold, "new" FROM sold ORDER BY day') == [
        ("100", None),
        ("many", "1.5"),
        ("300", None),
    ]


def test_earlier_versions_are_deleted_and_what_is_shown_stays(shop: Shop) -> None:
    """Collected as any stored data is, with their rows."""
    shop.write(ORDERS)
    shop.project.run()
    shop.project.edit("[1, 2]", "[1, 2, 3]")
    shop.project.run()

    with Workspace.open(shop.project.folder) as workspace:
        workspace.gc()
        workspace.gc()
        objects = [*workspace.tools.io["db"].objects()]

    assert len(objects) == 2
    assert shop.ask("SELECT * FROM total") == [(60,)]
    assert shop.project.ended() == {}


def test_a_table_of_somebody_else_is_left_alone(shop: Shop) -> None:
    """It has the name that the asset would have."""
    (shop.project.folder / "data").mkdir()
    shop.ask("CREATE TABLE total (precious int)", "INSERT INTO total VALUES (7)")
    shop.write(ORDERS)

    result = shop.project.run()

    assert "something else is at its stable name total" in shop.project.error(
        "total", result
    )
    assert shop.ask("SELECT * FROM total") == [(7,)]


def test_a_row_that_was_changed_from_outside_is_noticed(shop: Shop) -> None:
    """By whoever reads it, with the column."""
    shop.write(ORDERS)
    shop.project.run()
    versions, rows = ("_assets.versions", '_assets."{}"')
    if shop.url.startswith("sqlite"):
        versions, rows = ('"_assets.versions"', '"{}"')
    ((name,),) = shop.ask(f"SELECT shape FROM {versions} WHERE cell = 'total'")
    shop.ask(f"UPDATE {rows.format(name)} SET total = 31")

    with pytest.raises(Exception, match="column 'total' has other values"):
        shop.project.read("total")


def test_without_views_nothing_is_shown(shop: Shop) -> None:
    """For those whose tables are nobody else's business."""
    shop.write(ORDERS, 'publish = "none"')
    shop.project.run()

    assert shop.project.read("total") == {"total": [30]}
    with pytest.raises(Exception, match="total"):
        shop.ask("SELECT * FROM total")


def test_a_password_reaches_nobody(
    project: Project, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the metadata store nor a log nor an error of the server's."""
    monkeypatch.setenv("SHOP_URL", postgres.new_database())
    shop = Shop(project, "${SHOP_URL}", list, "")
    shop.write(ORDERS)
    project.run()
    monkeypatch.setenv("SHOP_URL", "postgresql://ada:s3cret-and-wrong@127.0.0.1:9/shop")

    told = project.error("raw/orders", project.run())

    assert "cannot be" in told
    assert "s3cret" not in told
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if b"s3cret" in path.read_bytes()] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("", "'url' must name a database"),
        ('url = "nothing"', "'url' must be like 'postgresql://user@host/database'"),
        ('url = "mysql://ada:s3cret@host/shop"', "PostgreSQL or a file of SQLite"),
        ('url = "sqlite://"', "PostgreSQL or a file of SQLite"),
        ('url = "sqlite:///a.db"\npublish = "link"', "'publish' must be one of view, none"),
        ('url = "sqlite:///a.db"\nlock_timeout = -1', "'lock_timeout' must be a number"),
        ('url = "sqlite:///a.db"\nroot = "data"', "there is no option 'root'"),
    ],
)
def test_wrong_options_are_told(project: Project, options: str, said: str) -> None:
    """When the project is opened, without what may be a password."""
    project.write(ORDERS, settings=f'{SETTINGS}[io.db]\ntype = "sql"\n{options}\n')

    with pytest.raises(ConfigurationError, match=said) as told:
        project.plan()

    assert "s3cret" not in str(told.value)
