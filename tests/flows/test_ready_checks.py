"""Ready-made checks in a project: with results, on what is stored, and in plans."""

from __future__ import annotations

from typing import Any

import pytest

from assets_core import RunResult, Workspace
from assets_core.running.recheck import recheck
from tests.flows.small_project import Project

BODY = """
from datetime import datetime, timedelta

from assets_core import DailyPartitions, checks

AMOUNTS = [1, 2, 3, 4]


@asset
def customers() -> pa.Table:
    return pa.table({"id": [1, 2]})


@asset
def orders(customers: pa.Table) -> pa.Table:
    return pa.table({
        "id": list(range(len(AMOUNTS))),
        "customer": [1] * len(AMOUNTS),
        "amount": AMOUNTS,
        "at": [datetime(2124, 1, 1)] * len(AMOUNTS),
    })
"""
CHECKS = """
some = checks.row_count(orders, at_least=1)
ids = checks.unique("orders", "id")
known = checks.references("orders", "customer", customers, "id")
new = checks.fresh("orders", column="at", within=timedelta(days=1))
steady = checks.no_drift("orders", "amount", at_most=0.3)
"""
NAMES = ["row_count", "unique(id)", "references(customer)", "fresh(at)", "no_drift(amount)"]


def refused(result: RunResult, key: str = "orders") -> list[tuple[str, str]]:
    """Return the checks of an asset that did not pass, with what they said."""
    step = next(one for one in result.steps if one.cell.asset == key)
    return [(one.check, one.message) for one in step.checks if not one.passed]


def rechecked(project: Project) -> dict[str, Any]:
    """Return what all checks find on what is stored."""
    with Workspace.open(project.folder) as workspace:
        graph, tools = workspace.graph_of_assets, workspace.tools
        place = (workspace.env, workspace.keys())
        found = recheck(tools, graph, *place, lambda _: True, "now")
        return {one.check: (one.passed, one.message) for one in found}


@pytest.fixture
def shop(project: Project) -> Project:
    """Return a project that was made once, with all five checks."""
    project.write(BODY + CHECKS)
    assert project.run().status == "success"
    return project


def test_all_pass_and_are_recorded(shop: Project) -> None:
    """With what they have counted."""
    with Workspace.open(shop.folder) as workspace:
        (made,) = workspace["orders"].history()
        records = workspace.tools.store.checks(made.id)

    found = {one.check: one for one in records}
    assert sorted(found) == sorted(NAMES)
    assert all(one.passed for one in records)
    assert found["row_count"].metadata == {"rows": 4, "at_least": 1, "at_most": None}
    message = found["no_drift(amount)"].message
    assert message == "there is no version before to compare with"


def test_data_that_moved_is_refused_and_nobody_sees_it(shop: Project) -> None:
    """It is compared with what everyone sees."""
    shop.edit("AMOUNTS = [1, 2, 3, 4]", "AMOUNTS = [1, 20, 30, 40]")

    assert refused(shop.run()) == [
        ("no_drift(amount)", "'amount' has moved by 0.750, and may by 0.3")
    ]
    assert shop.read("orders")["amount"] == [1, 2, 3, 4]

    shop.edit("AMOUNTS = [1, 20, 30, 40]", "AMOUNTS = [1, 2, 3, 40]")
    assert shop.ended("orders")["orders"] == "computed"


def test_stored_data_is_compared_with_the_version_before_it(shop: Project) -> None:
    """Not with itself: by `assets check`, and when only the check has changed."""
    assert rechecked(shop)["no_drift(amount)"] == (
        *(True, "there is no version before to compare with"),
    )
    shop.edit("AMOUNTS = [1, 2, 3, 4]", "AMOUNTS = [1, 2, 3, 40]")
    shop.run()
    assert rechecked(shop)["no_drift(amount)"] == (True, "'amount' has moved by 0.250")

    shop.edit("at_most=0.3", "at_most=0.2")
    result = shop.run()
    assert refused(result) == [
        ("no_drift(amount)", "'amount' has moved by 0.250, and may by 0.2")
    ]


def test_another_bound_only_asks_the_checks_again(shop: Project) -> None:
    """The asset is revalidated, and not computed."""
    shop.edit("at_least=1", "at_least=2")
    assert shop.reasons("orders") == {
        "schema_changed": "schema or checks: option check row_count at_least: 1 → 2"
    }
    assert shop.ended() == {"orders": "revalidated"}
    assert shop.reasons("orders") == {}

    shop.edit("at_least=2", "at_least=5")
    assert refused(shop.run()) == [
        ("row_count", "it has 4 rows, and should have at least 5")
    ]


def test_what_refers_to_nothing_is_refused(shop: Project) -> None:
    """The other asset is read as it is when the check runs."""
    shop.edit('"id": [1, 2]})', '"id": [2, 3]})')

    message = "4 rows have a 'customer' that is no 'id' of 'customers', such as 1"
    assert refused(shop.run()) == [("references(customer)", message)]
    assert rechecked(shop)["references(customer)"] == (False, message)


def test_a_column_that_is_not_there_is_told_by_name(project: Project) -> None:
    """In the asset that is tested, with the nearest; and in another one."""
    project.write(
        BODY
        + """
ids = checks.unique("orders", "idd", blocking=False)
known = checks.references("orders", "customer", "customers", "key")
"""
    )
    result = project.run()
    assert "key" in project.error("orders", result)

    project.edit('"customers", "key"', '"customers", "id"')
    assert refused(project.run()) == [
        ("unique(idd)", "'orders' has no column 'idd'; did you mean 'id'?")
    ]
    assert rechecked(project)["unique(idd)"][0] is False


def test_of_partitions_each_is_checked_by_itself(project: Project) -> None:
    """A version before is one of the same partition."""
    project.write(
        BODY
        + """
@asset(partitions=DailyPartitions("2024-01-01", "2024-01-04"))
def days(context) -> pa.Table:
    n = context.partition.start.day
    return pa.table({"n": [n] * n})


many = checks.row_count("days", at_least=2, blocking=False)
dates = checks.unique("days", "date", blocking=False)
steady = checks.no_drift("days", "n")
"""
    )
    result = project.run()
    found = {
        step.cell.partition: [one.check for one in step.checks if not one.passed]
        for step in result.steps
        if step.cell.asset == "days"
    }
    assert found == {
        "2024-01-01": ["row_count"],
        "2024-01-02": ["unique(date)"],
        "2024-01-03": ["unique(date)"],
    }

    project.edit('"n": [n] * n', '"n": [3] * n')
    result = project.run()
    failed = {str(step.cell) for step in result.steps if step.status == "failed"}
    assert failed == {"days[2024-01-01]", "days[2024-01-02]"}


def test_a_check_of_ones_own_may_ask_for_the_version_before(project: Project) -> None:
    """With the same `context` as the ready-made ones."""
    project.write(
        BODY
        + """
@check("orders", inputs={"rows": "orders"}, blocking=False)
def grows(rows: pa.Table, context) -> CheckResult:
    before = context.previous(["id"])
    return CheckResult(
        before is None or (list(before) == ["id"] and len(before) < len(rows)),
        f"{context.now.tzinfo}",
    )
"""
    )
    assert refused(project.run()) == []

    project.edit("AMOUNTS = [1, 2, 3, 4]", "AMOUNTS = [5, 6, 7, 8]")
    assert refused(project.run()) == [("grows", "UTC")]
