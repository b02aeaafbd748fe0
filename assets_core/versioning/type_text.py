"""Column types as text, and back, without loss.

The text is recorded with every materialization, shown to people, and part of every data
version, so it must never come to mean anything else. It knows exactly the canonical
types (see canonical.py); there is one text for each type and one type for each text.

    int64   timestamp[us, tz=Europe/Paris]   decimal128(10, 2)   list<string>
    fixed_size_list<float32>[3]   struct<id: int64, "full name": string>   map<string, bool>
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pyarrow as pa
from pyarrow import lib

from assets_core.errors import CorruptDataError

_SIMPLE: dict[str, pa.DataType] = {
    "null": pa.null(),
    "bool": pa.bool_(),
    "int8": pa.int8(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "uint8": pa.uint8(),
    "uint16": pa.uint16(),
    "uint32": pa.uint32(),
    "uint64": pa.uint64(),
    "float16": pa.float16(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "date32": pa.date32(),
    "time64[us]": pa.time64("us"),
    "time64[ns]": pa.time64("ns"),
    "timestamp[ms]": pa.timestamp("ms"),
    "timestamp[us]": pa.timestamp("us"),
    "timestamp[ns]": pa.timestamp("ns"),
    "duration[s]": pa.duration("s"),
    "duration[ms]": pa.duration("ms"),
    "duration[us]": pa.duration("us"),
    "duration[ns]": pa.duration("ns"),
}
_NAMES = {kind: name for name, kind in _SIMPLE.items()}

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
_PLAIN_ZONE = re.compile(r"[\w/+:-]+\Z", re.ASCII)


def type_text(kind: pa.DataType) -> str:
    """Return the text for a canonical type.

    >>> type_text(pa.large_list(pa.timestamp("ns", "Europe/Paris")))
    'list<timestamp[ns, tz=Europe/Paris]>'
    """
    name = _NAMES.get(kind)
    if name is not None:
        return name
    if kind.id not in _TEXTS:
        raise ValueError(f"{kind} is not a canonical type")
    return _TEXTS[kind.id](kind)


def parse_type(text: str) -> pa.DataType:
    """Return the type that a text stands for.

    >>> parse_type("map<string, decimal128(10, 2)>")
    MapType(map<string, decimal128(10, 2)>)

    Raises:
        CorruptDataError: It stands for none.
    """
    reader = _Reader(text)
    try:
        kind = _read_type(reader)
        reader.expect(r"\Z")
    except (ValueError, pa.ArrowException) as error:
        raise CorruptDataError(
            f"{text!r} is not the text of a column type",
            fix="the record may be damaged, or written by a newer version of assets-core",
        ) from error
    return kind


def _quoted(name: str, plain: re.Pattern[str]) -> str:
    return name if plain.match(name) else json.dumps(name, ensure_ascii=False)


def _timestamp_text(kind: pa.DataType) -> str:
    return f"timestamp[{kind.unit}, tz={_quoted(kind.tz, _PLAIN_ZONE)}]"


def _decimal_text(kind: pa.DataType) -> str:
    return f"decimal{kind.bit_width}({kind.precision}, {kind.scale})"


def _fixed_size_list_text(kind: pa.DataType) -> str:
    return f"fixed_size_list<{type_text(kind.value_type)}>[{kind.list_size}]"


def _struct_text(kind: pa.DataType) -> str:
    fields = (f"{_quoted(f.name, _PLAIN_NAME)}: {type_text(f.type)}" for f in kind)
    return f"struct<{', '.join(fields)}>"


_TEXTS: dict[int, Callable[[pa.DataType], str]] = {
    lib.Type_TIMESTAMP: _timestamp_text,
    lib.Type_DECIMAL128: _decimal_text,
    lib.Type_DECIMAL256: _decimal_text,
    lib.Type_FIXED_SIZE_BINARY: lambda kind: f"fixed_size_binary[{kind.byte_width}]",
    lib.Type_LARGE_LIST: lambda kind: f"list<{type_text(kind.value_type)}>",
    lib.Type_FIXED_SIZE_LIST: _fixed_size_list_text,
    lib.Type_MAP: lambda kind: (
        f"map<{type_text(kind.key_type)}, {type_text(kind.item_type)}>"
    ),
    lib.Type_STRUCT: _struct_text,
}


class _Reader:
    """A text and how far it has been read."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: str) -> re.Match[str] | None:
        """Return the match at this place, if there is one, and step behind it."""
        found = re.compile(pattern, re.ASCII).match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def expect(self, pattern: str) -> str:
        """Return what matches, or raise `ValueError`."""
        found = self.take(pattern)
        if found is None:
            raise ValueError(f"no {pattern} at {self.at}")
        return found[0]

    def name(self, plain: str) -> str:
        """Return a name that stands there as it is or in quotes."""
        text = self.expect(rf'"(?:[^"\\]|\\.)*"|{plain}')
        return str(json.loads(text)) if text.startswith('"') else text

    def number(self) -> int:
        """Return a whole number."""
        return int(self.expect(r"\d+"))


