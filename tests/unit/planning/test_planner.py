"""What has to run: the steps of plans, their actions, and what is never in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.policies import Freshness
from assets_core.model.versions import digest
from assets_core.planning.plan import Step
from assets_core.planning.planner import Wanted, make_plan
from assets_core.planning.reasons import ABSENT, Forced, NeverBuilt, UpstreamWillRun
from tests.unit.planning.world import HOUR, World, actions, built, fresh, kinds, shop, table

# Nothing, everything, and parts.


def test_a_new_project_is_built_from_its_beginning() -> None:
    """Upstream first; sources are never steps."""
    plan = shop().plan()

    order = [step.cell.asset for step in plan.steps]
    assert order == [key for key in shop().graph.nodes if key != "file"]
    assert {step.reasons for step in plan.steps} == {(NeverBuilt(),)}
    assert all(step.certain for step in plan.steps)


def test_after_a_run_there_is_nothing_to_do() -> None:
    """And what was selected is said to be fresh."""
    plan = built().plan()

    assert plan.steps == ()
    assert fresh(plan) == {"raw", "customers", "orders", "revenue", "report"}
    assert plan.counts == {"compute": 0, "revalidate": 0, "reuse": 0, "fresh": 5}


def test_only_what_was_selected_and_what_it_reads_is_planned() -> None:
    """Downstream waits until somebody asks for it."""
    assert actions(shop().plan("orders")) == {
        "raw": "compute",
        "customers": "compute",
        "orders": "compute",
    }


def test_only_what_was_selected_is_called_fresh() -> None:
    """The numbers are about what was asked for."""
    assert fresh(built().plan("orders")) == {"orders"}


def test_a_source_alone_is_a_plan_without_steps() -> None:
    """`assets materialize file` is no mistake; there is nothing to make."""
    plan = shop().plan("file")

    assert plan.steps == ()
    assert plan.fresh == ()


# Changes, and how far they reach.


def test_a_change_in_the_middle_reaches_downstream_as_a_guess() -> None:
    """Upstream is not touched, and downstream may turn out to need nothing."""
    world = built()
    world["orders"].code = "2"

    plan = world.plan()

    assert actions(plan) == {
        "orders": "compute",
        "revenue": "compute?",
        "report": "compute?",
    }
    assert plan.steps[1].reasons == (UpstreamWillRun((AssetKey("orders"),)),)
    assert fresh(plan) == {"raw", "customers"}


def test_a_change_that_shows_reaches_everything_downstream() -> None:
    """The guess was right."""
    world = built()
    world["orders"].code = "2"

    assert world.run() == {
        "orders": "computed",
        "revenue": "computed",
        "report": "computed",
    }
    assert world.plan().steps == ()


def test_a_change_that_does_not_show_stops_where_it_was_made() -> None:
    """Early cutoff: the data came out the same, so nobody after it has to run."""
    world = built()
    world["orders"].rounded = True
    world.run(force=True)
    world["orders"].code = "2"

    assert world.run() == {"orders": "computed", "revenue": "skipped", "report": "skipped"}
    assert world.plan().steps == ()


def test_a_source_that_changed_reaches_what_reads_it() -> None:
    """By its version, which somebody looked up before."""
    world = built()
    world.sources[AssetKey("file")] = digest("content 2")

    plan = world.plan()

    assert kinds(plan, "raw") == ["input_changed"]
    assert [*actions(plan)] == ["raw", "orders", "revenue", "report"]


def test_a_source_that_cannot_be_read_stops_nobody_else() -> None:
    """The step will say what is wrong; the plan says that it has to be looked at."""
    world = built()
    world.sources[AssetKey("file")] = ABSENT

    plan = world.plan("raw", "customers")

    assert kinds(plan, "raw") == ["input_changed"]
    assert str(plan.steps[0].reasons[0]) == "'file' cannot be read"
    assert fresh(plan) == {"customers"}


def test_a_source_that_was_never_seen_counts_as_absent() -> None:
    """Planning without its version must not take it for unchanged."""
    world = built()
    world.sources = {}

    assert kinds(world.plan("raw"), "raw") == ["input_changed"]


def test_lost_bytes_are_computed_again_and_stop_there() -> None:
    """The same rows come out, so nothing downstream has to run."""
    world = built()
    world.lose("orders")

    assert kinds(world.plan(), "orders") == ["output_missing"]
    assert world.run() == {"orders": "computed", "revenue": "skipped", "report": "skipped"}


def test_a_changed_configuration_is_a_change() -> None:
    """With its name, not with the code's."""
    world = built()
    world["orders"].config["limit"] = "12"

    assert kinds(world.plan("orders"), "orders") == ["config_changed"]


def test_code_that_cannot_be_compared_runs_each_time() -> None:
    """And what reads it only if something came out different."""
    world = shop()
    world["orders"].opaque = ("no source of 'f'",)
    world.run()

    assert kinds(world.plan(), "orders") == ["opaque"]
    assert world.run() == {"orders": "computed", "revenue": "skipped", "report": "skipped"}


