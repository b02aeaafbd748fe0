"""Which cells a plan looks at, and which of them it finds stale."""

from __future__ import annotations

import pytest

from assets_core import DefinitionError, UsageError, Workspace
from assets_core.model.keys import AssetKey
from tests.flows.partitions.slices import (
    Sliced,
    computed,
    counted,
    ended,
    errors,
)

STORY = """
FACTOR = 1
DAYS = DailyPartitions("2024-01-01", "2024-01-15")


@asset(partitions=DAYS)
def day(context):
    return pa.table({"n": [FACTOR * context.partition.start.day], "m": [1]})


@asset(partitions=DAYS,
       inputs={"day": Upstream("day", mapping=Window(-2, 0), missing="skip")})
def trail(day: pa.Table):
    return pa.table({"sum": [sum(day["n"].to_pylist())]})


@asset(partitions=WeeklyPartitions("2024-01-01", "2024-01-15"))
def week(day: pa.Table):
    return pa.table({"sum": [sum(day["n"].to_pylist())]})


@asset
def whole(week: pa.Table):
    return week
"""


def test_selected_partitions_pull_what_their_mappings_name(sliced: Sliced) -> None:
    """And nothing else: a day of a trailing window needs three days, not all."""
    sliced.write(STORY)
    assert sliced.planned("trail", partitions="2024-01-10") == {
        "trail[2024-01-10]",
        *(f"day[2024-01-{day:02}]" for day in (8, 9, 10)),
    }
    assert sliced.planned("trail", partitions="2024-01-01") == {
        "trail[2024-01-01]",
        "day[2024-01-01]",
    }
    assert sliced.planned("week", partitions="2024-01-08") == {
        "week[2024-01-08]",
        *(f"day[2024-01-{day:02}]" for day in range(8, 15)),
    }
    assert len(sliced.planned("whole")) == 1 + 2 + 14


def test_only_stale_upstream_partitions_are_pulled(sliced: Sliced) -> None:
    """What is fresh stays out of the plan, also where it is read."""
    sliced.write(STORY)
    sliced.run("day", partitions="2024-01-08..2024-01-09")
    assert sliced.planned("trail", partitions="2024-01-10") == {
        "trail[2024-01-10]",
        "day[2024-01-10]",
    }
    plan = sliced.plan("trail", partitions="2024-01-10")
    assert plan.pulled == 1


def test_several_assets_take_what_a_text_means_in_their_own_partitions(
    sliced: Sliced,
) -> None:
    """What one word means in each; what has no partitions is left out."""
    sliced.write(STORY)
    found = sliced.planned("day", "week", "whole", partitions="2024-01-08", upstream=False)
    assert found == {"week[2024-01-08]", "day[2024-01-08]"}
    found = sliced.planned("day", "week", partitions="2024-01", upstream=False)
    assert len(found) == 14 + 2


def test_no_upstream_takes_what_is_there(sliced: Sliced) -> None:
    """A partition whose upstream was never built names what it needs."""
    sliced.write(STORY)
    sliced.run("trail", partitions="2024-01-02..2024-01-05")
    sliced.edit("FACTOR = 1", "FACTOR = 2")
    assert sliced.planned("trail", partitions="2024-01-05", upstream=False) == set()
    result = sliced.run("week", partitions="2024-01-08", upstream=False)
    error = errors(result)["week[2024-01-08]"]
    assert "needs 'day[2024-01-08]', which was never built" in error
    assert "--partitions '2024-01-08'" in error


def test_a_changed_day_makes_stale_what_reads_it_and_nothing_else(sliced: Sliced) -> None:
    """Cell by cell, through a trailing window and a week."""
    sliced.write(STORY)
    sliced.run()
    sliced.edit(
        '"n": [FACTOR * context.partition.start.day]',
        '"n": [FACTOR * context.partition.start.day + 100 *'
        ' (context.partition.key == "2024-01-07")]',
    )
    result = sliced.run()
    statuses = ended(result)
    changed = {cell for cell in computed(result) if not cell.startswith("day[")}
    assert changed == {
        *("trail[2024-01-07]", "trail[2024-01-08]", "trail[2024-01-09]"),
        *("week[2024-01-01]", "whole"),
    }
    assert statuses["trail[2024-01-10]"] == "skipped"
    assert statuses["week[2024-01-08]"] == "skipped"
    assert sliced.planned() == set()


