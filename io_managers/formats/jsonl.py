"""Arrow tables as lines of JSON, an object for each row.

Structs are objects, maps are lists of pairs. What JSON has no form for is a text: times,
decimals, bytes in hexadecimal, NaN; durations are a count of their units.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO, Any

import pyarrow as pa
import pyarrow.types as pt

from io_managers.formats.compressed import reading, writing
from io_managers.plain import from_plain, plain_values
from io_managers.tables import Columns, Format

ROWS = 1 << 13
_MINUS_ZERO = "minus zero"

Change = Callable[[Any], Any]


def jsonl_format(compression: str) -> Format:
    """Return the format."""

    def write(table: pa.Table, file: IO[bytes]) -> None:
        with writing(file, compression) as stream:
            _write(table, stream)

    return Format("JSON Lines", write, _read, refuses=_has_equal_names, is_read_back=True)


def _has_equal_names(kind: pa.DataType) -> bool:
    """Return whether there is a struct inside of which two fields have one name."""
    inside = [kind.field(number) for number in range(kind.num_fields)]
    names = {field.name for field in inside}
    return len(names) < len(inside) or any(_has_equal_names(one.type) for one in inside)


def _write(table: pa.Table, file: IO[bytes]) -> None:
    shown = [_shown(kind) for kind in table.schema.types]
    for batch in table.to_batches(max_chunksize=ROWS):
        columns = [
            [change(value) for value in plain_values(column)]
            for column, change in zip(batch.columns, shown, strict=True)
        ]
        lines = [
            json.dumps(
                dict(zip(table.column_names, row, strict=True)),
                ensure_ascii=False,
                allow_nan=False,
                separators=(",", ":"),
            )
            for row in zip(*columns, strict=True)
        ]
        file.write("".join(f"{line}\n" for line in lines).encode())


def _read(path: str, _: str, schema: pa.Schema, columns: Columns) -> pa.Table:
    with reading(path) as file:
        rows = [json.loads(line) for line in file.read().splitlines()]
    fields = [schema.field(name) for name in (schema.names if columns is None else columns)]
    found = []
    for field in fields:
        change = _plain(field.type)
        values = [change(row[field.name]) for row in rows]
        found.append(from_plain(values, field.type))
    return pa.Table.from_arrays(found, schema=pa.schema(fields))


def _shown(kind: pa.DataType) -> Change:
    """Return what makes a plain value of a type one that people expect in JSON."""
    if pt.is_struct(kind):
        names = [field.name for field in kind]
        changes = [_shown(field.type) for field in kind]
        return _unless_none(
            lambda value: {
                name: change(one)
                for name, change, one in zip(names, changes, value, strict=True)
            }
        )
    if pt.is_floating(kind):
        return lambda value: -0.0 if value == _MINUS_ZERO else value
    if pt.is_timestamp(kind) and kind.tz:
        return _unless_none(lambda value: f"{value}Z")
    return _inside(kind, _shown)


def _plain(kind: pa.DataType) -> Change:
    """Return what makes the plain value again that `_shown` was given."""
    if pt.is_struct(kind):
        changes = [(field.name, _plain(field.type)) for field in kind]
        return _unless_none(lambda value: [change(value[name]) for name, change in changes])
    if pt.is_timestamp(kind) and kind.tz:
        return _unless_none(lambda value: value.removesuffix("Z"))
    return _inside(kind, _plain)


def _inside(kind: pa.DataType, make: Callable[[pa.DataType], Change]) -> Change:
    """Return what changes the values inside of lists and maps."""
    if pt.is_map(kind):
        key, item = make(kind.key_type), make(kind.item_type)
        return _unless_none(lambda value: [[key(one), item(two)] for one, two in value])
    if pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        change = make(kind.value_type)
        return _unless_none(lambda value: [change(one) for one in value])
    return lambda value: value


def _unless_none(change: Change) -> Change:
    return lambda value: None if value is None else change(value)
