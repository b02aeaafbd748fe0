"""Failures say which rows are to blame, by their places, over every library."""

from __future__ import annotations

import importlib
from typing import Any

import pandera.pandas as pandera
import pyarrow as pa
import pytest

from assets_core.backends.pandera import PanderaValidator

TABLE = pa.table(
    {
        "n": [1, -2, None, 4, -5],
        "word": ["a", "b", "c", None, "e"],
        "share": [1.0, float("nan"), None, 4.0, 2.0],
    }
)


def rows(schema: Any, table: pa.Table = TABLE) -> dict[tuple[str, str], list[int] | None]:
    """Return the rows of each failure."""
    found = PanderaValidator().validate(schema, table).failures
    return {
        (one.column, one.check): None if one.rows is None else one.rows.tolist()
        for one in found
    }


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_places_are_right_where_nulls_were_left_out(library: str) -> None:
    """Pandera answers only about the values that are there."""
    module = importlib.import_module(f"pandera.{library}")
    schema = module.DataFrameSchema(
        {
            "n": module.Column(None, module.Check.gt(0), nullable=True),
            "word": module.Column(None, module.Check.isin(["a", "b", "c"])),
            "share": module.Column(None),
        }
    )

    assert rows(schema) == {
        ("n", "greater_than(0)"): [1, 4],
        ("word", "not_nullable"): [3],
        ("word", "isin(['a', 'b', 'c'])"): [4],
        ("share", "not_nullable"): [1, 2],
    }


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_what_cannot_be_converted_has_a_place(library: str) -> None:
    """The rest of what is said of that column only follows from it."""
    module = importlib.import_module(f"pandera.{library}")
    kind = {"pandas": int, "polars": importlib.import_module("polars").Int64}[library]
    schema = module.DataFrameSchema({"n": module.Column(kind, coerce=True)})

    found = rows(schema, pa.table({"n": ["1", "x", "3"]}))

    assert [places for (_, check), places in found.items() if "coerce" in check] == [[1]]


@pytest.mark.parametrize(
    "column",
    [
        pandera.Column(int, unique=True),
        pandera.Column(str),
        pandera.Column(int, pandera.Check(lambda values: values.sum() > 9)),
        pandera.Column(int, pandera.Check(lambda values: values.missing > 9)),
    ],
)
def test_what_is_about_no_single_row_has_no_places(column: pandera.Column) -> None:
    """Leaving rows out would not put it right."""
    schema = pandera.DataFrameSchema({"n": column})

    assert set(rows(schema, pa.table({"n": [1, 1, 2]})).values()) == {None}


def test_labels_that_come_twice_count_for_nothing() -> None:
    """A named index is a column of which two rows may hold the same."""
    schema = pandera.DataFrameSchema(
        {"n": pandera.Column(int, pandera.Check.gt(0))},
        index=pandera.Index(int, pandera.Check.lt(2), name="day"),
    )

    found = rows(schema, pa.table({"day": [1, 1, 1, 2], "n": [1, -1, 3, -4]}))

    assert found == {("n", "greater_than(0)"): [1, 3], ("day", "less_than(2)"): [3]}


MIXED = pa.table({"v": [10, -3, 5, 6, 7], "g": ["b", "a", "a", "b", "a"]})


@pytest.mark.parametrize(
    "schema",
    [
        pandera.DataFrameSchema(
            {"v": pandera.Column(int, pandera.Check(lambda s: s.sort_values() > 0))}
        ),
        pandera.DataFrameSchema(
            {"v": pandera.Column(int)},
            checks=pandera.Check(
                lambda d: d.groupby("g")["v"].apply(lambda v: v > 0).droplevel(0)
            ),
        ),
    ],
)
def test_an_answer_in_another_order_is_about_the_rows_of_its_labels(
    schema: pandera.DataFrameSchema,
) -> None:
    """By its places it would blame a good row."""
    (found,) = PanderaValidator().validate(schema, MIXED).failures

    assert found.rows is not None
    assert found.rows.tolist() == [1]
    assert not any("10" in example for example in found.examples)


