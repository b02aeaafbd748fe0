"""Projects that tests start from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.flows.object_store_project import Lake
from tests.flows.small_project import Project

if TYPE_CHECKING:
    from tests.object_store.proxy import Proxy
    from tests.object_store.swift_server import Swift


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project without a module yet."""
    return Project(tmp_path)


@pytest.fixture
def orders(project: Project) -> Callable[[], Project]:
    """Return a maker of a project with a source, a helper, a constant and two branches."""

    def make() -> Project:
        project.write(
            """
            LIMIT = 3
            prices = source("prices", path="prices.txt")


            def parse(text):
                return [int(word) for word in text.split()]


            @asset
            def orders(prices: Path) -> pa.Table:
                return pa.table({"price": parse(prices.read_text())})


            @asset
            def cheap(orders: pa.Table) -> pa.Table:
                kept = [n for n in orders["price"].to_pylist() if n <= LIMIT]
                return pa.table({"price": kept})


            @asset
            def cheap_count(cheap: pa.Table) -> pa.Table:
                return pa.table({"count": [cheap.num_rows]})


            @asset
            def total(orders: pa.Table) -> pa.Table:
                return pa.table({"total": [sum(orders["price"].to_pylist())]})
            """
        )
        (project.folder / "prices.txt").write_text("1 2 3 4 5")
        return project

    return make


@pytest.fixture
def lake(
    project: Project, swift: Swift, s3_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> Lake:
    """Give a project in an empty part of the bucket."""
    monkeypatch.setenv("LAKE_KEY", "test:tester")
    monkeypatch.setenv("LAKE_SECRET", "testing")
    return Lake(project, swift, s3_proxy)
