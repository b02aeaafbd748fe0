"""The version of a table's content: the same for the same rows, wherever they lie.

A column is hashed as the values that it means, never as the bytes that happen to hold
them. It goes into a few streams, to which every chunk only appends, so that neither
chunks nor slices nor batch sizes show in the result:

    rows      how many there are
    gaps      the positions of nulls; a column without any costs nothing for them
    values    numbers of fixed width as they are, a null as zeros, every NaN as one NaN;
              booleans as one byte each; text and bytes without anything in between
    lengths   of text, bytes and lists, a null having length 0
    children  the fields of a struct (null where the struct is), the values of lists
              (without what lies under a null), the entries of maps as structs

The digest of a column covers these and its type, but neither its name nor its place;
the digest of the table covers names, order, columns and rows. It must never change for
the same rows: every recorded version would be another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import lib
from xxhash import xxh3_128

from assets_core.model.versions import DataVersion, digest
from assets_core.versioning.canonical import canonical_table
from assets_core.versioning.canonical_arrays import bits_of
from assets_core.versioning.type_text import type_text

_BLOCK = 1 << 16  # rows hashed at a time: what is copied on the way stays in the cache
_NO_NULLS = bytes(16)

Gaps = npt.NDArray[np.int64] | None


class ContentHasher:
    """Hashes a table while it streams by.

    Args:
        schema: The canonical schema of everything that will come.

    >>> hasher = ContentHasher(pa.schema([("n", pa.int64())]))
    >>> for batch in pa.table({"n": [1, 2, 3]}).to_batches(max_chunksize=2):
    ...     hasher.update(batch)
    >>> hasher.result() == data_version(pa.table({"n": [1, 2, 3]}))
    True
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._columns = [_Stream(kind) for kind in schema.types]
        self._types = [type_text(kind) for kind in schema.types]
        self._rows = 0

    def update(self, data: pa.Table | pa.RecordBatch) -> None:
        """Add rows at the end.

        Raises:
            ValueError: They do not have the schema that was announced.
        """
        if not data.schema.equals(self._schema):
            raise ValueError(f"rows of {data.schema} do not belong to {self._schema}")
        for stream, column in zip(self._columns, data.columns, strict=True):
            for chunk in column.chunks if isinstance(data, pa.Table) else (column,):
                stream.add(chunk)
        self._rows += data.num_rows

    def result(self) -> DataVersion:
        """Return the version of all rows so far; more may follow."""
        columns = {}
        parts: list[str | bytes] = ["data version 1", str(self._rows)]
        for name, kind, stream in zip(
            self._schema.names, self._types, self._columns, strict=True
        ):
            columns[name] = digest("column 1", kind, stream.digest())
            parts += [name, columns[name]]
        return DataVersion(digest(*parts), columns)


def data_version(table: pa.Table) -> DataVersion:
    """Return the version of a table's content.

    >>> whole = pa.table({"n": [1, 2]})
    >>> parts = pa.table({"n": pa.chunked_array([[1], [2]])})
    >>> data_version(whole) == data_version(parts)
    True
    """
    table = canonical_table(table)
    hasher = ContentHasher(table.schema)
    hasher.update(table)
    return hasher.result()


class _Stream:
    """The content of a column, or of one level inside it, as far as it has come."""

    __slots__ = ("children", "dtype", "feed", "gaps", "lengths", "rows", "values")

    def __init__(self, kind: pa.DataType) -> None:
        self.feed, self.dtype = _feed_of(kind)
        self.children = [_Stream(child) for child in _children_of(kind)]
        self.rows = 0
        self.gaps: Any = None
        self.values: Any = xxh3_128()
        self.lengths: Any = None

    def add(self, array: pa.Array) -> None:
        """Append values."""
        if len(array) <= _BLOCK:
            self._add_block(array)
            return
        for start in range(0, len(array), _BLOCK):
            self._add_block(array.slice(start, _BLOCK))

    def digest(self) -> bytes:
        """Return the digest of all values so far, 16 bytes."""
        own = [
            self.rows.to_bytes(8, "little"),
            _NO_NULLS if self.gaps is None else self.gaps.digest(),
            self.values.digest(),
            b"" if self.lengths is None else self.lengths.digest(),
        ]
        return xxh3_128(
            b"".join(own + [child.digest() for child in self.children])
        ).digest()

    def _add_block(self, array: pa.Array) -> None:
        gaps: Gaps = None
        if array.null_count and self.feed is not _feed_nothing:
            gaps = _null_positions(array)
            if self.gaps is None:
                self.gaps = xxh3_128()
            self.gaps.update(gaps + self.rows)
        if len(array):
            self.feed(self, array, gaps)
        self.rows += len(array)


def _null_positions(array: pa.Array) -> npt.NDArray[np.int64]:
    return np.flatnonzero(bits_of(array.buffers()[0], array.offset, len(array)) == 0)


def _feed_nothing(stream: _Stream, array: pa.Array, gaps: Gaps) -> None:
    """Add rows that are null by their type."""


