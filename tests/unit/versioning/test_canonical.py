"""The one form of every table: what becomes equal, and what is refused."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from assets_core.errors import UnsupportedDataError
from assets_core.versioning.canonical import (
    canonical_batches,
    canonical_schema,
    canonical_table,
    schema_from_json,
    schema_to_json,
)
from assets_core.versioning.type_text import parse_type, type_text

STRUCT = pa.struct([("a", pa.int64())])
CANONICAL = [
    *(pa.null(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64(), pa.string(), pa.binary(), pa.binary(3)),
    *(pa.date32(), pa.time64("us"), pa.time64("ns")),
    *(pa.timestamp(unit) for unit in ("ms", "us", "ns")),
    *(
        pa.timestamp("us", zone)
        for zone in ("UTC", "Europe/Paris", "+05:30", 'a"b, c]', "Zürich")
    ),
    *(pa.duration(unit) for unit in ("s", "ms", "us", "ns")),
    *(pa.decimal128(38, 38), pa.decimal128(1, 0), pa.decimal256(76, 5)),
    *(pa.large_list(pa.string()), pa.list_(pa.large_list(pa.int8()), 2)),
    *(
        pa.map_(pa.string(), STRUCT),
        pa.struct([("x y", STRUCT), ('q"', pa.null()), ("", STRUCT)]),
    ),
]


@pytest.mark.parametrize("kind", CANONICAL, ids=str)
def test_a_canonical_type_stays_and_has_a_text(kind: pa.DataType) -> None:
    """What was declared is kept, and can be written down without loss."""
    table = pa.table({"x": pa.nulls(2, kind)})

    assert canonical_table(table) is table
    assert parse_type(type_text(kind)).equals(kind, check_metadata=True)
    back = schema_from_json(schema_to_json(table.schema))
    assert back.equals(table.schema, check_metadata=True)


BECOMES = [
    (pa.large_string(), pa.string()),
    (pa.string_view(), pa.string()),
    (pa.large_binary(), pa.binary()),
    (pa.binary_view(), pa.binary()),
    (pa.dictionary(pa.int8(), pa.string()), pa.string()),
    (pa.dictionary(pa.int32(), pa.large_string()), pa.string()),
    (pa.dictionary(pa.int32(), pa.timestamp("s")), pa.timestamp("ms")),
    (pa.run_end_encoded(pa.int32(), pa.string_view()), pa.string()),
    (pa.date64(), pa.date32()),
    (pa.time32("s"), pa.time64("us")),
    (pa.time32("ms"), pa.time64("us")),
    (pa.timestamp("s"), pa.timestamp("ms")),
    (pa.timestamp("s", "Europe/Paris"), pa.timestamp("ms", "Europe/Paris")),
    (pa.decimal32(5, 2), pa.decimal128(5, 2)),
    (pa.decimal64(18, 0), pa.decimal128(18, 0)),
    (pa.list_(pa.int8()), pa.large_list(pa.int8())),
    (pa.list_view(pa.int8()), pa.large_list(pa.int8())),
    (pa.large_list_view(pa.int8()), pa.large_list(pa.int8())),
    (
        pa.large_list(pa.field("element", pa.int8(), nullable=False)),
        pa.large_list(pa.int8()),
    ),
    (pa.list_(pa.field("x", pa.large_string()), 2), pa.list_(pa.string(), 2)),
    (
        pa.map_(pa.large_string(), pa.field("x", pa.date64())),
        pa.map_(pa.string(), pa.date32()),
    ),
    (pa.struct([pa.field("a", pa.int64(), nullable=False, metadata={"k": "v"})]), STRUCT),
    (pa.uuid(), pa.binary(16)),
    (pa.json_(pa.large_string()), pa.string()),
    (pa.bool8(), pa.bool_()),
    (pa.fixed_shape_tensor(pa.float32(), [2, 2]), pa.list_(pa.float32(), 4)),
]


@pytest.mark.parametrize(("given", "wanted"), BECOMES, ids=str)
def test_other_types_become_canonical_everywhere(
    given: pa.DataType, wanted: pa.DataType
) -> None:
    """A type means the same alone, in a struct, in a list and in a map."""
    for wrap in (
        lambda kind: kind,
        lambda kind: pa.struct([("inside", kind)]),
        pa.large_list,
        lambda kind: pa.map_(pa.string(), kind),
        lambda kind: pa.list_(kind, 1),
        lambda kind: pa.large_list(pa.struct([("inside", kind)])),
    ):
        schema = canonical_schema(pa.schema([("x", wrap(given))]))
        none: Any = pa.chunked_array([], wrap(given))
        empty = canonical_table(pa.table({"x": none}))

        assert schema.field("x").type.equals(wrap(wanted), check_metadata=True)
        assert canonical_schema(schema) is schema
        assert empty.schema.equals(schema, check_metadata=True)


# Arrow cannot make nulls that are run-end encoded.
NULLS = [pair for pair in BECOMES if not pa.types.is_run_end_encoded(pair[0])]


@pytest.mark.parametrize(("given", "wanted"), NULLS, ids=str)
def test_nulls_of_other_types_become_canonical(
    given: pa.DataType, wanted: pa.DataType
) -> None:
    """A column without any value keeps its type and its rows."""
    for kind, result in ((given, wanted), (pa.list_(given), pa.large_list(wanted))):
        table = canonical_table(pa.table({"x": pa.nulls(2, kind)}))
        table.validate(full=True)

        assert table.schema.field("x").type == result
        assert table.column("x").null_count == 2


MARKED = {
    "nullability": pa.schema([pa.field("n", pa.int64(), nullable=False)]),
    "metadata of a column": pa.schema([pa.field("n", pa.int64(), metadata={"unit": "m"})]),
    "metadata of the table": pa.schema([("n", pa.int64())], metadata={"pandas": "{}"}),
}


@pytest.mark.parametrize("schema", MARKED.values(), ids=MARKED)
def test_what_is_not_data_is_dropped_without_a_copy(schema: pa.Schema) -> None:
    """A Parquet file of pandas carries a page of JSON that is not data."""
    given = pa.table([pa.array([1, 2])], schema=schema)
    table = canonical_table(given)

    assert table.schema.equals(pa.schema([("n", pa.int64())]), check_metadata=True)
    addresses = [t.column("n").chunk(0).buffers()[1].address for t in (given, table)]
    assert addresses[0] == addresses[1]


UNION = pa.dense_union([pa.field("a", pa.int64())])
REFUSED = [
    (UNION, "Parquet has no unions"),
    (pa.sparse_union([pa.field("a", pa.int64())]), "Parquet has no unions"),
    (pa.month_day_nano_interval(), "no intervals"),
    (pa.struct([]), "a struct needs fields"),
    (pa.struct([("a", pa.int8()), ("a", pa.int8())]), "several fields of one name"),
    (pa.binary(0), "no size"),
    (pa.list_(pa.int64(), 0), "no size"),
    (pa.decimal128(5, -2), "scale"),
    (pa.decimal128(5, 7), "scale"),
    (pa.opaque(pa.binary(), "thing", "somebody"), "'arrow.opaque' is not known"),
    (pa.dictionary(pa.int8(), pa.month_day_nano_interval()), "no intervals"),
]


@pytest.mark.parametrize(("kind", "why"), REFUSED, ids=str)
def test_what_no_file_can_hold_is_refused_by_name(kind: pa.DataType, why: str) -> None:
    """The error comes before anything is written, with the column, the type and a fix."""
    for column_type in (kind, pa.struct([("inside", kind)]), pa.large_list(kind)):
        with pytest.raises(UnsupportedDataError, match=why) as caught:
            canonical_schema(pa.schema([("fine", pa.int64()), ("odd", column_type)]))
        assert "'odd'" in caught.value.problem
        assert str(column_type) in caught.value.problem
        assert caught.value.fix


def test_an_extension_type_that_nobody_registered_is_refused_too() -> None:
    """What is refused must not depend on which libraries happen to be loaded."""
    mark = {"ARROW:extension:name": "geoarrow.wkb"}
    schema = pa.schema([pa.field("place", pa.binary(), metadata=mark)])

    with pytest.raises(UnsupportedDataError, match="geoarrow"):
        canonical_schema(schema)


def test_columns_of_one_name_are_refused() -> None:
    """Nobody could say which of them is meant."""
    table = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])

    with pytest.raises(UnsupportedDataError, match="several columns called 'a'"):
        canonical_table(table)


def test_a_table_without_columns_is_refused() -> None:
    """Neither DuckDB nor pandas could give its rows back."""
    with pytest.raises(UnsupportedDataError, match="no columns"):
        canonical_table(pa.table({}))


def test_a_stream_becomes_canonical_batch_by_batch() -> None:
    """A table that does not fit into memory is read once, as it is asked for."""
    asked: list[int] = []
    schema = pa.schema([("s", pa.large_string())])

    def batches() -> Any:
        for i in range(3):
            asked.append(i)
            yield pa.record_batch({"s": pa.array([str(i)], pa.large_string())})

    stream = canonical_batches(pa.RecordBatchReader.from_batches(schema, batches()))
    assert stream.schema == pa.schema([("s", pa.string())])
    assert stream.read_next_batch().to_pylist() == [{"s": "0"}]
    assert asked == [0]
    assert stream.read_all().column("s").to_pylist() == ["1", "2"]
