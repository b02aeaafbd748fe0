"""A store on another machine, as several threads of one process use it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest

from assets_core.errors import StoreError
from assets_core.model.keys import AssetKey, Cell
from assets_core.protocols.io import IOManager, Shown
from io_managers.formats.parquet import parquet_format
from io_managers.options import checked_options
from io_managers.parquet import make_parquet
from io_managers.stores.opening import PLACE, open_store
from io_managers.tables import Columns, FormatIOManager

THREADS = 8


SCHEMA = pa.schema([("name", pa.string())])


@pytest.fixture
def root(tmp_path: Path) -> Iterator[str]:
    """Give a root in the memory of this process."""
    yield f"memory:/{tmp_path}/lake"
    fsspec.filesystem("memory").rm(f"{tmp_path}/lake", recursive=True)


def shown(manager: IOManager, name: str) -> Shown:
    """Keep a small table, and return what is to be published."""
    cell = Cell(AssetKey(name))
    staged = manager.stage([(cell, pa.table({"name": [name]}, SCHEMA), name)])
    (stored,) = manager.seal(staged)
    return cell, stored, name


def test_the_first_publications_may_be_made_at_once(tmp_path: Path, root: str) -> None:
    """Each of several threads finds that nothing was published before."""
    for number in range(3):
        below = {"root": f"{root}/{number}", "publish": "copy"}
        manager = make_parquet(str(tmp_path), below)
        ready = threading.Barrier(THREADS)
        all_shown = [shown(manager, f"table{one}") for one in range(THREADS)]

        def publish(one: Shown, publish: Any = manager.publish, wait: Any = ready) -> None:
            wait.wait(10)
            publish([one], how=None, env="main")

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(publish, all_shown))

        for cell, stored, _ in all_shown:
            assert manager.published(cell, env="main") == stored.location


def copies(folder: Path) -> list[Path]:
    """Return the copies on this machine."""
    found = folder.glob(".assets/remote/*/copies/**/*")
    return [path for path in found if path.is_file()]


def manager_that_loses(root: str, folder: Path, times: int) -> IOManager:
    """Return an IO manager whose copies are removed so often just before they are read."""
    options = checked_options({"root": root}, PLACE, {})
    store, _ = open_store(str(folder), options, ".parquet")
    form, left = parquet_format("snappy"), iter(range(times))

    def read(path: str, end: str, schema: pa.Schema, columns: Columns) -> pa.Table:
        if next(left, None) is not None:
            Path(path).unlink()
        return form.read(path, end, schema, columns)

    return FormatIOManager(store, replace(form, read=read), "none")


def test_a_copy_that_is_removed_before_it_is_read_is_fetched_again(
    tmp_path: Path, root: str
) -> None:
    """Another process made room; nothing is damaged."""
    manager = manager_that_loses(root, tmp_path, 1)
    cell, stored, _ = shown(manager, "orders")

    assert manager.read(cell, stored, SCHEMA).to_pydict() == {"name": ["orders"]}


def test_copies_that_are_always_removed_are_not_called_damaged(
    tmp_path: Path, root: str
) -> None:
    """Computing again would not help."""
    manager = manager_that_loses(root, tmp_path, 2)
    cell, stored, _ = shown(manager, "orders")

    with pytest.raises(StoreError, match="'orders' on this machine is removed"):
        manager.read(cell, stored, SCHEMA)


def test_partitions_of_one_object_are_read_from_one_copy(tmp_path: Path, root: str) -> None:
    """A lazy frame asks for each of them."""
    manager = make_parquet(str(tmp_path), {"root": root})
    cells = [Cell(AssetKey("sold"), f"2024-01-0{day}") for day in range(1, 4)]
    tables = [(cell, pa.table({"name": [cell.partition]}, SCHEMA)) for cell in cells]
    (stored,) = manager.seal([manager.stage_together(tables, "attempt")])
    assert copies(tmp_path) == []

    assert [manager.parquet_file(cell, stored) for cell in cells] == [None] * 3

    assert len(copies(tmp_path)) == 1
