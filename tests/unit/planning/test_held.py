"""Cells that were rolled back on purpose: runs leave them until they are told otherwise."""

from __future__ import annotations

import pytest

from assets_core.model.keys import AssetKey, Cell
from tests.unit.planning.world import World, actions, built, fresh, kinds

ORDERS = Cell(AssetKey("orders"))


def rolled_back() -> World:
    """Return file → raw → orders → revenue → report; orders went back to what it was."""
    world = built()
    first = world.heads[ORDERS]
    world["orders"].code = "2"
    world.run()
    world.heads[ORDERS] = first._replace(held=True)
    return world


def test_a_held_cell_is_never_planned() -> None:
    """Its code is newer than its data, and that is what was asked for."""
    plan = rolled_back().plan()

    assert "orders" not in actions(plan)
    assert plan.held == (ORDERS,)


def test_a_held_cell_is_not_called_fresh() -> None:
    """Its recipe is not that of today."""
    assert fresh(rolled_back().plan()) == {"raw", "customers"}


@pytest.mark.parametrize("change", ["code", "schema", "storage"])
def test_no_change_brings_a_held_cell_back(change: str) -> None:
    """Whatever is edited beside it, on the way to mending it."""
    world = rolled_back()
    setattr(world["orders"], change, "other")

    assert "orders" not in actions(world.plan())


def test_a_change_upstream_stops_at_a_held_cell() -> None:
    """It is not read by what must not move."""
    world = rolled_back()
    world.run()
    world.sources[AssetKey("file")] = "f" * 32

    assert actions(world.plan()) == {"raw": "compute"}


def test_downstream_follows_what_is_held() -> None:
    """It was made from the later data, so it is stale; an earlier result is there."""
    world = rolled_back()
    plan = world.plan()

    assert actions(plan) == {"revenue": "reuse", "report": "reuse"}
    assert kinds(plan, "revenue") == ["input_changed"]


def test_downstream_is_fresh_once_it_followed() -> None:
    """One run, and everything fits together again."""
    world = rolled_back()

    assert world.run() == {"revenue": "reused", "report": "reused"}
    assert world.run() == {}


def test_a_held_cell_is_not_computed_for_what_reads_it() -> None:
    """Downstream asks for its upstream to be fresh; held is as good."""
    plan = rolled_back().plan("report")

    assert actions(plan) == {"revenue": "reuse", "report": "reuse"}
    assert plan.held == (ORDERS,)


def test_only_what_was_asked_for_is_told_as_held() -> None:
    """Without upstream, and without selecting it, it is nobody's business."""
    world = rolled_back()

    assert world.plan("revenue", upstream=False).held == ()
    assert world.plan("orders", upstream=False).held == (ORDERS,)
    assert world.plan("customers").held == ()


def test_without_upstream_the_held_data_is_read_all_the_same() -> None:
    """Not that of the result before it was rolled back."""
    plan = rolled_back().plan("revenue", upstream=False)

    assert actions(plan) == {"revenue": "reuse"}


def test_force_computes_a_held_cell_that_is_selected() -> None:
    """That is one of the two ways to let go of it."""
    world = rolled_back()
    plan = world.plan("orders", force=True)

    assert actions(plan) == {"orders": "compute"}
    assert kinds(plan, "orders")[-1] == "forced"
    assert plan.held == ()


def test_force_leaves_a_held_cell_that_is_only_upstream() -> None:
    """Upstream joins a plan where it is stale, and what is held is not."""
    plan = rolled_back().plan("revenue", force=True)

    assert actions(plan) == {"revenue": "compute"}
    assert plan.held == (ORDERS,)


def test_after_force_it_is_held_no_longer() -> None:
    """The next change is followed as usual."""
    world = rolled_back()

    world.run("orders", force=True)
    world["orders"].code = "3"

    assert actions(world.plan("orders")) == {"orders": "compute"}
    assert world.plan().held == ()


def test_a_released_cell_is_decided_about_again() -> None:
    """The result it had before fits the code of today, so it is shown again."""
    world = rolled_back()

    world.heads[ORDERS] = world.heads[ORDERS]._replace(held=False)

    assert actions(world.plan("orders")) == {"orders": "reuse"}


def test_a_held_cell_whose_data_is_gone_is_left_alone() -> None:
    """Computing would give other data than was asked for; `doctor` says what is wrong."""
    world = rolled_back()
    world.lose("orders")

    assert "orders" not in actions(world.plan())
