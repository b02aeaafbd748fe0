"""Environments and folders of assets that are called as the DuckDB file is."""

from __future__ import annotations

import duckdb
import pytest

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell
from tests.flows.small_project import SETTINGS, Project

BODY = """
from assets_core import StaticPartitions

@asset(key="KEY")
def numbers() -> pa.Table:
    return pa.table({"n": [1]})

@asset(partitions=StaticPartitions(["a", "b"]))
def parts(context) -> pa.Table:
    return pa.table({"n": [1]})
"""


def write(project: Project, key: str, storage: str) -> None:
    """Write and run a project whose assets are in `stock.duckdb`."""
    lines = f'[io.w]\ntype = "duckdb"\nstorage = "{storage}"\n'
    file = 'database = "data/stock.duckdb"\n'
    project.write(BODY.replace("KEY", key), settings=SETTINGS + lines + file)
    project.run()


def found(project: Project, sql: str) -> list[tuple[object, ...]]:
    """Return what somebody finds who opens the file."""
    file = str(project.folder / "data" / "stock.duckdb")
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("storage", ["tables", "views"])
def test_an_environment_called_as_the_file_has_stable_views(
    project: Project, storage: str
) -> None:
    """Until it is dropped. A query has to name the file, too, as the path does."""
    write(project, "numbers", storage)
    with Workspace.open(project.folder) as workspace:
        assert not workspace.environments.create("stock").unpublished

    with Workspace.open(project.folder, env="stock") as workspace:
        assert workspace.plan().counts["compute"] == 0
        manager = workspace.tools.io["w"]
        path = str(manager.stable_path(Cell(AssetKey("numbers")), env="stock"))
    assert path.endswith("stock.duckdb: stock.stock.numbers")
    assert found(project, "FROM stock.stock.numbers") == [(1,)]
    assert found(project, "SELECT sum(n) FROM stock.stock.parts") == [(2,)]
    with Workspace.open(project.folder) as workspace:
        workspace.environments.drop("stock")
    assert found(project, "FROM duckdb_schemas() WHERE schema_name = 'stock'") == []
    assert found(project, "FROM numbers") == [(1,)]


@pytest.mark.parametrize("storage", ["tables", "views"])
def test_assets_in_a_folder_called_as_the_file_have_stable_views(
    project: Project, storage: str
) -> None:
    """Whichever version they show."""
    write(project, "stock/numbers", storage)
    project.edit('{"n": [1]})\n\n@asset(part', '{"n": [2]})\n\n@asset(part')
    project.run()

    assert found(project, "FROM stock.stock.numbers") == [(2,)]
    assert project.ended() == {}
