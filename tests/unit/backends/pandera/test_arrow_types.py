"""Schemas of Pandera as schemas of Arrow, and the other way."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pap
import pandera.polars as papl
import pandera.pyarrow as para
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assets_core import DefinitionError, arrow_schema, schema_from_arrow
from assets_core.backends.pandera import PanderaValidator
from assets_core.errors import UnsupportedDataError
from assets_core.testing import strategies

EXAMPLES = 15  # Pandera takes its time


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_a_schema_of_arrow_comes_back_as_it_was(data: st.DataObject) -> None:
    """Names, types as they are stored, and who may be null."""
    drawn = data.draw(strategies.schemas())
    assume(len(drawn))
    schema = pa.schema([one.with_nullable(data.draw(st.booleans())) for one in drawn])
    try:
        made = schema_from_arrow(schema)
    except UnsupportedDataError:
        assert any("256" in str(kind) or "fixed" in str(kind) for kind in schema.types)
        return

    assert arrow_schema(made) == schema


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_a_table_passes_the_schema_of_its_columns(data: st.DataObject) -> None:
    """And with a column more or less it does not."""
    table = data.draw(strategies.tables())
    assume(table.num_columns)
    try:
        made = schema_from_arrow(table.schema)
    except UnsupportedDataError:
        return
    validator = PanderaValidator()

    assert not validator.validate(made, table).failures
    more = table.append_column("Ω more", pa.array([1] * len(table)))
    assert validator.validate(made, more).failures


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pap.Column(int), pa.int64()),
        (pap.Column(str), pa.string()),
        (pap.Column(bool), pa.bool_()),
        (pap.Column(float), pa.float64()),
        (pap.Column(pd.Int16Dtype()), pa.int16()),
        (pap.Column("datetime64[ns]"), pa.timestamp("ns")),
        (pap.Column(pd.DatetimeTZDtype("us", "UTC")), pa.timestamp("us", "UTC")),
        (pap.Column("timedelta64[ns]"), pa.duration("ns")),
        (pap.Column(pd.CategoricalDtype(["a", "b"])), pa.string()),
        (pap.Column(pd.ArrowDtype(pa.date64())), pa.date32()),
        (papl.Column(int), pa.int64()),
        (papl.Column(str), pa.string()),
        (papl.Column(pl.List(pl.Int8)), pa.large_list(pa.int8())),
        (papl.Column(pl.Datetime("us", "UTC")), pa.timestamp("us", "UTC")),
        (papl.Column(pl.Categorical), pa.string()),
        (para.Column(pa.int64()), pa.int64()),
        (para.Column(pa.string()), pa.string()),
    ],
)
def test_types_are_those_that_are_stored(column: Any, kind: pa.DataType) -> None:
    """Whatever library a schema is for."""
    library = {"pandas": pap, "polars": papl, "pyarrow": para}[
        type(column).__module__.split(".")[2]
    ]

    found = arrow_schema(library.DataFrameSchema({"a": column}))
    assert found == pa.schema([pa.field("a", kind, nullable=False)])


def test_models_indexes_and_nulls_count() -> None:
    """As they do where a table is stored."""

    class Orders(pap.DataFrameModel):
        total: float = pap.Field(nullable=True)

    assert arrow_schema(Orders) == pa.schema([("total", pa.float64())])
    schema = pap.DataFrameSchema(
        {"a": pap.Column()}, dtype=int, index=pap.Index(str, name="i")
    )
    assert arrow_schema(schema).names == ["i", "a"]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pap.Column(), "Column 'a.*' has no type"),
        (pap.Column(object), "has the type object, which is none of Arrow"),
        (pap.Column("category"), "has the type category, which is none of Arrow"),
        (pap.Column(int, regex=True), "is a pattern, and stands for no single column"),
    ],
)
def test_what_says_nothing_of_its_type_is_refused(column: Any, said: str) -> None:
    """By the name of the column."""
    with pytest.raises(UnsupportedDataError, match=said.replace("*", r"\*")):
        arrow_schema(pap.DataFrameSchema({"a.*": column}))


def test_what_is_no_schema_is_refused() -> None:
    """With the reason that a project would get."""
    with pytest.raises(DefinitionError, match="no schema of a table"):
        arrow_schema({"a": int})
