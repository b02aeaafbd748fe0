"""The data version sees what a table says, and nothing of how it lies in memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assets_core.testing.strategies import (
    arrays,
    optional_values,
    schemas,
    tables,
    types,
    values,
)
from assets_core.versioning.canonical import (
    as_recorded,
    canonical_batches,
    canonical_table,
    in_canonical_order,
    schema_from_json,
    schema_to_json,
)
from assets_core.versioning.data_version import ContentHasher, data_version
from assets_core.versioning.type_text import parse_type, type_text

PLACES = st.lists(st.integers(0, 12), max_size=4)


def cut(table: pa.Table, places: Sequence[int]) -> pa.Table:
    """Return the same rows, every column in chunks that end at places of its own."""
    columns = []
    for i, column in enumerate(table.columns):
        ends = sorted({0, table.num_rows, *(min(p + i, table.num_rows) for p in places)})
        chunks = [
            column.slice(a, b - a).combine_chunks() for a, b in itertools.pairwise(ends)
        ]
        columns.append(pa.chunked_array(chunks, type=column.type))
    return pa.Table.from_arrays(columns, schema=table.schema)


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    return pa.concat_arrays(column.chunks) if column.chunks else pa.array([], column.type)


def put_under_nulls(array: pa.Array, fillers: pa.Array) -> pa.Array:
    """Return the same values, with others lying where the nulls are."""
    kind, nulls = array.type, np.array(array.is_null(), dtype=bool)
    rows = np.arange(len(array)) + np.where(nulls, len(array), 0)
    filled: Any = pa.concat_arrays([array, fillers]).take(pa.array(rows))
    mask = pa.array(nulls)
    if pa.types.is_struct(kind):
        return pa.StructArray.from_arrays(filled.flatten(), fields=list(kind), mask=mask)
    if pa.types.is_large_list(kind):
        return pa.LargeListArray.from_arrays(filled.offsets, filled.values, mask=mask)
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(filled.values, type=kind, mask=mask)
    if pa.types.is_map(kind):
        keys, items = filled.values.flatten()
        return pa.MapArray.from_arrays(filled.offsets, keys, items, type=kind, mask=mask)
    bits = pa.py_buffer(np.packbits(~nulls, bitorder="little"))
    return pa.Array.from_buffers(kind, len(array), [bits, *filled.buffers()[1:]])


def other_forms(array: Any) -> dict[str, Callable[[], Any]]:
    """Return ways to write the same values as another Arrow type."""
    kind = array.type
    forms: dict[str, Callable[[], Any]] = {"as it is": lambda: array}
    if pa.types.is_string(kind):
        forms["large"] = lambda: array.cast(pa.large_string())
        forms["view"] = lambda: array.cast(pa.string_view())
    if pa.types.is_binary(kind):
        forms["large"] = lambda: array.cast(pa.large_binary())
        forms["view"] = lambda: array.cast(pa.binary_view())
    if pa.types.is_large_list(kind):
        sizes = array.value_lengths().fill_null(0)
        forms["small"] = lambda: pa.ListArray.from_arrays(
            array.offsets.cast(pa.int32()), array.values, mask=array.is_null()
        )
        forms["list view"] = lambda: pa.LargeListViewArray.from_arrays(
            array.offsets[:-1], sizes, array.values, mask=array.is_null()
        )
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_string(kind):
        forms["dictionary"] = array.dictionary_encode
        forms["runs"] = lambda: pc.run_end_encode(array)
    return forms


@given(tables(), PLACES)
def test_chunks_do_not_show(table: pa.Table, places: list[int]) -> None:
    """Whoever writes in other batches has not made other data."""
    parts = cut(table, places)

    assert data_version(parts) == data_version(table)


@given(tables(), st.integers(1, 5))
def test_a_stream_has_the_version_of_its_table(table: pa.Table, size: int) -> None:
    """What is too large for memory is hashed while it is written."""
    hasher = ContentHasher(table.schema)
    for batch in table.to_batches(max_chunksize=size):
        hasher.update(batch)

    assert hasher.result() == data_version(table)


@given(st.data(), schemas())
def test_slices_do_not_show(data: st.DataObject, schema: pa.Schema) -> None:
    """A slice shares the memory of the whole, and says only what is inside it."""
    before, table, after = (data.draw(tables(st.just(schema))) for _ in range(3))
    whole = pa.concat_tables([before, table, after]).combine_chunks()
    inside = whole.slice(before.num_rows, table.num_rows)

    assert data_version(inside) == data_version(table)


@given(st.data(), types())
def test_what_lies_under_nulls_does_not_show(
    data: st.DataObject, kind: pa.DataType
) -> None:
    """Arrow leaves open what memory holds where there is no value."""
    assume(not pa.types.is_null(kind))
    array = data.draw(arrays(kind, 8))
    fillers = data.draw(st.lists(values(kind), min_size=8, max_size=8))
    dirty = put_under_nulls(array, pa.array(fillers, kind))
    dirty.validate(full=True)

    for part in (slice(0, 8), slice(3, 7)):
        clean = pa.table({"x": array[part]})
        assert data_version(pa.table({"x": dirty[part]})) == data_version(clean)


@given(st.data(), types())
def test_other_types_for_the_same_values_do_not_show(
    data: st.DataObject, kind: pa.DataType
) -> None:
    """Libraries differ in how they hold text and lists, not in what these say."""
    array = data.draw(arrays(kind, 8))
    start = data.draw(st.integers(0, 3))
    expected = pa.table({"x": array.slice(start)})

    for form in other_forms(array).values():
        given_table = pa.table({"x": form().slice(start)})
        canonical = canonical_table(given_table)
        canonical.validate(full=True)
        assert canonical.schema.equals(expected.schema, check_metadata=True)
        assert data_version(canonical) == data_version(expected)
        inside = pa.StructArray.from_arrays([form()], ["inside"]).slice(start)
        in_struct = canonical_table(pa.table({"x": inside})).column("x").chunk(0).field(0)
        assert data_version(pa.table({"x": in_struct})) == data_version(expected)


@given(tables())
def test_parquet_gives_back_the_same_version(table: pa.Table) -> None:
    """What was stored and read with the recorded schema is what was hashed."""
    file = pa.BufferOutputStream()
    pq.write_table(table, file)
    read = pq.read_table(pa.BufferReader(file.getvalue()))
    recorded = schema_from_json(schema_to_json(table.schema))
    back = as_recorded(read, recorded)
    back.validate(full=True)

    assert back.schema.equals(table.schema, check_metadata=True)
    assert data_version(back) == data_version(table)
    assert data_version(read) == data_version(table)


@given(st.data(), tables(min_rows=1))
def test_another_value_is_another_version(data: st.DataObject, table: pa.Table) -> None:
    """An early cutoff that misses a change would leave everything below it wrong."""
    name = data.draw(st.sampled_from(table.column_names))
    row = data.draw(st.integers(0, table.num_rows - 1))
    old = one_array(table.column(name)).slice(row, 1)
    new = pa.array([data.draw(optional_values(old.type))], old.type)
    nothing = pa.array([], old.type)
    # The version of one value is looked at here; that of the table has to follow it.
    alone = [
        data_version(pa.table({"x": pa.concat_arrays([v, nothing])})) for v in (old, new)
    ]
    column = one_array(table.column(name))
    changed = pa.concat_arrays([column.slice(0, row), new, column.slice(row + 1)])
    place = table.column_names.index(name)
    other = table.set_column(place, table.schema.field(name), changed)

    before, after = data_version(table), data_version(other)
    assert (before.columns[name] == after.columns[name]) == (alone[0] == alone[1])
    assert (before.digest == after.digest) == (alone[0] == alone[1])
    assert all(before.columns[n] == after.columns[n] for n in before.columns if n != name)


@given(st.data(), types())
def test_values_that_differ_have_versions_that_differ(
    data: st.DataObject, kind: pa.DataType
) -> None:
    """Equal versions mean equal values, but for what Arrow's own equality cannot see."""
    one, two = (pa.array([data.draw(optional_values(kind))], kind) for _ in range(2))
    same = data_version(pa.table({"x": one})) == data_version(pa.table({"x": two}))

    if same:
        # NaN differs from itself in Arrow, and not for us.
        assert one.equals(two) or "nan" in str(one)
    else:
        # -0.0 and 0.0 are equal in Arrow, and not for us.
        assert not one.equals(two) or "0" in str(one)


