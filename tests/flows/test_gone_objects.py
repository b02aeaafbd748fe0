"""What is gone from a bucket is found when it is read, and then planning knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assets_core import RunFailed, Workspace
from assets_core.errors import MissingDataError
from assets_core.model.keys import AssetKey
from tests.flows.object_store_project import SHOP, Lake, findings, load

if TYPE_CHECKING:
    from tests.flows.small_project import Project

DAYS = f"""{SHOP}
from assets_core import DailyPartitions

DAILY = DailyPartitions("2024-01-01", end="2024-01-04")


@asset(partitions=DAILY, publish="copy")
def sold(context) -> pa.Table:
    return pa.table({{"day": [context.partition.key]}})


@asset(partitions=DAILY)
def counted(sold: pa.Table) -> pa.Table:
    return pa.table({{"n": [sold.num_rows]}})
"""
LOST = "orders"
CHECK = """

@check("orders")
def has_rows(orders: pa.Table) -> bool:
    return orders.num_rows > 0
"""


def location(
    project: Project, key: str, partition: str | None = None, env: str = "main"
) -> str:
    """Return the name of the object that a cell shows."""
    with Workspace.open(project.folder) as workspace:
        heads = workspace.tools.store.heads(env)
        (head,) = (head for cell, head in heads.items() if cell == (key, partition))
        stored = workspace.tools.store.stored([head.materialization])
        return stored[head.materialization].location


def lose(lake: Lake, key: str, partition: str | None = None, env: str = "main") -> None:
    """Delete the object that a cell shows, as a rule of the bucket does."""
    lake.swift.delete(f"{lake.prefix}/{location(lake.project, key, partition, env)}")
    for copy in (lake.project.folder / ".assets/remote").rglob("copies/*/*"):
        copy.unlink()


def verified(project: Project, *, repair: bool = False) -> list[str]:
    """Verify what is stored and return the cells with findings."""
    with Workspace.open(project.folder) as workspace:
        found = workspace.verify(repair=repair).findings
        return [f"{one.kind} {one.asset} {one.partition}" for one in found]


def test_verify_lets_planning_know_of_exactly_what_is_gone(lake: Lake) -> None:
    """Which it then tells, and computes; before and after that nobody asks the bucket."""
    project = lake.write()
    project.run()
    lose(lake, "cheap")
    assert project.plan().counts["compute"] == 0

    assert verified(project) == ["output_missing cheap None"]

    lake.proxy.reset()
    assert project.reasons("cheap").keys() == {"output_missing"}
    assert lake.proxy.requests == []
    with Workspace.open(project.folder) as workspace:
        words = {str(key): one.status for key, one in workspace.statuses().items()}
    assert (words["cheap"], words["orders"]) == ("missing", "fresh")
    assert project.ended()["cheap"] == "computed"
    assert project.plan().counts["compute"] == 0
    assert findings(project) == []


def test_a_load_that_fails_lets_planning_know(lake: Lake) -> None:
    """And the run that follows puts it right, without being forced."""
    project = lake.write()
    project.run()
    lose(lake, LOST)

    with pytest.raises(MissingDataError, match="gone"):
        load(project, LOST)

    assert project.reasons(LOST).keys() == {"output_missing"}
    project.run()
    assert load(project, LOST) == {"price": [1, 2, 3, 4, 5]}


def test_a_lazy_frame_that_cannot_be_read_lets_planning_know(lake: Lake) -> None:
    """Also where only names of files are asked for."""
    project = lake.write()
    project.run()
    lose(lake, LOST)

    with (
        Workspace.open(project.folder) as workspace,
        pytest.raises(Exception, match="gone"),
    ):
        workspace.scan(LOST).collect()

    assert project.reasons(LOST).keys() == {"output_missing"}


def test_a_step_that_cannot_read_its_upstream_lets_planning_know(lake: Lake) -> None:
    """That run fails by name; the next one converges."""
    project = lake.write()
    project.run()
    lose(lake, LOST)
    project.edit("LIMIT = 3", "LIMIT = 4")

    with (
        pytest.raises(RunFailed, match="gone"),
        Workspace.open(project.folder) as workspace,
    ):
        workspace.materialize()

    ended = project.ended()
    assert (ended[LOST], ended["cheap"]) == ("computed", "computed")
    assert load(project, "cheap") == {"price": [1, 2, 3, 4]}
    assert findings(project) == []


def test_of_partitions_one_is_gone_and_the_others_stay(lake: Lake) -> None:
    """Where all were fresh before, so that they need not be looked at one by one."""
    project = lake.write(body=DAYS)
    project.run()
    assert project.plan().counts["compute"] == 0
    lose(lake, "sold", "2024-01-02")

    assert verified(project) == ["output_missing sold 2024-01-02"]

    plan = project.plan()
    assert [str(step.cell) for step in plan.steps][:1] == ["sold[2024-01-02]"]
    assert not any("2024-01-01" in str(step.cell) for step in plan.steps)
    project.run()
    assert findings(project) == []
    assert project.plan().counts["compute"] == 0


def test_what_came_back_is_shown_as_before(lake: Lake) -> None:
    """A bucket may have versions of it; and it may have passed checks that are new."""
    project = lake.write()
    project.run()
    path = project.folder / "pipeline.py"
    path.write_text(path.read_text() + CHECK)
    assert project.ended() == {LOST: "revalidated"}
    name = f"{lake.prefix}/{location(project, LOST)}"
    data = lake.swift.get(name)
    lose(lake, LOST)
    verified(project)
    assert data is not None
    lake.swift.put(name, data)

    assert verified(project) == []

    assert project.plan().steps == ()


def test_what_is_known_to_be_gone_is_not_promoted(lake: Lake) -> None:
    """What the target shows is there, and stays."""
    project = lake.write()
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    project.edit("LIMIT = 3", "LIMIT = 4")
    with Workspace.open(project.folder, env="dev") as workspace:
        workspace.materialize("cheap")
    lose(lake, "cheap", env="dev")
    with Workspace.open(project.folder) as workspace:
        with pytest.raises(MissingDataError, match="gone"):
            workspace.environments.diff("dev")

        with pytest.raises(MissingDataError, match="nothing was changed"):
            workspace.environments.promote("dev")

    assert load(project, "cheap") == {"price": [1, 2, 3]}


def test_settled_partitions_in_a_bucket_are_not_looked_at_one_by_one(lake: Lake) -> None:
    """A section on another machine does not make planning slow for the whole project."""
    project = lake.write(body=DAYS)
    project.run()
    project.plan()

    with Workspace.open(project.folder) as workspace:
        kept = workspace.tools.store.summaries(
            "main", [AssetKey("sold"), AssetKey("counted")]
        )

    assert kept.keys() == {"sold", "counted"}
