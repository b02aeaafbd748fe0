"""Tables that a run has just stored, for its steps that read them next.

What an IO manager reads is exactly what it was given, so a step that comes soon needs not
read it back. They are copies: the function may go on changing what it returned.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from assets_core.model.keys import Cell
from assets_core.model.records import StoredData

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 64 << 20
"""How many bytes are held; a table of more than a quarter of it is not."""


class Recent:
    """The latest tables, as many as fit.

    Args:
        limit: How many bytes they have together.
    """

    def __init__(self, limit: int = 0) -> None:
        self._limit = limit
        self._size = 0
        self._tables: OrderedDict[tuple[Cell, StoredData], pa.Table] = OrderedDict()
        self._lock = Lock()

    def keep(self, cell: Cell, stored: StoredData, table: pa.Table) -> None:
        """Hold a table that was stored, and let go of the oldest where there is no room."""
        key = cell, stored
        if key in self._tables or table.nbytes > self._limit // 4:
            return
        copy = _copy_of(table)
        with self._lock:
            if key in self._tables:
                return
            self._tables[key] = copy
            self._size += copy.nbytes
            while self._size > self._limit:
                _, oldest = self._tables.popitem(last=False)
                self._size -= oldest.nbytes

    def find(
        self, cell: Cell, stored: StoredData, columns: tuple[str, ...] | None
    ) -> pa.Table | None:
        """Return some columns of what was stored, if it is still held."""
        with self._lock:
            table = self._tables.get((cell, stored))
        if table is None or columns is None:
            return table
        # Whoever reads the store says what is wrong with a column that is not there.
        there = set(columns) <= set(table.column_names)
        return table.select(columns) if there else None


def _copy_of(table: pa.Table) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - not loaded by commands that compute nothing

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return pa.ipc.open_stream(sink.getvalue()).read_all()
