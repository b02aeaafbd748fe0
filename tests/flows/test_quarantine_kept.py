"""Rows in quarantine stay with their result: reused, moved, rolled back, collected."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from assets_core.errors import MissingDataError
from assets_core.workspace.quarantined import in_quarantine, load_rows
from tests.flows.quarantine_project import (
    STORES,
    MakeOrders,
    aside,
    findings,
    orders_maker,
)
from tests.flows.small_project import Project


@pytest.fixture
def orders(project: Project) -> MakeOrders:
    """Return a maker of a project whose one asset reads its rows from a file."""
    return orders_maker(project)


def test_an_earlier_result_is_used_again_with_its_rows(orders: MakeOrders) -> None:
    """What was parted once needs not be parted again."""
    first = "1 2 3 4 5 6 7 8 9 -1"
    project = orders(first)
    project.run()
    (project.folder / "prices.txt").write_text("5")
    project.run()
    assert aside(project) == []
    (project.folder / "prices.txt").write_text(first)

    assert project.ended("orders") == {"orders": "reused"}

    assert [row["price"] for row in aside(project)] == [-1]


def test_rows_move_with_their_asset_to_another_store(orders: MakeOrders) -> None:
    """Copying computes nothing, and loses nothing."""
    prices = "1 2 3 4 5 6 7 8 9 -1"
    project = orders(prices)
    project.run()
    orders(prices, settings=STORES["duckdb"] + '[io.data]\ntype = "parquet"\n')

    assert project.ended("orders") == {"orders": "reused"}

    assert [row["price"] for row in aside(project)] == [-1]
    assert findings(project) == []


def test_a_rollback_brings_back_the_rows_of_that_version(orders: MakeOrders) -> None:
    """They belong to the result, not to the asset."""
    project = orders("1 2 3 4 5 6 7 8 9 -1")
    first = project.run().steps[0].materialization
    (project.folder / "prices.txt").write_text("5 6")
    project.run()

    with Workspace.open(project.folder) as workspace:
        workspace.rollback("orders", to=first)

    assert [row["price"] for row in aside(project)] == [-1]


def test_garbage_collection_keeps_rows_as_long_as_their_result(
    orders: MakeOrders,
) -> None:
    """And not longer: what was retained no more takes no room."""
    project = orders(
        "1 2 3 4 5 6 7 8 9 -1",
        settings="[retention]\nversions = 1\ndays = 0\ngrace_hours = 0\n",
    )
    project.run()
    with Workspace.open(project.folder) as workspace:
        assert workspace.gc().deleted == ()
        (found,) = in_quarantine(workspace)
        made = workspace.tools.store.materializations([found.materialization])
        quarantined = made[found.materialization].quarantined
        assert quarantined is not None
    (project.folder / "prices.txt").write_text("5 6")
    project.run()

    with Workspace.open(project.folder) as workspace:
        workspace.gc()
        gone = {one.location for one in workspace.gc().deleted}

    assert not (project.folder / "data" / quarantined.stored.location).exists() or gone
    assert findings(project) == []


def test_rows_in_quarantine_that_were_deleted_are_found(orders: MakeOrders) -> None:
    """By the doctor and by verify: nobody else would look."""
    project = orders("1 2 3 4 5 6 7 8 9 -1")
    project.run()
    with Workspace.open(project.folder) as workspace:
        (found,) = in_quarantine(workspace)
        made = workspace.tools.store.materializations([found.materialization])
        quarantined = made[found.materialization].quarantined
        assert quarantined is not None
        path = project.folder / "data" / quarantined.stored.location
        path.unlink()
        verified = workspace.verify().findings
        with pytest.raises(MissingDataError) as raised:
            load_rows(workspace, workspace.asset("orders"))

    assert raised.value.fix == verified[0].fix == "assets materialize orders --force"
    assert findings(project) == ["quarantine_missing"]
    assert [one.kind for one in verified] == ["quarantine_missing"]
    project.run("orders", force=True)
    assert findings(project) == []


@pytest.mark.parametrize("damaged", [False, True])
def test_rows_in_quarantine_come_back_by_a_repair_and_a_run(
    orders: MakeOrders, *, damaged: bool
) -> None:
    """The result that had them is not shown again: what parted them once does it anew."""
    project = orders("1 2 3 4 5 6 7 8 9 -1")
    project.run()
    with Workspace.open(project.folder) as workspace:
        (found,) = in_quarantine(workspace)
        made = workspace.tools.store.materializations([found.materialization])
        quarantined = made[found.materialization].quarantined
        assert quarantined is not None
        path = project.folder / "data" / quarantined.stored.location
        path.unlink()
        if damaged:
            path.write_bytes(b"PAR1 and nothing else")
        (repaired,) = workspace.verify(repair=True).findings

    assert repaired.repaired == "the next run computes it"
    assert project.ended("orders") == {"orders": "computed"}
    assert findings(project) == []
    assert [row["price"] for row in aside(project)] == [-1]
