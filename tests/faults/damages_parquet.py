"""Ways to damage a Parquet file that know its format."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tests.faults.damages import Damage, cut, everywhere, flipped, holding, written

TAIL = 8  # the length of the footer, and the magic


def damages_of_parquet(whole: bytes) -> list[Damage]:
    """Return all ways to damage a Parquet file."""
    return [
        *everywhere(whole),
        *_of_the_end(whole),
        *_of_rows(whole),
        *_other_tables(whole),
    ]


def _of_the_end(whole: bytes) -> Iterator[Damage]:
    size = len(whole)
    (length,) = struct.unpack("<I", whole[-TAIL:-4])
    footer = size - TAIL - length
    inside = {footer + length * part // 24 for part in range(24)}
    around = {footer - 1, footer, footer + 1, size - TAIL, size - 5, size - 4, size - 2}
    yield from cut(whole, inside | around, "footer cut off")
    yield from flipped(whole, set(inside), "footer flipped")
    yield from flipped(whole, {0, 1, 2, 3}, "first magic flipped")
    yield from flipped(whole, set(range(size - 4, size)), "last magic flipped")
    yield written(whole, 0, b"PARE", "magic of encryption")
    yield written(whole, size - 4, b"PARE", "magic of encryption")
    for claimed in (0, 1, length - 1, length + 1, size - 12, size, 2**31 - 1, 2**32 - 1):
        yield written(whole, size - TAIL, struct.pack("<I", claimed), "length of footer")


def _of_rows(whole: bytes) -> Iterator[Damage]:
    """Yield the file with a footer that is whole and claims other numbers of rows."""
    rows = pq.read_metadata(io.BytesIO(whole)).num_rows
    (length,) = struct.unpack("<I", whole[-TAIL:-4])
    body, footer = whole[: -TAIL - length], whole[-TAIL - length : -TAIL]
    old = _varint(rows)
    place = footer.find(old)
    while place >= 0:
        for claimed in (0, rows - 1, rows + 1, 2**31, 2**40, 2**62):
            changed = footer[:place] + _varint(claimed) + footer[place + len(old) :]
            end = struct.pack("<I", len(changed)) + whole[-4:]
            text = f"{claimed} at {place} of the footer"
            yield Damage("number of rows", text, holding(body + changed + end))
        place = footer.find(old, place + 1)


def _varint(number: int) -> bytes:
    """Return a number that is not negative as Thrift's compact protocol writes it."""
    number, out = number * 2, bytearray()
    while number >= 1 << 7:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _other_tables(whole: bytes) -> Iterator[Damage]:
    """Yield Parquet files with nothing wrong but that they are others."""
    table = pq.read_table(io.BytesIO(whole))
    nested: pa.Array = pa.array([1])
    for _ in range(60):
        nested = pa.ListArray.from_arrays([0, len(nested)], nested)
    for text, other in (
        ("rows in another order", table.take(list(reversed(range(table.num_rows))))),
        ("one row less", table.slice(1)),
        ("no rows", table.slice(0, 0)),
        ("a column less", table.select(table.column_names[1:])),
        ("another name", table.rename_columns([f"{n}_" for n in table.column_names])),
        ("a million nulls in few bytes", pa.table({"n": pa.nulls(1 << 20, pa.int64())})),
        ("sixty lists deep", pa.table({"n": nested})),
    ):
        yield Damage("other Parquet file", text, holding(_bytes_of(other)))
    same = _bytes_of(table, compression="zstd")
    yield Damage("other Parquet file", "the same rows, compressed otherwise", holding(same))


def _bytes_of(table: pa.Table, compression: str = "snappy") -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression=compression)
    return file.getvalue()
