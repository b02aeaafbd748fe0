"""What is not computed: shown again, looked at again, or copied."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.policies import Freshness
from assets_core.model.versions import digest
from tests.unit.planning.world import HOUR, World, actions, built, kinds, table


def test_going_back_shows_what_was_made_before() -> None:
    """The same recipe, the same result: nothing is computed."""
    world = built()
    world["orders"].code = "2"
    world.run()
    world["orders"].code = "1"

    assert actions(world.plan("orders")) == {"orders": "reuse"}


def test_what_a_reused_result_holds_is_known_beforehand() -> None:
    """So what reads it is planned with certainty: reused as well, or not at all."""
    world = built()
    world["orders"].code = "2"
    world.run()
    world["orders"].code = "1"

    plan = world.plan()

    assert actions(plan) == {"orders": "reuse", "revenue": "reuse", "report": "reuse"}
    assert set(world.run().values()) == {"reused"}


def test_a_reused_result_that_is_the_same_stops_the_plan() -> None:
    """Early cutoff is seen in the plan already, not only in the run."""
    world = built()
    world["orders"].rounded = True
    world.run(force=True)
    world["orders"].code = "2"
    world.run()
    world["orders"].code = "1"

    assert actions(world.plan()) == {"orders": "reuse"}


def test_what_an_upstream_makes_anew_cannot_be_reused_by_guess() -> None:
    """The recipe is only known once the upstream has run; then it is asked again."""
    world = built()
    world.sources[AssetKey("file")] = digest("content 2")
    world.run()
    world.lose("raw")
    world.sources[AssetKey("file")] = digest("content 1")
    world.gone |= {
        made.stored.location for made in world.made.values() if made.cell == ("raw", None)
    }

    assert actions(world.plan("orders")) == {"raw": "compute", "orders": "compute?"}
    assert world.run("orders") == {"raw": "computed", "orders": "reused"}


def test_a_result_of_another_asset_is_never_reused() -> None:
    """Two assets of the same code and inputs are two cells."""
    world = World(table("raw"), table("one", "raw"), table("two", "raw"))
    world.run("one")

    assert actions(world.plan("two")) == {"two": "compute"}


@pytest.mark.parametrize(
    "why_not",
    ["gone", "elsewhere", "not deterministic", "previous", "old"],
)
def test_a_result_is_not_reused_when(why_not: str) -> None:
    """Its bytes are gone or elsewhere, or its recipe does not say all that made it."""
    options: dict[str, dict[str, Any]] = {
        "not deterministic": {"deterministic": False},
        "old": {"freshness": Freshness(timedelta(hours=1))},
    }
    world = built(**options.get(why_not, {}))
    first = world.made[world.heads[Cell(AssetKey("orders"))].materialization]
    world["orders"].code = "2"
    world.run()
    world["orders"].code = "1"
    assert actions(world.plan("orders"))["orders"] == (
        "compute" if why_not == "not deterministic" else "reuse"
    )

    if why_not == "gone":
        world.gone.add(first.stored.location)
    elif why_not == "elsewhere":
        stored = replace(first.stored, storage="parquet:old")
        world.made[first.id] = replace(first, stored=stored)
    elif why_not == "previous":
        world.made[first.id] = replace(first, made_with={"previous": "read"})
    elif why_not == "old":
        world.at += HOUR

    assert actions(world.plan("orders"))["orders"] == "compute"


def test_a_result_that_did_not_pass_the_schema_of_now_is_validated() -> None:
    """It is the right data; whether it is good enough has to be looked at."""
    world = built()
    world["orders"].code = "2"
    world["orders"].schema = "stricter"
    world.run()
    world["orders"].code = "1"

    assert actions(world.plan("orders")) == {"orders": "revalidate"}
    assert world.run("orders") == {"orders": "revalidated"}
    assert world.plan("orders").steps == ()


def test_a_changed_schema_looks_at_the_stored_data_again() -> None:
    """Nothing is computed, and nothing downstream is touched."""
    world = built()
    world["orders"].schema = "stricter"

    plan = world.plan()

    assert actions(plan) == {"orders": "revalidate"}
    assert kinds(plan, "orders") == ["schema_changed"]
    assert world.run() == {"orders": "revalidated"}
    assert world.plan().steps == ()


def test_another_storage_copies() -> None:
    """Nothing is computed; the rows are the same, so nothing downstream is touched."""
    world = built()
    world["orders"].storage = "parquet:lake"

    plan = world.plan()

    assert actions(plan) == {"orders": "reuse"}
    assert kinds(plan, "orders") == ["storage_changed"]
    assert world.run() == {"orders": "reused"}
    assert world.plan().steps == ()


def test_another_storage_and_schema_copy_and_look() -> None:
    """One step does both."""
    world = built()
    world["orders"].storage = "parquet:lake"
    world["orders"].schema = "stricter"

    assert actions(world.plan()) == {"orders": "reuse"}
    world.run()
    assert world.plan().steps == ()


@pytest.mark.parametrize("also", ["code", "lost"])
def test_another_storage_computes_when_there_is_nothing_to_copy(also: str) -> None:
    """The data of before is gone, or it is not the data of now."""
    world = built()
    world["orders"].storage = "parquet:lake"
    if also == "code":
        world["orders"].code = "2"
    else:
        world.lose("orders")

    assert actions(world.plan("orders")) == {"orders": "compute"}


def test_a_changed_schema_of_lost_data_computes() -> None:
    """There is nothing to look at."""
    world = built()
    world["orders"].schema = "stricter"
    world.lose("orders")

    assert actions(world.plan("orders")) == {"orders": "compute"}
