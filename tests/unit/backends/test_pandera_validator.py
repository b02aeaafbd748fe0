"""Schemas of Pandera over pandas, Polars and Arrow: what they say, and what they change.

What holds for every library is told once, and asked of each of them.
"""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import importlib
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pap
import pandera.polars as papl
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pandera.config import set_config
from pandera.errors import SchemaWarning

from assets_core.backends.pandera import PanderaValidator
from assets_core.backends.pandera.text import shortened, text_of
from assets_core.errors import (
    ConfigurationError,
    DefinitionError,
    SchemaError,
    UnsupportedDataError,
)
from assets_core.protocols.validator import Failure, Validated

ROOT = Path(__file__).parents[3]
VALIDATOR = PanderaValidator()

INT = {"pandas": int, "polars": pl.Int64, "pyarrow": pa.int64()}
FLOAT = {"pandas": float, "polars": pl.Float64, "pyarrow": pa.float64()}
TEXT = {"pandas": str, "polars": pl.String, "pyarrow": pa.string()}


class Library:
    """One library of frames, with Pandera's words for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pandera = importlib.import_module(f"pandera.{name}")
        self.int, self.float, self.text = INT[name], FLOAT[name], TEXT[name]

    def schema(self, columns: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return a DataFrameSchema."""
        return self.pandera.DataFrameSchema(columns or {}, **options)

    def column(self, dtype: Any = None, checks: Any = None, **options: Any) -> Any:
        """Return a Column."""
        return self.pandera.Column(dtype, checks, **options)

    def greater(self, left: str, right: str, **options: Any) -> Any:
        """Return a check that one column is greater than another, in each row."""

        def over_pandas(frame: pd.DataFrame) -> Any:
            return frame[left] > frame[right]

        def over_polars(data: Any) -> Any:
            return data.lazyframe.select(pl.col(left) > pl.col(right))

        def over_arrow(data: Any) -> Any:
            return pc.greater(data.table[left], data.table[right])

        ask = {"pandas": over_pandas, "polars": over_polars, "pyarrow": over_arrow}
        return self.pandera.Check(ask[self.name], name=f"{left}_exceeds_{right}", **options)


@pytest.fixture(params=["pandas", "polars", "pyarrow"])
def library(request: pytest.FixtureRequest) -> Library:
    """Return each library in turn."""
    if request.param == "pyarrow":
        pytest.importorskip(
            "narwhals", reason="Pandera checks Arrow tables through Narwhals"
        )
    return Library(request.param)


def failures(schema: Any, columns: Any) -> tuple[Failure, ...]:
    """Return what a schema has against some columns."""
    return validated(schema, columns).failures


def validated(schema: Any, columns: Any) -> Validated:
    """Return what a schema makes of some columns."""
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    return VALIDATOR.validate(schema, table)


def names(found: tuple[Failure, ...]) -> list[tuple[str, str]]:
    """Return the columns and checks of some failures."""
    return [(failure.column, failure.check) for failure in found]


# ------------------------------------------------------------------- what it tells


def test_good_rows_pass_and_the_table_is_the_one_that_was_given(library: Library) -> None:
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

    result = VALIDATOR.validate(schema, table)

    assert result.failures == ()
    assert result.table is table


def test_failing_rows_leave_the_table_as_it_was(library: Library) -> None:
    """With `on_invalid="warn"` it is stored all the same."""
    table = pa.table({"a": [1]})
    check = library.pandera.Check.gt(3)

    result = VALIDATOR.validate(library.schema({"a": library.column(checks=check)}), table)

    assert result.failures
    assert result.table is table


def test_a_check_is_told_with_its_bounds_its_rows_and_examples(library: Library) -> None:
    """Who reads it must see what was asked, how often it fails, and where to look."""
    check = library.pandera.Check.in_range(0, 60)
    schema = library.schema({"minute": library.column(library.int, check)})

    found = failures(schema, {"minute": [5, 61, -1, 61]})

    assert found == (Failure("minute", "in_range(0, 60)", 3, ("61", "-1")),)


def test_every_failure_is_told_not_the_first(library: Library) -> None:
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


def test_a_model_is_as_good_as_a_schema(library: Library) -> None:
    """Most projects write classes."""
    field = library.pandera.Field
    namespace = {"__annotations__": {"a": library.int}, "a": field(gt=3)}
    model = type("Model", (library.pandera.DataFrameModel,), namespace)

    assert failures(model, {"a": [1, 9]}) == (Failure("a", "greater_than(3)", 1, ("1",)),)