def _read_type(reader: _Reader) -> pa.DataType:
    # The zone of a timestamp follows a comma, which no simple name has.
    simple = reader.take(r"\w+(?:\[(?:s|ms|us|ns)\])?(?![\w\[<(])")
    if simple is not None:
        if simple[0] not in _SIMPLE:
            raise ValueError(f"no type is called {simple[0]}")
        return _SIMPLE[simple[0]]
    word = reader.expect(r"\w+")
    if word not in _COMPOSED:
        raise ValueError(f"no type is called {word}")
    return _COMPOSED[word](reader)


def _read_timestamp(reader: _Reader) -> pa.DataType:
    reader.expect(r"\[")
    unit = reader.expect("ms|us|ns")
    reader.expect(", tz=")
    zone = reader.name(r"[\w/+:-]+")
    reader.expect(r"\]")
    return pa.timestamp(unit, zone)


def _read_decimal(
    make: Callable[[int, int], pa.DataType],
) -> Callable[[_Reader], pa.DataType]:
    def read(reader: _Reader) -> pa.DataType:
        reader.expect(r"\(")
        precision = reader.number()
        reader.expect(", ")
        scale = reader.number()
        reader.expect(r"\)")
        return make(precision, scale)

    return read


def _read_size(reader: _Reader) -> int:
    reader.expect(r"\[")
    size = reader.number()
    reader.expect(r"\]")
    return size


def _read_list(reader: _Reader) -> pa.DataType:
    reader.expect("<")
    kind = _read_type(reader)
    reader.expect(">")
    return pa.large_list(kind)


def _read_fixed_size_list(reader: _Reader) -> pa.DataType:
    kind = _read_list(reader).value_type
    return pa.list_(kind, _read_size(reader))


def _read_map(reader: _Reader) -> pa.DataType:
    reader.expect("<")
    key = _read_type(reader)
    reader.expect(", ")
    item = _read_type(reader)
    reader.expect(">")
    return pa.map_(key, item)


def _read_struct(reader: _Reader) -> pa.DataType:
    reader.expect("<")
    fields = []
    while True:
        name = reader.name(r"[A-Za-z_]\w*")
        reader.expect(": ")
        fields.append((name, _read_type(reader)))
        if reader.take(">"):
            return pa.struct(fields)
        reader.expect(", ")


_COMPOSED: dict[str, Callable[[_Reader], pa.DataType]] = {
    "timestamp": _read_timestamp,
    "decimal128": _read_decimal(pa.decimal128),
    "decimal256": _read_decimal(pa.decimal256),
    "fixed_size_binary": lambda reader: pa.binary(_read_size(reader)),
    "list": _read_list,
    "fixed_size_list": _read_fixed_size_list,
    "map": _read_map,
    "struct": _read_struct,
}
