"""The JSON document of every command: exactly one on stdout, in the published shape."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.flows.cli.program import Ended, MakeProject, Project

CODE = """
from pathlib import Path
import pyarrow as pa
from assets_core import CheckResult, asset, check, source

print("a module may print")
file = source("files/input", path="input.csv")

@asset(key="raw/orders", inputs={"file": file}, group="raw", tags=["daily"], owners=["ada"])
def raw_orders(file: Path) -> pa.Table:
    "Orders as they come in."
    print("so may an asset")
    rows = [int(line) for line in file.read_text().split()]
    return pa.table({"n": rows})

@asset(inputs={"orders": "raw/orders"}, group="marts")
def orders(orders: pa.Table, context) -> pa.Table:
    context.log.info("reading %s rows", orders.num_rows)
    return orders

@asset
def broken(orders: pa.Table) -> pa.Table:
    raise ValueError("no luck today")

@asset
def behind(broken: pa.Table) -> pa.Table:
    return broken

@check("orders", blocking=False)
def few(orders: pa.Table) -> CheckResult:
    return CheckResult(False, "too many", {"rows": orders.num_rows, "share": float("nan")})

@check("orders")
def some(orders: pa.Table) -> bool:
    return orders.num_rows > 0
"""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
DIGEST = re.compile(r"[0-9a-f]{32}\Z")


@pytest.fixture(scope="module")
def shop(shared_project: MakeProject) -> Project:
    """Return the project."""
    made = shared_project(CODE)
    made.write("input.csv", "1\n2\n3\n")
    return made


@pytest.fixture(scope="module")
def before(shop: Project) -> Ended:
    """Return the plan before anything ran."""
    return shop.run("plan", "--json")


@pytest.fixture(scope="module")
def run(shop: Project, before: Ended) -> Ended:
    """Return the first run, in which one asset fails."""
    return shop.run("--json", "materialize")


@pytest.fixture(scope="module")
def changed(shop: Project, run: Ended) -> Project:
    """Return the project after its input has changed."""
    shop.write("input.csv", "1\n2\n")
    return shop


def named(documents: list[dict[str, Any]], asset: str) -> dict[str, Any]:
    """Return the entry of one asset."""
    (found,) = [one for one in documents if one["asset"] == asset]
    return found


def test_a_plan_has_every_step_with_its_reasons(before: Ended) -> None:
    """Upstream stands before downstream."""
    document = before.document

    assert before.code == 0
    assert set(document) >= {"env", "steps", "counts"}
    assert document["env"] == "main"
    assert [step["asset"] for step in document["steps"]] == [
        "raw/orders",
        "orders",
        "broken",
        "behind",
    ]
    assert document["counts"] == {"compute": 4, "revalidate": 0, "reuse": 0, "fresh": 0}
    assert document["steps"][0] == {
        "asset": "raw/orders",
        "partition": None,
        "action": "compute",
        "certain": True,
        "reasons": [{"kind": "never_built", "text": "it was never built"}],
    }


def test_what_a_project_prints_never_reaches_stdout(before: Ended, run: Ended) -> None:
    """Or a reader of JSON would choke on it."""
    assert "a module may print" in before.err
    assert "so may an asset" in run.err


def test_a_run_tells_how_every_step_ended(run: Ended) -> None:
    """The exit code is 1, and the document is there all the same."""
    document = run.document
    steps = document["steps"]

    assert run.code == 1
    assert set(document) >= {"run_id", "env", "status", "steps", "counts"}
    assert document["status"] == "failed"
    assert [step["status"] for step in steps] == [
        *("computed", "computed", "failed", "blocked")
    ]
    assert document["counts"] == {
        "computed": 2,
        "revalidated": 0,
        "reused": 0,
        "skipped": 0,
        "failed": 1,
        "blocked": 1,
        "canceled": 0,
        "fresh": 0,
    }
    for step in steps:
        assert set(step) >= {
            *("asset", "partition", "status", "rows", "bytes"),
            *("data_version", "seconds", "error"),
        }
    assert steps[0]["rows"] == 3
    assert steps[0]["bytes"] > 0
    assert DIGEST.match(steps[0]["data_version"])
    assert steps[0]["error"] is None
    assert steps[2]["error"] == {
        "type": "ValueError",
        "message": "ValueError: no luck today",
    }


def test_progress_goes_to_stderr(run: Ended) -> None:
    """Whoever watches still sees what happens."""
    assert re.search(r"^computed +raw/orders +3 rows", run.err, re.MULTILINE)
    assert re.search(r"^failed +broken .*ValueError$", run.err, re.MULTILINE)


def test_a_list_has_every_asset_and_source(changed: Project) -> None:
    """Stale is predicted; a source is an asset of its own kind."""
    done = changed.run("list", "--json")
    document = done.document

    assert done.code == 0
    for one in document:
        assert set(one) >= {
            *("asset", "kind", "group", "status", "partitions", "upstream"),
            *("data_version", "rows", "updated_at"),
        }
        assert one["partitions"] is None
    assert {one["asset"]: one["status"] for one in document} == {
        "files/input": "fresh",
        "raw/orders": "stale",
        "orders": "stale",
        "broken": "missing",
        "behind": "missing",
    }
    orders = named(document, "orders")
    assert (orders["kind"], orders["group"]) == ("python", "marts")
    assert orders["upstream"] == ["raw/orders"]
    assert orders["rows"] == 3
    assert TIME.match(orders["updated_at"])
    assert named(document, "files/input")["kind"] == "source"
    assert named(document, "broken")["data_version"] is None


def test_a_list_of_a_selection_has_only_that(changed: Project) -> None:
    """Statuses select as well."""
    done = changed.run("list", "status:stale and group:raw", "--json")

    assert [one["asset"] for one in done.document] == ["raw/orders"]


def test_why_goes_down_to_the_root_cause(changed: Project) -> None:
    """An asset is stale because of something that happened somewhere else."""
    document = changed.run("why", "orders", "--json").document

    assert document["asset"] == "orders"
    assert document["partition"] is None
    assert document["status"] == "stale"
    (reason,) = document["reasons"]
    assert reason["kind"] == "upstream_will_run"
    assert reason["root"]["asset"] == "raw/orders"
    assert reason["root"]["kind"] == "input_changed"
    assert reason["root"]["root"]["asset"] == "files/input"
    assert reason["root"]["root"]["kind"] == "source_changed"
    assert reason["root"]["root"]["root"] is None


def test_a_predicted_step_is_not_certain(changed: Project) -> None:
    """It is skipped if its upstream comes out the same."""
    steps = changed.run("plan", "orders", "--json").document["steps"]

    assert [(step["asset"], step["certain"]) for step in steps] == [
        ("raw/orders", True),
        ("orders", False),
    ]
    assert steps[0]["reasons"][0]["upstream"] == "files/input"
    assert DIGEST.match(steps[0]["reasons"][0]["before"])


@pytest.mark.parametrize("words", [["--json"], ["--format", "json"]])
def test_lineage_has_nodes_and_edges(changed: Project, words: list[str]) -> None:
    """An edge leads from what is read to what reads it."""
    document = changed.run("lineage", *words).document

    assert set(document) >= {"nodes", "edges", "columns"}
    assert [node["asset"] for node in document["nodes"]] == [
        *("files/input", "raw/orders", "orders", "broken", "behind")
    ]
    assert {"from": "files/input", "to": "raw/orders"} in document["edges"]
    assert len(document["edges"]) == 4
    assert document["columns"] == []


def test_runs_are_listed_and_one_has_its_steps(changed: Project, run: Ended) -> None:
    """The beginning of an id is enough."""
    (listed,) = changed.run("runs", "--json").document
    one = changed.run("runs", listed["run_id"][:8], "--json").document

    assert set(listed) >= {
        *("run_id", "env", "status", "started_at", "ended_at", "counts", "by", "reason")
    }
    assert listed["run_id"] == run.document["run_id"]
    assert listed["status"] == "failed"
    assert TIME.match(listed["started_at"])
    assert TIME.match(listed["ended_at"])
    assert listed["counts"] == run.document["counts"]
    assert {**listed, "steps": one["steps"]} == one
    steps = {step["asset"]: step for step in one["steps"]}
    assert steps["orders"]["status"] == "computed"
    assert steps["orders"]["log"].endswith("orders.log")
    assert steps["broken"]["error"]["type"] == "ValueError"


def test_checks_run_on_what_is_stored(changed: Project) -> None:
    """Only a blocking check that fails makes the exit code 1."""
    done = changed.run("check", "orders", "--json")
    results = {one["check"]: one for one in done.document["results"]}

    assert done.code == 0
    assert results["some"] == {
        "asset": "orders",
        "partition": None,
        "check": "some",
        "passed": True,
        "blocking": True,
        "message": "",
        "metadata": {},
    }
    assert results["few"]["metadata"] == {"rows": 3, "share": None}
    assert results["few"]["message"] == "too many"


def test_a_doctor_who_finds_nothing_says_what_was_looked_at(changed: Project) -> None:
    """Nothing found in nothing looked at would be no comfort."""
    done = changed.run("doctor", "--json")

    assert done.code == 0
    assert done.document["findings"] == []
    assert done.document["checked"] > 2
