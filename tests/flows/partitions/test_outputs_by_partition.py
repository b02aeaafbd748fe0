"""One call that makes several assets, partition by partition."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell
from tests.flows.small_project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project without a module yet."""
    return Project(tmp_path)


DAYS = """
from assets_core import DailyPartitions, multi_asset

DAYS = DailyPartitions("2024-01-01", "2024-01-04")


@asset(partitions=DAYS)
def day(context) -> pa.Table:
    return pa.table({"day": [context.partition.start.day], "rain": [0]})


@multi_asset(outputs=["odd", "even"], partitions=DAYS)
def split(day: pa.Table, context):
    with open("calls.log", "a") as log:
        log.write(f"{context.partition.key}\\n")
    odd = [n % 2 == 1 for n in day["day"].to_pylist()]
    days = day.select(["day"])
    return days.filter(odd), days.filter([not one for one in odd])


@asset
def all_odd(odd: pa.Table) -> pa.Table:
    return odd
"""


def test_each_partition_is_one_call_for_all_outputs(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one partition of one output brings back that call alone."""
    monkeypatch.chdir(project.folder)
    project.write(DAYS)
    project.run()
    assert project.read("all_odd")["day"] == [1, 3]
    assert len((project.folder / "calls.log").read_text().split()) == 3
    with Workspace.open(project.folder) as workspace:
        made = workspace.tools.store.history(Cell(AssetKey("even"), "2024-01-02"))
    path = project.folder / "data" / made[0].stored.location
    path.chmod(0o644)
    path.unlink()

    result = project.run("all_odd")

    assert [(str(step.cell), step.status) for step in result.steps] == [
        ("odd[2024-01-02]", "computed"),
        ("even[2024-01-02]", "computed"),
        ("all_odd", "skipped"),
    ]


def test_a_backfill_makes_all_outputs_of_a_range(project: Project) -> None:
    """Newest first too."""
    project.write(
        DAYS.replace('with open("calls.log", "a") as log:', "if True:").replace(
            'log.write(f"{context.partition.key}\\n")', "pass"
        )
    )
    with Workspace.open(project.folder) as workspace:
        result = workspace.backfill("odd", partitions="2024-01-02..", newest=True)

    assert sorted(str(step.cell) for step in result.steps if step.cell.asset != "day") == [
        "even[2024-01-02]",
        "even[2024-01-03]",
        "odd[2024-01-02]",
        "odd[2024-01-03]",
    ]