def _feed_fixed(stream: _Stream, array: pa.Array, gaps: Gaps) -> None:
    stream.values.update(_fixed_values(stream, array, gaps))


def _fixed_values(stream: _Stream, array: pa.Array, gaps: Gaps) -> npt.NDArray[Any]:
    dtype = stream.dtype
    start = array.offset * dtype.itemsize
    values = np.frombuffer(array.buffers()[1], dtype, len(array), start)
    if gaps is not None:
        values = values.copy()
        values[gaps] = np.zeros((), dtype)
    return values


def _feed_float(stream: _Stream, array: pa.Array, gaps: Gaps) -> None:
    values = _fixed_values(stream, array, gaps)
    nan = np.isnan(values)
    if nan.any():
        values = values.copy()
        values[nan] = _ONE_NAN[values.itemsize]
    stream.values.update(values)


def _feed_bool(stream: _Stream, array: pa.Array, gaps: Gaps) -> None:
    values = bits_of(array.buffers()[1], array.offset, len(array))
    if gaps is not None:
        values[gaps] = 0
    stream.values.update(values)


def _feed_text(stream: _Stream, array: pa.Array, gaps: Gaps) -> None:
    offsets, lengths, array = _measured(stream, array, gaps)
    text = array.buffers()[2]
    if text is not None:
        stream.values.update(memoryview(text)[offsets[0] : offsets[-1]])
    stream.lengths.update(lengths)


def _feed_list(stream: _Stream, array: pa.Array, gaps: Gaps) -> None:
    offsets, lengths, array = _measured(stream, array, gaps)
    first = int(offsets[0])
    stream.children[0].add(array.values.slice(first, int(offsets[-1]) - first))
    stream.lengths.update(lengths)


def _measured(
    stream: _Stream, array: Any, gaps: Gaps
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Any]:
    """Return offsets, lengths and the array, which may be without its nulls.

    Nulls are left out only where something lies under one of them.
    """
    if stream.lengths is None:
        stream.lengths = xxh3_128()
    offsets = _offsets(stream, array)
    lengths = offsets[1:] - offsets[:-1]
    if gaps is not None and lengths[gaps].any():
        lengths[gaps] = 0
        array = array.drop_null()
        offsets = _offsets(stream, array)
    return offsets, lengths, array


def _offsets(stream: _Stream, array: pa.Array) -> npt.NDArray[Any]:
    if not len(array):
        return np.zeros(1, stream.dtype)
    start = array.offset * stream.dtype.itemsize
    return np.frombuffer(array.buffers()[1], stream.dtype, len(array) + 1, start)


def _feed_fixed_size_list(stream: _Stream, array: Any, _: Gaps) -> None:
    stream.children[0].add(array.flatten())


def _feed_struct(stream: _Stream, array: Any, _: Gaps) -> None:
    for child, values in zip(stream.children, array.flatten(), strict=True):
        child.add(values)


_FLOATS: dict[int, Any] = {
    lib.Type_HALF_FLOAT: np.dtype(np.float16),
    lib.Type_FLOAT: np.dtype(np.float32),
    lib.Type_DOUBLE: np.dtype(np.float64),
}
_ONE_NAN = {dtype.itemsize: np.array(np.nan, dtype) for dtype in _FLOATS.values()}
_WHOLE = {size: np.dtype(f"<u{size}") for size in (1, 2, 4, 8)}

_Feed = Callable[[_Stream, Any, Gaps], None]
_OTHERS: dict[int, tuple[_Feed, Any]] = {
    lib.Type_NA: (_feed_nothing, None),
    lib.Type_BOOL: (_feed_bool, None),
    lib.Type_STRING: (_feed_text, np.dtype("<i4")),
    lib.Type_BINARY: (_feed_text, np.dtype("<i4")),
    lib.Type_LARGE_LIST: (_feed_list, np.dtype("<i8")),
    lib.Type_MAP: (_feed_list, np.dtype("<i4")),
    lib.Type_FIXED_SIZE_LIST: (_feed_fixed_size_list, None),
    lib.Type_STRUCT: (_feed_struct, None),
}


def _feed_of(kind: pa.DataType) -> tuple[_Feed, Any]:
    """Return how a type is hashed, and the layout of its values or offsets."""
    if kind.id in _OTHERS:
        return _OTHERS[kind.id]
    if kind.id in _FLOATS:
        return _feed_float, _FLOATS[kind.id]
    size = kind.byte_width
    return _feed_fixed, _WHOLE.get(size) or np.dtype((np.void, size))


def _children_of(kind: pa.DataType) -> list[pa.DataType]:
    if kind.id == lib.Type_STRUCT:
        return [field.type for field in kind]
    if kind.id in (lib.Type_LARGE_LIST, lib.Type_FIXED_SIZE_LIST):
        return [kind.value_type]
    if kind.id == lib.Type_MAP:
        return [pa.struct([("key", kind.key_type), ("value", kind.item_type)])]
    return []
