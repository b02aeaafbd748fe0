"""The table that stands for files: their names, sizes and contents.

It is what a data version covers, so the same bytes under the same names have the same
version.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from assets_core.folders import Entry

FILE_LIST = pa.schema(
    [("path", pa.string()), ("bytes", pa.int64()), ("sha256", pa.string())]
)


def file_list(entries: Iterable[Entry]) -> pa.Table:
    """Return the table of some files, in the order given.

    >>> file_list([Entry("data.png", 3, "ab")]).num_rows
    1
    """
    return pa.Table.from_pylist([entry._asdict() for entry in entries], FILE_LIST)


def entries_of(table: pa.Table) -> list[Entry]:
    """Return the files of a table."""
    return [Entry(**row) for row in table.to_pylist()]