def test_a_check_of_single_values_is_told(library: Library) -> None:
    """It is the slow kind, and the one that people write first."""
    check = library.pandera.Check(lambda value: value > 3, element_wise=True, name="big")

    found = failures(
        library.schema({"a": library.column(library.int, check)}), {"a": [1, 9]}
    )

    assert found == (Failure("a", "big", 1, ("1",)),)


def test_a_check_of_rows_is_told_with_the_rows(library: Library) -> None:
    """The values of one column would not show what is wrong."""
    schema = library.schema({"a": library.column()}, checks=library.greater("a", "b"))

    found = failures(schema, {"a": [1, 9, 2], "b": [1, 1, 5]})

    assert names(found) == [("", "a_exceeds_b")]
    assert found[0].count == 2
    assert found[0].examples == ("row 0: a=1, b=1", "row 2: a=2, b=5")


def test_a_check_of_a_wide_table_shows_short_rows(library: Library) -> None:
    """Fifteen columns do not fit into a line; the number of the row does."""
    schema = library.schema({"a": library.column()}, checks=library.greater("a", "b"))
    wide = {"a": [1], "b": [2]} | {f"column_{number}": ["x" * 50] for number in range(20)}

    (failure,) = failures(schema, wide)

    assert failure.examples[0].startswith("row 0: a=1, b=2, column_0=")
    assert len(failure.examples[0]) == 60


def test_a_check_that_answers_once_for_all_rows_counts_none(library: Library) -> None:
    """Nobody knows which rows make a mean too small."""
    schema = library.schema(checks=library.pandera.Check(lambda _: False, name="mean"))

    assert failures(schema, {"a": [1, 2]}) == (Failure("", "mean", None, ()),)


def test_a_mean_over_polars_counts_no_rows() -> None:
    """Pandera would call the first row of the table a failing one."""
    check = papl.Check(lambda d: d.lazyframe.select(pl.col(d.key).mean() > 3), name="mean")
    schema = papl.DataFrameSchema({"a": papl.Column(pl.Int64, check)})

    assert failures(schema, {"a": [1, 9, -9]}) == (Failure("a", "mean", None, ()),)


def test_a_check_over_groups_is_told() -> None:
    """Pandas' checks may compare groups, and then no row is to blame."""
    check = pap.Check(lambda groups: groups["x"].sum() > 9, groupby="kind", name="heavy")
    schema = pap.DataFrameSchema({"a": pap.Column(int, check), "kind": pap.Column(str)})

    found = failures(schema, {"a": [1, 2], "kind": ["x", "y"]})

    assert found == (Failure("a", "heavy", None, ()),)


def test_a_missing_column_is_told_by_its_name(library: Library) -> None:
    """It is the column that has a failure, not the table."""
    schema = library.schema(
        {"a": library.column(), "b": library.column(), "c": library.column()}
    )

    assert failures(schema, {"a": [1]}) == (
        Failure("b", "column_in_dataframe", None, ()),
        Failure("c", "column_in_dataframe", None, ()),
    )


def test_every_column_too_many_and_out_of_place_is_told(library: Library) -> None:
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


def test_a_pattern_that_no_column_matches_is_told(library: Library) -> None:
    """A renamed column must not take its rules with it."""
    schema = library.schema({"^x.*$": library.column(library.int, regex=True)})

    (failure,) = failures(schema, {"a": [1]})

    assert failure == Failure("^x.*$", "no_regex_column_match('^x.*$')", None, ())


def test_a_pattern_tells_which_of_its_columns_fail(library: Library) -> None:
    """The pattern alone would leave the reader to look."""
    check = library.pandera.Check.gt(3)
    schema = library.schema({"^x.*$": library.column(library.int, check, regex=True)})

    found = failures(schema, {"x1": [1], "x2": [9], "a": [1]})

    assert found == (Failure("x1", "greater_than(3)", 1, ("1",)),)


def test_a_wrong_type_is_told_with_the_one_that_is_there(library: Library) -> None:
    """The values are not to blame, so none is shown."""
    (failure,) = failures(
        library.schema({"a": library.column(library.int)}), {"a": ["x", "1"]}
    )

    assert failure.column == "a"
    assert failure.check.lower() == "dtype('int64')"
    assert failure.count is None
    assert failure.examples[0].lower() in {"str", "string"}


def test_nulls_are_counted(library: Library) -> None:
    """And need no example but themselves."""
    found = failures(
        library.schema({"a": library.column(library.text)}), {"a": ["x", None, None]}
    )

    assert found == (Failure("a", "not_nullable", 2, ("null",)),)


def test_nan_and_null_are_told_apart(library: Library) -> None:
    """For Pandera both are missing; to find them one must know which."""
    schema = library.schema({"a": library.column(library.float)})
    nan = pa.array([1.0, float("nan")])
    both = pa.array([None, float("nan"), 1.0])

    assert failures(schema, {"a": nan}) == (Failure("a", "not_nullable", 1, ("NaN",)),)
    assert failures(schema, {"a": both}) == (
        Failure("a", "not_nullable", 2, ("null", "NaN")),
    )


