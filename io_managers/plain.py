"""Values of Arrow columns as JSON has them, and back, without losing anything.

What JSON has no form for is a text (times, decimals, bytes in hexadecimal, NaN) or a count
of units (durations).
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

_MINUS_ZERO = "minus zero"
_WORDS = {"NaN": math.nan, "inf": math.inf, "-inf": -math.inf, _MINUS_ZERO: -0.0}


def plain_values(array: pa.Array) -> list[Any]:
    """Return the values of a column as JSON has them: numbers, texts, lists, objects."""
    kind = array.type
    if pt.is_map(kind):
        pairs = zip(plain_values(array.keys), plain_values(array.items), strict=True)
        return _cut(array, [list(pair) for pair in pairs], array.offsets.to_pylist())
    if pt.is_fixed_size_list(kind):
        size = kind.list_size
        inside = plain_values(array.values.slice(array.offset * size, len(array) * size))
        return _cut(array, inside, [size * place for place in range(len(array) + 1)])
    if pt.is_large_list(kind):
        offsets = array.offsets.to_pylist()
        return _cut(array, plain_values(array.values), offsets)
    if pt.is_struct(kind):
        columns = [plain_values(array.field(number)) for number in range(kind.num_fields)]
        return [
            [column[place] for column in columns] if there else None
            for place, there in enumerate(array.is_valid().to_pylist())
        ]
    return _plain_leaves(array)


def _cut(array: pa.Array, inside: list[Any], offsets: list[int]) -> list[Any]:
    return [
        inside[offsets[place] : offsets[place + 1]] if there else None
        for place, there in enumerate(array.is_valid().to_pylist())
    ]


def _plain_leaves(array: pa.Array) -> list[Any]:  # noqa: PLR0911 - one for each kind
    kind = array.type
    if pt.is_floating(kind):
        return [_plain_float(value) for value in floats_of(array)]
    if pt.is_decimal(kind):
        return [None if value is None else str(value) for value in array.to_pylist()]
    if pt.is_binary(kind) or pt.is_fixed_size_binary(kind):
        return [None if value is None else value.hex() for value in array.to_pylist()]
    if pt.is_duration(kind):
        return values_of(array.cast(pa.int64()))
    if pt.is_timestamp(kind):
        return values_of(
            array.cast(pa.int64()).cast(pa.timestamp(kind.unit)).cast("string")
        )
    if pt.is_temporal(kind):
        return values_of(array.cast("string"))
    return values_of(array)


def _plain_float(value: float | None) -> float | str | None:
    if value is None or (math.isfinite(value) and (value or math.copysign(1, value) > 0)):
        return value
    return next(word for word, one in _WORDS.items() if repr(one) == repr(value))


def from_plain(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return the column of which these are the plain values."""
    missing = pa.array([value is None for value in values], pa.bool_())
    if pt.is_map(kind):
        pairs = [pair for value in values for pair in value or ()]
        keys = from_plain([key for key, _ in pairs], kind.key_type)
        items = from_plain([item for _, item in pairs], kind.item_type)
        offsets = pa.array(_offsets(values), pa.int32())
        return pa.MapArray.from_arrays(offsets, keys, items, type=kind, mask=missing)
    if pt.is_fixed_size_list(kind):
        nothing = [None] * kind.list_size
        inside = [one for value in values for one in (nothing if value is None else value)]
        flat = from_plain(inside, kind.value_type)
        return pa.FixedSizeListArray.from_arrays(flat, type=kind, mask=missing)
    if pt.is_large_list(kind):
        flat = from_plain([one for value in values for one in value or ()], kind.value_type)
        offsets = pa.array(_offsets(values), pa.int64())
        return pa.LargeListArray.from_arrays(offsets, flat, type=kind, mask=missing)
    if pt.is_struct(kind):
        columns = [
            from_plain([v if v is None else v[place] for v in values], field.type)
            for place, field in enumerate(kind)
        ]
        return pa.StructArray.from_arrays(columns, fields=list(kind), mask=missing)
    return _from_plain_leaves(values, kind)


def _offsets(values: list[Any]) -> list[int]:
    offsets = [0]
    for value in values:
        offsets.append(offsets[-1] + len(value or ()))
    return offsets


def _from_plain_leaves(values: list[Any], kind: pa.DataType) -> pa.Array:  # noqa: PLR0911 - one for each kind
    if pt.is_floating(kind):
        floats = [_WORDS[one] if isinstance(one, str) else one for one in values]
        return from_floats(floats, kind)
    if pt.is_decimal(kind):
        return from_digits(values, kind)
    if pt.is_binary(kind) or pt.is_fixed_size_binary(kind):
        return pa.array([v if v is None else bytes.fromhex(v) for v in values], kind)
    if pt.is_duration(kind):
        return pa.array(values, pa.int64()).cast(kind)
    if pt.is_timestamp(kind):
        texts = pa.array(values, pa.string()).cast(pa.timestamp(kind.unit))
        return texts.cast(pa.int64()).cast(kind)
    if pt.is_time64(kind):
        moments = [None if value is None else f"1970-01-01 {value}" for value in values]
        return pa.array(moments, pa.string()).cast(pa.timestamp(kind.unit)).cast(kind)
    if pt.is_temporal(kind):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array(values, kind)


def values_of(array: pa.Array) -> list[Any]:
    """Return the values of a column as Python has them."""
    values: list[Any] = array.to_pylist()
    return values


def floats_of(array: pa.Array) -> list[Any]:
    """Return numbers of any precision as Python has them."""
    return values_of(array.cast(pa.float64()))


def from_floats(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return the column of these numbers."""
    if not pt.is_float16(kind):
        return pa.array(values, pa.float64()).cast(kind)
    numbers = np.array([0 if value is None else value for value in values], np.float16)
    missing = np.array([value is None for value in values], bool)
    return pa.array(numbers, kind, mask=missing)


def from_digits(values: list[str | None], kind: pa.DataType) -> pa.Array:
    """Return the column of decimals or integers that are written as these texts."""
    make = int if pt.is_integer(kind) else Decimal
    return pa.array([None if value is None else make(value) for value in values], kind)