def test_a_deleted_file_costs_one_computation(sliced: Sliced) -> None:
    """Its bytes come back as they were, so that nothing below it runs."""
    sliced.write(STORY)
    sliced.run()
    sliced.delete("day", "2024-01-11")
    assert {cell for cell in sliced.planned() if cell.startswith("day")} == {
        "day[2024-01-11]"
    }
    assert computed(sliced.run()) == {"day[2024-01-11]"}


COLUMNS = """
OTHER = 1


@asset(partitions=DailyPartitions("2024-01-01", "2024-01-06"))
def day(context):
    return pa.table({"n": [context.partition.start.day], "m": [OTHER], "k": [1]})


@asset(inputs={"day": Upstream("day", columns=["n", "date"])})
def some(day: pa.Table):
    return day


@asset(inputs={"day": Upstream("day", columns=["date"])})
def dates(day: pa.Table):
    return day


@asset(partitions=DailyPartitions("2024-01-01", "2024-01-06"),
       inputs={"day": Upstream("day", columns=["m"])})
def each(day: pa.Table):
    return day
"""


def test_columns_that_are_not_read_make_nothing_stale(sliced: Sliced) -> None:
    """One by one for each partition; a partition column can be among them, or be alone."""
    sliced.write(COLUMNS)
    sliced.run()
    assert list(sliced.read("some")) == ["n", "date"]
    assert [str(day) for day in sliced.read("dates")["date"]] == [
        f"2024-01-0{day}" for day in range(1, 6)
    ]
    sliced.edit("OTHER = 1", "OTHER = 2")
    result = sliced.run()
    assert {cell for cell in computed(result) if not cell.startswith("day[")} == {
        f"each[2024-01-0{day}]" for day in range(1, 6)
    }


def test_how_many_rows_there_are_is_seen_by_whoever_reads_partition_columns_alone(
    sliced: Sliced,
) -> None:
    """The column is the same in every row, but there is one more of them."""
    sliced.write(
        """
        @asset(partitions=DailyPartitions("2024-01-01", "2024-01-04"))
        def day(context):
            return pa.table({"n": [1, 2]})


        @asset(inputs={"day": Upstream("day", columns=["date"])})
        def counted(day: pa.Table):
            return pa.table({"rows": [len(day)]})
        """
    )
    sliced.run()
    sliced.edit("[1, 2]", "[1, 2, 3]")
    sliced.run()

    assert sliced.read("counted") == {"rows": [9]}


def test_what_cannot_be_made_any_more_is_not_fresh(sliced: Sliced) -> None:
    """The days that the month was made from are no longer declared."""
    sliced.write(
        """
        @asset(partitions=DailyPartitions("2024-01-01", "2024-02-01"))
        def day(context):
            return pa.table({"n": [1]})


        @asset(partitions=MonthlyPartitions("2024-01-01", "2024-02-01"))
        def month(day: pa.Table):
            return pa.table({"n": [len(day)]})
        """
    )
    sliced.run()
    sliced.edit('DailyPartitions("2024-01-01"', 'DailyPartitions("2024-01-10"')
    with Workspace.open(sliced.folder) as workspace:
        found = workspace.statuses()[AssetKey("month")]
        explained = workspace.why("month", partition="2024-01")

    assert (found.status, found.counts["stale"]) == ("stale", 1)
    assert "2024-01-01..2024-01-09" in str(explained.status.impossible)


RUNNING_SUM = """
DAYS = DailyPartitions("2024-01-01", "2024-01-09")


@asset(partitions=DAYS)
def day(context):
    return pa.table({"n": [context.partition.start.day]})


@asset(partitions=DAYS,
       inputs={"before": Upstream("total", mapping=Window(-1, -1), missing="skip")})
def total(day: pa.Table, before: pa.Table):
    start = 0 if before is None else before["sum"][0].as_py()
    return pa.table({"sum": [min(start + day["n"][0].as_py(), 20)]})
"""


