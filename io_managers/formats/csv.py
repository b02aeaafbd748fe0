"""Arrow tables as comma-separated values, and back to exactly what they were.

The file says nothing of types: they are recorded, and reading casts to them. No value is
an empty field, an empty text is `""`. What CSV has no form for is a text: times of day,
bytes in hexadecimal, durations as a count of their units.
"""

from __future__ import annotations

import codecs
import re
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.types as pt

from assets_core.errors import UnsupportedDataError
from assets_core.frozen import frozen
from io_managers.formats.compressed import reading, writing
from io_managers.plain import from_floats, from_plain, plain_values
from io_managers.tables import Columns, Format

_DANGEROUS = "^('*[=+\\-@\t\r])"
"""A text that a spreadsheet takes for a formula, or that we have made safe."""
_KIND = re.compile(
    r"(?:\.(?P<delimiter>[0-9a-f]+)-(?P<safe>\w+)-(?P<encoding>[\w-]+))?\.csv"
)
_BLOCK_SIZES = (1 << 20, 1 << 24, 1 << 28)
_LARGEST_BLOCK = (1 << 31) - 1
"""How many bytes Arrow looks at together; the next where a row is longer."""
_NATIVE = (
    *(pt.is_boolean, pt.is_integer, pt.is_float32, pt.is_float64, pt.is_date32),
    *(pt.is_decimal, pt.is_null),
)


@frozen
class Dialect:
    """How fields become a text.

    Attributes:
        safe_formulas: Whether texts that begin like a formula get an apostrophe.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    safe_formulas: bool = False

    @property
    def kind(self) -> str:
        """Return what the name of a file says of it, so that reading knows it later."""
        if self == Dialect():
            return ""
        safe = "safe" if self.safe_formulas else "plain"
        return f".{ord(self.delimiter):x}-{safe}-{codecs.lookup(self.encoding).name}"


def csv_format(dialect: Dialect, compression: str) -> Format:
    """Return the format."""

    def write(table: pa.Table, file: IO[bytes]) -> None:
        with writing(file, compression) as stream:
            _write(table, stream, dialect)

    return Format("CSV", write, _read, dialect.kind, pt.is_nested, is_read_back=True)


def _write(table: pa.Table, file: IO[bytes], dialect: Dialect) -> None:
    columns = [_written(column.combine_chunks(), dialect) for column in table.columns]
    names = [
        _safe(pa.array([name])) if dialect.safe_formulas else [name]
        for name in table.column_names
    ]
    written = pa.Table.from_arrays(columns, names=[str(name[0]) for name in names])
    options = pa_csv.WriteOptions(delimiter=dialect.delimiter)
    if codecs.lookup(dialect.encoding).name == "utf-8":
        pa_csv.write_csv(written, file, options)
        return
    _refuse_letters(table, dialect.encoding)
    encoded = _Encoded(file, dialect.encoding)
    pa_csv.write_csv(written, pa.PythonFile(encoded, "w"), options)


def _written(column: Any, dialect: Dialect) -> Any:
    """Return a column as Arrow writes it without losing anything."""
    kind = column.type
    if pt.is_string(kind):
        return _safe(column) if dialect.safe_formulas else column
    if pt.is_null(kind):
        return pa.nulls(len(column), pa.string())
    if any(is_kind(kind) for is_kind in _NATIVE):
        return column
    if pt.is_float16(kind):
        return column.cast(pa.float32())
    if pt.is_timestamp(kind):
        return column.cast(pa.timestamp(kind.unit, kind.tz and "UTC"))
    return pa.array(plain_values(column))


def _safe(texts: Any) -> Any:
    return pc.replace_substring_regex(texts, _DANGEROUS, r"'\1")


def _as_it_was(texts: Any) -> Any:
    return pc.replace_substring_regex(texts, f"^'({_DANGEROUS[1:]})", r"\1")


class _Encoded:
    """A file that takes UTF-8 and keeps another encoding."""

    closed = False

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._encoder = codecs.getincrementalencoder(encoding)()

    def write(self, data: bytes) -> int:
        self._file.write(self._encoder.encode(self._decoder.decode(bytes(data))))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def _refuse_letters(table: pa.Table, encoding: str) -> None:
    """Raise if a text has letters that an encoding does not have."""
    columns = [(name, table.column(name)) for name in table.column_names]
    texts = [(name, one) for name, one in columns if pt.is_string(one.type)]
    for name, values in [(name, [name]) for name, _ in columns] + [
        (name, one.to_pylist()) for name, one in texts
    ]:
        try:
            for value in values:
                (value or "").encode(encoding)
        except UnicodeEncodeError as error:
            raise UnsupportedDataError(
                f"The column '{name}' has {error.object[error.start]!r}, which the encoding"
                f" {encoding} does not have",
                fix='use encoding = "utf-8", or "utf-8-sig" for Excel',
            ) from error


def _read(path: str, suffix: str, schema: pa.Schema, columns: Columns) -> pa.Table:
    dialect = _dialect_of(suffix)
    table = _texts(path, dialect, [str(number) for number in range(len(schema))])
    names = schema.names if columns is None else columns
    found = [table.column(schema.get_field_index(name)).combine_chunks() for name in names]
    fields = [schema.field(name) for name in names]
    return pa.Table.from_arrays(
        [
            _found(one, field.type, dialect)
            for one, field in zip(found, fields, strict=True)
        ],
        schema=pa.schema(fields),
    )


def _texts(path: str, dialect: Dialect, names: list[str]) -> pa.Table:
    """Return all fields as texts. A row must fit into a block, and may be a long one."""
    for block_size in _BLOCK_SIZES:
        try:
            return _texts_in_blocks(path, dialect, names, block_size)
        except pa.ArrowInvalid as error:
            if "block boundaries" not in str(error):
                raise
    return _texts_in_blocks(path, dialect, names, _LARGEST_BLOCK)


def _texts_in_blocks(
    path: str, dialect: Dialect, names: list[str], block_size: int
) -> pa.Table:
    with reading(path) as file:
        return pa_csv.read_csv(
            file,
            pa_csv.ReadOptions(
                block_size=block_size,
                encoding=dialect.encoding,
                column_names=names,
                skip_rows_after_names=1,
            ),
            pa_csv.ParseOptions(
                delimiter=dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
            ),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )


def _dialect_of(suffix: str) -> Dialect:
    found = _KIND.match(suffix)
    if found is None or found["delimiter"] is None:
        return Dialect()
    return Dialect(
        chr(int(found["delimiter"], 16)), found["encoding"], found["safe"] == "safe"
    )


def _found(texts: Any, kind: pa.DataType, dialect: Dialect) -> Any:  # noqa: PLR0911 - one for each kind
    """Return the column that was written as these texts."""
    if pt.is_string(kind):
        return _as_it_was(texts) if dialect.safe_formulas else texts
    if pt.is_null(kind):
        return pa.nulls(len(texts))
    if pt.is_timestamp(kind):
        moments = pc.utf8_rtrim(texts, "Z").cast(pa.timestamp(kind.unit))
        return moments.cast(pa.int64()).cast(kind)
    if any(is_kind(kind) for is_kind in _NATIVE):
        return texts.cast(kind)
    if pt.is_float16(kind):
        return from_floats(texts.cast(pa.float32()).to_pylist(), kind)
    if pt.is_duration(kind):
        return texts.cast(pa.int64()).cast(kind)
    return from_plain(texts.to_pylist(), kind)
