"""Assets that have no partitions yet: every command says so, and what to do."""

from __future__ import annotations

import json
import re

import pytest

from assets_core import Workspace
from tests.flows.cli.program import MakeProject, Project, ask

CODE = """
import pyarrow as pa
from assets_core import (
    DailyPartitions, DynamicPartitions, ProductPartitions, StaticPartitions, asset,
)

CUSTOMERS = DynamicPartitions("customers")
LATER = DailyPartitions("2999-01-01", timezone="America/New_York")


@asset(partitions=CUSTOMERS)
def orders(context) -> pa.Table:
    return pa.table({"n": [1]})


@asset
def total(orders: pa.Table) -> pa.Table:
    return orders


@asset(partitions=LATER)
def visits(context) -> pa.Table:
    return pa.table({"n": [1]})


@asset(partitions=DailyPartitions("2999-01-01", end_offset=1))
def begun(context) -> pa.Table:
    return pa.table({"n": [1]})


@asset(partitions=DailyPartitions("2024-01-01T12:00", "2024-01-02T12:00"))
def between(context) -> pa.Table:
    return pa.table({"n": [1]})


@asset(partitions=StaticPartitions([]))
def nobody(context) -> pa.Table:
    return pa.table({"n": [1]})


@asset(partitions=ProductPartitions(customer=CUSTOMERS, date=DailyPartitions("2024-01-01")))
def sales(context) -> pa.Table:
    return pa.table({"n": [1]})


@asset
def plain() -> pa.Table:
    return pa.table({"n": [1]})
"""
SENTENCES = {
    "orders": "'orders' has no partitions yet:"
    " add some with 'assets partitions add customers KEY'",
    "visits": "'visits' has no partitions yet:"
    " the first one, '2999-01-01', is there from 2999-01-02 on (America/New_York)",
    "begun": "'begun' has no partitions yet:"
    " the first one, '2999-01-01', is there from 2999-01-01 on (UTC)",
    "between": "'between' has no partitions yet:"
    " none ends before 2024-01-02T12:00, where they end (UTC)",
    "nobody": "'nobody' has no partitions yet: the list of its StaticPartitions is empty",
    "sales": "'sales' has no partitions yet:"
    " of customer, add some with 'assets partitions add customers KEY'",
}


@pytest.fixture(scope="module")
def empty(shared_project: MakeProject) -> Project:
    """Return a project whose assets have no partitions yet."""
    return shared_project(CODE)


@pytest.mark.parametrize("asset", SENTENCES)
def test_a_plan_says_why_there_is_no_partition(
    empty: Project, capfd: pytest.CaptureFixture[str], asset: str
) -> None:
    """For each kind of partitions, with what brings the first one."""
    done = ask(capfd, empty, "plan", asset)

    assert (done.code, done.out) == (0, f"{SENTENCES[asset]}\n")


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "orders"],
        ["plan", "orders", "--partitions", ".."],
        ["materialize", "orders"],
        ["backfill", "orders"],
        ["backfill", "orders", "--preview"],
        ["list", "orders"],
        ["show", "orders"],
        ["why", "orders"],
    ],
    ids=" ".join,
)
def test_every_command_says_that_there_are_none_yet(
    empty: Project, capfd: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """And never that nothing is selected, which is not so. It is no mistake."""
    done = ask(capfd, empty, *words)

    assert done.code == 0
    assert SENTENCES["orders"] in done.out
    assert "Nothing is selected" not in done.out


@pytest.mark.parametrize("command", ["plan", "materialize"])
def test_programs_are_told_as_well(
    empty: Project, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    """In the same words."""
    document = json.loads(ask(capfd, empty, command, "orders", "visits", "--json").out)

    assert document["steps"] == []
    assert document["not_yet"] == [SENTENCES["orders"], SENTENCES["visits"]]


def test_what_reads_an_asset_without_partitions_waits_for_it(
    empty: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is not said that nothing is selected either."""
    done = ask(capfd, empty, "plan", "total")

    assert done.out == "'total' reads 'orders', which has no partition yet\n"


def test_a_list_has_the_sentence_below_its_table(
    empty: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """And in the table that there are none."""
    said = ask(capfd, empty, "list", "orders", "visits", "plain").out

    assert re.search(r"orders .* none yet\n", said)
    assert said.endswith(f"\n\n{SENTENCES['orders']}\n{SENTENCES['visits']}\n")


def test_a_key_that_is_asked_for_by_name_is_a_mistake(
    empty: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """As before: somebody thinks that it is there."""
    done = ask(capfd, empty, "list", "orders", "--partitions", "ada")

    assert done.code == 2
    assert "'orders' has no partition 'ada': it has none yet" in done.err


def test_once_there_is_a_partition_nothing_is_said(
    project: MakeProject, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is added can be made."""
    made = project(CODE)
    with Workspace.open(made.folder) as workspace:
        workspace.add_partitions("customers", "ada")

    said = ask(capfd, made, "materialize", "total").out

    assert "2 computed" in said
    assert "no partitions yet" not in said
