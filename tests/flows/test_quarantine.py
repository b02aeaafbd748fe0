"""Rows that a schema refuses are put aside, the others pass, and both are kept together."""

from __future__ import annotations

import pytest

from tests.flows.quarantine_project import (
    STORES,
    MakeOrders,
    aside,
    findings,
    orders_maker,
    requeue,
)
from tests.flows.small_project import Project


@pytest.fixture
def orders(project: Project) -> MakeOrders:
    """Return a maker of a project whose one asset reads its rows from a file."""
    return orders_maker(project)


@pytest.mark.parametrize("store", STORES)
def test_one_bad_row_in_ten_thousand_is_put_aside(orders: MakeOrders, store: str) -> None:
    """The good rows are there, and the bad one beside them with its reason."""
    prices = ["1"] * 10_000
    prices[4321] = "-5"
    project = orders(" ".join(prices), settings=STORES[store])

    result = project.run()

    assert [step.status for step in result.steps] == ["computed", "computed"]
    assert project.read("total") == {"total": [9_999]}
    assert 4321 not in project.read("orders")["id"]
    (row,) = aside(project)
    assert row == {
        "id": 4321,
        "price": -5,
        "_check": "greater_than_or_equal_to(0)",
        "_column": "price",
        "_value": "-5",
        "_run": result.run_id,
        "_partition": None,
    }
    assert findings(project) == []


def test_too_many_bad_rows_fail_and_the_old_version_stays(orders: MakeOrders) -> None:
    """Half of the rows being wrong means that the rule is, or the file."""
    project = orders("1 2 3 4")
    project.run()
    (project.folder / "prices.txt").write_text("1 -2 3 -4")

    result = project.run()

    assert {step.cell.asset: step.status for step in result.steps} == {
        "orders": "failed",
        "total": "blocked",
    }
    said = "2 of 4 rows would be put aside, and at most 10 % of all rows may be"
    assert said in project.error("orders", result)
    assert project.read("orders")["price"] == [1, 2, 3, 4]
    assert aside(project) == []


@pytest.mark.parametrize(("most", "status"), [(1, "failed"), (2, "computed")])
def test_max_rows_is_the_number_that_may_be_put_aside(
    orders: MakeOrders, most: int, status: str
) -> None:
    """One more fails, so many pass."""
    project = orders("1 -2 3 -4", option=f"Quarantine(max_rows={most}, max_ratio=1.0)")

    assert project.ended("orders") == {"orders": status}


def test_all_rows_may_be_put_aside(orders: MakeOrders) -> None:
    """Who allows everything gets an empty table."""
    project = orders("-1 -2", option="Quarantine(max_ratio=1.0)")

    project.run()

    assert project.read("orders") == {"id": [], "price": []}
    assert [row["price"] for row in aside(project)] == [-1, -2]


@pytest.mark.parametrize("prices", ["1 2 3", ""])
def test_nothing_is_put_aside_where_nothing_is_wrong(
    orders: MakeOrders, prices: str
) -> None:
    """Also of a table without rows."""
    project = orders(prices)

    assert project.ended("orders") == {"orders": "computed"}
    assert aside(project) == []


def test_what_is_put_aside_is_no_part_of_the_data_version(orders: MakeOrders) -> None:
    """The same good rows are the same data, so nothing downstream runs."""
    project = orders("1 2 3 4 5 6 7 8 9 -1")
    before = project.run().steps[0]
    (project.folder / "prices.txt").write_text("1 2 3 4 5 6 7 8 9 -7")

    after = project.run()

    assert after.steps[0].data_version == before.data_version
    assert after.steps[1].status == "skipped"
    assert [row["price"] for row in aside(project)] == [-7]


def test_another_schema_makes_the_asset_stale(orders: MakeOrders) -> None:
    """It decides which rows are stored: they have to be parted again."""
    project = orders("1 2 3 4 5 6 7 8 9 -1")
    project.run()

    project.edit("LEAST = 0", "LEAST = -3")

    assert "LEAST" in project.reasons("orders")["code_changed"]
    project.run()
    assert project.read("orders")["price"][-1] == -1
    assert aside(project) == []


def test_requeued_rows_that_pass_now_are_taken_in(orders: MakeOrders) -> None:
    """After a fix that no version sees, here of the file behind the source's back."""
    project = orders("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 -1 -2")
    project.write(
        (project.folder / "pipeline.py")
        .read_text()
        .replace('source("prices", path="prices.txt")', "None")
        .replace("(prices: Path)", "()")
        .replace("prices.read_text()", 'Path("prices.txt").read_text()')
    )
    (project.folder / "prices.txt").rename(project.folder / "now.txt")
    project.edit('Path("prices.txt")', f'Path("{project.folder}/now.txt")')
    project.run()
    assert len(aside(project)) == 2
    text = (project.folder / "now.txt").read_text()
    (project.folder / "now.txt").write_text(text.replace("-1", "19"))

    assert requeue(project) == {"orders": "computed"}

    assert project.read("orders")["price"][-1] == 19
    assert [row["price"] for row in aside(project)] == [-2]


def test_requeue_asks_for_nothing_where_nothing_is_in_quarantine(
    orders: MakeOrders,
) -> None:
    """It can be called by a schedule."""
    project = orders("1 2")
    project.run()

    assert requeue(project) == {}


