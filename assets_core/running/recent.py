"""Tables that a run has just stored, for its steps that read them next.

What an IO manager reads is exactly what it was given, so a step that comes soon needs not
read it back. They are copies: the function may go on changing what it returned.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 64 << 20
"""How many bytes are held where the settings do not say it."""


class Recent:
    """The latest tables that some step is still to read, as many as fit.

    Args:
        limit: How many bytes they have together.
    """

    def __init__(self, limit: int = 0) -> None:
        self._limit = limit
        self._size = 0
        self._tables: OrderedDict[Cell, tuple[StoredData, pa.Table]] = OrderedDict()
        self._lock = Lock()
        self._is_read: Callable[[Cell], bool] = lambda _: True

    def expect(self, is_read: Callable[[Cell], bool]) -> None:
        """Hold from now on what is still read, as this says; at first anything may be."""
        self._is_read = is_read

    def keep(self, cell: Cell, stored: StoredData, table: pa.Table) -> None:
        """Hold a table that was stored, and let go of the oldest where there is no room."""
        if table.nbytes > self._limit or not self._is_read(cell):
            return
        with self._lock:
            self._make_room(table.nbytes)
        copy = _copy_of(table)
        with self._lock:
            self._drop(cell)
            self._tables[cell] = stored, copy
            self._size += copy.nbytes
            self._make_room(0)

    def find(
        self, cell: Cell, stored: StoredData, columns: tuple[str, ...] | None
    ) -> pa.Table | None:
        """Return some columns of what was stored, if it is still held."""
        with self._lock:
            held, table = self._tables.get(cell, (None, None))
        if table is None or held != stored:
            return None
        if columns is None:
            return table
        # Whoever reads the store says what is wrong with a column that is not there.
        there = set(columns) <= set(table.column_names)
        return table.select(columns) if there else None

    def let_go(self, read: Iterable[Cell | AssetKey]) -> None:
        """Drop cells, or those of assets, whose last reader may have ended."""
        with self._lock:
            for one in read:
                cells = (
                    [one]
                    if isinstance(one, Cell)
                    else [cell for cell in self._tables if cell.asset == one]
                )
                for cell in cells:
                    if not self._is_read(cell):
                        self._drop(cell)

    def _make_room(self, size: int) -> None:
        while self._tables and self._size + size > self._limit:
            self._drop(next(iter(self._tables)))

    def _drop(self, cell: Cell) -> None:
        if cell in self._tables:
            _, table = self._tables.pop(cell)
            self._size -= table.nbytes


def _copy_of(table: pa.Table) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - not loaded by commands that compute nothing

    # Their room is measured first: a buffer that grows takes twice as much for a moment.
    buffers = [batch.serialize() for batch in table.to_batches()]
    batches = [pa.ipc.read_record_batch(one, table.schema) for one in buffers]
    return pa.Table.from_batches(batches, table.schema)
