"""What is told of partitions that one call yields, and what can be asked for."""

from __future__ import annotations

import json

import pytest

from assets_core import RunResult, UsageError, Workspace
from tests.flows.partitions.shop import FIRST, Shop
from tests.flows.partitions.slices import computed, ended, errors


def test_status_and_reasons_are_told(shop: Shop) -> None:
    """`list`, `show`, `why` and `plan` know the keys and the call."""
    assert shop.status("by_customer").status == "missing"
    shop.run()
    status = shop.status("by_customer")
    assert (status.status, status.counts["fresh"], status.rows) == ("fresh", 2, 3)

    shop.rows([["ada", 9], ["bob", 4]])
    shop.run("orders")
    status = shop.status("by_customer")
    assert (status.status, status.counts["stale"]) == ("stale", 2)
    with Workspace.open(shop.folder) as workspace:
        for partition in (None, "ada"):
            why = workspace.why("by_customer", partition=partition)
            assert [one.reason.kind for one in why.reasons] == ["input_changed"]
        below = workspace.why("spending", partition="ada")
        assert below.reasons[0].root is not None
        assert below.reasons[0].root.asset == "by_customer"


def test_a_failed_call_is_told_of_all_its_partitions(shop: Shop) -> None:
    """Each of them is what it was, and the last attempt failed."""
    shop.run()
    shop.rows([["ada, bob", 9]])
    shop.run()

    status = shop.status("by_customer")
    assert (status.status, status.counts["failed"]) == ("failed", 2)
    assert status.error is not None
    assert "'ada, bob'" in status.error.message


def test_a_part_of_what_one_call_makes_cannot_be_asked_for(shop: Shop) -> None:
    """Neither to make nor to fill in; but it can be looked at."""
    shop.run()
    with pytest.raises(UsageError, match="in one call"):
        shop.run("by_customer", partitions="ada")
    shop.rows([["ada", 9], ["bob", 4]])

    result: RunResult = shop.run(partitions="ada")

    assert computed(result) == {"orders", "by_customer", "spending[ada]"}
    with Workspace.open(shop.folder) as workspace:
        assert workspace.verify("by_customer", partitions="ada").checked == 1
        assert workspace.backfill("by_customer").fresh_count == 1


def test_a_partition_that_was_asked_for_and_goes_meanwhile_is_named(shop: Shop) -> None:
    """It cannot be made any more; the rest of the run is kept."""
    shop.run()
    shop.rows([["ada", 2]])

    result = shop.run("spending", partitions="bob")

    assert ended(result)["by_customer"] == "computed"
    assert "bob" in errors(result)["spending[bob]"]
    assert shop.keys() == ("ada",)


def test_a_record_of_the_run_holds_every_step(shop: Shop) -> None:
    """Those that were planned when the keys were known, too."""
    result = shop.run()

    with Workspace.open(shop.folder) as workspace:
        record = workspace.tools.store.run(result.run_id)
    assert record is not None
    assert {str(step.cell) for step in record.steps} == computed(result)
    assert json.dumps(dict(record.counts))
    (step,) = [one for one in record.steps if one.cell.asset == "by_customer"]
    assert step.rows == len(FIRST)