def test_repeated_values_count_every_row_that_has_them(library: Library) -> None:
    """Over Arrow, Pandera counts values, which are fewer."""
    schema = library.schema({"a": library.column(library.int, unique=True)})

    assert failures(schema, {"a": [1, 1, 1, 2]}) == (Failure("a", "unique", 3, ("1",)),)


def test_columns_that_are_unique_together_are_told_with_their_values(
    library: Library,
) -> None:
    """The key that comes twice is what one searches for."""
    schema = library.schema({"a": library.column()}, unique=["a", "b"])

    found = failures(schema, {"a": [1, 1, 1, 2], "b": ["x", "x", "y", "x"]})

    assert found == (Failure("", "unique(a, b)", 2, ("1, 'x'",)),)


def test_every_set_of_unique_columns_is_tried(library: Library) -> None:
    """Pandera stops at the first."""
    schema = library.schema({"a": library.column()}, unique=[["a"], ["b"], ["c"]])

    found = failures(schema, {"a": [1, 1], "b": [2, 2], "c": [1, 2]})

    assert names(found) == [("", "unique(a)"), ("", "unique(b)")]


def test_a_key_with_a_column_that_is_not_there_is_not_unique(library: Library) -> None:
    """Without it, Pandera asks for the wrong thing, or for nothing at all."""
    schema = library.schema({"a": library.column()}, unique=["a", "gone"])

    assert failures(schema, {"a": [1, 2]}) == (
        Failure("", "unique(a, gone)", None, ("no column 'gone'",)),
    )


def test_a_check_that_raises_has_failed_and_names_the_exception(library: Library) -> None:
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


def test_a_check_that_raises_does_not_hide_the_others(library: Library) -> None:
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


def test_a_check_without_a_name_or_bounds_is_told_by_its_number(library: Library) -> None:
    """Two of them must not become one."""
    check = library.pandera.Check
    checks = [check(lambda _: False), check(lambda _: False)]

    found = failures(library.schema({"a": library.column(checks=checks)}), {"a": [1]})

    assert names(found) == [("a", "check 1 (lambda)"), ("a", "check 2 (lambda)")]


def test_a_check_of_ones_own_is_told_with_its_settings(library: Library) -> None:
    """`near` alone does not say how near."""

    def near(_: object, *, tolerance: int) -> bool:
        return tolerance < 0

    check = library.pandera.Check(near, tolerance=3)
    schema = library.schema({"a": library.column(checks=check)})

    assert names(failures(schema, {"a": [1]})) == [("a", "near(tolerance=3)")]


def test_what_a_check_says_of_itself_is_told(library: Library) -> None:
    """The author's own words explain best."""
    check = library.pandera.Check(lambda _: False, name="positive", error="money was lost")

    found = failures(library.schema({"a": library.column(checks=check)}), {"a": [1]})

    assert names(found) == [("a", "positive: money was lost")]


def test_a_rule_that_is_stated_twice_is_told_once(library: Library) -> None:
    """The same rows break it; there are not twice as many."""
    check = library.pandera.Check.gt(3)
    schema = library.schema({"a": library.column(library.int, [check, copy.copy(check)])})

    assert failures(schema, {"a": [1, 2]}) == (
        Failure("a", "greater_than(3)", 2, ("1", "2")),
    )


def test_a_check_that_only_warns_warns_and_passes(library: Library) -> None:
    """That is what `raise_warning=True` asks for."""
    check = library.pandera.Check.gt(3, raise_warning=True)
    schema = library.schema({"a": library.column(library.int, check)})

    with pytest.warns(SchemaWarning, match="greater_than"):
        assert failures(schema, {"a": [1]}) == ()


def test_a_table_without_rows_is_checked_for_its_columns(library: Library) -> None:
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


# --------------------------------------------------------------- many, and hostile


def test_a_million_failures_are_counted_and_five_are_shown(library: Library) -> None:
    """What is recorded with a run must stay small whatever happened."""
    check = library.pandera.Check.ge(0)
    schema = library.schema({"a": library.column(library.int, check)})

    (failure,) = failures(schema, {"a": pa.array(range(-1_000_000, 0))})

    assert failure.count == 1_000_000
    assert failure.examples == ("-1000000", "-999999", "-999998", "-999997", "-999996")


