"""Examples stay few, short and harmless, whatever the data is."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import pandas as pd
import pandera.polars as papl
import polars as pl
import pyarrow as pa
import pytest

from assets_core.backends.pandera import PanderaValidator
from assets_core.backends.pandera.text import shortened, text_of
from assets_core.protocols.validator import Failure


def failures(schema: Any, columns: Any) -> tuple[Failure, ...]:
    """Return what a schema has against some columns."""
    return PanderaValidator().validate(schema, pa.table(columns)).failures


def test_a_million_failures_are_counted_and_five_are_shown(library: Any) -> None:
    """What is recorded with a run must stay small whatever happened."""
    check = library.pandera.Check.ge(0)
    schema = library.schema({"a": library.column(library.int, check)})

    (failure,) = failures(schema, {"a": pa.array(range(-1_000_000, 0))})

    assert failure.count == 1_000_000
    assert failure.examples == ("-1000000", "-999999", "-999998", "-999997", "-999996")


def test_many_failing_rows_of_a_wide_table_take_no_time(library: Any) -> None:
    """Pandera's own report of these takes a minute and gigabytes."""
    schema = library.schema(
        {"a": library.column()}, checks=library.greater("a", "b"), unique=["a", "b"]
    )
    count = 200_000
    columns = {f"column_{number}": pa.array(range(count)) for number in range(15)}
    table = pa.table({"a": pa.array([0] * count), "b": pa.array([1] * count)} | columns)

    found = failures(schema, table)

    assert {(failure.check, failure.count) for failure in found} == {
        ("a_exceeds_b", count),
        ("unique(a, b)", count),
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<script>alert(1)</script>", "'<script>alert(1)</script>'"),
        ("two\nlines\r", r"'two\nlines\r'"),
        ("\x1b[31mred\x00", r"'\x1b[31mred\x00'"),
        ("\u202eevil", r"'\u202eevil'"),
        ("", "''"),
        ("null", "'null'"),
    ],
)
def test_hostile_text_is_shown_on_one_line(library: Any, value: str, shown: str) -> None:
    """It ends in logs, terminals and pages; nobody has checked it yet."""
    check = library.pandera.Check.isin(["good"])
    schema = library.schema({"a": library.column(library.text, check)})

    (failure,) = failures(schema, {"a": [value]})

    assert failure.examples == (shown,)


def test_long_values_are_shown_short(library: Any) -> None:
    """A megabyte in a record of the metadata store is a megabyte in every page."""
    check = library.pandera.Check.isin(["good"])
    schema = library.schema(
        {"a": library.column(library.text, check)}, checks=library.greater("a", "b")
    )

    found = failures(schema, {"a": ["x" * 1_000_000], "b": ["y" * 1_000_000]})

    assert len(found) == 2
    assert all(len(example) <= 60 for failure in found for example in failure.examples)


def test_a_long_list_of_allowed_values_is_shown_short(library: Any) -> None:
    """The name of a check is a line in a table."""
    check = library.pandera.Check.isin(list(range(10_000)))
    schema = library.schema({"a": library.column(library.int, check)})

    (failure,) = failures(schema, {"a": [-1]})

    assert failure.check.startswith("isin([0, 1, 2, ")
    assert len(failure.check) == 160


def test_a_long_exception_is_shown_short(library: Any) -> None:
    """Exceptions like to quote the whole value."""

    def broken(_: object) -> bool:
        raise ValueError("x" * 1_000_000)

    schema = library.schema({"a": library.column(checks=library.pandera.Check(broken))})

    assert len(failures(schema, {"a": [1]})[0].check) < 120


def test_bytes_and_nested_values_are_shown() -> None:
    """Pandera's report cannot hold them."""
    check = papl.Check(lambda d: d.lazyframe.select(pl.col(d.key).is_null()), name="none")
    column = papl.Column(checks=check)
    schema = papl.DataFrameSchema({"a": column, "b": column}, unique=["a"])

    found = failures(schema, {"a": [b"\xff", b"\xff"], "b": [[1], [2]]})

    assert {failure.column: failure.examples for failure in found} == {
        "": (r"b'\xff'",),
        "a": (r"b'\xff'",),
        "b": ("[1]", "[2]"),
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (pd.NA, "null"),
        (pd.NaT, "null"),
        (float("-inf"), "-inf"),
        (dt.date(2013, 1, 2), "2013-01-02"),
        (pd.Timestamp("2013-01-02 03:00", tz="UTC"), "2013-01-02 03:00:00+00:00"),
        (decimal.Decimal("1.20"), "1.20"),
        ({"a": [1]}, "{'a': [1]}"),
        ("x" * 100, "'" + "x" * 58 + "…"),
        (b"x" * 100, "b'" + "x" * 57 + "…"),
        (list(range(1000)), "[0, 1, 2, 3, 4, 5, ...]"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value: object, text: str) -> None:
    """`datetime.date(2013, 1, 2)` is for programmers."""
    assert text_of(value) == text


def test_a_shortened_text_says_that_it_is() -> None:
    """A cut number would be another number."""
    assert shortened("123456", 6) == "123456"
    assert shortened("1234567", 6) == "12345…"
