"""Versions of tables in a database: written once, described, and compared when read.

A version is a table in the schema `_assets`, and a row in `_assets._versions`. Its
description has the number of rows and for each column name, type and digest of content;
the checksum that is recorded elsewhere is that of the description. So some columns can
be compared without reading the others.

All functions take a connection that somebody has opened, and most a transaction in it.
"""

from __future__ import annotations

import time

import duckdb
import pyarrow as pa

from assets_core.errors import UnsupportedDataError
from assets_core.model.garbage import StoredObject
from assets_core.model.quoting import statement
from io_managers.descriptions import (
    Description,
    checksum_of,
    describe,
    parse_description,
)
from io_managers.duckdb.database import CONFIG
from io_managers.duckdb.names import SCHEMA, shown_names, staged_name
from io_managers.duckdb.types import as_shown, as_stored, column_definitions

Connection = duckdb.DuckDBPyConnection

_INCOMING = "assets incoming"
_PREPARE = (
    "CREATE SCHEMA IF NOT EXISTS {schema}",
    """CREATE TABLE IF NOT EXISTS {schema}._versions
    (name VARCHAR, attempt VARCHAR, sealed_at DOUBLE, bytes BIGINT, description VARCHAR)""",
)
# What a value can be that a type does not hold.
_UNFIT = (duckdb.DataError, duckdb.InvalidInputException, duckdb.NotSupportedError)


class DamagedError(Exception):
    """A version is not what its record says; `args` say how."""


# Writing, each inside a transaction.


def write_staged(
    connection: Connection, attempt: str, table: pa.Table, described: Description
) -> None:
    """Write a table, read it back, and note whose it is.

    Raises:
        UnsupportedDataError: A value did not come back as it was.
    """
    definitions = column_definitions(table.schema)
    name = staged_name(attempt)
    for template in _PREPARE:
        connection.execute(statement(template, schema=SCHEMA))
    drop_staged(connection, attempt)
    connection.register(_INCOMING, as_shown(table))
    connection.execute(
        statement(
            "CREATE TABLE {schema}.{name} ({columns})",
            schema=SCHEMA,
            name=name,
            columns=definitions,
        )
    )
    try:
        connection.execute(
            statement(
                "INSERT INTO {schema}.{name} FROM {incoming}",
                schema=SCHEMA,
                name=name,
                incoming=_INCOMING,
            )
        )
        found = describe(fetch(connection, name, table.schema, table.schema.names))
    except _UNFIT as error:
        raise _not_held(_first_unfit(table), str(error)) from error
    for column, digest in described.digests.items():
        if found.digests[column] != digest:
            raise _not_held(column, "a value comes back as another one")
    connection.unregister(_INCOMING)
    connection.execute(
        statement(
            "INSERT INTO {schema}._versions VALUES (?, ?, NULL, ?, ?)", schema=SCHEMA
        ),
        [name, attempt, table.nbytes, described.text],
    )


def _first_unfit(table: pa.Table) -> str:
    """Return the first column that DuckDB cannot even read."""
    names = table.schema.names
    # With a connection of its own: the other's transaction has failed.
    with duckdb.connect(config=CONFIG) as connection:
        connection.register(_INCOMING, as_shown(table))
        for name, shown in zip(names, shown_names(names), strict=True):
            try:
                connection.sql(
                    statement("SELECT {column} FROM {rows}", column=shown, rows=_INCOMING)
                ).to_arrow_table()
            except duckdb.Error:
                return str(name)
    return ", ".join(names)


def _not_held(column: str, problem: str) -> UnsupportedDataError:
    return UnsupportedDataError(
        f"DuckDB cannot hold the data of column {column!r}: {problem}",
        fix="cast the column to another type, or keep the asset in Parquet",
    )


def seal_staged(connection: Connection, attempt: str, name: str, checksum: str) -> None:
    """Give a staged table the name of its content; once it has it, do nothing.

    Raises:
        LookupError: There is neither a staged table nor a whole one of that name.
    """
    staged = staged_name(attempt)
    if is_whole(connection, name, checksum):
        drop_staged(connection, attempt)
        return
    if staged not in table_names(connection):
        raise LookupError(name)
    # Whatever has that name is damaged; the same rows take its place.
    drop_table(connection, name)
    connection.execute(
        statement(
            "ALTER TABLE {schema}.{staged} RENAME TO {name}",
            schema=SCHEMA,
            staged=staged,
            name=name,
        )
    )
    connection.execute(
        statement(
            "UPDATE {schema}._versions SET name = ?, sealed_at = ? WHERE name = ?",
            schema=SCHEMA,
        ),
        [name, time.time(), staged],
    )


