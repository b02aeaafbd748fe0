"""Projects in which queries make assets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.small_project import SETTINGS, Project

STORES = {
    "parquet": "",
    "duckdb tables": '[io.default]\ntype = "duckdb"\n',
    "duckdb views": '[io.default]\ntype = "duckdb"\nstorage = "views"\n',
}
BODY = """
from datetime import timedelta

from assets_core import *

DAYS = DailyPartitions("2024-01-01", "2024-01-06")


@asset(key="raw/flights")
def flights() -> pa.Table:
    return pa.table({"carrier": ["a", "b", "a"], "delay": [1, 20, 30]})


@asset(key="raw/airlines")
def airlines() -> pa.Table:
    return pa.table({"carrier": ["a", "b"], "Name": ["Ada", "Bob"]})


@asset(partitions=DAYS)
def days(context) -> pa.Table:
    start = context.partition.start
    return pa.table({
        "moment": [start + timedelta(hours=hour) for hour in range(3)],
        "n": [start.day] * 3,
    })
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project without a module yet."""
    return Project(tmp_path)


@pytest.fixture(params=STORES)
def stored(request: pytest.FixtureRequest, project: Project) -> Project:
    """Return a project without a module yet, for each kind of store."""
    project.write("", settings=SETTINGS + STORES[request.param])
    return project


def write(project: Project, more: str = "") -> None:
    """Write the module: flights, airlines, days, and more."""
    (project.folder / "assets.toml").touch()
    if not (project.folder / "assets.toml").read_text():
        (project.folder / "assets.toml").write_text(SETTINGS)
    head = "import pyarrow as pa\n"
    (project.folder / "pipeline.py").write_text(head + BODY + more)
