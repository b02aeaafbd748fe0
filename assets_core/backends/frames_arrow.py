"""Tables in Arrow itself, and from anything that speaks its protocol.

This is also where a value ends that comes from no library of tables, so that what a
function must not return is refused here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form

_ONE_OF = "a pandas, Polars, Arrow or DuckDB table, or a stream of Arrow batches"


def form_of(value: Any) -> Form | None:
    """Return the form that a value has, None if it is no table."""
    if isinstance(value, (pa.Table, pa.RecordBatch)):
        return Form.ARROW
    if isinstance(value, pa.RecordBatchReader) or _is_foreign_stream(value):
        return Form.ARROW_READER
    return None


def to_arrow(value: Any) -> pa.Table:
    """Return a table, from whatever holds or yields one."""
    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    if isinstance(value, pa.RecordBatchReader):
        return value.read_all()
    if _is_foreign_stream(value):
        return _read_foreign(value)
    if isinstance(value, (Iterator, list, tuple)):
        return _join(value)
    raise _refusal(value)


def from_arrow(table: pa.Table, form: Form, name: str) -> Any:  # noqa: ARG001 - as its siblings
    """Return the table, which cannot be changed, or a reader of it."""
    return table.to_reader() if form is Form.ARROW_READER else table


def _is_foreign_stream(value: Any) -> bool:
    ours = isinstance(value, (pa.Array, pa.ChunkedArray))
    return not ours and hasattr(value, "__arrow_c_stream__")


def _read_foreign(value: Any) -> pa.Table:
    try:
        return pa.RecordBatchReader.from_stream(value).read_all()
    except (pa.ArrowException, TypeError) as error:
        raise UnsupportedDataError(
            f"A{_a(value)[1:]} was returned, whose Arrow stream is no table: {error}",
            fix=f"return {_ONE_OF}",
        ) from error


def to_stream(value: Any) -> Iterator[pa.Table] | None:
    """Return the parts of a stream, None if it is none."""
    if isinstance(value, pa.RecordBatchReader):
        return _read(value)
    return _parts(value) if isinstance(value, Iterator) else None


def _read(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    empty = True
    for batch in reader:
        empty = False
        yield pa.Table.from_batches([batch])
    if empty:
        yield reader.schema.empty_table()


def _join(parts: Any) -> pa.Table:
    """Return the batches or tables that a function returned or yielded as one table."""
    tables = list(_parts(parts))
    batches = [batch for table in tables for batch in table.to_batches()]
    return pa.Table.from_batches(batches, schema=tables[0].schema)


def _parts(parts: Any) -> Iterator[pa.Table]:
    """Yield the batches or tables that a function returned or yields, as tables."""
    stream = iter(parts)
    first = next(stream, None)
    if first is None:
        raise UnsupportedDataError(
            f"An empty {_name(parts)} was returned, which has no columns",
            fix="for no rows, return an empty table or batch that has the columns",
        )
    if not isinstance(first, (pa.RecordBatch, pa.Table)):
        raise _refusal(parts, first)
    for number, part in enumerate(itertools.chain([first], stream)):
        if not isinstance(part, (pa.RecordBatch, pa.Table)):
            raise UnsupportedDataError(
                f"Part {number} of what was returned is {_a(part)} and no table",
                fix="yield a pyarrow.RecordBatch each time",
            )
        if part.schema != first.schema:
            raise UnsupportedDataError(
                f"Part {number} of what was returned has other columns than the first: "
                f"{_differences(part.schema, first.schema)}",
                fix="yield batches of one schema; `batch.cast(schema)` gives them one",
            )
        yield part if isinstance(part, pa.Table) else pa.Table.from_batches([part])


def _differences(one: pa.Schema, other: pa.Schema) -> str:
    if one.names != other.names:
        return f"{', '.join(one.names)} instead of {', '.join(other.names)}"
    return ", ".join(
        f"{a.name!r} is {a.type} instead of {b.type}"
        for a, b in zip(one, other, strict=True)
        if not a.equals(b)
    )


def _refusal(value: Any, first: Any = None) -> UnsupportedDataError:
    """Return the error for what is no table, with the way to make it one."""
    if value is None:
        return UnsupportedDataError(
            "Nothing was returned: the function has no `return`, or returned None",
            fix=f"return {_ONE_OF}",
        )
    if first is not None:
        inside = f" of {_name(first)}"
        fix = _FIXES_INSIDE.get(type(first).__name__, f"return {_ONE_OF}")
    else:
        inside = ""
        fix = _FIXES.get(type(value).__name__, f"return {_ONE_OF}")
    return UnsupportedDataError(
        f"A{_a(value)[1:]}{inside} was returned, which is no table", fix=fix
    )


def _a(value: Any) -> str:
    name = _name(value)
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _name(value: Any) -> str:
    kind = type(value)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


_FIXES = {
    "FileSystemDataset": "return value.to_table()",
    "InMemoryDataset": "return value.to_table()",
    "Scanner": "return value.to_table()",
    "dict": "return pandas.DataFrame(value), or pyarrow.table(value)",
    "ndarray": "return pandas.DataFrame(value, columns=[…])",
    "coroutine": "declare the function with `def`; `async def` is not called",
    "async_generator": "declare the function with `def`; `async def` is not called",
    "ChunkedArray": 'return pyarrow.table({"name": value})',
}
_FIXES_INSIDE = {
    "dict": "return pandas.DataFrame(rows), or pyarrow.Table.from_pylist(rows)",
    "Partition": "a generator function yields these under"
    " @asset(partitions=DynamicPartitions(…)), and nowhere else",
    "DataFrame": "return pandas.concat(frames, ignore_index=True), or yield Arrow batches",
}