def drop_staged(connection: Connection, attempt: str) -> None:
    """Throw away what an attempt has staged and not sealed."""
    drop_table(connection, staged_name(attempt))


def drop_table(connection: Connection, name: str) -> None:
    """Throw away a version, or what is staged; do nothing if it is gone."""
    connection.execute(
        statement("DROP TABLE IF EXISTS {schema}.{name}", schema=SCHEMA, name=name)
    )
    connection.execute(
        statement("DELETE FROM {schema}._versions WHERE name = ?", schema=SCHEMA), [name]
    )


# Reading.


def table_names(connection: Connection) -> set[str]:
    """Return the names of all versions and of what is staged."""
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables()"
        " WHERE database_name = current_database() AND schema_name = ?",
        [SCHEMA],
    ).fetchall()
    return {str(name) for (name,) in rows}


def staged_attempts(connection: Connection) -> dict[str, str]:
    """Return the attempts that have something staged, and its name."""
    if "_versions" not in table_names(connection):
        return {}
    rows = connection.execute(
        statement(
            "SELECT attempt, name FROM {schema}._versions WHERE sealed_at IS NULL",
            schema=SCHEMA,
        )
    ).fetchall()
    return dict(rows)


def sealed_objects(connection: Connection) -> list[StoredObject]:
    """Return every version that is there."""
    names = table_names(connection)
    if "_versions" not in names:
        return []
    rows = connection.execute(
        statement(
            "SELECT name, bytes, sealed_at FROM {schema}._versions"
            " WHERE sealed_at IS NOT NULL",
            schema=SCHEMA,
        )
    ).fetchall()
    return [StoredObject(*row) for row in rows if row[0] in names]


def find_description(connection: Connection, name: str, checksum: str) -> Description:
    """Return the description of a version.

    Raises:
        LookupError: There is no such version.
        DamagedError: It is another description than the one that was recorded.
    """
    if name not in table_names(connection):
        raise LookupError(name)
    found = connection.execute(
        statement(
            "SELECT description FROM {schema}._versions WHERE name = ?", schema=SCHEMA
        ),
        [name],
    ).fetchall()
    text = str(found[0][0]) if found else ""
    if checksum_of(text) != checksum:
        raise DamagedError(
            f"its checksum is {checksum_of(text)}, and {checksum} was written"
        )
    return parse_description(text)


def read_version(
    connection: Connection, name: str, described: Description, columns: list[str]
) -> pa.Table:
    """Return some columns of a version.

    Raises:
        DamagedError: They are not what they must be.
    """
    try:
        table = fetch(connection, name, described.schema, columns)
    except (UnsupportedDataError, duckdb.BinderException, TypeError, ValueError) as error:
        raise DamagedError(f"its columns are others: {error}") from error
    found = describe(table)
    if found.rows != described.rows:
        raise DamagedError(f"it has {found.rows} rows, and {described.rows} were written")
    wrong = [one for one in columns if found.digests[one] != described.digests[one]]
    if wrong:
        raise DamagedError(f"column {wrong[0]!r} has other values than were written")
    return table


def is_whole(connection: Connection, name: str, checksum: str) -> bool:
    """Return whether a version is there and is what it must be."""
    try:
        described = find_description(connection, name, checksum)
        read_version(connection, name, described, described.schema.names)
    except (LookupError, DamagedError):
        return False
    return True


def fetch(
    connection: Connection, name: str, schema: pa.Schema, columns: list[str]
) -> pa.Table:
    """Return some columns of a table with the types that were stored."""
    shown = dict(zip(schema.names, shown_names(schema.names), strict=True))
    found = connection.sql(
        statement(
            "SELECT {columns} FROM {schema}.{name}",
            columns=[shown[column] for column in columns],
            schema=SCHEMA,
            name=name,
        )
    ).to_arrow_table()
    return as_stored(found, pa.schema([schema.field(column) for column in columns]))