def test_what_is_too_old_is_computed() -> None:
    """Not shown again from earlier: that is just as old."""
    world = built(freshness=Freshness(timedelta(hours=1)))
    world.at += HOUR + 1

    assert actions(world.plan("orders")) == {"orders": "compute"}
    assert kinds(world.plan("orders"), "orders") == ["too_old"]


# Columns.


def test_a_change_of_other_columns_is_none() -> None:
    """Who reads only 'same' is not touched by what happens to 'rows'."""
    world = World(table("raw"), table("orders", "raw", columns={"raw": ["same"]}))
    world.run()
    world["raw"].code = "2"

    assert world.run() == {"raw": "computed", "orders": "skipped"}


def test_a_change_of_a_column_that_is_read_is_named() -> None:
    """With the column."""
    world = World(table("raw"), table("orders", "raw", columns={"raw": ["same", "rows"]}))
    world.run()
    world["raw"].code = "2"
    world.run("raw")

    plan = world.plan("orders")

    assert str(plan.steps[0].reasons[0]) == "'raw' changed in 'same', 'rows'"


def test_a_column_that_is_not_there_counts() -> None:
    """It fails when it is read, by name; and when it appears, that is a change."""
    world = World(table("raw"), table("orders", "raw", columns={"raw": ["new"]}))
    world.run()
    head = world.heads[Cell(AssetKey("raw"))]
    made = world.made[head.materialization]
    column = replace(made.columns[0], name="new")
    world.made[made.id] = replace(made, columns=(*made.columns, column))

    assert kinds(world.plan("orders"), "orders") == ["input_changed"]


# Options.


def test_force_computes_what_was_selected_and_nothing_else() -> None:
    """Upstream stays; downstream was not asked for."""
    world = built()

    plan = world.plan("orders", force=True)

    assert actions(plan) == {"orders": "compute"}
    assert plan.steps[0].reasons == (Forced(),)
    assert plan.forced == {Cell(AssetKey("orders"))}


def test_force_reuses_nothing() -> None:
    """Whoever forces does not believe what was kept."""
    world = built()
    world["orders"].code = "2"
    world.run()
    world["orders"].code = "1"

    assert actions(world.plan("orders", force=True)) == {"orders": "compute"}


def test_forcing_what_comes_out_the_same_stops_there() -> None:
    """Downstream of a forced asset runs only if its data changed."""
    world = built()

    plan = world.plan("orders", "revenue", force=True)
    assert actions(plan) == {"orders": "compute", "revenue": "compute"}
    world.run("orders", force=True)

    assert world.plan().steps == ()


def test_what_a_run_has_computed_is_not_forced_again() -> None:
    """A run that is resumed goes on with what is left."""
    world = built()
    done = frozenset({Cell(AssetKey("raw"))})
    keys = frozenset({AssetKey("raw"), AssetKey("orders")})

    plan = make_plan(
        world.graph,
        world.expected(),
        world.known(),
        Wanted(keys, force=True, computed=done),
    )

    assert actions(plan) == {"orders": "compute"}
    assert fresh(plan) == {"raw"}


def test_a_second_plan_need_only_look_at_what_the_first_has_named() -> None:
    """It is made when more is known of those cells; the others stay as they are."""
    world = built()
    world["orders"].code = "2"
    wanted = Wanted(frozenset(world.graph.nodes))
    first = world.plan()

    among = {step.cell for step in first.steps}
    second = make_plan(world.graph, world.expected(), world.known(), wanted, among)

    assert (first.steps, first.fresh) == (second.steps, second.fresh)
    assert first.steps
    assert first.fresh


def test_without_upstream_the_heads_of_now_are_taken() -> None:
    """Somebody knows that the upstream is stale, and does not want to wait for it."""
    world = built()
    world["raw"].code = "2"
    world["orders"].code = "2"

    assert actions(world.plan("orders", upstream=False)) == {"orders": "compute"}
    assert world.run("orders", upstream=False) == {"orders": "computed"}
    assert actions(world.plan("orders"))["raw"] == "compute"


def test_without_upstream_a_change_above_is_not_seen() -> None:
    """What it would read is what it has read."""
    world = built()
    world["raw"].code = "2"

    assert world.plan("orders", upstream=False).steps == ()


def test_without_upstream_what_was_never_built_is_still_planned() -> None:
    """The step will say which upstream has to be built first."""
    assert actions(shop().plan("orders", upstream=False)) == {"orders": "compute"}


def test_a_step_is_certain_if_it_has_a_reason_of_its_own() -> None:
    """Together with the guess about its upstream."""
    guess = UpstreamWillRun((AssetKey("raw"),))
    cell = Cell(AssetKey("orders"))

    assert not Step(cell, "compute", (guess,)).certain
    assert Step(cell, "compute", (Forced(), guess)).certain


def test_a_plan_counts_its_actions() -> None:
    """What `assets plan` says in its last line."""
    world = built()
    world["raw"].schema = "stricter"
    world["customers"].storage = "parquet:lake"
    world["revenue"].code = "2"

    assert world.plan().counts == {"compute": 2, "revalidate": 1, "reuse": 1, "fresh": 1}
