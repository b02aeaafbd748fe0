"""What is told of checks: each that did not pass, with what it asked and what broke it.

What holds for every library of frames is asked of each of them.
"""

from __future__ import annotations

import copy
from typing import Any

import pandera.pandas as pap
import pyarrow as pa
import pytest
from pandera.errors import SchemaWarning

from assets_core.backends.pandera import PanderaValidator
from assets_core.protocols.validator import Failure


def failures(schema: Any, columns: Any) -> tuple[Failure, ...]:
    """Return what a schema has against some columns."""
    return PanderaValidator().validate(schema, pa.table(columns)).failures


def names(found: tuple[Failure, ...]) -> list[tuple[str, str]]:
    """Return the columns and checks of some failures."""
    return [(failure.column, failure.check) for failure in found]


def test_good_rows_pass_and_the_table_is_the_one_that_was_given(library: Any) -> None:
    """A schema that only looks must not change the data's version by a single bit."""
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    schema = library.schema(
        {
            "a": library.column(library.int),
            "b": library.column(library.text, nullable=True),
        },
        strict=True,
        ordered=True,
    )

    result = PanderaValidator().validate(schema, table)

    assert result.failures == ()
    assert result.table is table


def test_failing_rows_leave_the_table_as_it_was(library: Any) -> None:
    """With `on_invalid="warn"` it is stored all the same."""
    table = pa.table({"a": [1]})
    check = library.pandera.Check.gt(3)

    schema = library.schema({"a": library.column(checks=check)})
    result = PanderaValidator().validate(schema, table)

    assert result.failures
    assert result.table is table


def test_a_check_is_told_with_its_bounds_its_rows_and_examples(library: Any) -> None:
    """Who reads it must see what was asked, how often it fails, and where to look."""
    check = library.pandera.Check.in_range(0, 60)
    schema = library.schema({"minute": library.column(library.int, check)})

    found = failures(schema, {"minute": [5, 61, -1, 61]})

    assert found == (Failure("minute", "in_range(0, 60)", 3, ("61", "-1")),)


def test_every_failure_is_told_not_the_first(library: Any) -> None:
    """Mending one thing per run is a day of work."""
    check = library.pandera.Check
    schema = library.schema(
        {
            "a": library.column(library.int, [check.gt(3), check.lt(1)]),
            "b": library.column(library.text, unique=True),
        }
    )

    found = failures(schema, {"a": [1, 9], "b": ["x", "x"]})

    assert sorted(names(found)) == [
        ("a", "greater_than(3)"),
        ("a", "less_than(1)"),
        ("b", "unique"),
    ]


def test_a_model_is_as_good_as_a_schema(library: Any) -> None:
    """Most projects write classes."""
    field = library.pandera.Field
    namespace = {"__annotations__": {"a": library.int}, "a": field(gt=3)}
    model = type("Model", (library.pandera.DataFrameModel,), namespace)

    assert failures(model, {"a": [1, 9]}) == (Failure("a", "greater_than(3)", 1, ("1",)),)


def test_a_check_of_single_values_is_told(library: Any) -> None:
    """It is the slow kind, and the one that people write first."""
    check = library.pandera.Check(lambda value: value > 3, element_wise=True, name="big")

    found = failures(
        library.schema({"a": library.column(library.int, check)}), {"a": [1, 9]}
    )

    assert found == (Failure("a", "big", 1, ("1",)),)


def test_a_check_of_rows_is_told_with_the_rows(library: Any) -> None:
    """The values of one column would not show what is wrong."""
    schema = library.schema({"a": library.column()}, checks=library.greater("a", "b"))

    found = failures(schema, {"a": [1, 9, 2], "b": [1, 1, 5]})

    assert names(found) == [("", "a_exceeds_b")]
    assert found[0].count == 2
    assert found[0].examples == ("row 0: a=1, b=1", "row 2: a=2, b=5")


def test_a_check_of_a_wide_table_shows_short_rows(library: Any) -> None:
    """Fifteen columns do not fit into a line; the number of the row does."""
    schema = library.schema({"a": library.column()}, checks=library.greater("a", "b"))
    wide = {"a": [1], "b": [2]} | {f"column_{number}": ["x" * 50] for number in range(20)}

    (failure,) = failures(schema, wide)

    assert failure.examples[0].startswith("row 0: a=1, b=2, column_0=")
    assert len(failure.examples[0]) == 60


