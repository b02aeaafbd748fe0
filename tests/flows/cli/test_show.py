"""`assets show`: everything there is to know of one asset."""

from __future__ import annotations

import re

import pytest

from tests.flows.cli.program import MakeProject, Project

CODE = """
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
import pyarrow as pa
from assets_core import asset, check, source

file = source("files/input", path="input.csv")

@asset(inputs={"file": file})
def orders(file: Path, context) -> pa.Table:
    context.metadata(currency="EUR", share=float("nan"))
    rows = [int(line) for line in file.read_text().split()]
    count = len(rows)
    return pa.table({
        "n": rows,
        "price": pa.array([Decimal("1.10")] * count),
        "share": [float("nan"), float("inf"), 0.5][:count],
        "at": pa.array([datetime(2024, 1, 2, 3, tzinfo=UTC)] * count),
        "local": pa.array([datetime(2024, 1, 2, 3)] * count),
        "day": pa.array([date(2024, 1, 2)] * count),
        "took": pa.array([timedelta(seconds=90)] * count),
        "raw": pa.array([b"\\x00\\xff"] * count),
        "parts": pa.array([[1, None]] * count),
        "nothing": pa.array([None] * count, pa.string()),
    })

@asset
def broken(orders: pa.Table) -> pa.Table:
    raise ValueError("no luck today")

@check("orders", blocking=False)
def few(orders: pa.Table) -> bool:
    return False

@check("orders")
def some(orders: pa.Table) -> bool:
    return orders.num_rows > 0
"""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
DIGEST = re.compile(r"[0-9a-f]{32}\Z")


@pytest.fixture(scope="module")
def made(shared_project: MakeProject) -> tuple[Project, str]:
    """Return the project and its first run, after which the input has changed."""
    project = shared_project(CODE)
    project.write("input.csv", "1\n2\n3\n")
    run = project.run("materialize", "--json").document["run_id"]
    project.write("input.csv", "1\n2\n")
    return project, run


@pytest.fixture(scope="module")
def shop(made: tuple[Project, str]) -> Project:
    """Return the project."""
    return made[0]


def test_show_has_everything_of_one_asset(made: tuple[Project, str]) -> None:
    """Its columns, versions, checks, history and first rows."""
    shop, run = made
    document = shop.run("show", "orders", "--rows", "2", "--json").document

    assert document["status"] == "stale"
    assert document["rows"] == 3
    assert document["bytes"] > 0
    assert document["schema"][0] == {"name": "n", "type": "int64"}
    assert [one["name"] for one in document["schema"]][-1] == "nothing"
    assert DIGEST.match(document["data_version"])
    assert DIGEST.match(document["code_version"])
    assert document["path"] == str(shop.folder / "data" / "orders.parquet")
    assert document["metadata"] == {"currency": "EUR", "share": None}
    (result,) = document["history"]
    assert result["run_id"] == run
    assert result["reasons"] == ["it was never built"]
    assert result["data_version"] == document["data_version"]
    assert TIME.match(result["at"])
    assert {one["check"]: one["passed"] for one in document["checks"]} == {
        "few": False,
        "some": True,
    }


def test_the_sample_holds_values_of_every_kind(shop: Project) -> None:
    """What JSON has no word for becomes text or null."""
    first, second = shop.run("show", "orders", "--rows", "2", "--json").document["sample"]

    assert first == {
        "n": 1,
        "price": "1.10",
        "share": None,
        "at": "2024-01-02T03:00:00Z",
        "local": "2024-01-02T03:00:00",
        "day": "2024-01-02",
        "took": "PT90S",
        "raw": "00ff",
        "parts": [1, None],
        "nothing": None,
    }
    assert second["share"] is None


def test_show_of_what_was_never_built_is_empty(shop: Project) -> None:
    """It is no error: there is nothing yet, and the last failure is told."""
    done = shop.run("show", "broken", "--json")

    assert done.code == 0
    assert done.document["status"] == "missing"
    assert done.document["schema"] == []
    assert done.document["sample"] == []
    assert done.document["data_version"] is None
    assert done.document["error"]["type"] == "ValueError"


def test_show_of_a_source_names_its_file(shop: Project) -> None:
    """Its bytes are not ours, but its version is known."""
    document = shop.run("show", "files/input", "--json").document

    assert document["kind"] == "source"
    assert document["path"] == str(shop.folder / "input.csv")
    assert DIGEST.match(document["data_version"])
