"""Many who write into one database at once, and names that databases do not take."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets_core.errors import DatabaseBusyError
from assets_core.model.keys import AssetKey, Cell
from assets_core.protocols.io import IOManager
from assets_core.testing.io_suite import ORDERS, ROWS, assert_same, keep, show
from io_managers.sql import make_sql

WRITERS = 8
Open = Callable[..., IOManager]


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Return what opens an IO manager, each time another one over the same data."""
    url = "sqlite:///shop.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").new_database()

    def make(**options: object) -> IOManager:
        return make_sql(str(tmp_path), {"url": url, **options})

    return make


def test_many_begin_in_an_empty_database_at_once(opened: Open) -> None:
    """All of them want to make the same tables, schemas and views."""

    def write(number: int) -> None:
        manager, cell = opened(), Cell(AssetKey(f"raw/orders{number}"))
        for turn in range(3):
            rows = pa.table({"id": [number, turn]})
            stored = keep(manager, rows, cell)
            show(manager, stored, cell)
            assert_same(manager.read(cell, stored, rows.schema), rows)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))

    manager = opened()
    assert len([*manager.objects()]) == 3 * WRITERS
    assert manager.leftovers() == {}


def test_many_show_partitions_of_one_asset_at_once(opened: Open) -> None:
    """One view has to be made by whoever comes first."""
    cells = [Cell(ORDERS.asset, f"2024-01-{day:02}") for day in range(1, 25)]

    def write(cell: Cell) -> str:
        manager = opened()
        stored = keep(manager, ROWS, cell)
        show(manager, stored, cell, names=("date",))
        return stored.location

    with ThreadPoolExecutor(WRITERS) as threads:
        locations = list(threads.map(write, cells))

    manager = opened()
    assert [
        manager.published(cell, env="main", names=("date",)) for cell in cells
    ] == locations


def test_a_name_that_is_too_long_is_shortened(opened: Open) -> None:
    """PostgreSQL would forget the end of it, and take two for one."""
    long = "a" * 80
    cells = [Cell(AssetKey(f"{long}{end}")) for end in "xy"]
    table = pa.table({f"{long}1": [1], f"{long}2": [2]})

    for cell in cells:
        manager = opened()
        stored = keep(manager, table, cell)
        show(manager, stored, cell)

        assert manager.published(cell, env="main") == stored.location
        assert_same(manager.read(cell, stored, table.schema), table)


def test_names_of_columns_that_are_taken_are_changed_for_others(opened: Open) -> None:
    """Ours, and those that PostgreSQL has for itself; functions see their own."""
    table = pa.table({"_row": [1], "ctid": [2], "%(c0)s": [3], "a:b": [4], "": [5]})
    manager = opened()

    stored = keep(manager, table)
    show(manager, stored)

    assert_same(manager.read(ORDERS, stored, table.schema), table)


def test_a_writer_that_others_keep_waiting_gives_up(tmp_path: Path) -> None:
    """Somebody has begun a transaction in a shell, and gone home."""
    manager = make_sql(str(tmp_path), {"url": "sqlite:///shop.db", "lock_timeout": 0.1})
    keep(manager)
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseBusyError, match=r"'orders' cannot be stored: .* locked"):
        keep(manager, ROWS.slice(1))

    other.close()


def test_what_is_not_durable_is_not_there(opened: Open) -> None:
    """A transaction that fails in its middle leaves nothing of it."""
    manager = opened()
    kept = keep(manager)
    late = pa.table({"at": pa.array([2**62], pa.timestamp("us"))})  # after the year 9999

    with pytest.raises(Exception, match="cannot hold the data of column 'at'"):
        keep(manager, late)

    assert {one.location for one in manager.objects()} == {kept.location}
    assert manager.leftovers() == {}


def test_partitions_of_different_columns_are_all_shown(opened: Open) -> None:
    """Whoever makes the view last has to know of the others."""
    cells = [Cell(ORDERS.asset, f"2024-01-{day:02}") for day in range(1, 9)]

    def write(cell: Cell) -> None:
        manager, day = opened(), str(cell.partition)
        column = f"only_{int(day[-2:]) % 4}"
        show(manager, keep(manager, pa.table({column: [day]}), cell), cell, names=("date",))

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, cells))

    assert len(rows_of(opened(), 'SELECT "date" FROM orders')) == len(cells)


def rows_of(manager: Any, query: str) -> list[Any]:
    """Return what a query finds that anybody might ask."""
    with manager._database.engine.connect() as connection:
        return list(connection.exec_driver_sql(query))