def test_many_failing_rows_of_a_wide_table_take_no_time(library: Library) -> None:
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
def test_hostile_text_is_shown_on_one_line(
    library: Library, value: str, shown: str
) -> None:
    """It ends in logs, terminals and pages; nobody has checked it yet."""
    check = library.pandera.Check.isin(["good"])
    schema = library.schema({"a": library.column(library.text, check)})

    (failure,) = failures(schema, {"a": [value]})

    assert failure.examples == (shown,)


def test_long_values_are_shown_short(library: Library) -> None:
    """A megabyte in a record of the metadata store is a megabyte in every page."""
    check = library.pandera.Check.isin(["good"])
    schema = library.schema(
        {"a": library.column(library.text, check)}, checks=library.greater("a", "b")
    )

    found = failures(schema, {"a": ["x" * 1_000_000], "b": ["y" * 1_000_000]})

    assert len(found) == 2
    assert all(len(example) <= 60 for failure in found for example in failure.examples)


def test_a_long_list_of_allowed_values_is_shown_short(library: Library) -> None:
    """The name of a check is a line in a table."""
    check = library.pandera.Check.isin(list(range(10_000)))
    schema = library.schema({"a": library.column(library.int, check)})

    (failure,) = failures(schema, {"a": [-1]})

    assert failure.check.startswith("isin([0, 1, 2, ")
    assert len(failure.check) == 160


def test_a_long_exception_is_shown_short(library: Library) -> None:
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


# ------------------------------------------------------------- never switched off


@contextmanager
def pandera_set(**settings: Any) -> Iterator[None]:
    """Set Pandera up for a while."""
    set_config(**settings)
    try:
        yield
    finally:
        set_config(validation_enabled=True, validation_depth="SCHEMA_AND_DATA")


@pytest.mark.parametrize(
    "settings",
    [
        {"validation_enabled": False},
        {"validation_depth": "SCHEMA_ONLY"},
        {"validation_depth": "DATA_ONLY"},
    ],
    ids=str,
)
def test_a_program_cannot_switch_checks_off(
    library: Library, settings: dict[str, Any]
) -> None:
    """A check that read nothing never reports success."""
    check = library.pandera.Check.gt(3)
    schema = library.schema({"a": library.column(library.float, check)})

    with pandera_set(**settings):
        found = failures(schema, {"a": [1]})

    assert [failure.check for failure in found][-1] == "greater_than(3)"
    assert len(found) == 2


@pytest.mark.parametrize(
    "setting",
    [
        "PANDERA_VALIDATION_ENABLED=False",
        "PANDERA_VALIDATION_DEPTH=SCHEMA_ONLY",
        "PANDERA_VALIDATION_DEPTH=DATA_ONLY",
    ],
)
def test_the_environment_cannot_switch_checks_off(library: Library, setting: str) -> None:
    """A variable that somebody once set for speed would let everything through."""
    dtype = {"pandas": "str", "polars": "'String'", "pyarrow": "'string'"}[library.name]
    code = f"""
    import pandera.{library.name} as pandera, pyarrow
    from assets_core.backends.pandera import PanderaValidator
    column = pandera.Column({dtype}, pandera.Check(lambda _: False, name="never"))
    result = PanderaValidator().validate(
        pandera.DataFrameSchema({{"a": column}}), pyarrow.table({{"a": [1]}})
    )
    print(len(result.failures), [failure.check for failure in result.failures][-1])
    """

    assert run(code, setting) == "2 never"


def run(code: str, setting: str) -> str:
    """Return what a new Python prints."""
    name, value = setting.split("=")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, name: value},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr


def test_an_engine_under_which_schemas_mean_something_else_is_refused() -> None:
    """What a table becomes would depend on a variable that no version sees."""
    code = """
    import pandera.polars as pandera, pyarrow
    from assets_core.backends.pandera import PanderaValidator
    try:
        PanderaValidator().validate(
            pandera.DataFrameSchema({"a": pandera.Column()}), pyarrow.table({"a": [1]})
        )
    except Exception as error:
        print(type(error).__name__, error.fix)
    """

    told = run(code, "PANDERA_USE_NARWHALS_BACKEND=True")

    assert told == f"{ConfigurationError.__name__} unset PANDERA_USE_NARWHALS_BACKEND"


def test_polars_is_not_needed_for_a_schema_of_pandas() -> None:
    """It is an extra."""
    code = """
    import sys
    sys.modules["polars"] = None
    import pandera.pandas as pandera, pyarrow
    from assets_core.backends.pandera import PanderaValidator
    schema = pandera.DataFrameSchema({"a": pandera.Column(int, pandera.Check.gt(3), coerce=True)})
    print(PanderaValidator().validate(schema, pyarrow.table({"a": ["1"]})).failures[0].check)
    """

    assert run(code, "IGNORED=1") == "greater_than(3)"


