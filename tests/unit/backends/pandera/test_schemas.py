"""Which schemas can be used, and which of them change data."""

from __future__ import annotations

import importlib
from typing import Any

import pandera.pandas as pap
import pandera.polars as papl
import polars as pl
import pyarrow as pa
import pytest

from assets_core.backends.pandera import PanderaValidator
from assets_core.errors import DefinitionError
from assets_core.protocols.validator import Validated

VALIDATOR = PanderaValidator()


def validated(schema: Any, columns: Any) -> Validated:
    """Return what a schema makes of some columns."""
    return VALIDATOR.validate(schema, pa.table(columns))


def test_a_schema_that_looks_does_not_change_data(library: Any) -> None:
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
    library: Any, options: dict[str, Any]
) -> None:
    """Its result is stored, so it is a part of the code."""
    schema = library.schema({"a": library.column(library.int)}, **options)

    assert VALIDATOR.changes_data(schema)


def test_a_column_with_a_default_changes_data(library: Any) -> None:
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


def test_a_schema_that_can_be_used_has_no_problem(library: Any) -> None:
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
def test_rows_that_would_vanish_are_refused(library: Any, where: str) -> None:
    """Pandera drops them without telling, and keeps some that are wrong."""
    column = library.column(library.int, drop_invalid_rows=where == "column", name="a")
    schema = library.schema({"a": column}, drop_invalid_rows=where == "schema")

    assert "drop_invalid_rows" in (VALIDATOR.schema_problem(schema) or "")
    with pytest.raises(DefinitionError, match="vanish") as caught:
        validated(schema, {"a": [1]})
    assert "drop the rows in the function" in caught.value.fix


def test_parsers_that_would_not_be_run_are_refused() -> None:
    """Pandera runs them over pandas alone."""
    schema = papl.DataFrameSchema({"a": papl.Column()}, parsers=pap.Parser(abs))

    assert "over polars" in (VALIDATOR.schema_problem(schema) or "")
    with pytest.raises(DefinitionError, match="parsers"):
        VALIDATOR.changes_data(schema)


@pytest.mark.parametrize(
    "options",
    [{"coerce": True}, {"parsers": [pap.Parser(abs)]}],
    ids=["coerce", "parsers"],
)
def test_what_would_not_be_done_over_arrow_is_refused(options: dict[str, Any]) -> None:
    """Pandera leaves it out without a word."""
    arrow = pytest.importorskip("narwhals") and importlib.import_module("pandera.pyarrow")
    schema = arrow.DataFrameSchema({"a": arrow.Column(pa.int64())}, **options)

    assert "over pyarrow" in (VALIDATOR.schema_problem(schema) or "")


def test_a_model_with_a_validate_of_its_own_is_refused() -> None:
    """It would not be called, and what it checks would pass."""
    mine = classmethod(lambda cls, frame, *_: frame)
    namespace = {"__annotations__": {"a": int}, "validate": mine}
    model = type("Model", (pap.DataFrameModel,), namespace)

    assert "validate()" in (VALIDATOR.schema_problem(model) or "")


def test_a_schema_that_asks_nothing_is_refused(library: Any) -> None:
    """It would pass anything, and look like a promise."""
    assert "nothing would be checked" in (VALIDATOR.schema_problem(library.schema()) or "")


def test_an_index_of_several_levels_is_refused() -> None:
    """Pandera looks at its values only once each, so that it finds no duplicates."""
    index = pap.MultiIndex([pap.Index(int, name="a"), pap.Index(int, name="b")])
    schema = pap.DataFrameSchema({"c": pap.Column()}, index=index)

    assert "MultiIndex" in (VALIDATOR.schema_problem(schema) or "")