def test_a_check_that_answers_once_for_all_rows_counts_none(library: Any) -> None:
    """Nobody knows which rows make a mean too small."""
    schema = library.schema(checks=library.pandera.Check(lambda _: False, name="mean"))

    assert failures(schema, {"a": [1, 2]}) == (Failure("", "mean", None, ()),)


def test_a_check_over_groups_is_told() -> None:
    """Pandas' checks may compare groups, and then no row is to blame."""
    check = pap.Check(lambda groups: groups["x"].sum() > 9, groupby="kind", name="heavy")
    schema = pap.DataFrameSchema({"a": pap.Column(int, check), "kind": pap.Column(str)})

    found = failures(schema, {"a": [1, 2], "kind": ["x", "y"]})

    assert found == (Failure("a", "heavy", None, ()),)


def test_a_check_that_raises_has_failed_and_names_the_exception(library: Any) -> None:
    """It has looked at nothing, so it cannot have passed."""

    def broken(_: object) -> bool:
        raise ValueError("no such day\nat all")

    check = library.pandera.Check(broken)
    schema = library.schema({"a": library.column(library.int, check)}, checks=check)

    told = "broken (raised ValueError: no such day)"
    assert failures(schema, {"a": [1]}) == (
        Failure("a", told, None),
        Failure("", told, None),
    )


def test_a_check_that_raises_does_not_hide_the_others(library: Any) -> None:
    """Over Polars, answers of two kinds are more than Pandera's own report can hold."""
    check = library.pandera.Check
    checks = [check(lambda _: False, name="never"), check(lambda _: 1 / 0), check.gt(3)]
    schema = library.schema({"a": library.column(library.int, checks)})

    found = failures(schema, {"a": [1, 9]})

    assert names(found) == [
        ("a", "never"),
        ("a", "check 2 (lambda) (raised ZeroDivisionError: division by zero)"),
        ("a", "greater_than(3)"),
    ]


def test_a_check_without_a_name_or_bounds_is_told_by_its_number(library: Any) -> None:
    """Two of them must not become one."""
    check = library.pandera.Check
    checks = [check(lambda _: False), check(lambda _: False)]

    found = failures(library.schema({"a": library.column(checks=checks)}), {"a": [1]})

    assert names(found) == [("a", "check 1 (lambda)"), ("a", "check 2 (lambda)")]


def test_a_check_of_ones_own_is_told_with_its_settings(library: Any) -> None:
    """`near` alone does not say how near."""

    def near(_: object, *, tolerance: int) -> bool:
        return tolerance < 0

    check = library.pandera.Check(near, tolerance=3)
    schema = library.schema({"a": library.column(checks=check)})

    assert names(failures(schema, {"a": [1]})) == [("a", "near(tolerance=3)")]


def test_what_a_check_says_of_itself_is_told(library: Any) -> None:
    """The author's own words explain best."""
    check = library.pandera.Check(lambda _: False, name="positive", error="money was lost")

    found = failures(library.schema({"a": library.column(checks=check)}), {"a": [1]})

    assert names(found) == [("a", "positive: money was lost")]


def test_a_rule_that_is_stated_twice_is_told_once(library: Any) -> None:
    """The same rows break it; there are not twice as many."""
    check = library.pandera.Check.gt(3)
    schema = library.schema({"a": library.column(library.int, [check, copy.copy(check)])})

    assert failures(schema, {"a": [1, 2]}) == (
        Failure("a", "greater_than(3)", 2, ("1", "2")),
    )


def test_a_check_that_only_warns_warns_and_passes(library: Any) -> None:
    """That is what `raise_warning=True` asks for."""
    check = library.pandera.Check.gt(3, raise_warning=True)
    schema = library.schema({"a": library.column(library.int, check)})

    with pytest.warns(SchemaWarning, match="greater_than"):
        assert failures(schema, {"a": [1]}) == ()


def test_a_table_without_rows_is_checked_for_its_columns(library: Any) -> None:
    """An empty partition is no excuse for a wrong type."""
    check = library.pandera.Check.gt(3)
    schema = library.schema(
        {
            "a": library.column(library.int, check, unique=True),
            "b": library.column(library.int),
        },
        unique=["a", "b"],
    )
    nothing = pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.string())})

    assert [failure.column for failure in failures(schema, nothing)] == ["b"]
