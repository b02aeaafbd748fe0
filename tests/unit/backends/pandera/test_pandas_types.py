"""A schema of pandas gets a column as the type it asks for, if it is stored as that."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import pandas as pd
import pandera.pandas as pap
import pyarrow as pa
import pytest

from assets_core.backends.pandera import PanderaValidator
from assets_core.protocols.validator import Failure


def failures(schema: Any, columns: Any) -> tuple[Failure, ...]:
    """Return what a schema has against some columns."""
    return PanderaValidator().validate(schema, pa.table(columns)).failures


def names(found: tuple[Failure, ...]) -> list[tuple[str, str]]:
    """Return the columns and checks of some failures."""
    return [(failure.column, failure.check) for failure in found]


@pytest.mark.parametrize(
    "dtype", [int, "int64", "Int64", pd.Int64Dtype(), "int64[pyarrow]"]
)
@pytest.mark.parametrize("values", [[1, 2], [1, None], [None, None]], ids=str)
def test_whole_numbers_have_the_type_that_is_asked_for(
    dtype: Any, values: list[int | None]
) -> None:
    """All of these are stored as int64. Whether a partition has nulls must not matter."""
    table = pa.table({"a": pa.array(values, pa.int64())})
    schema = pap.DataFrameSchema({"a": pap.Column(dtype, nullable=True)})

    assert failures(schema, table) == ()


@pytest.mark.parametrize("dtype", [int, "Int64", "int64[pyarrow]"])
def test_a_null_among_whole_numbers_is_told_as_a_null(dtype: Any) -> None:
    """As a float it would be told as a wrong type, and only then."""
    schema = pap.DataFrameSchema({"a": pap.Column(dtype, pap.Check.gt(3))})

    assert failures(schema, {"a": [9, None, 1]}) == (
        Failure("a", "not_nullable", 1, ("null",)),
        Failure("a", "greater_than(3)", 1, ("1",)),
    )


def test_whole_numbers_beside_nulls_keep_all_their_digits() -> None:
    """As floats, this one and the next are equal."""
    number = 2**53 + 1
    schema = pap.DataFrameSchema(
        {"a": pap.Column(nullable=True, unique=True, checks=pap.Check.ge(number))}
    )

    assert failures(schema, {"a": [number, number + 1, None]}) == ()


@pytest.mark.parametrize("dtype", ["int32", "Int32", "int32[pyarrow]", float, "Float64"])
@pytest.mark.parametrize("values", [[1, 2], [1, None]], ids=str)
def test_another_type_of_numbers_is_refused(dtype: Any, values: list[int | None]) -> None:
    """A width is a part of the data, and a null does not make a float of it."""
    schema = pap.DataFrameSchema({"a": pap.Column(dtype, nullable=True)})

    (failure,) = failures(schema, {"a": values})

    assert failure.check.startswith("dtype(")


@pytest.mark.parametrize("dtype", [bool, "boolean", "bool[pyarrow]"])
@pytest.mark.parametrize("values", [[True], [True, None]], ids=str)
def test_truth_values_have_the_type_that_is_asked_for(
    dtype: Any, values: list[bool | None]
) -> None:
    """Beside nulls, pandas would make Python objects of them."""
    schema = pap.DataFrameSchema({"a": pap.Column(dtype, nullable=True)})

    assert failures(schema, {"a": values}) == ()


@pytest.mark.parametrize(
    "dtype",
    [str, object, "string", "string[pyarrow]", pd.ArrowDtype(pa.string()), "category"],
)
def test_text_has_the_type_that_is_asked_for(dtype: Any) -> None:
    """All of these are stored as text."""
    schema = pap.DataFrameSchema({"a": pap.Column(dtype, nullable=True)})

    assert failures(schema, {"a": ["x", None]}) == ()


def test_text_outside_the_categories_shows_them() -> None:
    """Made a category, it would become a null, and a null may be allowed."""
    dtype = pd.CategoricalDtype(["x"])
    schema = pap.DataFrameSchema({"a": pap.Column(dtype, nullable=True)})

    assert failures(schema, {"a": ["x", "x"]}) == ()
    assert failures(schema, {"a": ["x", "y"]}) == (
        Failure("a", "dtype('category')", None, ("category of ['x', 'y']",)),
    )


@pytest.mark.parametrize(
    ("dtype", "column"),
    [
        (dt.date, pa.array([dt.date(2013, 1, 1)])),
        (pap.DateTime, pa.array([0], pa.timestamp("us"))),
        (pd.DatetimeTZDtype("us", "UTC"), pa.array([0], pa.timestamp("us", "UTC"))),
        (pap.Decimal(10, 2), pa.array([decimal.Decimal("1.20")])),
        (list[int], pa.array([[1]], pa.large_list(pa.int64()))),
        (pd.ArrowDtype(pa.list_(pa.int64())), pa.array([[1]], pa.large_list(pa.int64()))),
        (pd.ArrowDtype(pa.timestamp("s")), pa.array([0], pa.timestamp("ms"))),
    ],
    ids=str,
)
def test_other_types_are_the_ones_that_are_asked_for(dtype: Any, column: Any) -> None:
    """What a function returned with this type is stored as that column."""
    assert failures(pap.DataFrameSchema({"a": pap.Column(dtype)}), {"a": column}) == ()


def test_a_list_of_other_values_is_refused_with_examples() -> None:
    """Only objects have a type each."""
    column = pa.array([[1], [2]], pa.large_list(pa.int64()))

    found = failures(pap.DataFrameSchema({"a": pap.Column(list[str])}), {"a": column})

    assert found == (Failure("a", "dtype('list[str]')", 2, ("[1]", "[2]")),)


def test_a_pattern_asks_all_its_columns_for_the_same_type() -> None:
    """One with nulls must not make the others wrong."""
    schema = pap.DataFrameSchema({"x.*": pap.Column(int, nullable=True, regex=True)})

    assert failures(schema, {"x1": [1, 2], "x2": [1, None]}) == ()


def test_a_type_for_all_columns_holds_beside_nulls() -> None:
    """`dtype=` of the schema is asked of every column."""
    schema = pap.DataFrameSchema({"a": pap.Column(nullable=True)}, dtype=int)

    assert failures(schema, {"a": [1, None]}) == ()
    assert names(failures(schema, {"a": ["x", "y"]})) == [("a", "dtype('int64')")]


def test_a_missing_value_passes_a_comparison_as_over_polars(over_pandas: Any) -> None:
    """Pandera cannot tell about it when another row fails: it raises."""
    check = over_pandas.greater("a", "b")
    schema = pap.DataFrameSchema({"a": pap.Column(nullable=True)}, checks=check)

    found = failures(schema, {"a": [1, None, 9], "b": [1, 1, 1]})

    assert found == (Failure("", "a_exceeds_b", 1, ("row 0: a=1, b=1",)),)


@pytest.mark.parametrize("check", [pap.Check.gt(3, ignore_na=False), None])
def test_a_missing_value_fails_where_it_must_not_be_ignored(
    over_pandas: Any, check: Any
) -> None:
    """Over nullable types, Pandera passes it without a word."""
    wide = over_pandas.greater("a", "b", ignore_na=False)
    schema = pap.DataFrameSchema(
        {"a": pap.Column("Int64", check, nullable=True)}, checks=None if check else wide
    )

    (failure,) = failures(schema, {"a": [9, None], "b": [1, 1]})

    assert failure.count == 1
    assert "null" in failure.examples[0]


def test_a_check_may_answer_for_each_value_of_a_frame() -> None:
    """The rows that have a wrong one are told; what is missing is not wrong."""
    check = pap.Check(lambda frame: frame[["a", "b"]] > 3, name="big")
    column = pap.Column(nullable=True)
    schema = pap.DataFrameSchema({"a": column, "b": column}, checks=check)

    found = failures(
        schema, {"a": [1, 9, None], "b": [9.5, None, 9.5], "c": ["x", "x", "x"]}
    )

    assert found == (Failure("", "big", 1, ("row 0: a=1, b=9.5, c='x'",)),)


def test_an_index_is_the_column_of_its_name() -> None:
    """It is stored as that column, and so it comes back."""
    index = pap.Index(int, pap.Check.gt(3), unique=True, name="id")
    schema = pap.DataFrameSchema({"a": pap.Column(int)}, index=index, strict=True)

    assert failures(schema, {"id": [4, 5], "a": [1, 2]}) == ()
    assert failures(schema, {"id": [1, 1], "a": [1, 2]}) == (
        Failure("id", "unique", 2, ("1",)),
        Failure("id", "greater_than(3)", 2, ("1",)),
    )


def test_an_index_whose_column_is_not_there_is_told_as_a_missing_column() -> None:
    """Tables have no index that could have another name."""
    schema = pap.DataFrameSchema({"a": pap.Column(int)}, index=pap.Index(int, name="id"))

    assert failures(schema, {"a": [1]}) == (Failure("id", "column_in_dataframe", None, ()),)
