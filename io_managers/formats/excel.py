"""Arrow tables as Excel workbooks of one sheet, and back to exactly what they were.

A cell is a number, a text, a truth value or a date where Excel has one that is exactly
the value. Whatever it would round is a text: integers and decimals of more digits than
Excel has, times with a zone, moments before 1900 or between milliseconds. No value is an
empty cell; an empty text is a single apostrophe.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
import pyarrow.types as pt
import xlsxwriter
from python_calamine import CalamineWorkbook

from assets_core.errors import UnsupportedDataError
from io_managers.plain import from_plain, plain_values
from io_managers.tables import Columns, Format

MOST_ROWS = 1_048_575
"""How many rows a sheet has below the names of the columns."""
MOST_COLUMNS = 16_384
MOST_LETTERS = 32_767
EXACT = 2**53
"""Up to which integers a cell has them all."""
FIRST_DAY = dt.datetime(1900, 3, 1)  # noqa: DTZ001 - Excel knows no zones
"""Before it Excel counts a day that there never was."""
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the same in every file
_COUNT = "rows"
"""The hidden sheet with the number of rows, of which the last may be empty."""
_APOSTROPHES = re.compile("'*")
_FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss.000"}

Cell = float | str | bool | dt.datetime | None


class _Number(float):
    """A number that is written with all of its digits."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def excel_format() -> Format:
    """Return the format."""
    return Format("Excel", _write, _read, refuses=pt.is_nested, is_read_back=True)


def _write(table: pa.Table, file: IO[bytes]) -> None:
    _refuse_size(table)
    buffer = io.BytesIO()
    options = {"constant_memory": False, "in_memory": True, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _CREATED})
        formats = {
            name: book.add_format({"num_format": text}) for name, text in _FORMATS.items()
        }
        sheet = book.add_worksheet("data")
        for place, name in enumerate(table.column_names):
            sheet.write_string(0, place, _text(name, name))
        for place, field in enumerate(table.schema):
            column = table.column(place).combine_chunks()
            shown = formats["date" if pt.is_date(field.type) else "moment"]
            make = _cell(field)
            for row, value in enumerate(plain_values(column), 1):
                _put(sheet, (row, place), None if value is None else make(value), shown)
        count = book.add_worksheet(_COUNT)
        count.write_number(0, 0, table.num_rows)
        count.very_hidden()
    file.write(buffer.getvalue())


def _put(sheet: Any, at: tuple[int, int], cell: Cell, shown: Any) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(*at, cell)
    elif isinstance(cell, float | int):
        sheet.write_number(*at, _Number(cell))
    elif isinstance(cell, str):
        sheet.write_string(*at, cell)
    elif cell is not None:
        sheet.write_datetime(*at, cell, shown)


def _refuse_size(table: pa.Table) -> None:
    for what, count, most in (
        ("rows", table.num_rows, MOST_ROWS),
        ("columns", table.num_columns, MOST_COLUMNS),
    ):
        if count > most:
            raise UnsupportedDataError(
                f"Excel holds {most:,} {what}, and there are {count:,}",
                fix="keep the table with another IO manager, or cut it into partitions",
            )


def _cell(field: pa.Field) -> Callable[[Any], Cell]:
    """Return what makes a cell of a plain value."""
    kind = field.type
    if pt.is_boolean(kind):
        return lambda value: value
    if pt.is_integer(kind) or pt.is_duration(kind):
        return lambda value: value if abs(value) <= EXACT else str(value)
    if pt.is_floating(kind):
        return lambda value: value
    if pt.is_decimal(kind):
        return _decimal
    if pt.is_date(kind) or (pt.is_timestamp(kind) and not kind.tz):
        return _moment
    return lambda value: _text(field.name, value)


def _decimal(text: str) -> Cell:
    number = float(text)
    return number if Decimal(repr(number)) == Decimal(text) and number else text


def _moment(text: str) -> Cell:
    try:
        moment = dt.datetime.fromisoformat(text[:26])
    except ValueError:
        return text
    exact = len(text) <= 26 or not int(text[26:])  # noqa: PLR2004 - up to microseconds
    if moment < FIRST_DAY or moment.microsecond % 1000 or not exact:
        return text
    return moment


def _text(name: str, text: str) -> str:
    """Return a text as a cell has it: one that is empty has an apostrophe."""
    if len(text) > MOST_LETTERS:
        raise UnsupportedDataError(
            f"The column '{name}' has a text of {len(text):,} letters, and a cell of Excel"
            f" holds {MOST_LETTERS:,}",
            fix="keep the table with another IO manager",
        )
    return f"'{text}" if _APOSTROPHES.fullmatch(text) else text


def _as_it_was(cell: Any) -> str:
    text = str(cell)
    return text[1:] if _APOSTROPHES.fullmatch(text) else text


def _read(path: str, _: str, schema: pa.Schema, columns: Columns) -> pa.Table:
    with CalamineWorkbook.from_path(path) as book:
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)[1:]
        count = str(book.get_sheet_by_name(_COUNT).to_python()[0][0])
    rows += [[""] * len(schema)] * (int(float(count)) - len(rows))
    fields = [schema.field(name) for name in (schema.names if columns is None else columns)]
    found = []
    for field in fields:
        place = schema.get_field_index(field.name)
        value = _plain(field.type)
        cells = [row[place] for row in rows]
        found.append(from_plain([None if c == "" else value(c) for c in cells], field.type))
    return pa.Table.from_arrays(found, schema=pa.schema(fields))


def _plain(kind: pa.DataType) -> Callable[[Any], Any]:  # noqa: PLR0911 - one for each kind
    """Return what makes the plain value of a cell."""
    if pt.is_boolean(kind):
        return bool
    if pt.is_integer(kind) or pt.is_duration(kind):
        return int
    if pt.is_floating(kind):
        return lambda cell: cell if isinstance(cell, str) else float(cell)
    if pt.is_decimal(kind):
        return lambda cell: cell if isinstance(cell, str) else repr(cell)
    if pt.is_date(kind):
        return lambda cell: cell if isinstance(cell, str) else cell.isoformat()[:10]
    if pt.is_timestamp(kind) and not kind.tz:
        return lambda cell: cell if isinstance(cell, str) else _isoformat(cell)
    return _as_it_was


def _isoformat(cell: dt.date) -> str:
    if not isinstance(cell, dt.datetime):
        return f"{cell.isoformat()} 00:00:00"
    return cell.isoformat(sep=" ", timespec="milliseconds")
