"""Schemas, checks and upkeep of assets with partitions."""

from __future__ import annotations

import pytest

from assets_core import DefinitionError, MissingDataError, UsageError, Workspace
from assets_core.model.keys import AssetKey
from assets_core.running.recheck import recheck
from assets_core.upkeep.doctor import examine
from assets_core.workspace.partitioning import chosen
from tests.flows.partitions.slices import Sliced, computed, counted, errors

CHECKED = """
from pandera.pandas import Column, DataFrameSchema

DAYS = DailyPartitions("2024-01-01", "2024-01-05")
SCHEMA = DataFrameSchema({
    "n": Column(int), "date": Column("date32[pyarrow]", required=False)
})


@asset
def limit():
    return pa.table({"most": [3]})


@asset(partitions=DAYS, schema=SCHEMA)
def day(context):
    return pa.table({"n": [context.partition.start.day]})


@check(day)
def small(day: pa.Table, limit: pa.Table):
    assert day.column_names == ["n", "date"]
    most = limit["most"][0].as_py()
    return CheckResult(day["n"][0].as_py() <= most, "too many")


@check(day, blocking=False)
def odd(day: pa.Table):
    return day["n"][0].as_py() % 2 == 1


@asset
def whole(day: pa.Table):
    return day
"""


def test_checks_look_at_each_partition_with_its_columns(sliced: Sliced) -> None:
    """One that does not pass costs its partition; a warning costs nothing."""
    sliced.write(CHECKED)
    result = sliced.run()
    assert list(errors(result)) == ["day[2024-01-04]", "whole"]
    assert "too many" in errors(result)["day[2024-01-04]"]
    warned = [
        (str(step.cell), check.check)
        for step in result.steps
        for check in step.checks
        if not check.passed and not check.blocking
    ]
    assert ("day[2024-01-02]", "odd") in warned
    assert len(sliced.heads()) == 4


def test_another_check_looks_at_what_is_stored_and_computes_nothing(
    sliced: Sliced,
) -> None:
    """As for an asset without partitions."""
    sliced.write(CHECKED.replace('"most": [3]', '"most": [9]'))
    assert counted(sliced.run()) == {"computed": 6}
    sliced.edit("% 2 == 1", "% 3 == 1")
    assert counted(sliced.run()) == {"revalidated": 4}


def test_what_is_kept_is_found_whole(sliced: Sliced) -> None:
    """Doctor, verification and garbage collection know partitions."""
    sliced.write(CHECKED.replace('"most": [3]', '"most": [9]'))
    sliced.run()
    sliced.edit(
        '"n": [context.partition.start.day]', '"n": [context.partition.start.day + 1]'
    )
    sliced.run()
    with Workspace.open(sliced.folder) as workspace:
        assert workspace.verify(deep=True).findings == ()
        assert workspace.gc().deleted == ()
        examined = examine(workspace.tools, workspace.graph_of_assets, "main")
        assert examined.findings == ()
    sliced.delete("day", "2024-01-02")
    with Workspace.open(sliced.folder) as workspace:
        found = workspace.verify().findings
        assert [(one.kind, one.asset, one.partition) for one in found] == [
            ("output_missing", "day", "2024-01-02")
        ]
    assert computed(sliced.run()) == {"day[2024-01-02]"}


def test_an_older_definition_disturbs_no_upkeep(sliced: Sliced) -> None:
    """Data of another zone is kept, and nobody takes it for damage."""
    sliced.write(CHECKED.replace('"most": [3]', '"most": [9]'))
    sliced.run()
    sliced.edit('"2024-01-05")', '"2024-01-03", timezone="Asia/Tokyo")')
    for _ in range(2):
        with Workspace.open(sliced.folder) as workspace:
            assert workspace.verify(deep=True).findings == ()
            assert workspace.gc().deleted == ()
            examined = examine(workspace.tools, workspace.graph_of_assets, "main")
            assert examined.findings == ()
            workspace.statuses()
        sliced.run()


def test_an_empty_list_says_so_when_it_is_read(sliced: Sliced) -> None:
    """There is no data yet, which is an error with a name."""
    sliced.write(
        """
        @asset(partitions=DynamicPartitions("customers"))
        def customer():
            return pa.table({"n": [1]})
        """
    )
    assert sliced.run().steps == ()
    with (
        Workspace.open(sliced.folder) as workspace,
        pytest.raises(MissingDataError, match="no partition yet"),
    ):
        workspace.load("customer")


def test_a_check_that_asks_for_partitions_is_refused(sliced: Sliced) -> None:
    """It gets the partition that it tests; anything else it would not get, in silence."""
    sliced.write(CHECKED.replace("limit: pa.Table", "limit: list[pa.Table]"))
    with pytest.raises(DefinitionError, match="reads 'limit' by partition"):
        sliced.plan()


def test_a_long_key_has_a_log(sliced: Sliced) -> None:
    """Letters outside of ASCII take nine characters each in the name of a file."""
    sliced.write(
        """
        @asset(partitions=StaticPartitions(["日" * 50]))
        def long(context):
            context.log.info("said")
            return pa.table({"n": [1]})
        """
    )
    sliced.run()
    (log,) = (sliced.folder / ".assets" / "logs").rglob("*.log")
    assert "said" in log.read_text()


def test_what_is_verified_and_checked_can_be_some_partitions(sliced: Sliced) -> None:
    """A year of them takes its time."""
    sliced.write(
        """
        @asset(partitions=DailyPartitions("2024-01-01", "2024-01-06"))
        def day(context):
            return pa.table({"n": [1]})


        @check("day")
        def few(day: pa.Table) -> bool:
            return len(day) == 1
        """
    )
    sliced.run()
    with Workspace.open(sliced.folder) as workspace:
        some = "2024-01-02..2024-01-03"
        looked = workspace.verify("day", partitions=some).checked
        records = recheck(
            workspace.tools,
            workspace.graph_of_assets,
            workspace.env,
            workspace.keys(),
            chosen(workspace, "day", some),
            "0" * 32,
        )

    assert looked == 2
    assert [one.partition for one in records] == ["2024-01-02", "2024-01-03"]
    assert all(one.passed for one in records)


def test_a_partition_is_not_rolled_back_to_another_time(sliced: Sliced) -> None:
    """Under the same key, in another zone, it was the data of other hours."""
    text = """
        @asset(partitions=DailyPartitions("2024-01-01", "2024-01-03"))
        def day(context):
            return pa.table({"start": [context.partition.start.isoformat()]})
    """
    there = text.replace('"2024-01-03")', '"2024-01-03", timezone="America/New_York")')
    for one in (text, there, text):
        sliced.write(one)
        sliced.run()
    with Workspace.open(sliced.folder) as workspace:
        history = workspace["day"].history(partition="2024-01-01")
        by_start = {
            workspace.load("day", partition="2024-01-01", version=made.id)["start"][0]: made
            for made in history
        }
        other = by_start["2024-01-01T05:00:00+00:00"]
        with pytest.raises(UsageError, match="stood for another time"):
            workspace.rollback("day", to=other.id, partition="2024-01-01")
        same = by_start["2024-01-01T00:00:00+00:00"]
        workspace.rollback("day", to=same.id, partition="2024-01-01")
        held = workspace.statuses()[AssetKey("day")]

    assert held.counts["held"] == 1
