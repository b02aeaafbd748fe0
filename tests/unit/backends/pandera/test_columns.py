"""What is told of columns: missing, too many, of a wrong type, empty, not unique."""

from __future__ import annotations

from typing import Any

import pandera.polars as papl
import polars as pl
import pyarrow as pa

from assets_core.backends.pandera import PanderaValidator
from assets_core.protocols.validator import Failure


def failures(schema: Any, columns: Any) -> tuple[Failure, ...]:
    """Return what a schema has against some columns."""
    return PanderaValidator().validate(schema, pa.table(columns)).failures


def names(found: tuple[Failure, ...]) -> list[tuple[str, str]]:
    """Return the columns and checks of some failures."""
    return [(failure.column, failure.check) for failure in found]


def test_a_mean_over_polars_counts_no_rows() -> None:
    """Pandera would call the first row of the table a failing one."""
    check = papl.Check(lambda d: d.lazyframe.select(pl.col(d.key).mean() > 3), name="mean")
    schema = papl.DataFrameSchema({"a": papl.Column(pl.Int64, check)})

    assert failures(schema, {"a": [1, 9, -9]}) == (Failure("a", "mean", None, ()),)


def test_a_missing_column_is_told_by_its_name(library: Any) -> None:
    """It is the column that has a failure, not the table."""
    schema = library.schema(
        {"a": library.column(), "b": library.column(), "c": library.column()}
    )

    assert failures(schema, {"a": [1]}) == (
        Failure("b", "column_in_dataframe", None, ()),
        Failure("c", "column_in_dataframe", None, ()),
    )


def test_every_column_too_many_and_out_of_place_is_told(library: Any) -> None:
    """Pandera stops at the first over Polars and Arrow."""
    schema = library.schema(
        {"b": library.column(), "a": library.column()}, strict=True, ordered=True
    )

    found = failures(schema, {"a": [1], "b": [1], "c": [1], "d": [1]})

    assert sorted(names(found)) == [
        ("a", "column_ordered"),
        ("b", "column_ordered"),
        ("c", "column_in_schema"),
        ("d", "column_in_schema"),
    ]


def test_a_pattern_that_no_column_matches_is_told(library: Any) -> None:
    """A renamed column must not take its rules with it."""
    schema = library.schema({"^x.*$": library.column(library.int, regex=True)})

    (failure,) = failures(schema, {"a": [1]})

    assert failure == Failure("^x.*$", "no_regex_column_match('^x.*$')", None, ())


def test_a_pattern_tells_which_of_its_columns_fail(library: Any) -> None:
    """The pattern alone would leave the reader to look."""
    check = library.pandera.Check.gt(3)
    schema = library.schema({"^x.*$": library.column(library.int, check, regex=True)})

    found = failures(schema, {"x1": [1], "x2": [9], "a": [1]})

    assert found == (Failure("x1", "greater_than(3)", 1, ("1",)),)


def test_a_wrong_type_is_told_with_the_one_that_is_there(library: Any) -> None:
    """The values are not to blame, so none is shown."""
    (failure,) = failures(
        library.schema({"a": library.column(library.int)}), {"a": ["x", "1"]}
    )

    assert failure.column == "a"
    assert failure.check.lower() == "dtype('int64')"
    assert failure.count is None
    assert failure.examples[0].lower() in {"str", "string"}


def test_nulls_are_counted(library: Any) -> None:
    """And need no example but themselves."""
    found = failures(
        library.schema({"a": library.column(library.text)}), {"a": ["x", None, None]}
    )

    assert found == (Failure("a", "not_nullable", 2, ("null",)),)


def test_nan_and_null_are_told_apart(library: Any) -> None:
    """For Pandera both are missing; to find them one must know which."""
    schema = library.schema({"a": library.column(library.float)})
    nan = pa.array([1.0, float("nan")])
    both = pa.array([None, float("nan"), 1.0])

    assert failures(schema, {"a": nan}) == (Failure("a", "not_nullable", 1, ("NaN",)),)
    assert failures(schema, {"a": both}) == (
        Failure("a", "not_nullable", 2, ("null", "NaN")),
    )


def test_repeated_values_count_every_row_that_has_them(library: Any) -> None:
    """Over Arrow, Pandera counts values, which are fewer."""
    schema = library.schema({"a": library.column(library.int, unique=True)})

    assert failures(schema, {"a": [1, 1, 1, 2]}) == (Failure("a", "unique", 3, ("1",)),)


def test_columns_that_are_unique_together_are_told_with_their_values(
    library: Any,
) -> None:
    """The key that comes twice is what one searches for."""
    schema = library.schema({"a": library.column()}, unique=["a", "b"])

    found = failures(schema, {"a": [1, 1, 1, 2], "b": ["x", "x", "y", "x"]})

    assert found == (Failure("", "unique(a, b)", 2, ("1, 'x'",)),)


def test_every_set_of_unique_columns_is_tried(library: Any) -> None:
    """Pandera stops at the first."""
    schema = library.schema({"a": library.column()}, unique=[["a"], ["b"], ["c"]])

    found = failures(schema, {"a": [1, 1], "b": [2, 2], "c": [1, 2]})

    assert names(found) == [("", "unique(a)"), ("", "unique(b)")]


def test_a_key_with_a_column_that_is_not_there_is_not_unique(library: Any) -> None:
    """Without it, Pandera asks for the wrong thing, or for nothing at all."""
    schema = library.schema({"a": library.column()}, unique=["a", "gone"])

    assert failures(schema, {"a": [1, 2]}) == (
        Failure("", "unique(a, gone)", None, ("no column 'gone'",)),
    )
