"""Arrow tables as Arrow's own files, which other processes read without parsing."""

from __future__ import annotations

from typing import IO

import pyarrow as pa

from assets_core.versioning.canonical import as_recorded
from io_managers.tables import Columns, Format

ROWS = 1 << 16
"""How many rows are read at once by those who read part of a file."""


def ipc_format(compression: str) -> Format:
    """Return the format."""
    options = pa.ipc.IpcWriteOptions(
        compression=None if compression == "none" else compression
    )

    def write(table: pa.Table, file: IO[bytes]) -> None:
        with pa.ipc.new_file(file, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=ROWS)

    return Format("Arrow IPC", write, _read)


def _read(path: str, _: str, schema: pa.Schema, columns: Columns) -> pa.Table:
    with pa.memory_map(path) as file:
        table = pa.ipc.open_file(file).read_all()
    names = schema.names if columns is None else columns
    return as_recorded(
        table.select(names), pa.schema([schema.field(name) for name in names])
    )
