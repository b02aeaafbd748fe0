"""What the core asks of whoever understands SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assets_core.model.queries import ColumnOrigin, Name, Reading


class SqlParser(Protocol):
    """Reads queries in DuckDB's dialect; it never carries one out."""

    def read(self, text: str) -> Reading:
        """Return what there is to know of a query; what is wrong with it is in it."""
        ...

    def origins(
        self,
        text: str,
        tables: Mapping[Name, Mapping[str, str]],
        columns: Sequence[str],
    ) -> tuple[ColumnOrigin, ...] | None:
        """Return where the values of each column come from; None where it cannot be told.

        Args:
            text: A query that could be read.
            tables: The columns of each table that it reads, with their types in DuckDB.
            columns: What its result has.
        """
        ...
