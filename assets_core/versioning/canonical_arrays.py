"""Give columns another type of equal meaning: the work behind canonical.py.

Written by hand where Arrow's own cast cannot do it (extension types and run-end encoded
values inside lists) or does it wrongly without a word (list views in another order,
string views of more than 2 GiB: both seen with version 26). Buffers are shared wherever
the layout allows; no value is ever touched in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import lib

from assets_core.errors import UnsupportedDataError

_LARGEST_CHUNK = 2**31 - 1
_UNFIT = (
    *(pa.ArrowInvalid, pa.ArrowCapacityError),
    *(pa.ArrowNotImplementedError, pa.ArrowTypeError),
)


class _TooLongError(Exception):
    """Text or bytes that do not fit into one chunk."""


def convert_column(
    column: pa.ChunkedArray, kind: pa.DataType, name: str
) -> pa.ChunkedArray:
    """Return the column with a canonical type, in more chunks where one would overflow.

    Raises:
        UnsupportedDataError: A value would be lost; it names the row.
    """
    if column.type.equals(kind, check_metadata=True):
        return column
    chunks: list[pa.Array] = []
    row = 0
    for chunk in column.chunks:
        chunks.extend(_pieces(chunk, kind, name, row))
        row += len(chunk)
    return pa.chunked_array(chunks, type=kind)


def _pieces(array: pa.Array, kind: pa.DataType, name: str, row: int) -> Iterator[pa.Array]:
    """Yield the array in as few pieces as possible, halving where one does not work."""
    try:
        piece = _convert(array, kind)
    except (_TooLongError, *_UNFIT) as error:
        if len(array) <= 1:
            raise UnsupportedDataError(
                f"Row {row} of column {name!r} cannot be stored: {error}",
                fix="change the value, or cast the column to the type that it should have",
            ) from error
        half = len(array) // 2
        yield from _pieces(array.slice(0, half), kind, name, row)
        yield from _pieces(array.slice(half), kind, name, row + half)
    else:
        yield piece


def _convert(array: Any, kind: pa.DataType) -> pa.Array:
    given = array.type
    if given.equals(kind, check_metadata=True):
        return array
    if not len(array):
        return pa.array([], kind)
    if kind.id not in _BECOMES.get(given.id, (kind.id,)):
        raise pa.ArrowInvalid(f"{given} is not {kind}")
    return _CONVERT.get(given.id, _cast)(array, kind)


def _cast(array: Any, kind: pa.DataType) -> pa.Array:
    return array.cast(kind)


def _convert_extension(array: Any, kind: pa.DataType) -> pa.Array:
    return _convert(array.storage, kind)


def _convert_dictionary(array: Any, kind: pa.DataType) -> pa.Array:
    return _convert(array.dictionary, kind).take(array.indices)


def _convert_runs(array: Any, kind: pa.DataType) -> pa.Array:
    rows = np.arange(array.offset, array.offset + len(array))
    runs = np.searchsorted(array.run_ends.to_numpy(), rows, side="right")
    return _convert(array.values, kind).take(pa.array(runs))


def _convert_struct(array: Any, kind: pa.DataType) -> pa.Array:
    if [field.name for field in array.type] != [field.name for field in kind]:
        raise pa.ArrowInvalid(f"{array.type} has other fields than {kind}")
    fields = [_convert(_field(array, i), field.type) for i, field in enumerate(kind)]
    return pa.StructArray.from_arrays(fields, fields=list(kind), mask=_mask(array))


def _field(array: Any, i: int) -> Any:
    """Return a field, a list of any size or a struct being null where its struct is."""
    field = array.field(i)
    if array.null_count and field.type.id in _UNDER_NULLS:
        return array.flatten()[i]
    return field


def _convert_fixed_size_list(array: Any, kind: pa.DataType) -> pa.Array:
    size = kind.list_size
    inside = array.values.slice(array.offset * size, len(array) * size)
    values = _convert(inside, kind.value_type)
    return pa.FixedSizeListArray.from_arrays(values, type=kind, mask=_mask(array))


def _convert_list(array: Any, kind: pa.DataType) -> pa.Array:
    if kind.id == lib.Type_FIXED_SIZE_LIST:
        return _to_fixed_size(array, kind)
    offsets, values = _spanned(array)
    return pa.LargeListArray.from_arrays(
        pa.array(offsets, pa.int64()), _convert(values, kind.value_type), mask=_mask(array)
    )


def _to_fixed_size(array: Any, kind: pa.DataType) -> pa.Array:
    """Return lists of fixed size, for a store that has only lists of any size."""
    size, missing = kind.list_size, np.array(array.is_null(), dtype=bool)
    offsets, values = _spanned(array)
    if ((np.diff(offsets) != size) & ~missing).any():
        raise pa.ArrowInvalid(f"a list is longer or shorter than {size}")
    places = offsets[:-1, None] + np.arange(size)
    there = pa.array(places.ravel(), mask=np.repeat(missing, size))
    return pa.FixedSizeListArray.from_arrays(
        _convert(values, kind.value_type).take(there), type=kind, mask=_mask(array)
    )


def _convert_list_view(array: Any, kind: pa.DataType) -> pa.Array:
    starts, sizes = array.offsets.to_numpy(), array.sizes.to_numpy()
    used = starts[sizes > 0]
    first = int(used.min()) if len(used) else 0
    last = int((starts + sizes)[sizes > 0].max()) if len(used) else 0
    view = type(array).from_arrays(
        pa.array(np.where(sizes > 0, starts - first, 0), array.offsets.type),
        pa.array(sizes),
        _convert(array.values.slice(first, last - first), kind.value_type),
        mask=_mask(array),
    )
    return list_like(view, view.flatten())


def list_like(array: Any, values: pa.Array) -> pa.Array:
    """Return a large list with the lengths and nulls of a list of any kind.

    Args:
        values: In place of `array.flatten()`, which leaves out what lies under a null
            and puts the values of list views in order.
    """
    lengths = array.value_lengths()
    if array.null_count:
        lengths = lengths.fill_null(0)
    offsets = np.zeros(len(array) + 1, dtype=np.int64)
    np.cumsum(lengths.to_numpy(zero_copy_only=False), out=offsets[1:])
    return pa.LargeListArray.from_arrays(pa.array(offsets), values, mask=_mask(array))


def _convert_map(array: Any, kind: pa.DataType) -> pa.Array:
    offsets, entries = _spanned(array)
    return pa.MapArray.from_arrays(
        pa.array(offsets),
        _convert(entries.field(0), kind.key_type),
        _convert(entries.field(1), kind.item_type),
        type=kind,
        mask=_mask(array),
    )


def _spanned(array: Any) -> tuple[Any, Any]:
    """Return the offsets of a list or map, from 0 on, and the values that they span."""
    offsets = array.offsets.to_numpy()
    first, last = int(offsets[0]), int(offsets[-1])
    return offsets - first, array.values.slice(first, last - first)


def _from_string_view(array: Any, kind: pa.DataType) -> pa.Array:
    return _narrow(array.cast(pa.large_string()), kind)


def _from_binary_view(array: Any, kind: pa.DataType) -> pa.Array:
    return _narrow(array.cast(pa.large_binary()), kind)


def _narrow(array: Any, kind: pa.DataType) -> pa.Array:
    """Count text in 32 bits instead of 64, sharing the text itself."""
    if kind.id not in (lib.Type_STRING, lib.Type_BINARY):
        return array.cast(kind)
    length = len(array)
    _, counts, text = array.buffers()
    offsets = np.frombuffer(counts, np.int64, length + 1, array.offset * 8)
    first, last = int(offsets[0]), int(offsets[-1])
    if last - first > _LARGEST_CHUNK:
        raise _TooLongError("the text or bytes are longer than 2 GiB")
    if text is not None:
        text = text.slice(first, last - first)
    narrow = pa.py_buffer((offsets - first if first else offsets).astype(np.int32))
    return pa.Array.from_buffers(kind, length, [validity(array), narrow, text])


def validity(array: pa.Array) -> pa.Buffer | None:
    """Return which values are there, one bit each from the first on; None for all."""
    if not array.null_count:
        return None
    bits = bits_of(array.buffers()[0], array.offset, len(array))
    return pa.py_buffer(np.packbits(bits, bitorder="little"))


def bits_of(buffer: pa.Buffer, offset: int, length: int) -> npt.NDArray[np.uint8]:
    """Return bits of a buffer as one byte each."""
    first, skip = divmod(offset, 8)
    packed = np.frombuffer(buffer, np.uint8, (skip + length + 7) // 8, first)
    return np.unpackbits(packed, bitorder="little")[skip : skip + length]


def _mask(array: pa.Array) -> pa.Array | None:
    return array.is_null() if array.null_count else None


# What lies inside is looked for in a certain way, so that the shapes must agree.
_LISTS = (lib.Type_LARGE_LIST, lib.Type_FIXED_SIZE_LIST)
_UNDER_NULLS = (lib.Type_LIST, lib.Type_LARGE_LIST, lib.Type_STRUCT)
_BECOMES: dict[int, tuple[int, ...]] = {
    lib.Type_LIST: _LISTS,
    lib.Type_LARGE_LIST: _LISTS,
    lib.Type_LIST_VIEW: (lib.Type_LARGE_LIST,),
    lib.Type_LARGE_LIST_VIEW: (lib.Type_LARGE_LIST,),
    lib.Type_FIXED_SIZE_LIST: (lib.Type_FIXED_SIZE_LIST,),
    lib.Type_STRUCT: (lib.Type_STRUCT,),
    lib.Type_MAP: (lib.Type_MAP,),
}
_CONVERT: dict[int, Callable[[Any, pa.DataType], pa.Array]] = {
    lib.Type_LIST: _convert_list,
    lib.Type_LARGE_LIST: _convert_list,
    lib.Type_LIST_VIEW: _convert_list_view,
    lib.Type_LARGE_LIST_VIEW: _convert_list_view,
    lib.Type_FIXED_SIZE_LIST: _convert_fixed_size_list,
    lib.Type_STRUCT: _convert_struct,
    lib.Type_MAP: _convert_map,
    lib.Type_DICTIONARY: _convert_dictionary,
    lib.Type_RUN_END_ENCODED: _convert_runs,
    lib.Type_STRING_VIEW: _from_string_view,
    lib.Type_BINARY_VIEW: _from_binary_view,
    lib.Type_LARGE_STRING: _narrow,
    lib.Type_LARGE_BINARY: _narrow,
    pa.uuid().id: _convert_extension,
}
