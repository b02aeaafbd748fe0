"""Arrow tables as Parquet files, and back, without loss.

The same table gives the same bytes with the same library: settings are fixed, and no
time or machine is written into the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets_core.versioning.canonical import as_recorded
from io_managers.tables import Columns, Format, Parts

ROW_GROUP = 1 << 20

GROUP_BYTES = 16 << 20
"""How large the rows of a stream become before they are written as a row group."""

MANY = 1 << 17
"""From how many rows on a column of numbers is looked at before it is written."""

SAMPLES, SAMPLED = 16, 1024
"""At how many places, and how many rows at each."""

DIFFERENT = 0.97
"""Of how many of these rows the values differ where nearly all values do."""

PARTS = "assets_core.parts"
"""Under which name a file says which row group is which part."""


@cache
def parquet_format(compression: str) -> Format:
    """Return the format."""
    return Format(
        "Parquet",
        lambda table, file: write_parquet(table, file, compression),
        lambda path, _, schema, columns: read_parquet(path, schema, columns),
        parts=Parts(
            lambda parts, file: write_parts(parts, file, compression),
            lambda path, part, schema, columns: read_parquet(path, schema, columns, part),
        ),
    )


def write_parquet(table: pa.Table, file: IO[bytes], compression: str) -> None:
    """Write a canonical table.

    Raises:
        pyarrow.ArrowNotImplementedError: Parquet has no such type.
    """
    with _writer(file, table.schema, compression, _listed(table)) as writer:
        writer.write_table(table, row_group_size=ROW_GROUP)


def _listed(table: pa.Table) -> list[str] | bool:
    """Return the columns whose different values are listed first; True for all.

    Parquet writes references to that list, until it is too long. Where all values differ
    the list is made for nothing, in a third of the time that writing takes.
    """
    flat = all(
        "." not in one.name and not pa.types.is_nested(one.type) for one in table.schema
    )
    if table.num_rows < MANY or not flat:
        return True
    return [name for name in table.column_names if not _differs(table[name])]


def _differs(column: pa.ChunkedArray) -> bool:
    """Return whether nearly all numbers of a column are different, as a sample tells."""
    if not pa.types.is_primitive(column.type) or column.type.bit_width < 32:  # noqa: PLR2004 - bits
        return False
    step = len(column) // SAMPLES
    # Rows that follow each other: in what is sorted equal values do.
    places = [column.slice(at * step, SAMPLED) for at in range(SAMPLES)]
    chunks = [chunk for place in places for chunk in place.chunks]
    found = pc.count_distinct(pa.chunked_array(chunks, column.type)).as_py()
    return bool(found > DIFFERENT * SAMPLES * SAMPLED)


class ParquetStream:
    """A Parquet file that is written row group by row group."""

    def __init__(self, file: IO[bytes], schema: pa.Schema, compression: str) -> None:
        self._writer = _writer(file, schema, compression)
        self._waiting: list[pa.Table] = []

    def write(self, table: pa.Table) -> None:
        """Append rows; what is waiting becomes a row group once there is enough of it."""
        self._waiting.append(table)
        rows = sum(one.num_rows for one in self._waiting)
        if rows >= ROW_GROUP or sum(one.nbytes for one in self._waiting) >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the footer."""
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the file; what is in it is of no use."""
        self._waiting.clear()
        self._writer.close()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._writer.write_table(pa.concat_tables(waiting), row_group_size=ROW_GROUP)


def write_parts(
    parts: Sequence[tuple[str, pa.Table]], file: IO[bytes], compression: str
) -> None:
    """Write tables with one schema into one file, each a row group under its own name."""
    schema = parts[0][1].schema
    with _writer(file, schema, compression) as writer:
        for _, table in parts:
            writer.write_table(table, row_group_size=max(1, table.num_rows))
        names = json.dumps([name for name, _ in parts])
        writer.add_key_value_metadata({PARTS: names})


def read_parquet(
    path: str, schema: pa.Schema, columns: Columns, part: str | None = None
) -> pa.Table:
    """Return a table, or some of its columns, with exactly the recorded types.

    Args:
        part: Which one it is of a file that holds several.

    Raises:
        KeyError: There is no such part.
    """
    wanted = list(schema.names if columns is None else columns)
    if part is None:
        table = pq.ParquetFile(path, memory_map=True).read(columns=wanted)
    else:
        found = Path(path).stat()
        footer, groups = _footer(path, found.st_mtime_ns, found.st_size, found.st_ino)
        file = pq.ParquetFile(path, memory_map=True, metadata=footer)
        table = file.read_row_group(groups[part], columns=wanted)
    # By name: the file may give columns in another order than was asked.
    return as_recorded(table, pa.schema([schema.field(name) for name in wanted]))


def _writer(
    file: IO[bytes],
    schema: pa.Schema,
    compression: str,
    listed: list[str] | bool = True,  # noqa: FBT001, FBT002 - as Arrow has it
) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        file,
        schema,
        compression=compression,
        use_dictionary=listed,
        write_page_checksum=True,
        version="2.6",
    )


@lru_cache(maxsize=8)
def _footer(path: str, *_state: int) -> tuple[pq.FileMetaData, Mapping[str, int]]:
    """Return what a file with parts says of itself, and which row group is which part."""
    footer = pq.read_metadata(path, memory_map=True)
    names = json.loads((footer.metadata or {})[PARTS.encode()])
    return footer, {name: number for number, name in enumerate(names)}