def test_one_schema_serves_many_threads_at_once(library: Library) -> None:
    """Partitions of one asset are validated side by side."""
    check = library.pandera.Check.gt(3)
    schema = library.schema(
        {"^a$": library.column(library.int, check, regex=True), "b": library.column()},
        unique=["b"],
    )
    tables = [pa.table({"a": [number], "b": [1]}) for number in range(8)] * 10

    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda table: VALIDATOR.validate(schema, table).failures, tables)
        )

    assert [bool(each) for each in found] == [number <= 3 for number in range(8)] * 10


def test_the_schema_itself_is_never_changed(library: Library) -> None:
    """It is the user's, and a part of a version."""
    check = library.pandera.Check.gt(3, n_failure_cases=1)
    schema = library.schema({"a": library.column(library.int, check)}, unique=["a"])
    before = copy.deepcopy(schema)

    assert failures(schema, {"a": [1, 2, None]})[-1].count == 2
    assert schema == before
    assert schema.columns["a"].dtype == before.columns["a"].dtype
    assert schema.columns["a"].checks[0].n_failure_cases == 1


# --------------------------------------------------------------- types over pandas


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


def test_a_missing_value_passes_a_comparison_as_over_polars() -> None:
    """Pandera cannot tell about it when another row fails: it raises."""
    check = Library("pandas").greater("a", "b")
    schema = pap.DataFrameSchema({"a": pap.Column(nullable=True)}, checks=check)

    found = failures(schema, {"a": [1, None, 9], "b": [1, 1, 1]})

    assert found == (Failure("", "a_exceeds_b", 1, ("row 0: a=1, b=1",)),)


@pytest.mark.parametrize("check", [pap.Check.gt(3, ignore_na=False), None])
def test_a_missing_value_fails_where_it_must_not_be_ignored(check: Any) -> None:
    """Over nullable types, Pandera passes it without a word."""
    wide = Library("pandas").greater("a", "b", ignore_na=False)
    schema = pap.DataFrameSchema(
        {"a": pap.Column("Int64", check, nullable=True)}, checks=None if check else wide
    )

    (failure,) = failures(schema, {"a": [9, None], "b": [1, 1]})

    assert failure.count == 1
    assert "null" in failure.examples[0]


def test_a_check_may_answer_for_each_value_of_a_frame() -> None:
    """The rows that have a wrong one are told."""
    check = pap.Check(lambda frame: frame[["a", "b"]] > 3, name="big")
    schema = pap.DataFrameSchema({"a": pap.Column()}, checks=check)

    found = failures(schema, {"a": [1, 9, None], "b": [9, 9, 9], "c": ["x", "x", "x"]})

    assert found == (Failure("", "big", 1, ("row 0: a=1, b=9, c='x'",)),)


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


# ------------------------------------------------------- types over Polars and Arrow


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["x", "y"])], ids=str)
def test_a_category_of_polars_is_stored_as_text(dtype: Any) -> None:
    """And is given back as one to a schema that asks for it."""
    schema = papl.DataFrameSchema({"a": papl.Column(dtype, nullable=True)})

    assert failures(schema, {"a": ["x", None]}) == ()


def test_text_outside_an_enum_is_refused() -> None:
    """It stays text."""
    schema = papl.DataFrameSchema({"a": papl.Column(pl.Enum(["x"]))})

    assert [failure.examples for failure in failures(schema, {"a": ["y"]})] == [("String",)]


def test_a_dictionary_of_arrow_is_stored_as_text() -> None:
    """And is given back as one to a schema that asks for it."""
    arrow = pytest.importorskip("narwhals") and importlib.import_module("pandera.pyarrow")
    column = arrow.Column(pa.dictionary(pa.int32(), pa.string()))

    assert failures(arrow.DataFrameSchema({"a": column}), {"a": ["x", "y"]}) == ()


def test_a_column_that_polars_cannot_hold_is_refused_by_name(capfd: Any) -> None:
    """Polars would stop the thread and print a traceback of its own."""
    table = pa.table({"a": pa.array([1], pa.decimal256(50))})

    with pytest.raises(UnsupportedDataError, match="Column 'a' of type decimal256"):
        VALIDATOR.validate(papl.DataFrameSchema({"a": papl.Column()}), table)
    assert capfd.readouterr().err == ""


# -------------------------------------------------------------- what it changes


def test_a_schema_that_converts_gives_the_converted_table() -> None:
    """Its result is what is stored."""
    over_pandas = pap.DataFrameSchema({"a": pap.Column(int, coerce=True)})
    over_polars = papl.DataFrameSchema({"a": papl.Column(pl.Int64, coerce=True)})

    for schema in (over_pandas, over_polars):
        result = validated(schema, {"a": ["1", "2"]})
        assert result.failures == ()
        assert result.table.equals(pa.table({"a": [1, 2]}))


