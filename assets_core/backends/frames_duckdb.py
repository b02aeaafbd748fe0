"""Tables in DuckDB: relations, which live as long as their connection."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa

from assets_core.backends.duckdb_limits import cut_off, taken_for_one
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form


def form_of(value: Any) -> Form | None:
    """Return the form that a value has, None if it is no table."""
    return Form.DUCKDB if isinstance(value, duckdb.DuckDBPyRelation) else None


def to_arrow(value: Any) -> pa.Table:
    """Return a relation as a table, which computes it."""
    if not isinstance(value, duckdb.DuckDBPyRelation):
        connection = isinstance(value, duckdb.DuckDBPyConnection)
        raise UnsupportedDataError(
            f"A duckdb.{type(value).__name__} was returned, which is no table",
            fix="return connection.sql(query), not connection.execute(query)"
            if connection
            else "return a relation, as connection.sql(query) gives it",
        )
    return value.to_arrow_table()


def from_arrow(table: pa.Table, form: Form, name: str) -> Any:  # noqa: ARG001 - as its siblings
    """Return a relation with a connection of its own, which lives as long as it does."""
    return Relations().add(table, name)


class Relations:
    """Relations that share one connection, so that they can be joined.

    Each is also a view under its name, for queries such as
    `orders.query("o", "SELECT * FROM o JOIN customers USING (id)")`.
    """

    def __init__(self) -> None:
        # Made when it is needed, and removed when the connection is closed.
        spill = Path(tempfile.gettempdir()) / f"assets-step-{uuid4().hex}"
        self._connection = duckdb.connect(
            config={
                "temp_directory": str(spill),
                # Without this, a missing extension is an attempt to download it.
                "autoinstall_known_extensions": False,
            }
        )
        # Times with a zone come out in the zone of the connection; the machine's own
        # would make another data version on every machine.
        self._connection.execute("SET TimeZone = 'UTC'")

    def add(self, table: pa.Table, name: str) -> duckdb.DuckDBPyRelation:
        """Return a table as a relation.

        Raises:
            UnsupportedDataError: DuckDB has no such type; it names the column.
        """
        _check_names(table.column_names, name)
        try:
            self._connection.register(name, table)
            relation = self._connection.view(name)
        except duckdb.Error as error:
            raise _unfit(table, name, error) from error
        if (cut := cut_off(table, relation.types)) is not None:
            raise UnsupportedDataError(
                f"Input {name!r} cannot be a DuckDB relation: column {cut.name!r} of type "
                f"{cut.type} has nanoseconds, and DuckDB counts in microseconds",
                fix="annotate the parameter as pyarrow.Table, or round the column",
            )
        return relation

    def close(self) -> None:
        """Close the connection; its relations can no longer be used."""
        self._connection.close()


def _check_names(columns: list[str], name: str) -> None:
    """Raise if DuckDB would rename a column."""
    if (both := taken_for_one(columns)) is not None:
        raise UnsupportedDataError(
            f"Input {name!r} cannot be a DuckDB relation: DuckDB does not tell the "
            f"columns {both[0]!r} and {both[1]!r} apart",
            fix="annotate the parameter as pyarrow.Table, or leave one of them out",
        )


def _unfit(table: pa.Table, name: str, whole: Exception) -> UnsupportedDataError:
    """Return an error about the first column that alone fails too."""
    with duckdb.connect() as connection:
        for field in table.schema:
            try:
                connection.from_arrow(table.select([field.name]).slice(0, 0))
            except duckdb.Error:
                return UnsupportedDataError(
                    f"Input {name!r} cannot be a DuckDB relation: column {field.name!r} "
                    f"has the type {field.type}, which DuckDB does not have",
                    fix="annotate the parameter as pyarrow.Table, or leave that column out",
                )
    return UnsupportedDataError(
        f"Input {name!r} cannot be a DuckDB relation: {whole}",
        fix="annotate the parameter as pyarrow.Table",
    )
