"""Two runs and a garbage collection, in every order of their steps (G6, G7, G10, G11).

The functions of the product run over a store and an IO manager in memory. Whatever the
order, and whoever is killed or taken for dead on the way: no head ever names data that is
gone, no head moves back, and what is left undone the next run does.
"""

from __future__ import annotations

import os

import pytest

from tests.faults.interleaving.exploring import Fault, orders
from tests.faults.interleaving.worlds import SCENES, make_world

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
pytestmark = pytest.mark.sweep
TURNS = 3 if NIGHTLY else 2  # of undisturbed tasks
FEW = 2 if NIGHTLY else 1  # where a task is killed or taken for dead as well
EVERY = {True: 1, False: 1} if NIGHTLY else {True: 3, False: 4}
"""Before which steps a task is killed, or taken for dead."""


@pytest.mark.parametrize("scene", SCENES)
def test_no_order_of_steps_loses_anything(scene: str) -> None:
    """Two tasks on one cell, and a collection that keeps nothing but heads."""
    count = sum(1 for _ in orders(lambda: make_world(scene), TURNS))

    print(f"{scene}: {count:,} orders")  # noqa: T201 - to be quoted
    assert count > 1000


@pytest.mark.parametrize("kills", [True, False], ids=["killed", "taken for dead"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_task_that_is_lost_at_any_step_loses_nothing_else(
    scene: str, *, kills: bool
) -> None:
    """A killed one leaves what it had begun; one that is taken for dead goes on."""
    count = sum(
        orders_with(scene, Fault(task, step, kills))
        for task in range(3)
        for step in range(1, steps_of(scene, task) + 1, EVERY[kills])
    )

    print(f"{scene}, one lost: {count:,} orders")  # noqa: T201 - to be quoted
    assert count > 1000 / EVERY[kills]


def orders_with(scene: str, fault: Fault) -> int:
    """Run a scene in every order, with a fault; return how many orders there are."""
    return sum(1 for _ in orders(lambda: make_world(scene, fault), FEW))


def steps_of(scene: str, task: int) -> int:
    """Return the most steps that a task makes in any order."""
    found = orders(lambda: make_world(scene), 1)
    return max(order.count(task) for order in found)