def test_a_narrower_type_is_a_change() -> None:
    """The values are equal, and the type is what was asked for."""
    over_pandas = pap.DataFrameSchema({"a": pap.Column("int32", coerce=True)})
    over_polars = papl.DataFrameSchema({"a": papl.Column(pl.Int32, coerce=True)})

    for schema in (over_pandas, over_polars):
        assert validated(schema, {"a": [1]}).table.schema.field("a").type == pa.int32()


@pytest.mark.parametrize(
    ("schema", "check"),
    [
        (pap.DataFrameSchema({"a": pap.Column(int, coerce=True)}), "coerce_dtype('int64')"),
        (
            papl.DataFrameSchema({"a": papl.Column(int, coerce=True)}),
            "coerce_dtype('Int64')",
        ),
    ],
    ids=["pandas", "polars"],
)
def test_values_that_cannot_be_converted_are_shown(schema: Any, check: str) -> None:
    """Over Polars, Pandera names all columns instead of the one."""
    assert failures(schema, {"a": ["x", "1"]})[0] == Failure("a", check, 1, ("'x'",))


def test_columns_that_are_not_in_the_schema_are_filtered(library: Library) -> None:
    """`strict="filter"` is a change of data like any other."""
    schema = library.schema({"b": library.column(library.int)}, strict="filter")

    assert validated(schema, {"a": [1], "b": [2]}).table.equals(pa.table({"b": [2]}))


def test_defaults_are_filled_in(library: Library) -> None:
    """And are stored as the type that the schema names."""
    schema = library.schema({"b": library.column(library.int, default=3)})

    assert validated(schema, {"b": [1, None]}).table.equals(pa.table({"b": [1, 3]}))


def test_missing_columns_are_added(library: Library) -> None:
    """Where the schema has a default for them."""
    schema = library.schema(
        {"a": library.column(library.int), "b": library.column(library.int, default=3)},
        add_missing_columns=True,
    )

    assert validated(schema, {"a": [1]}).table.equals(pa.table({"a": [1], "b": [3]}))


def test_parsers_are_run() -> None:
    """Those of a column, and those of the whole frame."""
    strip = pap.Parser(lambda text: text.str.strip())
    longest = pap.Parser(lambda frame: frame[frame["a"].str.len() > 2])
    schema = pap.DataFrameSchema({"a": pap.Column(str, parsers=strip)}, parsers=longest)

    assert validated(schema, {"a": [" xy", "z"]}).table.equals(pa.table({"a": ["xy"]}))


def test_an_index_that_is_converted_comes_back_as_a_column() -> None:
    """Tables have no index."""
    index = pap.Index(str, name="id", coerce=True)
    schema = pap.DataFrameSchema({"a": pap.Column(int)}, index=index)

    result = validated(schema, {"id": [7], "a": [1]}).table

    assert result.to_pydict() == {"id": ["7"], "a": [1]}


def test_an_index_without_a_name_is_dropped() -> None:
    """Parsers leave gaps in it, and nobody asked for a column of numbers."""
    parser = pap.Parser(lambda frame: frame[frame["a"] > 1])
    schema = pap.DataFrameSchema({"a": pap.Column(int)}, parsers=parser)

    assert validated(schema, {"a": [1, 2]}).table.equals(pa.table({"a": [2]}))


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_columns_that_were_not_changed_stay_as_they_were(name: str) -> None:
    """pandas would make nulls of NaN, and others of the types."""
    library = Library(name)
    table = pa.table(
        {
            "a": ["1"],
            "nan": [float("nan")],
            "zero": [-0.0],
            "time": pa.array([1], pa.time64("us")),
            "money": pa.array([decimal.Decimal("1.20")], pa.decimal128(30, 2)),
            "list": pa.array([[1]], pa.large_list(pa.int64())),
            "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
            "bytes": pa.array([b"12"], pa.binary(2)),
        }
    )

    result = VALIDATOR.validate(
        library.schema({"a": library.column(int, coerce=True)}), table
    )

    assert result.table.drop("a").schema == table.drop("a").schema
    assert str(result.table.drop("a").to_pydict()) == str(table.drop("a").to_pydict())


def test_a_change_of_sign_of_zero_is_a_change() -> None:
    """The two zeros are equal, and have different versions."""
    schema = pap.DataFrameSchema(
        {"a": pap.Column(float, parsers=pap.Parser(lambda a: a + 0.0))}
    )

    assert str(validated(schema, {"a": [-0.0]}).table["a"][0]) == "0.0"


