"""What a function of a partitioned asset gets, and what it can say."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from tests.flows.partitions.slices import Sliced, computed, counted, ended, errors

DAYS = """
DAYS = DailyPartitions("2024-01-01", "2024-01-05")


@asset(partitions=DAYS)
def day(context):
    return pa.table({"n": [context.partition.start.day]})


"""


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        ("list[pa.Table]", "[t.num_rows for t in day]"),
        ("list[pd.DataFrame]", "[len(t) for t in day]"),
        ("dict[str, pa.Table]", "list(day)"),
        ("dict[str, pd.DataFrame]", "list(day)"),
        ("'dict[str, pa.Table]'", "list(day)"),
    ],
)
def test_partitions_can_be_had_one_by_one(
    sliced: Sliced, annotation: str, shown: str
) -> None:
    """In the order of their keys; a list or a dict also if there is one, or none."""
    sliced.write(
        DAYS
        + f"""
@asset(partitions=DAYS,
       inputs={{"day": Upstream("day", mapping=Window(-2, -1), missing="skip")}})
def before(day: {annotation}):
    return pa.table({{"what": [json.dumps({shown})]}})
"""
    )
    assert counted(sliced.run()) == {"computed": 8}
    keys = [[], ["2024-01-01"], ["2024-01-01", "2024-01-02"], ["2024-01-02", "2024-01-03"]]
    wanted = keys if "dict" in annotation else [[1] * len(one) for one in keys]
    assert sliced.read("before")["what"] == [str(one).replace("'", '"') for one in wanted]


def test_nothing_to_read_is_none(sliced: Sliced) -> None:
    """There is no schema that an empty frame could have."""
    sliced.write(
        DAYS
        + """
@asset(partitions=DAYS,
       inputs={"day": Upstream("day", mapping=Window(-1, -1), missing="skip")})
def before(day: pd.DataFrame | None):
    return pa.table({"there": [day is not None]})
"""
    )
    sliced.run()
    assert sliced.read("before")["there"] == [False, True, True, True]


def test_one_partition_is_no_word_where_there_are_many_or_none(sliced: Sliced) -> None:
    """The error says what to ask for."""
    sliced.write(
        """
        @asset
        def whole(context):
            return pa.table({"n": [context.partition.key]})


        @asset(partitions=StaticPartitions(["a", "b"]), batch="all")
        def many(context):
            if len(context.partitions) > 1:
                Path("told.txt").write_text(told(context))
            keys = [one.key for one in context.partitions]
            return pd.DataFrame({"partition": keys, "n": 1})


        def told(context):
            try:
                return context.partition.key
            except UsageError as error:
                return str(error)
        """.replace('Path("told.txt")', f'Path("{sliced.folder}/told.txt")')
    )
    result = sliced.run()
    assert "give the asset partitions=" in errors(result)["whole"]
    assert "use context.partitions" in (sliced.folder / "told.txt").read_text()
    assert ended(result)["many[a]"] == "computed"


GROWING = """
NAMES = ["ada"]


@asset
def found(context):
    context.add_partitions("customers", NAMES)
    return pa.table({"n": NAMES})


@asset(partitions=DynamicPartitions("customers"))
def customer(found: pa.Table, context):
    return pa.table({"name": [context.partition.key]})


@asset(inputs={"customer": Upstream("customer", missing="skip")})
def count(customer: pa.Table):
    return pa.table({"n": [0 if customer is None else len(customer)]})
