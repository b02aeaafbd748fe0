"""Whatever is edited, lost and run in part: plans are right, enough, and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assets_core.model.keys import AssetKey
from assets_core.model.versions import digest
from tests.unit.planning.world import World, file, table

NAMES = ("a", "b", "c", "d", "e")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Return projects of five assets that read a source and those before them."""
    assets = []
    for number, name in enumerate(NAMES):
        upstream = draw(st.lists(st.sampled_from(["file", *NAMES[:number]]), unique=True))
        narrow = [one for one in upstream if one != "file" and draw(st.booleans())]
        columns = {one: draw(st.sampled_from([["same"], ["rows"]])) for one in narrow}
        assets.append(table(name, *upstream, columns=columns))
    return World(file("file"), *assets)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(
            ["code", "rounded", "config", "schema", "storage", "lose", "source", "run"]
        ),
        st.sampled_from(["1", "2"]),
    ),
    max_size=12,
)


def edit(world: World, key: str, what: str, value: str) -> None:
    """Do one thing to a world."""
    says = world[key]
    match what:
        case "code" | "schema":
            setattr(says, what, value)
        case "rounded":
            says.rounded = says.rounded or (says.code == "1" and value == "2")
        case "config":
            says.config = {"limit": value}
        case "storage":
            says.storage = f"parquet:{value}"
        case "source":
            world.sources[AssetKey("file")] = digest(f"content {value}")
        case "lose" if AssetKey(key) in world.data():
            world.lose(key)
        case "run":
            world.run(key)
        case _:
            pass


def rebuilt(world: World) -> World:
    """Return the same project, built from nothing."""
    twin = World(*world.graph.nodes.values())
    twin.says = {key: replace(says) for key, says in world.says.items()}
    twin.sources = dict(world.sources)
    twin.run()
    return twin


def edited(world: World, edits: list[tuple[str, str, str]]) -> World:
    """Return a world that was built, and to which some things were done."""
    world.run()
    for one in edits:
        edit(world, *one)
    return world


@settings(max_examples=150)
@given(worlds(), EDITS)
def test_a_run_leaves_nothing_to_do(world: World, edits: list[Any]) -> None:
    """However much was stale, and for whatever reasons, once is enough."""
    edited(world, edits)

    world.run()

    assert world.plan().steps == ()


@settings(max_examples=150)
@given(worlds(), EDITS)
def test_an_incremental_run_leaves_what_a_clean_one_leaves(
    world: World, edits: list[Any]
) -> None:
    """Nothing that is stale is ever taken for fresh."""
    edited(world, [one for one in edits if one[1] != "rounded"])

    world.run()

    assert world.data() == rebuilt(world).data()


@settings(max_examples=150)
@given(worlds(), EDITS)
def test_what_is_certain_is_done_and_what_is_done_was_planned(
    world: World, edits: list[Any]
) -> None:
    """A plan is a promise: only its guesses may come to nothing."""
    edited(world, edits)
    plan = world.plan()
    certain = {step.cell.asset for step in plan.steps if step.certain}

    ended = world.run()

    assert {key for key, status in ended.items() if status == "skipped"} & certain == set()
    assert ended.keys() == {step.cell.asset for step in plan.steps}


@settings(max_examples=150)
@given(worlds(), EDITS)
def test_what_is_planned_without_computing_is_done_so(
    world: World, edits: list[Any]
) -> None:
    """Where a plan says 'reuse' with certainty, nobody's function is called."""
    edited(world, edits)
    planned = {step.cell.asset: step for step in world.plan().steps}

    ended = world.run()

    said = {"reuse": "reused", "revalidate": "revalidated"}
    assert {
        key: (step.action, ended[key])
        for key, step in planned.items()
        if step.certain and step.action in said and ended[key] != said[step.action]
    } == {}


@settings(max_examples=100)
@given(worlds(), EDITS, st.sampled_from(NAMES))
def test_a_part_of_a_plan_is_part_of_the_plan(
    world: World, edits: list[Any], key: str
) -> None:
    """Selecting less never brings up a step that selecting all does not have."""
    edited(world, edits)
    everything = {step.cell: step.reasons for step in world.plan().steps}

    for step in world.plan(key).steps:
        assert everything[step.cell] == step.reasons


@settings(max_examples=100)
@given(worlds(), EDITS)
def test_planning_changes_nothing(world: World, edits: list[Any]) -> None:
    """Asked twice, the answer is the same."""
    edited(world, edits)

    assert world.plan() == world.plan()