def test_objects_that_were_changed_keep_the_type_that_they_had() -> None:
    """It would follow from the values otherwise, and change with them."""
    money = pa.array(
        [decimal.Decimal("1.20"), decimal.Decimal("2.00")], pa.decimal128(30, 2)
    )
    parser = pap.Parser(lambda frame: frame[frame.index > 0])
    schema = pap.DataFrameSchema({"a": pap.Column()}, parsers=parser)

    result = validated(schema, {"a": money}).table

    assert result.schema.field("a").type == pa.decimal128(30, 2)


def test_what_cannot_be_stored_is_refused_by_name() -> None:
    """Before the write, with the column that is to blame."""
    parser = pap.Parser(lambda frame: frame.assign(a=[1, "x"]))
    schema = pap.DataFrameSchema({"a": pap.Column()}, parsers=parser)

    with pytest.raises(UnsupportedDataError, match="column 'a'"):
        validated(schema, {"a": ["x", "y"]})


def test_a_parser_that_raises_stops_the_step() -> None:
    """There is no data that could be stored with a warning."""
    schema = pap.DataFrameSchema({"a": pap.Column(parsers=pap.Parser(lambda _: 1 / 0))})

    with pytest.raises(SchemaError, match="ZeroDivisionError: division by zero"):
        validated(schema, {"a": [1]})


def test_rows_of_pydantic_are_checked() -> None:
    """A model of single rows is a schema too."""
    pydantic = importlib.import_module("pydantic")
    engine = importlib.import_module("pandera.engines.pandas_engine")
    row = pydantic.create_model("Row", a=(int, ...))
    with pytest.warns(UserWarning, match="iterating over each row"):
        schema = pap.DataFrameSchema(dtype=engine.PydanticModel(row))

    assert VALIDATOR.changes_data(schema)
    assert validated(schema, {"a": ["1"]}).table.equals(pa.table({"a": [1]}))
    assert failures(schema, {"a": ["x", "1"]})[0].count == 1


# ------------------------------------------------------------- does it change data


def test_a_schema_that_looks_does_not_change_data(library: Library) -> None:
    """Changing it asks for another look, not for another computation."""
    check = library.pandera.Check.gt(3)
    schema = library.schema(
        {"a": library.column(library.int, check, nullable=True, unique=True)},
        strict=True,
        ordered=True,
        unique=["a"],
        checks=library.greater("a", "a"),
    )

    assert not VALIDATOR.changes_data(schema)


@pytest.mark.parametrize(
    "options",
    [{"strict": "filter"}, {"add_missing_columns": True}],
    ids=str,
)
def test_a_schema_that_adds_or_leaves_out_columns_changes_data(
    library: Library, options: dict[str, Any]
) -> None:
    """Its result is stored, so it is a part of the code."""
    schema = library.schema({"a": library.column(library.int)}, **options)

    assert VALIDATOR.changes_data(schema)


def test_a_column_with_a_default_changes_data(library: Library) -> None:
    """Nulls are filled."""
    assert VALIDATOR.changes_data(library.schema({"a": library.column(default=0)}))


@pytest.mark.parametrize(
    "schema",
    [
        pap.DataFrameSchema({"a": pap.Column(int)}, coerce=True),
        pap.DataFrameSchema({"a": pap.Column(int, coerce=True)}),
        pap.DataFrameSchema({"a": pap.Column(parsers=pap.Parser(abs))}),
        pap.DataFrameSchema({"a": pap.Column()}, parsers=pap.Parser(abs)),
        pap.DataFrameSchema({"a": pap.Column()}, index=pap.Index(int, coerce=True)),
        pap.DataFrameSchema({"a": pap.Column()}, index=pap.Index(parsers=pap.Parser(abs))),
        papl.DataFrameSchema({"a": papl.Column(int)}, coerce=True),
        papl.DataFrameSchema({"a": papl.Column(int, coerce=True)}),
        papl.DataFrameSchema({"a": papl.Column(default=pl.lit(0))}),
    ],
)
def test_a_schema_that_converts_changes_data(schema: Any) -> None:
    """Wherever it says so."""
    assert VALIDATOR.changes_data(schema)


@pytest.mark.parametrize("pandera", [pap, papl], ids=["pandas", "polars"])
def test_the_settings_of_a_model_count(pandera: Any) -> None:
    """`Config` is where models say it."""
    config = type("Config", (), {"coerce": True})
    namespace = {"__annotations__": {"a": int}, "Config": config}

    assert VALIDATOR.changes_data(type("Model", (pandera.DataFrameModel,), namespace))


# ------------------------------------------------------------------ what it refuses


