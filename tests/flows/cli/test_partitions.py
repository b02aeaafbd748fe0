"""Partitions and backfills as the user of the command line sees them."""

from __future__ import annotations

import json

import pytest

from assets_core import Workspace
from tests.flows.cli.program import MakeProject, Project, ask

CODE = """
import pyarrow as pa
from assets_core import DailyPartitions, DynamicPartitions, StaticPartitions, asset

DAYS = DailyPartitions("2024-01-01", "2024-01-11")


@asset(partitions=DAYS, batch="all")
def visits(context) -> pa.Table:
    keys = [day.key for day in context.partitions]
    return pa.table({"date": keys, "n": [1] * len(keys)})


@asset(partitions=DAYS)
def rates(visits: pa.Table) -> pa.Table:
    return visits.drop_columns("date")


@asset(partitions=StaticPartitions(["eu", "us"]))
def regions(context) -> pa.Table:
    return pa.table({"n": [1]})


@asset
def total(rates: pa.Table) -> pa.Table:
    return pa.table({"n": [len(rates)]})


@asset(partitions=DynamicPartitions("customers"))
def orders(context) -> pa.Table:
    return pa.table({"n": [1]})
"""


@pytest.fixture(scope="module")
def days(shared_project: MakeProject) -> Project:
    """Return a project with partitions, of which five days were made."""
    project = shared_project(CODE)
    with Workspace.open(project.folder) as workspace:
        workspace.backfill("rates", partitions="2024-01-01..2024-01-05")
    return project


def test_a_backfill_says_what_it_is_going_to_do_and_what_it_did(
    shared_project: MakeProject, capfd: pytest.CaptureFixture[str]
) -> None:
    """In a few lines, however many partitions there are."""
    project = shared_project(CODE)

    done = ask(capfd, project, "backfill", "rates", "--batch", "5", "--json")
    document = json.loads(done.out)

    assert "20 cells in 12 chunks" in done.err
    assert "10 partitions" in done.err
    assert len(done.err.splitlines()) < 9
    assert document["chunks"] == 12
    assert document["counts"]["computed"] == 20
    assert document["backfill_id"] == document["run_id"]


def test_a_list_tells_how_many_partitions_are_fresh(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """As numbers for programs, as a bar for people."""
    document = {
        one["asset"]: one for one in json.loads(ask(capfd, days, "list", "--json").out)
    }

    assert document["rates"]["partitions"] == {
        "total": 10,
        "missing": 5,
        "failed": 0,
        "stale": 0,
        "held": 0,
        "fresh": 5,
    }
    assert document["rates"]["status"] == "missing"
    assert document["rates"]["rows"] == 5
    assert document["total"]["partitions"] is None
    assert "█████····· 5 of 10 fresh" in ask(capfd, days, "list").out


def test_a_plan_tells_partitions_as_ranges(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """One group of lines for all that have the same reasons."""
    said = ask(capfd, days, "plan", "rates").out

    assert "rates[2024-01-06..2024-01-10] (5)" in said
    assert "2024-01-07" not in said
    steps = json.loads(ask(capfd, days, "plan", "rates", "--json").out)["steps"]
    assert [step["partition"] for step in steps if step["asset"] == "rates"] == [
        f"2024-01-{day:02}" for day in range(6, 11)
    ]


def test_a_partition_is_shown_and_explained_for_itself(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """With its own history and path."""
    shown = json.loads(
        ask(capfd, days, "show", "rates", "--partition", "2024-01-03", "--json").out
    )
    why = json.loads(
        ask(capfd, days, "why", "rates", "--partition", "2024-01-09", "--json").out
    )

    assert (shown["partition"], shown["status"], shown["rows"]) == (
        "2024-01-03",
        "fresh",
        1,
    )
    assert shown["path"].endswith("rates/date=2024-01-03/data.parquet")
    assert (why["partition"], why["status"]) == ("2024-01-09", "missing")


MISTAKES = {
    "a day that is not there": (
        ["plan", "rates", "--partitions", "2024-02-30"],
        "'rates' has no partition '2024-02-30'",
        "They go from '2024-01-01' to '2024-01-10'",
    ),
    "a region that is not there": (
        ["plan", "regions", "--partitions", "asia"],
        "'regions' has no partition 'asia'",
        "They are 'eu', 'us'",
    ),
    "an asset without partitions": (
        ["plan", "total", "--partitions", "2024-01-01"],
        "'total' has no partitions",
        "leave --partitions out",
    ),
    "no partition at all": (
        ["materialize", "rates", "--partitions", ""],
        "it is empty",
        "leave it out to mean all",
    ),
    "a range that runs backwards": (
        ["plan", "rates", "--partitions", "2024-01-05..2024-01-02"],
        "ends before it begins",
        "2024-01-02..2024-01-05",
    ),
    "batches of what makes one at a time": (
        ["backfill", "regions", "--batch", "2"],
        "makes one partition a call",
        "@asset(batch='all')",
    ),
    "a batch that is no number": (
        ["backfill", "rates", "--batch", "0"],
        "'0' is no number above 0",
        "assets backfill --help",
    ),
    "a resume that is to be previewed": (
        ["backfill", "resume", "abc", "--preview"],
        "'backfill resume' takes no such options",
        "--jobs is for resume",
    ),
    "an unknown backfill": (
        ["backfill", "cancel", "abc"],
        "There is no backfill 'abc'",
        "assets backfill list",
    ),
    "an unknown list": (
        ["partitions", "add", "customer", "ada"],
        "No asset has DynamicPartitions('customer')",
        "did you mean 'customers'?",
    ),
    "a key that cannot be used": (
        ["partitions", "add", "customers", "a=b"],
        "Partition key 'a=b' cannot be used",
        "",
    ),
    "a roll back of no partition": (
        ["rollback", "rates", "--to", "0"],
        "'rates' has partitions",
        "--partition '2024-01-10'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_fix(
    days: Project, capfd: pytest.CaptureFixture[str], mistake: str
) -> None:
    """Nothing runs, and the exit code is 2."""
    words, problem, fix = MISTAKES[mistake]

    done = ask(capfd, days, *words)

    assert done.code == 2
    assert problem in done.err
    assert fix in done.err
    assert "Traceback" not in done.err


def test_keys_are_added_listed_and_deleted(
    shared_project: MakeProject, capfd: pytest.CaptureFixture[str]
) -> None:
    """A deleted one is there no more."""
    project = shared_project(CODE)

    added = ask(capfd, project, "partitions", "add", "customers", "ada", "bob", "ada")
    deleted = ask(capfd, project, "partitions", "delete", "customers", "ada", "--json")
    listed = ask(capfd, project, "partitions", "list", "customers")

    assert added.out == "2 keys added; 'customers' has 2 keys\n"
    assert json.loads(deleted.out) == {"list": "customers", "changed": 1, "keys": ["bob"]}
    assert listed.out == "bob\n"
