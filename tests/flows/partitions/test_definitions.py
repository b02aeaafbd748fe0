"""A changed definition: nothing old is shown under a new meaning, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.flows.partitions.slices import Sliced, computed, counted, ended

DAYS = 'DailyPartitions("2024-01-01", "2024-01-04")'
STORY = """
@asset(partitions=PARTITIONS)
def made(context):
    one = context.partition
    return pa.table({"start": [str(one.start)], "end": [str(one.end)]})


@asset
def reader(made: pa.Table):
    return pa.table({"n": [len(made)], "names": [" ".join(made.column_names)]})
"""


def write(sliced: Sliced, partitions: str) -> None:
    """Write the project with a definition."""
    sliced.write(STORY.replace("PARTITIONS", partitions))


@pytest.mark.parametrize("publish", ["", 'publish="copy", ', 'publish="none", '])
def test_another_zone_makes_every_day_again_and_going_back_makes_none(
    sliced: Sliced, publish: str
) -> None:
    """The keys are the same, and the times are not."""
    sliced.write(STORY.replace("partitions=PARTITIONS", f"{publish}partitions={DAYS}"))
    first = sliced.run()
    versions = sliced.versions()

    sliced.edit('"2024-01-04")', '"2024-01-04", timezone="Asia/Tokyo")')
    without = sliced.run("reader", upstream=False)
    assert "failed" in ended(without).values()
    assert counted(sliced.run())["computed"] >= 3
    assert sliced.read("made")["start"][0] == "2023-12-31 15:00:00+00:00"
    assert sliced.planned() == set()

    sliced.edit('"2024-01-04", timezone="Asia/Tokyo")', '"2024-01-04")')
    assert computed(sliced.run()) == set()
    assert sliced.versions() == versions
    assert len(first.steps) == 4


def test_another_kind_with_the_same_keys_shows_nothing_old(sliced: Sliced) -> None:
    """A week is called by its first day, as that day is."""
    write(sliced, DAYS.replace("01-04", "01-15"))
    sliced.run()
    weeks = 'WeeklyPartitions("2024-01-01", "2024-01-15", name="date")'
    write(sliced, weeks)
    assert sliced.planned("made") == {"made[2024-01-01]", "made[2024-01-08]"}
    sliced.run()
    assert sliced.read("made")["end"] == [
        "2024-01-08 00:00:00+00:00",
        "2024-01-15 00:00:00+00:00",
    ]
    write(sliced, DAYS.replace("01-04", "01-15"))
    assert computed(sliced.run()) == set()


def test_a_later_start_takes_days_away_and_an_earlier_one_brings_them_back(
    sliced: Sliced,
) -> None:
    """Days that are outside now are not read; they are not lost either."""
    write(sliced, DAYS)
    sliced.run()
    write(sliced, DAYS.replace("01-01", "01-02"))
    assert computed(sliced.run()) == {"reader"}
    assert len(sliced.read("made")["start"]) == 2
    write(sliced, DAYS)
    assert computed(sliced.run()) == set()
    assert sliced.read("reader")["n"] == [3]


@pytest.mark.parametrize("which", ["a", "b"])
def test_each_time_of_a_product_counts(sliced: Sliced, which: str) -> None:
    """Not only the first of two dates: the keys say nothing about zones."""
    side = 'DailyPartitions("2024-01-01", "2024-01-03"{})'
    text = 'ProductPartitions(a={}, b={}, c=StaticPartitions(["x", "y"]))'
    plain = text.format(side.format(""), side.format(""))
    zone = side.format(', timezone="Asia/Tokyo"')
    others = {"a": (zone, side.format("")), "b": (side.format(""), zone)}
    write(sliced, plain)
    sliced.run()
    write(sliced, text.format(*others[which]))
    assert len(sliced.planned("made")) == 8
    without = sliced.run("reader", upstream=False)
    assert ended(without) == {"reader": "failed"}
    assert len(computed(sliced.run("made"))) == 8
    write(sliced, plain)
    assert computed(sliced.run()) == set()


def test_another_name_of_the_column_reaches_who_reads_it(sliced: Sliced) -> None:
    """No stored data changes, and still the reader gets another table."""
    write(sliced, DAYS)
    sliced.run()
    write(sliced, DAYS.replace('"2024-01-04")', '"2024-01-04", name="day")'))
    assert "reader" in sliced.planned()
    sliced.run()
    assert sliced.read("reader")["names"] == ["start end day"]
    write(sliced, DAYS)
    assert computed(sliced.run()) == set()
    assert sliced.read("reader")["names"] == ["start end date"]


def test_partitions_can_be_taken_away_and_come_back(sliced: Sliced) -> None:
    """The whole and its parts do not get into each other's way."""
    sliced.write(
        f"@asset(partitions={DAYS})\ndef a():\n    return pa.table({{'n': [1]}})\n"
    )
    sliced.run()
    sliced.write("@asset\ndef a():\n    return pa.table({'n': [1]})\n")
    assert computed(sliced.run()) == {"a"}
    assert sliced.read("a") == {"n": [1]}
    sliced.write(
        f"@asset(partitions={DAYS})\ndef a():\n    return pa.table({{'n': [1]}})\n"
    )
    assert computed(sliced.run()) == set()
    assert sliced.read("a")["n"] == [1, 1, 1]


def test_a_name_that_looks_like_a_date_may_be_none(sliced: Sliced) -> None:
    """Names are the user's; only windows of time are dates for sure."""
    write(sliced, 'StaticPartitions(["2024-02-30", "2024-13-01"])')
    sliced.run()
    assert sliced.read("made")["partition"] == ["2024-02-30", "2024-13-01"]


def test_names_that_look_like_dates_come_back_as_they_are_read(sliced: Sliced) -> None:
    """A function may return the column that it got."""
    sliced.write(
        """
        NAMES = StaticPartitions(["2024-01-01", "2024-01-02"])


        @asset(partitions=NAMES)
        def one():
            return pa.table({"n": [1]})


        @asset(partitions=NAMES, batch="all")
        def two(one: pa.Table):
            return one
        """
    )
    assert counted(sliced.run()) == {"computed": 4}