def test_a_schema_that_can_be_used_has_no_problem(library: Library) -> None:
    """Nothing to say is None."""
    assert VALIDATOR.schema_problem(library.schema({"a": library.column()})) is None


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ({"a": int}, "a dict"),
        (None, "a NoneType"),
        (int, "the class int"),
        ("orders", "a str"),
        (pa.schema([("a", pa.int64())]), "a Schema"),
        (pap.Column(int), "a Column"),
        (pap.SeriesSchema(int), "a SeriesSchema"),
        (pap.MultiIndex([pap.Index(int)]), "a MultiIndex"),
        (pap.DataFrameSchema, "the class DataFrameSchema"),
        (pap.Check.gt(3), "a Check"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_schema_is_called_what_it_is(thing: object, said: str) -> None:
    """With what to give instead."""
    problem = VALIDATOR.schema_problem(thing) or ""

    assert problem.startswith(f"it is {said}, which is no schema of a table; give a ")


def test_a_schema_for_another_library_is_told_by_it() -> None:
    """The check of a Spark frame needs Spark's data."""
    fake = type("DataFrameSchema", (), {"__module__": "pandera.api.pyspark.container"})

    problem = VALIDATOR.schema_problem(fake()) or ""

    assert "of Pandera for pyspark" in problem


def test_a_relative_of_a_schema_that_needs_other_frames_is_refused() -> None:
    """A schema of GeoPandas is a schema of pandas too, by birth."""
    namespace = {"__module__": "pandera.api.geopandas.container"}
    geo = type("GeoDataFrameSchema", (pap.DataFrameSchema,), namespace)

    assert "for geopandas" in (VALIDATOR.schema_problem(geo({"a": pap.Column()})) or "")


def test_a_schema_class_of_ones_own_is_accepted() -> None:
    """The nearest class of Pandera tells what it is."""
    mine = type("Mine", (pap.DataFrameSchema,), {})

    assert VALIDATOR.schema_problem(mine({"a": pap.Column()})) is None


def test_a_model_that_cannot_be_built_is_told_when_the_project_loads() -> None:
    """Not by the first run that has data."""
    namespace = {"__annotations__": {"a": "NoSuchType"}}
    model = type("Model", (pap.DataFrameModel,), namespace)

    assert "NoSuchType" in (VALIDATOR.schema_problem(model) or "")


@pytest.mark.parametrize("where", ["schema", "column"])
def test_rows_that_would_vanish_are_refused(library: Library, where: str) -> None:
    """Pandera drops them without telling, and keeps some that are wrong."""
    column = library.column(library.int, drop_invalid_rows=where == "column", name="a")
    schema = library.schema({"a": column}, drop_invalid_rows=where == "schema")

    assert "drop_invalid_rows" in (VALIDATOR.schema_problem(schema) or "")
    with pytest.raises(DefinitionError, match="vanish") as caught:
        validated(schema, {"a": [1]})
    assert "drop the rows in the function" in caught.value.fix


def test_parsers_that_would_not_be_run_are_refused(library: Library) -> None:
    """Pandera runs them over pandas alone; over Arrow it says nothing."""
    if library.name == "pandas":
        pytest.skip("they are run")
    schema = library.schema({"a": library.column()}, parsers=pap.Parser(abs))

    assert f"over {library.name}" in (VALIDATOR.schema_problem(schema) or "")
    with pytest.raises(DefinitionError, match="parsers"):
        VALIDATOR.changes_data(schema)


def test_a_conversion_that_would_not_happen_is_refused() -> None:
    """Over Arrow, Pandera leaves it out."""
    arrow = pytest.importorskip("narwhals") and importlib.import_module("pandera.pyarrow")
    schema = arrow.DataFrameSchema({"a": arrow.Column(pa.int64(), coerce=True)})

    assert "coerce=True" in (VALIDATOR.schema_problem(schema) or "")


def test_a_model_with_a_validate_of_its_own_is_refused() -> None:
    """It would not be called, and what it checks would pass."""
    mine = classmethod(lambda cls, frame, *_: frame)
    namespace = {"__annotations__": {"a": int}, "validate": mine}
    model = type("Model", (pap.DataFrameModel,), namespace)

    assert "validate()" in (VALIDATOR.schema_problem(model) or "")


def test_a_schema_that_asks_nothing_is_refused(library: Library) -> None:
    """It would pass anything, and look like a promise."""
    assert "nothing would be checked" in (VALIDATOR.schema_problem(library.schema()) or "")


def test_an_index_of_several_levels_is_refused() -> None:
    """Pandera looks at its values only once each, so that it finds no duplicates."""
    index = pap.MultiIndex([pap.Index(int, name="a"), pap.Index(int, name="b")])
    schema = pap.DataFrameSchema({"c": pap.Column()}, index=index)

    assert "MultiIndex" in (VALIDATOR.schema_problem(schema) or "")