@pytest.mark.parametrize(
    ("days", "place"), [([1, 2, 3], [2]), ([-1, 0, 1, 2], [1]), ([1, 1, 2], None)]
)
def test_what_cannot_be_converted_is_known_by_a_named_index(
    days: list[int], place: list[int] | None
) -> None:
    """Its labels are no places, and may come twice."""
    schema = pandera.DataFrameSchema(
        {"n": pandera.Column(int, coerce=True)}, index=pandera.Index(int, name="day")
    )
    words = ["1" for _ in days]
    words[place[0] if place else 1] = "x"

    found = rows(schema, pa.table({"day": days, "n": words}))

    assert [at for (_, check), at in found.items() if "coerce" in check] == [place]


def test_rows_are_found_under_an_index_that_is_converted() -> None:
    """Its labels are others then, in the same order."""
    schema = pandera.DataFrameSchema(
        {"n": pandera.Column(int, pandera.Check.gt(0))},
        index=pandera.Index(int, coerce=True, name="day"),
    )

    found = rows(schema, pa.table({"day": ["2", "0", "1"], "n": [1, -2, 3]}))

    assert found == {("n", "greater_than(0)"): [1]}


def test_checks_of_one_name_blame_the_rows_of_each() -> None:
    """A factory gives all that it makes one name."""
    checks = [
        pandera.Check(lambda s, least=least: s % least == 0, name="divisible")
        for least in (2, 3)
    ]
    schema = pandera.DataFrameSchema({"n": pandera.Column(int, checks)})

    (found,) = PanderaValidator().validate(schema, pa.table({"n": [6, 2, 3]})).failures

    assert found.rows is not None
    assert (found.rows.tolist(), found.count) == ([1, 2], 2)


@pytest.mark.parametrize("drop", [True, False])
def test_a_parser_of_the_table_leaves_no_row_to_blame(*, drop: bool) -> None:
    """It may move rows, with their labels or without."""
    sort = pandera.Parser(lambda d: d.sort_values("v", ignore_index=drop))
    schema = pandera.DataFrameSchema(
        {"v": pandera.Column(int, pandera.Check.gt(0))}, parsers=sort
    )

    assert rows(schema, MIXED) == {("v", "greater_than(0)"): None}


def test_an_answer_in_another_order_blames_nobody_where_labels_come_twice() -> None:
    """Nothing tells those rows from each other."""
    schema = pandera.DataFrameSchema(
        {"n": pandera.Column(int, pandera.Check(lambda s: s.sort_values() > 0))},
        index=pandera.Index(int, name="day"),
    )

    found = rows(schema, pa.table({"day": [1, 2, 2], "n": [5, 7, -1]}))

    assert list(found.values()) == [None]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (
            pandera.DataFrameSchema({"n": pandera.Column(unique=True)}),
            "unique of column 'n'",
        ),
        (
            pandera.DataFrameSchema({"n": pandera.Column()}, unique=["n", "word"]),
            "unique of n, word",
        ),
        (
            pandera.DataFrameSchema(
                {
                    "n": pandera.Column(
                        checks=pandera.Check(lambda s: s.sum() < 9, name="sum")
                    )
                }
            ),
            "check sum of column 'n'",
        ),
        (
            pandera.DataFrameSchema(
                {"n": pandera.Column()},
                checks=pandera.Check(lambda frame: len(frame) > 0, name="some"),
            ),
            "check some of the table",
        ),
        (
            pandera.DataFrameSchema(
                {"n": pandera.Column(parsers=pandera.Parser(lambda s: s - s.mean()))}
            ),
            "parser of column 'n'",
        ),
        (
            pandera.DataFrameSchema(
                {"n": pandera.Column()},
                parsers=pandera.Parser(lambda d: d.drop_duplicates(), name="once"),
            ),
            "parser once of the table",
        ),
    ],
)
def test_rules_that_need_all_rows_are_named(
    schema: pandera.DataFrameSchema, said: str
) -> None:
    """A stream cannot be checked by them."""
    assert PanderaValidator().whole_rules(schema, TABLE) == (said,)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_rules_about_rows_are_not_named(library: str) -> None:
    """Nor is one of the user's own that answers row by row."""
    module = importlib.import_module(f"pandera.{library}")
    polars = importlib.import_module("polars")
    own = {
        "pandas": lambda values: values > 0,
        "polars": lambda data: data.lazyframe.select(polars.col(data.key) > 0),
    }
    schema = module.DataFrameSchema(
        {
            "n": module.Column(
                None,
                [
                    module.Check.gt(0),
                    module.Check(own[library]),
                    module.Check(lambda value: value > 0, element_wise=True),
                ],
                nullable=True,
            )
        }
    )

    assert PanderaValidator().whole_rules(schema, TABLE) == ()