@pytest.mark.parametrize("jobs", [1, 4])
def test_what_reads_itself_runs_in_order(sliced: Sliced, jobs: int) -> None:
    """Each day needs the one before, however many steps run at once."""
    sliced.write(RUNNING_SUM)
    result = sliced.run(jobs=jobs)
    assert counted(result) == {"computed": 16}
    assert sliced.read("total")["sum"] == [1, 3, 6, 10, 15, 20, 20, 20]


def test_a_change_goes_on_as_far_as_data_changes(sliced: Sliced) -> None:
    """The sum is cut off at 20, so the last days come out as they were."""
    sliced.write(RUNNING_SUM)
    sliced.run()
    sliced.edit(
        '"n": [context.partition.start.day]',
        '"n": [context.partition.start.day + 2 * (context.partition.key == "2024-01-03")]',
    )
    result = sliced.run()
    assert {cell for cell in computed(result) if cell.startswith("total")} == {
        *("total[2024-01-03]", "total[2024-01-04]", "total[2024-01-05]"),
        "total[2024-01-06]",  # 15 and 6 gave 20, and 17 and 6 give 20 again
    }
    assert sliced.read("total")["sum"] == [1, 3, 8, 12, 17, 20, 20, 20]
    assert sliced.planned() == set()


def test_a_late_day_of_what_reads_itself_pulls_all_before(sliced: Sliced) -> None:
    """There is no shorter way to it; the days after are left alone."""
    sliced.write(RUNNING_SUM)
    found = sliced.planned("total", partitions="2024-01-04")
    assert found == {
        f"{key}[2024-01-0{n}]" for key in ("day", "total") for n in range(1, 5)
    }


@pytest.mark.parametrize("mapping", ["", ", mapping=Window(-1, 0)", ", mapping=All()"])
def test_what_reads_itself_now_or_later_is_refused(sliced: Sliced, mapping: str) -> None:
    """It would need itself to be made."""
    sliced.write(RUNNING_SUM.replace(", mapping=Window(-1, -1)", mapping))
    with pytest.raises(DefinitionError, match=r"Window\(-1, -1\)"):
        sliced.plan()


MISSING = """
@asset(partitions=DailyPartitions("2024-01-10", "2024-03-01"))
def day(context):
    return pa.table({"n": [1]})


@asset(partitions=MonthlyPartitions("2024-01-01", "2024-03-01"),
       inputs={"day": Upstream("day")})
def month(day: pa.Table):
    return pa.table({"n": [len(day)]})


@asset(partitions=MonthlyPartitions("2024-01-01", "2024-03-01"))
def again(month: pa.Table):
    return month
"""


def test_what_cannot_be_there_is_told_before_anything_runs(sliced: Sliced) -> None:
    """The days before the first one, by name; the other month can be made."""
    sliced.write(MISSING)
    with pytest.raises(UsageError, match=r"2024-01-01\.\.2024-01-09") as caught:
        sliced.run("month")
    assert "missing='skip'" in caught.value.fix
    assert sliced.heads() == {}
    assert counted(sliced.run("month", partitions="2024-02")) == {"computed": 30}


def test_what_is_missing_can_be_left_out(sliced: Sliced) -> None:
    """`skip` reads the days that there are."""
    sliced.write(MISSING.replace('Upstream("day")', 'Upstream("day", missing="skip")'))
    sliced.run()
    assert sliced.read("again")["n"] == [22, 29]


def test_what_is_missing_can_be_waited_for(sliced: Sliced) -> None:
    """`wait` leaves the month out, and what reads that month waits with it."""
    sliced.write(MISSING.replace('Upstream("day")', 'Upstream("day", missing="wait")'))
    sliced.run()
    assert sliced.read("again")["n"] == [29]
    assert {str(one.cell) for one in sliced.plan().impossible} == {
        "month[2024-01]",
        "again[2024-01]",
    }
    assert sliced.planned() == set()
    sliced.edit('"2024-01-10"', '"2024-01-01"')
    assert counted(sliced.run("again")) == {"computed": 11}
    assert sliced.read("again")["n"] == [31, 29]
