"""Arrow tables as Parquet files, and back, without loss.

The same table gives the same bytes with the same library: settings are fixed, and no
time or machine is written into the file.
"""

from __future__ import annotations

from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from assets_core.versioning.canonical import as_recorded

ROW_GROUP = 1 << 20


def write_parquet(table: pa.Table, file: IO[bytes], compression: str) -> None:
    """Write a canonical table.

    Raises:
        pyarrow.ArrowNotImplementedError: Parquet has no such type.
    """
    pq.write_table(
        table,
        file,
        compression=compression,
        row_group_size=ROW_GROUP,
        write_page_checksum=True,
        version="2.6",
    )


def read_parquet(path: str, schema: pa.Schema, columns: tuple[str, ...] | None) -> pa.Table:
    """Return a table, or some of its columns, with exactly the recorded types."""
    wanted = list(schema.names if columns is None else columns)
    table = pq.ParquetFile(path, memory_map=True).read(columns=wanted)
    # By name: the file may give columns in another order than was asked.
    return as_recorded(table, pa.schema([schema.field(name) for name in wanted]))