@settings(max_examples=50)  # each opens DuckDB twice
@given(tables(), st.randoms(use_true_random=False))
def test_the_canonical_order_is_the_same_from_every_order(
    table: pa.Table, random: Any
) -> None:
    """Without an order of its own, the same rows are the same data."""
    rows = list(range(table.num_rows))
    random.shuffle(rows)
    one = in_canonical_order(table)
    two = in_canonical_order(table.take(pa.array(rows, pa.int64())))
    one.validate(full=True)

    assert data_version(one) == data_version(two)
    assert in_canonical_order(one) is one


@given(tables(), PLACES)
def test_batches_become_canonical_as_tables_do(table: pa.Table, places: list[int]) -> None:
    """A stream is stored in the same form as a table."""
    wide = pa.table(
        {
            name: column.cast(pa.large_string())
            if pa.types.is_string(column.type)
            else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
    )
    stream = canonical_batches(cut(wide, places).to_reader())

    assert stream.schema.equals(table.schema, check_metadata=True)
    assert data_version(stream.read_all()) == data_version(table)


@given(types())
def test_every_type_has_one_text(kind: pa.DataType) -> None:
    """The recorded schema gives back exactly the types that were stored."""
    assert parse_type(type_text(kind)).equals(kind, check_metadata=True)


@given(tables())
def test_the_strategies_make_canonical_tables(table: pa.Table) -> None:
    """They are published for tests of stores, which are given nothing else."""
    table.validate(full=True)

    assert canonical_table(table) is table
