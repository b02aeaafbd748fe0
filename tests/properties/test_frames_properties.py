"""Through any library and back, the same rows have the same data version."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from assets_core.backends.frames import ArrowFrames
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form
from assets_core.testing.strategies import ZONES, flat_types, schemas, tables, types
from assets_core.versioning.canonical import as_recorded, canonical_table
from assets_core.versioning.data_version import data_version

FRAMES = ArrowFrames()

_EVERYWHERE = [pa.bool_(), pa.string(), pa.binary(), pa.int8(), pa.int64(), pa.uint16()]
_EVERYWHERE += [pa.uint64(), pa.float32(), pa.float64(), pa.date32()]
_EVERYWHERE += [pa.timestamp(unit) for unit in ("ms", "us", "ns")]
_EVERYWHERE += [pa.timestamp("us", zone) for zone in ZONES[:3]]

POLARS = [*_EVERYWHERE, pa.float16(), pa.null(), pa.decimal128(38, 5), pa.duration("us")]
DUCKDB = [
    *_EVERYWHERE,
    pa.decimal128(38, 5),
    pa.time64("us"),
    pa.time64("ns"),
    pa.binary(3),
]
PANDAS = [*_EVERYWHERE, pa.duration("s"), pa.time64("us")]


def of(kinds: list[pa.DataType]) -> st.SearchStrategy[pa.Table]:
    """Return tables of some types and of types made from them."""
    return tables(schemas(types(st.sampled_from(kinds))))


@given(of(POLARS), st.sampled_from([Form.POLARS, Form.POLARS_LAZY]))
def test_polars_gives_back_the_same_version(table: pa.Table, form: Form) -> None:
    """A function that returns its input unchanged stops everything below it."""
    back = canonical_table(FRAMES.to_arrow(FRAMES.from_arrow(table, form, "x")))

    assert back.schema.equals(table.schema)
    assert data_version(back) == data_version(table)


@settings(max_examples=60)  # each opens DuckDB
@given(of(DUCKDB))
def test_duckdb_gives_back_the_same_version(table: pa.Table) -> None:
    """Zones and fixed sizes are not DuckDB's; the recorded schema knows them."""
    with FRAMES.opened() as frames:
        back = FRAMES.to_arrow(frames.load(table, Form.DUCKDB, "x"))

    assert data_version(as_recorded(back, table.schema)) == data_version(table)


def without_gaps(table: pa.Table) -> pa.Table:
    """Return a table in which pandas needs no other type to say "no value"."""
    columns = []
    for column in table.columns:
        if pa.types.is_floating(column.type):
            nan = pc.is_nan(column)
            columns.append(pc.if_else(nan, pa.scalar(None, column.type), column))
        elif pa.types.is_integer(column.type):
            columns.append(column.fill_null(0))
        else:
            columns.append(column)
    return pa.Table.from_arrays(columns, schema=table.schema)


@given(tables(schemas(st.sampled_from(PANDAS))))
def test_pandas_gives_back_the_same_version(table: pa.Table) -> None:
    """NaN is null there, and whole numbers beside nulls are floats; the rest stays."""
    table = without_gaps(table)
    back = FRAMES.to_arrow(FRAMES.from_arrow(table, Form.PANDAS, "x"))

    assert data_version(as_recorded(back, table.schema)) == data_version(table)


NO_FLOATS = flat_types().filter(lambda kind: not pa.types.is_floating(kind))
ANYTHING = {
    Form.PANDAS: types(NO_FLOATS),  # NaN is null there
    Form.POLARS: types(),
    Form.DUCKDB: types(),
}


@settings(max_examples=60)  # a third of them opens DuckDB
@given(st.data(), st.sampled_from(list(ANYTHING)))
def test_no_library_changes_a_value_in_silence(data: st.DataObject, form: Form) -> None:
    """It is held, or refused; a map that pandas returns as lists is not taken for a map."""
    table = data.draw(tables(schemas(ANYTHING[form], max_columns=1)))
    try:
        with FRAMES.opened() as frames:
            back = canonical_table(FRAMES.to_arrow(frames.load(table, form, "x")))
        found = as_recorded(back, table.schema)
    except UnsupportedDataError as error:
        assert repr(table.column_names[0]) in error.problem  # noqa: PT017
    else:
        found.validate(full=True)
        assert data_version(found) == data_version(table)


@given(tables(), st.sampled_from([Form.ARROW, Form.ARROW_READER]))
def test_arrow_gives_back_every_type(table: pa.Table, form: Form) -> None:
    """Arrow is the form in which nothing is lost."""
    back = canonical_table(FRAMES.to_arrow(FRAMES.from_arrow(table, form, "x")))

    assert back.schema.equals(table.schema, check_metadata=True)
    assert data_version(back) == data_version(table)