"""


def test_a_list_grows_and_the_next_plan_has_the_new_partitions(sliced: Sliced) -> None:
    """Not the same run: what it does was planned when it began."""
    sliced.write(GROWING)
    assert computed(sliced.run()) == {"found", "count"}
    assert sliced.read("count") == {"n": [0]}
    assert computed(sliced.run()) == {"customer[ada]", "count"}
    sliced.edit('NAMES = ["ada"]', 'NAMES = ["bob", "ada"]')
    sliced.run()
    assert sliced.planned() == {"customer[bob]", "count"}
    sliced.run()
    assert sliced.read("customer")["name"] == ["ada", "bob"]


def test_what_reads_a_list_without_a_key_waits_for_the_first_one(sliced: Sliced) -> None:
    """It is no mistake that there is none yet, and nothing could be read."""
    sliced.write(GROWING.replace(', missing="skip"', ""))

    assert computed(sliced.run()) == {"found"}
    assert computed(sliced.run()) == {"customer[ada]", "count"}


def test_a_deleted_name_is_gone_and_comes_back_with_its_data(sliced: Sliced) -> None:
    """Deleting says nothing about the data, and nothing is computed twice."""
    sliced.write(GROWING.replace('["ada"]', '["ada", "bob"]'))
    sliced.run()
    sliced.run()
    with Workspace.open(sliced.folder) as workspace:
        assert workspace.delete_partitions("customers", "ada") == 1
    assert computed(sliced.run()) == {"count"}
    assert sliced.read("customer")["name"] == ["bob"]
    with Workspace.open(sliced.folder) as workspace:
        assert workspace.add_partitions("customers", ["ada", "bob"]) == 1
    assert computed(sliced.run()) == set()
    assert sliced.read("customer")["name"] == ["ada", "bob"]


def test_a_key_that_cannot_be_used_is_refused_where_it_is_added(sliced: Sliced) -> None:
    """It would break what people write for partitions."""
    sliced.write(GROWING.replace('["ada"]', '["a=b"]'))
    assert "'a=b'" in errors(sliced.run("found"))["found"]


@pytest.mark.parametrize("batch", ["1", "7", '"all"'])
def test_products_of_four_dimensions_go_through_all_of_it(
    sliced: Sliced, batch: str
) -> None:
    """Made, mapped to fewer dimensions, read together, and selected by dimension."""
    sliced.write(
        f"""
        FOUR = ProductPartitions(
            date=DailyPartitions("2024-01-01", "2024-01-03"),
            region=StaticPartitions(["eu", "New York"]),
            size=StaticPartitions(["s", "l/xl"]),
            who=DynamicPartitions("people"),
        )
        THREE = ProductPartitions(
            who=DynamicPartitions("people"),
            region=StaticPartitions(["eu", "New York"]),
            date=DailyPartitions("2024-01-01", "2024-01-03"),
        )


        @asset(partitions=FOUR, batch={batch})
        def four(context):
            return pd.DataFrame([dict(one.keys) for one in context.partitions]).assign(n=1)


        @asset(partitions=THREE, batch={batch})
        def three(four: pd.DataFrame):
            kept = four.groupby(["who", "region", "date"], as_index=False)["n"].sum()
            return kept


        @asset(partitions=DailyPartitions("2024-01-01", "2024-01-03"))
        def day(three: pd.DataFrame):
            return three.groupby("date", as_index=False)["n"].sum()


        @asset
        def whole(day: pd.DataFrame):
            return day[["n"]]
        """
    )
    with Workspace.open(sliced.folder) as workspace:
        workspace.add_partitions("people", ["ada", "bob"])
    found = sliced.planned("three", partitions="date=2024-01-02 region=New York who=bob")
    assert len(found) == 1 + 2
    assert counted(sliced.run()) == {"computed": 16 + 8 + 2 + 1}
    assert sliced.read("whole") == {"n": [8, 8]}
    one = sliced.read("four", "date=2024-01-02 region=New York size=l/xl who=bob")
    assert (one["size"], one["who"]) == (["l/xl"], ["bob"])
    assert sliced.planned() == set()
    path = sliced.folder / "data/four/date=2024-01-02/region=New York/size=l%2Fxl/who=bob"
    assert (path / "data.parquet").exists()


DIFFERENT = """
DAYS = DailyPartitions("2024-01-01", "2024-01-04")
TABLES = {
    "2024-01-01": pa.table({"a": [1], "b": ["x"]}),
    "2024-01-02": pa.table({"b": ["y"], "a": [1.5], "c": [None]}),
    "2024-01-03": pa.table({"c": [7], "a": [2]}),
}


@asset(partitions=DAYS)
def day(context):
    return TABLES[context.partition.key]


@asset
def whole(day: pa.Table):
    return day
"""


def test_partitions_with_other_columns_are_read_together(sliced: Sliced) -> None:
    """By name; numbers are widened, and what is not there is null."""
    sliced.write(DIFFERENT)
    assert counted(sliced.run()) == {"computed": 4}
    found = sliced.read("whole")
    assert list(found) == ["a", "b", "date", "c"]
    assert found["a"] == [1.0, 1.5, 2.0]
    assert found["b"] == ["x", "y", None]
    assert found["c"] == [None, None, 7]


def test_partitions_that_cannot_be_one_table_are_both_named(sliced: Sliced) -> None:
    """The first, and the one that does not fit to those before it."""
    sliced.write(DIFFERENT.replace('"c": [7]', '"b": [7]'))
    result = sliced.run()
    assert counted(result) == {"computed": 3, "failed": 1}
    error = errors(result)["whole"]
    assert "day[2024-01-01]" in error
    assert "day[2024-01-03]" in error
    assert "dict[str, …]" in error
