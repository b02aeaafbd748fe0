"""Many partitions with one call: what is bad is named, and the rest is there."""

from __future__ import annotations

import pytest

from tests.flows.partitions.slices import Sliced, counted, ended, errors

YEAR = """
from pandera.pandas import Column, DataFrameSchema

DAYS = DailyPartitions("2023-01-01", "2024-01-01")
BAD = "2023-01-17"


@asset(partitions=DAYS, batch="all"SCHEMA)
def day(context):
    keys = [one.key for one in context.partitions]
    BODY
    return pd.DataFrame({"date": keys, "n": [VALUE for key in keys]})
"""


def year(body: str = "pass", value: str = "len(key)", schema: str = "") -> str:
    """Return a module with an asset of 365 days that are made at once."""
    return YEAR.replace("BODY", body).replace("VALUE", value).replace("SCHEMA", schema)


def test_one_bad_day_of_a_year_costs_one_day_if_the_function_raises(
    sliced: Sliced,
) -> None:
    """The call is made again for halves, until the day is found."""
    sliced.write(year('if BAD in keys: raise ValueError("no data for that day")'))
    result = sliced.run()
    assert counted(result) == {"computed": 364, "failed": 1}
    assert errors(result) == {"day[2023-01-17]": "ValueError: no data for that day"}
    assert len(sliced.heads()) == 364
    assert sliced.planned() == {"day[2023-01-17]"}


def test_one_bad_day_of_a_year_costs_one_day_if_its_schema_refuses(
    sliced: Sliced,
) -> None:
    """One call is enough to know which."""
    schema = ', schema=DataFrameSchema({"n": Column(int, checks=pa_positive)})'
    head = (
        "from pandera.pandas import Check as PanderaCheck\n"
        "pa_positive = PanderaCheck.greater_than(0)\n"
    )
    sliced.write(head + year(value="0 if key == BAD else 1", schema=schema))
    result = sliced.run()
    assert counted(result) == {"computed": 364, "failed": 1}
    assert list(errors(result)) == ["day[2023-01-17]"]
    assert "greater_than" in errors(result)["day[2023-01-17]"]
    failed = next(step for step in result.steps if step.status == "failed")
    assert [check.check for check in failed.checks] == ["schema"]


SMALL = """
BOTH = ProductPartitions(
    date=DailyPartitions("2024-01-01", "2024-01-03"), region=StaticPartitions(["eu", "us"])
)


@asset(partitions=BOTH, batch="all")
def cells(context):
    rows = [dict(one.keys) for one in context.partitions]
    EXTRA
    return pd.DataFrame(rows, columns=COLUMNS).assign(n=1)
"""


def small(extra: str = "pass", columns: str = '["date", "region"]') -> str:
    """Return a module with an asset of two days and two regions."""
    return SMALL.replace("EXTRA", extra).replace("COLUMNS", columns)


@pytest.mark.parametrize(
    ("date", "region"),
    [
        ("2024-01-02", "mars"),  # between two that there are, counted by rows
        ("2024-01-01", "mars"),
        ("2024-01-03", "eu"),
        ("2023-12-31", "us"),
        ("nonsense", "eu"),
    ],
)
def test_a_row_of_no_partition_is_refused_by_name(
    sliced: Sliced, date: str, region: str
) -> None:
    """It must not land in a neighbouring one."""
    sliced.write(small(f"rows.append({{'date': '{date}', 'region': '{region}'}})"))
    result = sliced.run()
    assert counted(result) == {"failed": 4}
    for error in errors(result).values():
        assert f"date={date} region={region}" in error
    assert sliced.heads() == {}


def test_a_row_without_a_key_is_refused(sliced: Sliced) -> None:
    """Null is no partition."""
    sliced.write(small("rows.append({'date': None, 'region': 'eu'})"))
    assert counted(sliced.run()) == {"failed": 4}


def test_rows_of_partitions_that_were_not_asked_for_are_left_out(sliced: Sliced) -> None:
    """A function may return all that it has; what was not asked for is not made by it."""
    sliced.write(small("rows.append({'date': '2024-01-01', 'region': 'eu'})"))
    result = sliced.run(partitions="date=2024-01-02")
    assert counted(result) == {"computed": 2}
    assert {str(cell) for cell in sliced.heads()} == {
        f"cells[date=2024-01-02 region={region}]" for region in ("eu", "us")
    }
    assert sliced.read("cells")["n"] == [1, 1]


def test_a_column_that_is_not_returned_is_named_with_those_that_are(
    sliced: Sliced,
) -> None:
    """Nobody can know which row belongs to which partition."""
    sliced.write(small(columns='["date"]'))
    result = sliced.run()
    assert counted(result) == {"failed": 4}
    error = next(iter(errors(result).values()))
    assert "no column 'region'" in error
    assert "the columns are date, n" in error


def test_a_time_inside_a_window_is_refused(sliced: Sliced) -> None:
    """The column is kept as the key, so that the time would be lost."""
    for time in ("2024-01-01T05:00", "2024-01-01T00:00:00.5"):
        sliced.write(
            f"""
            @asset(partitions=DailyPartitions("2024-01-01", "2024-01-03"), batch="all")
            def day():
                return pd.DataFrame({{"date": pd.to_datetime(["{time}"]), "n": [1]}})
            """
        )
        result = sliced.run()
        assert counted(result) == {"failed": 2}
        assert "a time inside a partition" in str(errors(result))


@pytest.mark.parametrize(
    "column",
    [
        '["2024-01-01", "2024-01-02"]',
        "[date(2024, 1, 1), date(2024, 1, 2)]",
        'pd.to_datetime(["2024-01-01", "2024-01-02"])',
        'pd.to_datetime(["2024-01-01", "2024-01-02"]).tz_localize("UTC")',
        'pd.Categorical(["2024-01-01", "2024-01-02"])',
    ],
)
def test_a_key_may_be_given_as_text_or_as_time(sliced: Sliced, column: str) -> None:
    """As frames hold dates, one way or the other; the stored data is the same."""
    sliced.write(
        f"""
        @asset(partitions=DailyPartitions("2024-01-01", "2024-01-03"), batch="all")
        def day():
            return pd.DataFrame({{"date": {column}, "n": [1, 2]}})
        """
    )
    assert counted(sliced.run()) == {"computed": 2}
    assert [str(one) for one in sliced.read("day")["date"]] == ["2024-01-01", "2024-01-02"]
    assert sliced.read("day")["n"] == [1, 2]


def test_a_batch_is_made_as_far_as_its_upstream_is_there(sliced: Sliced) -> None:
    """One partition that cannot be made does not cost the others."""
    sliced.write(
        """
        DAYS = DailyPartitions("2024-01-01", "2024-01-08")


        @asset(partitions=DAYS)
        def day(context):
            if context.partition.key == "2024-01-04":
                raise ValueError("bad")
            return pa.table({"n": [context.partition.start.day]})


        @asset(partitions=DAYS, batch=3)
        def next_day(day: pa.Table):
            return day
        """
    )
    result = sliced.run()
    statuses = ended(result)
    assert statuses["next_day[2024-01-04]"] == "blocked"
    assert counted(result) == {"computed": 12, "failed": 1, "blocked": 1}
    assert sliced.read("next_day")["n"] == [1, 2, 3, 5, 6, 7]
