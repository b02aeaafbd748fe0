"""Hypothesis strategies for tables in canonical form, for tests of IO managers and others.

    from hypothesis import given
    from assets_core.testing.strategies import tables

    @given(tables())
    def test_a_store_gives_back_what_it_was_given(table): ...

They make every canonical type, nested ones too, and what tables hold at their worst:
nulls on every level, NaN of many kinds beside -0.0, empty text, names that need quotes.
Dates and times stay within the years 1 to 9999, or what their unit reaches of them.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from pyarrow import lib

ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "+05:30")
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

_YEAR_1, _YEAR_9999 = -62_135_596_800, 253_402_300_799  # in seconds since 1970
_NANOSECONDS = 2**63 // 10**9 - 1  # seconds that 64 bits of nanoseconds reach
_DAY = 86_400

_NUMBERS = (
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64()),
)
_TIMES = (
    *(pa.date32(), pa.time64("us"), pa.time64("ns")),
    *(pa.timestamp(unit) for unit in ("ms", "us", "ns")),
    *(pa.duration(unit) for unit in UNITS),
)


def names() -> st.SearchStrategy[str]:
    """Return names of columns and fields, most of them ordinary."""
    ordinary = st.sampled_from(
        ["id", "name", "total", "at", "Größe", "a b", 'q"uote', "x.y"]
    )
    odd = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)
    return ordinary | odd


def flat_types() -> st.SearchStrategy[pa.DataType]:
    """Return canonical types without types inside."""
    zoned = st.builds(
        pa.timestamp, st.sampled_from(["ms", "us", "ns"]), st.sampled_from(ZONES)
    )
    decimals = st.integers(1, 38).flatmap(
        lambda digits: st.builds(pa.decimal128, st.just(digits), st.integers(0, digits))
    )
    wide = st.integers(1, 76).flatmap(
        lambda digits: st.builds(pa.decimal256, st.just(digits), st.integers(0, digits))
    )
    simple = st.sampled_from([pa.bool_(), pa.string(), pa.binary(), pa.null()])
    sized = st.builds(pa.binary, st.integers(1, 20))
    return st.one_of(
        simple,
        st.sampled_from(_NUMBERS),
        st.sampled_from(_TIMES),
        zoned,
        decimals,
        wide,
        sized,
    )


def types(
    flat: st.SearchStrategy[pa.DataType] | None = None,
) -> st.SearchStrategy[pa.DataType]:
    """Return canonical types, some of them nested.

    Args:
        flat: The types that stand alone and inside others; all canonical ones if not given.
    """
    return st.recursive(flat_types() if flat is None else flat, _nested, max_leaves=4)


def schemas(
    kinds: st.SearchStrategy[pa.DataType] | None = None, *, max_columns: int = 4
) -> st.SearchStrategy[pa.Schema]:
    """Return canonical schemas.

    Args:
        kinds: The types of columns; all canonical ones if not given.
    """
    columns = st.lists(
        st.tuples(names(), types() if kinds is None else kinds),
        min_size=1,
        max_size=max_columns,
        unique_by=lambda column: column[0].lower(),
    )
    return columns.map(pa.schema)


@st.composite
def tables(
    draw: st.DrawFn,
    of: st.SearchStrategy[pa.Schema] | None = None,
    *,
    min_rows: int = 0,
    max_rows: int = 12,
) -> pa.Table:
    """Return canonical tables, each column in one chunk.

    Args:
        of: Their schemas; any canonical one if not given.
    """
    schema = draw(schemas() if of is None else of)
    rows = draw(st.integers(min_rows, max_rows))
    columns = [draw(arrays(field.type, rows)) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def arrays(kind: pa.DataType, length: int) -> st.SearchStrategy[pa.Array]:
    """Return arrays of a canonical type, with nulls."""
    lists = st.lists(optional_values(kind), min_size=length, max_size=length)
    return lists.map(lambda drawn: pa.array(drawn, kind))


def optional_values(kind: pa.DataType) -> st.SearchStrategy[Any]:
    """Return values of a canonical type, and None."""
    return st.none() | values(kind)


def values(kind: pa.DataType) -> st.SearchStrategy[Any]:
    """Return values of a canonical type, as `pyarrow.array` takes them."""
    if kind.id in _VALUES:
        return _VALUES[kind.id](kind)
    low, high = _whole_range(kind)
    return st.integers(low, high) | st.sampled_from([low, high])


def _nested(inside: st.SearchStrategy[pa.DataType]) -> st.SearchStrategy[pa.DataType]:
    fields = st.lists(
        st.tuples(names(), inside),
        min_size=1,
        max_size=3,
        unique_by=lambda field: field[0].lower(),
    )
    keys = st.sampled_from([pa.string(), pa.int64(), pa.date32()])
    return st.one_of(
        inside.map(pa.large_list),
        st.builds(pa.list_, inside, st.integers(1, 3)),
        fields.map(pa.struct),
        st.builds(pa.map_, keys, inside),
    )


def _whole_range(kind: pa.DataType) -> tuple[int, int]:
    if kind.id == lib.Type_DATE32:
        return _YEAR_1 // _DAY, _YEAR_9999 // _DAY
    if kind.id == lib.Type_TIME64:
        return 0, _DAY * UNITS[kind.unit] - 1
    if kind.id in (lib.Type_TIMESTAMP, lib.Type_DURATION):
        # A day less than the year allows, so that every zone stays within it.
        reach = _NANOSECONDS if kind.unit == "ns" else _YEAR_9999 - _DAY
        per_second = UNITS[kind.unit]
        return max(-reach, _YEAR_1 + _DAY) * per_second, reach * per_second
    bits = kind.bit_width
    if pa.types.is_unsigned_integer(kind):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _decimals(kind: pa.DataType) -> st.SearchStrategy[Any]:
    most = 10**kind.precision - 1

    def scaled(whole: int) -> decimal.Decimal:
        digits = tuple(map(int, str(abs(whole))))
        return decimal.Decimal((whole < 0, digits, -kind.scale))

    return st.integers(-most, most).map(scaled)


def _floats(kind: pa.DataType) -> st.SearchStrategy[Any]:
    special = st.sampled_from([0.0, -0.0, float("nan"), float("inf"), -float("inf"), 1.5])
    widths: dict[int, Any] = {16: 16, 32: 32, 64: 64}
    return special | st.floats(width=widths[kind.bit_width])


def _text(_: pa.DataType) -> st.SearchStrategy[Any]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _lists(kind: pa.DataType) -> st.SearchStrategy[Any]:
    return st.lists(optional_values(kind.value_type), max_size=3)


def _fixed_size_lists(kind: pa.DataType) -> st.SearchStrategy[Any]:
    size = kind.list_size
    return st.lists(optional_values(kind.value_type), min_size=size, max_size=size)


def _structs(kind: pa.DataType) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {field.name: optional_values(field.type) for field in kind}
    )


def _maps(kind: pa.DataType) -> st.SearchStrategy[Any]:
    entry = st.tuples(values(kind.key_type), optional_values(kind.item_type))
    return st.lists(entry, max_size=3, unique_by=lambda pair: pair[0])


_VALUES: dict[int, Callable[[Any], st.SearchStrategy[Any]]] = {
    lib.Type_NA: lambda _: st.none(),
    lib.Type_BOOL: lambda _: st.booleans(),
    lib.Type_HALF_FLOAT: _floats,
    lib.Type_FLOAT: _floats,
    lib.Type_DOUBLE: _floats,
    lib.Type_DECIMAL128: _decimals,
    lib.Type_DECIMAL256: _decimals,
    lib.Type_STRING: _text,
    lib.Type_BINARY: lambda _: st.binary(max_size=8),
    lib.Type_FIXED_SIZE_BINARY: lambda kind: st.binary(
        min_size=kind.byte_width, max_size=kind.byte_width
    ),
    lib.Type_LARGE_LIST: _lists,
    lib.Type_FIXED_SIZE_LIST: _fixed_size_lists,
    lib.Type_STRUCT: _structs,
    lib.Type_MAP: _maps,
}
