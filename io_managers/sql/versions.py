"""Versions of tables in a database: written once, described, and compared when read.

The rows of all versions of an asset that have the same columns are in one table, each
with the number of its version. So a new version is only rows, and showing another one
changes a row in `published`. A description has the number of rows and for each column
name, type and digest; the checksum that is recorded elsewhere is that of the description.

All functions take a connection in a transaction.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence

import pyarrow as pa
import sqlalchemy as sa

from assets_core.errors import UnsupportedDataError
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.versioning.canonical import schema_to_json
from io_managers.descriptions import (
    Description,
    checksum_of,
    describe,
    parse_description,
)
from io_managers.sql.codecs import Codec, codec_of
from io_managers.sql.database import Connection, Database
from io_managers.sql.names import ROW, VERSION, shape_name, shown_names

_ROWS_AT_ONCE = 10_000


class DamagedError(Exception):
    """A version is not what its record says; `args` say how."""


# Writing.


def write_staged(
    database: Database, connection: Connection, cell: Cell, attempt: str, table: pa.Table
) -> str:
    """Write a table, read it back, and note whose it is; return its description.

    Raises:
        UnsupportedDataError: A value cannot be written, or did not come back as it was.
    """
    described = describe(table)
    rows = _shape_of(database, cell, table.schema)
    drop_staged(database, connection, attempt)
    note = sa.insert(database.versions).values(
        attempt=attempt,
        cell=str(cell),
        shape=str(rows.name),
        bytes=table.nbytes,
        description=described.text,
    )
    (number,) = connection.execute(note).inserted_primary_key or (0,)
    first = 0
    for part in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        _insert(database, connection, rows, number, first, part)
        first += part.num_rows
    names = table.schema.names
    found = describe(_fetch(database, connection, rows, number, table.schema, names))
    for column, digest in described.digests.items():
        if found.digests[column] != digest:
            raise _not_held(column, "a value comes back as another one")
    return described.text


def make_shape(
    database: Database, connection: Connection, cell: Cell, table: pa.Table
) -> None:
    """Make the table for the rows of an asset that have some columns, if need be."""
    database.make(connection, _shape_of(database, cell, table.schema))


def _shape_of(database: Database, cell: Cell, schema: pa.Schema) -> sa.Table:
    """Return the table for the rows of an asset that have some columns."""
    columns = [f"{one['name']} {one['type']}" for one in schema_to_json(schema)]
    return _rows_table(database, shape_name(cell, columns), schema)


def _rows_table(database: Database, name: str, schema: pa.Schema) -> sa.Table:
    number = sa.BigInteger
    return database.table(
        name,
        sa.Column(VERSION, number, primary_key=True, autoincrement=False),
        sa.Column(ROW, number, primary_key=True, autoincrement=False),
        # Their keys name parameters, which cannot be any text.
        *(
            sa.Column(sa.quoted_name(shown, quote=True), codec.sql, key=f"c{place}")
            for place, (shown, codec) in enumerate(
                zip(shown_names(schema.names), _codecs(database, schema), strict=True)
            )
        ),
    )


def _codecs(database: Database, schema: pa.Schema) -> list[Codec]:
    return [codec_of(kind, sqlite=database.sqlite) for kind in schema.types]


def _insert(
    database: Database,
    connection: Connection,
    rows: sa.Table,
    number: int,
    first: int,
    part: pa.RecordBatch,
) -> None:
    columns = {}
    for place, codec in enumerate(_codecs(database, part.schema)):
        try:
            columns[f"c{place}"] = codec.encode(part.column(place))
        except (ArithmeticError, ValueError) as error:
            raise _not_held(part.schema.names[place], str(error)) from error
    values = [
        {VERSION: number, ROW: first + row, **dict(zip(columns, one, strict=True))}
        for row, one in enumerate(zip(*columns.values(), strict=True))
    ]
    if values:
        connection.execute(sa.insert(rows), values)


def _not_held(column: str, problem: str) -> UnsupportedDataError:
    return UnsupportedDataError(
        f"The database cannot hold the data of column {column!r}: {problem}",
        fix="cast the column to another type, or keep the asset in Parquet",
    )


def seal_staged(
    database: Database, connection: Connection, attempt: str, name: str, checksum: str
) -> None:
    """Give staged rows the name of their content; once they have it, do nothing.

    Raises:
        LookupError: There are neither staged rows nor whole ones of that name.
    """
    if _is_whole(database, connection, name, checksum):
        drop_staged(database, connection, attempt)
        return
    versions = database.versions
    mine = (versions.c.attempt == attempt) & versions.c.location.is_(None)
    if connection.scalar(sa.select(versions.c.id).where(mine)) is None:
        raise LookupError(name)
    # Whatever has that name is damaged; the same rows take its place.
    drop_version(database, connection, name)
    connection.execute(
        sa.update(versions).where(mine).values(location=name, sealed_at=time.time())
    )


def drop_staged(database: Database, connection: Connection, attempt: str) -> None:
    """Throw away what an attempt has staged and not sealed."""
    versions = database.versions
    mine = (versions.c.attempt == attempt) & versions.c.location.is_(None)
    _drop(database, connection, mine)


def drop_version(database: Database, connection: Connection, name: str) -> None:
    """Throw away a version; do nothing if it is gone."""
    _drop(database, connection, database.versions.c.location == name)


def _drop(
    database: Database, connection: Connection, which: sa.ColumnElement[bool]
) -> None:
    versions = database.versions
    found = connection.execute(sa.select(versions.c.id, versions.c.shape).where(which))
    for number, shape in found.all():
        rows = _named(database, shape)
        if sa.inspect(connection).has_table(rows.name, schema=rows.schema):
            connection.execute(sa.delete(rows).where(sa.column(VERSION) == number))
        connection.execute(sa.delete(versions).where(versions.c.id == number))


def _named(database: Database, shape: str) -> sa.TableClause:
    return sa.table(sa.quoted_name(shape, quote=True), schema=database.schema)


# Reading.


def sealed_names(
    database: Database, connection: Connection, among: Iterable[str]
) -> set[str]:
    """Return those of some names that are versions."""
    names, versions = sorted(among), database.versions
    found: set[str] = set()
    for start in range(0, len(names), 500):
        some = versions.c.location.in_(names[start : start + 500])
        found.update(connection.scalars(sa.select(versions.c.location).where(some)))
    return found


def staged_attempts(database: Database, connection: Connection) -> dict[str, str]:
    """Return the attempts that have something staged, and of which cell."""
    versions = database.versions
    asked = sa.select(versions.c.attempt, versions.c.cell)
    rows = connection.execute(asked.where(versions.c.location.is_(None)))
    return {attempt: cell for attempt, cell in rows}  # noqa: C416 - rows are no tuples


def sealed_objects(database: Database, connection: Connection) -> list[StoredObject]:
    """Return every version that is there."""
    columns = database.versions.c
    asked = sa.select(columns.location, columns.bytes, columns.sealed_at)
    rows = connection.execute(asked.where(columns.location.is_not(None)))
    return [StoredObject(name, size, at) for name, size, at in rows]


def find_description(
    database: Database, connection: Connection, name: str, checksum: str
) -> tuple[Description, int, str]:
    """Return what a version holds, its number, and the name of the table of its rows.

    Raises:
        LookupError: There is no such version.
        DamagedError: It is described as another one.
    """
    columns = database.versions.c
    asked = sa.select(columns.description, columns.id, columns.shape)
    found = connection.execute(asked.where(columns.location == name)).one_or_none()
    if found is None:
        raise LookupError(name)
    text, number, shape = found
    if checksum_of(text) != checksum:
        raise DamagedError("its description is another one")
    try:
        return parse_description(text), number, shape
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"its description cannot be read: {error}") from error


def read_version(
    database: Database,
    connection: Connection,
    found: tuple[Description, int, str],
    columns: Sequence[str],
) -> pa.Table:
    """Return some columns of a version.

    Raises:
        DamagedError: They are not what they must be.
    """
    described, number, shape = found
    if not sa.inspect(connection).has_table(shape, schema=database.schema):
        raise DamagedError("the table of its rows is gone")
    rows = _rows_table(database, shape.removeprefix("_assets."), described.schema)
    try:
        table = _fetch(database, connection, rows, number, described.schema, columns)
    except (sa.exc.DBAPIError, sa.exc.InvalidRequestError) as error:
        raise DamagedError(f"its rows cannot be read: {error.args[0]}") from error
    except (ArithmeticError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedError(f"a value is no longer of its type: {error}") from error
    seen = describe(table)
    if seen.rows != described.rows:
        raise DamagedError(f"it has {seen.rows} rows, and {described.rows} were written")
    wrong = [one for one in columns if seen.digests[one] != described.digests[one]]
    if wrong:
        raise DamagedError(f"column {wrong[0]!r} has other values than were written")
    return table


def _is_whole(database: Database, connection: Connection, name: str, checksum: str) -> bool:
    try:
        found = find_description(database, connection, name, checksum)
        read_version(database, connection, found, found[0].schema.names)
    except (LookupError, DamagedError):
        return False
    return True


def _fetch(
    database: Database,
    connection: Connection,
    rows: sa.Table,
    number: int,
    schema: pa.Schema,
    columns: Sequence[str],
) -> pa.Table:
    places = [schema.names.index(name) for name in columns]
    wanted = [rows.c[ROW], *(rows.c[f"c{place}"] for place in places)]
    asked = sa.select(*wanted).where(rows.c[VERSION] == number).order_by(rows.c[ROW])
    found = list(zip(*connection.execute(asked).all(), strict=True))
    if found and found[0] != tuple(range(len(found[0]))):
        raise DamagedError("rows of it are gone, or are there twice")
    values = found[1:] or [()] * len(columns)
    fields = [schema.field(name) for name in columns]
    arrays = [
        codec_of(field.type, sqlite=database.sqlite).decode(list(one))
        for field, one in zip(fields, values, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def columns_of(description: str) -> list[str]:
    """Return the columns of a version, as they are called in the database."""
    return shown_names(one["name"] for one in json.loads(description)["columns"])
