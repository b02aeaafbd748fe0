"""An asset with partitions of which nothing is another is not looked at cell by cell.

What ends that must never be missed: each test changes one thing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from assets_core import Workspace
from assets_core.files import SETTLED_SECONDS
from assets_core.planning.plan import Plan
from tests.flows.small_project import Project

DAYS = 'DailyPartitions("2024-01-01", "2024-02-01")'
PIPELINE = """
    from assets_core import DailyPartitions, MonthlyPartitions, StaticPartitions

    DAYS = DailyPartitions("2024-01-01", "2024-02-01")
    FACTOR = 2
    prices = source("prices", path="prices.txt")


    @asset
    def base(prices: Path) -> pa.Table:
        return pa.table({"n": [int(prices.read_text())]})


    @asset(partitions=DAYS, inputs={"base": Upstream("base")})
    def daily(base: pa.Table, context) -> pa.Table:
        more = context.partition.start.day
        return pa.table({"n": [base["n"][0].as_py() * FACTOR + more]})


    @asset(partitions=MonthlyPartitions("2024-01-01", "2024-02-01"))
    def monthly(daily: pa.Table) -> pa.Table:
        return pa.table({"n": [sum(daily["n"].to_pylist())]})
"""


@pytest.fixture
def settled(project: Project) -> Project:
    """Return a project of which every partition is fresh, and is known to be."""
    project.write(PIPELINE)
    (project.folder / "prices.txt").write_text("7")
    project.run()
    age()
    plan = project.plan()
    assert (plan.steps, len(plan.fresh)) == ((), 33)
    assert looked_at(project.plan()) == set()
    return project


def age() -> None:
    """Wait until nothing has happened in the folders of stored data for a while."""
    time.sleep(SETTLED_SECONDS + 0.1)


def looked_at(plan: Plan) -> set[str]:
    """Return the partitioned assets that were looked at cell by cell."""
    found = {cell.asset for cell in plan.fresh} | {step.cell.asset for step in plan.steps}
    return {str(key) for key in found} - {"base"}


def test_what_is_settled_still_counts_as_fresh(settled: Project) -> None:
    """In numbers, in the status, and for a selection of some partitions."""
    with Workspace.open(settled.folder) as workspace:
        plan = workspace.plan()
        some = workspace.plan("daily", partitions="2024-01-05..2024-01-08")
        status = workspace.statuses()["daily"]  # type: ignore[index]

    assert plan.counts["fresh"] == 33
    assert some.counts["fresh"] == 4
    assert (status.status, status.rows, status.counts["fresh"]) == ("fresh", 31, 31)
    assert status.updated_at is not None


def a_constant(project: Project) -> None:
    """Change what the function uses."""
    project.edit("FACTOR = 2", "FACTOR = 3")


def the_source(project: Project) -> None:
    """Change what is read at the beginning."""
    (project.folder / "prices.txt").write_text("8")


def the_end(project: Project) -> None:
    """Let there be one day more."""
    project.edit(DAYS, 'DailyPartitions("2024-01-01", "2024-02-02")')


def the_zone(project: Project) -> None:
    """Let days be other times."""
    text = (project.folder / "pipeline.py").read_text()
    there = text.replace('"2024-02-01")', '"2024-02-01", timezone="Asia/Tokyo")')
    (project.folder / "pipeline.py").write_text(there)


def a_file(project: Project) -> None:
    """Delete the stored data of one day."""
    path = project.folder / "data" / "daily" / "date=2024-01-09" / "data.parquet"
    path.resolve().unlink()


def a_version(project: Project) -> None:
    """Compute one day again from another function, and go back to the first."""
    project.edit("FACTOR = 2", "FACTOR = 5")
    project.run("daily", partitions="2024-01-03")
    project.edit("FACTOR = 5", "FACTOR = 2")


def a_mapping(project: Project) -> None:
    """Let the month read its last day only."""
    project.edit(
        'MonthlyPartitions("2024-01-01", "2024-02-01"))',
        'MonthlyPartitions("2024-01-01", "2024-02-01"),'
        ' inputs={"daily": Upstream("daily", mapping=lambda key: [f"{key}-31"])})',
    )


@pytest.mark.parametrize(
    "change",
    [a_constant, the_source, the_end, the_zone, a_file, a_version, a_mapping],
    ids=lambda change: str(change.__name__),
)
def test_whatever_changes_is_seen(
    settled: Project, change: Callable[[Project], None]
) -> None:
    """And then what is made is what a project makes that was never settled."""
    change(settled)

    plan = settled.plan()
    ended = settled.run()

    assert plan.steps
    assert ended.status == "success"
    age()
    assert settled.plan().steps == ()
    assert settled.plan().steps == ()


def test_what_changed_just_now_is_not_believed_to_be_settled(project: Project) -> None:
    """A later change could bear the same time."""
    project.write(PIPELINE)
    (project.folder / "prices.txt").write_text("7")
    project.run()

    assert looked_at(project.plan()) == {"daily", "monthly"}
    assert looked_at(project.plan()) == {"daily", "monthly"}


def test_forcing_looks_at_everything(settled: Project) -> None:
    """Of what is selected."""
    assert len(settled.run("daily", force=True).steps) == 31


def test_what_is_settled_is_looked_at_when_something_upstream_will_run(
    settled: Project,
) -> None:
    """Even if it comes out the same in the end."""
    (settled.folder / "prices.txt").write_text("07")

    plan = settled.plan()
    ended = settled.run()

    assert looked_at(plan) == {"daily", "monthly"}
    assert ended.counts == {**dict.fromkeys(ended.counts, 0), "computed": 1, "skipped": 32}