def test_a_row_that_breaks_several_rules_has_one_line(project: Project) -> None:
    """The count is one of rows, and all that is wrong is told."""
    project.write(
        """
        import pandera.pandas as pa_schema
        from assets_core import Quarantine

        SCHEMA = pa_schema.DataFrameSchema(
            {
                "n": pa_schema.Column(int, pa_schema.Check.gt(0)),
                "word": pa_schema.Column(str, pa_schema.Check.str_length(1, 3)),
            },
            checks=[pa_schema.Check(lambda f: f["n"] < f["word"].str.len(), name="short")],
        )

        @asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=0.8))
        def orders() -> pa.Table:
            return pa.table({"n": [1, -1, 2], "word": ["ab", "long", None]})
        """
    )

    project.run()

    assert project.read("orders") == {"n": [1], "word": ["ab"]}
    many, few = aside(project)
    assert many["_check"] == "greater_than(0); str_length(1, 3)"
    assert many["_column"] == "n; word"
    assert many["_value"] == "-1; long"
    assert few["_check"].startswith("not_nullable")


def test_a_value_that_cannot_be_converted_is_put_aside_as_it_came(
    project: Project,
) -> None:
    """The others are stored with the type that the schema asks for."""
    project.write(
        """
        import pandera.pandas as pa_schema
        from assets_core import Quarantine

        SCHEMA = pa_schema.DataFrameSchema(
            {"n": pa_schema.Column(int, pa_schema.Check.gt(0), coerce=True)}
        )

        @asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=0.5))
        def orders() -> pa.Table:
            return pa.table({"n": ["1", "x", "3", "-4"]})
        """
    )

    project.run()

    assert project.read("orders") == {"n": [1, 3]}
    assert [row["n"] for row in aside(project)] == ["x", "-4"]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("pa_schema.Column(int, unique=True)", "unique"),
        ("pa_schema.Column(str)", "dtype"),
        ("pa_schema.Column(int, pa_schema.Check(lambda s: s.mean() > 9))", "lambda"),
    ],
)
def test_what_no_single_row_is_to_blame_for_always_fails(
    project: Project, column: str, said: str
) -> None:
    """Leaving rows out would hide that the table as a whole is wrong."""
    project.write(
        f"""
        import pandera.pandas as pa_schema
        from assets_core import Quarantine

        SCHEMA = pa_schema.DataFrameSchema({{"n": {column}}})

        @asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=1.0))
        def orders() -> pa.Table:
            return pa.table({{"n": [1, 1, 2]}})
        """
    )

    result = project.run()

    assert said in project.error("orders", result)
    assert aside(project) == []


def test_rows_are_known_by_place_where_labels_come_twice(project: Project) -> None:
    """A named index is a column like others, and says nothing about which row it is."""
    project.write(
        """
        import pandera.pandas as pa_schema
        from assets_core import Quarantine

        SCHEMA = pa_schema.DataFrameSchema(
            {"n": pa_schema.Column(int, pa_schema.Check.gt(0))},
            index=pa_schema.Index(int, name="day"),
        )

        @asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=0.5))
        def orders() -> pa.Table:
            return pa.table({"day": [1, 1, 1, 2], "n": [1, -1, 3, 4]})
        """
    )

    project.run()

    assert project.read("orders") == {"day": [1, 1, 2], "n": [1, 3, 4]}


def test_a_check_that_fails_again_without_the_bad_rows_fails(project: Project) -> None:
    """What compares rows with each other cannot be put right by leaving some out."""
    project.write(
        """
        import pandera.pandas as pa_schema
        from assets_core import Quarantine

        SCHEMA = pa_schema.DataFrameSchema(
            {"n": pa_schema.Column(int, pa_schema.Check(lambda s: s < s.max()))}
        )

        @asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=1.0))
        def orders() -> pa.Table:
            return pa.table({"n": [1, 2, 3, 4, 5]})
        """
    )

    assert project.ended() == {"orders": "failed"}


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_schemas_of_other_libraries_part_rows_too(project: Project, library: str) -> None:
    """Each tells in its own way which rows fail."""
    project.write(
        f"""
        import pandera.{library} as pa_schema
        from assets_core import Quarantine

        SCHEMA = pa_schema.DataFrameSchema(
            {{"n": pa_schema.Column(None, pa_schema.Check.gt(0))}}
        )

        @asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=0.5))
        def orders() -> pa.Table:
            return pa.table({{"n": [1, None, -3, 4]}})
        """
    )

    project.run()

    assert project.read("orders") == {"n": [1, 4]}
    assert [row["_value"] for row in aside(project)] == ["null", "-3"]


def test_a_quarantine_without_a_schema_is_a_mistake(project: Project) -> None:
    """No row would ever be put aside."""
    project.write(
        """
        @asset(on_invalid="quarantine")
        def orders() -> pa.Table:
            return pa.table({"n": [1]})
        """
    )

    with pytest.raises(Exception, match="has no schema"):
        project.run()


def test_a_column_that_is_called_like_a_reason_is_refused(project: Project) -> None:
    """Two columns of one name could not be told apart."""
    project.write(
        """
        import pandera.pandas as pa_schema
        from assets_core import Quarantine

        SCHEMA = pa_schema.DataFrameSchema(
            {"_check": pa_schema.Column(int, pa_schema.Check.gt(0))}
        )

        @asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=0.5))
        def orders() -> pa.Table:
            return pa.table({"_check": [1, -1]})
        """
    )

    assert "has a column '_check'" in project.error("orders", project.run())
