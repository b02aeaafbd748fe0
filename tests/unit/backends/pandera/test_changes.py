"""Schemas that change data: which they are, and what becomes of the table."""

from __future__ import annotations

import decimal
import importlib
from typing import Any

import pandera.pandas as pap
import pandera.polars as papl
import polars as pl
import pyarrow as pa
import pytest

from assets_core.backends.pandera import PanderaValidator
from assets_core.errors import SchemaError, UnsupportedDataError
from assets_core.protocols.validator import Failure, Validated


def failures(schema: Any, columns: Any) -> tuple[Failure, ...]:
    """Return what a schema has against some columns."""
    return PanderaValidator().validate(schema, pa.table(columns)).failures


def validated(schema: Any, columns: Any) -> Validated:
    """Return what a schema makes of some columns."""
    return PanderaValidator().validate(schema, pa.table(columns))


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
        PanderaValidator().validate(papl.DataFrameSchema({"a": papl.Column()}), table)
    assert capfd.readouterr().err == ""


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


def test_columns_that_are_not_in_the_schema_are_filtered(library: Any) -> None:
    """`strict="filter"` is a change of data like any other."""
    schema = library.schema({"b": library.column(library.int)}, strict="filter")

    assert validated(schema, {"a": [1], "b": [2]}).table.equals(pa.table({"b": [2]}))


def test_defaults_are_filled_in(library: Any) -> None:
    """And are stored as the type that the schema names."""
    schema = library.schema({"b": library.column(library.int, default=3)})

    assert validated(schema, {"b": [1, None]}).table.equals(pa.table({"b": [1, 3]}))


def test_missing_columns_are_added(library: Any) -> None:
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


@pytest.mark.parametrize(
    "schema",
    [
        pap.DataFrameSchema({"a": pap.Column(int, coerce=True)}),
        papl.DataFrameSchema({"a": papl.Column(int, coerce=True)}),
    ],
    ids=["pandas", "polars"],
)
def test_columns_that_were_not_changed_stay_as_they_were(schema: Any) -> None:
    """A frame of pandas would make nulls of NaN, and others of the types."""
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

    result = PanderaValidator().validate(schema, table)

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
    schema = pap.DataFrameSchema(dtype=engine.PydanticModel(row))

    assert PanderaValidator().changes_data(schema)
    assert validated(schema, {"a": ["1"]}).table.equals(pa.table({"a": [1]}))
    assert failures(schema, {"a": ["x", "1"]})[0].count == 1
