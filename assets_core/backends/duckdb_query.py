"""Answers SQL over the assets of a project, with DuckDB in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import duckdb

from assets_core.errors import UsageError, nearest

if TYPE_CHECKING:
    import pyarrow as pa


def query(
    sql: str, keys: Iterable[str], load: Callable[[str], pa.Table]
) -> duckdb.DuckDBPyRelation:
    """Return what a query finds; the asset `raw/orders` is the table `raw.orders`.

    Only the assets that the query names are loaded.

    Raises:
        UsageError: The query cannot be read, or names a table that is no asset.
    """
    connection = duckdb.connect(":memory:")
    connection.execute("SET autoinstall_known_extensions = false")
    tables = {key.replace("/", "."): key for key in keys}
    try:
        named = connection.get_table_names(sql, qualified=True)
        for name in sorted(named):
            table = name.replace('"', "")
            if table not in tables:
                near = nearest(table, tables)
                raise UsageError(
                    f"The query names '{table}', which is no asset",
                    fix=f"did you mean '{near[0]}'?" if near else "run 'assets list'",
                )
            _show(connection, table, load(tables[table]))
        return connection.sql(sql)
    except duckdb.Error as error:
        raise UsageError(f"The query fails: {error}", fix="mend the SQL") from error


def _show(connection: duckdb.DuckDBPyConnection, table: str, data: pa.Table) -> None:
    schema, _, name = table.rpartition(".")
    hidden = f"asset {table}"
    connection.register(hidden, data)
    place = _quoted(name)
    if schema:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
        place = f"{_quoted(schema)}.{place}"
    # Names are quoted just above; there are no other values in these statements.
    connection.execute(f"CREATE VIEW {place} AS FROM {_quoted(hidden)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
