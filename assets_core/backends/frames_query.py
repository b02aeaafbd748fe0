"""Queries, carried out by DuckDB over what assets show.

The connection is in memory and belongs to one query. That of a step sees the tables that
the query names and of each the columns that it may read, and the files that these lie in;
it can open nothing else, and nothing in a query can change that.

A Parquet file is read by DuckDB itself, the columns and row groups that it needs, once
its bytes have been compared with what was written. What lies elsewhere, or has types that
DuckDB reads otherwise from a file, comes through Arrow: the columns that are needed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa

from assets_core.backends.duckdb_limits import cut_off, taken_for_one
from assets_core.errors import DataError, UnsupportedDataError, UsageError, nearest
from assets_core.model.queries import Name
from assets_core.model.quoting import Definition, Literal, quoted_text, statement
from assets_core.parallel import in_parallel
from assets_core.protocols.frames import Piece, QueryTable, Question

Connection = duckdb.DuckDBPyConnection

_PLAIN = frozenset(
    kind.id
    for kind in (
        *(pa.bool_(), pa.string(), pa.binary(), pa.float32(), pa.float64(), pa.date32()),
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.decimal128(1)),
        *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    )
)
"""Types that DuckDB reads from Parquet as it gets them from Arrow; so are timestamps in
microseconds."""
_FILE = "assets file"
_PLACE = "assets place"
_DATABASES = frozenset({"memory", "system", "temp"})


def answer(question: Question) -> pa.Table:
    """Return what a query finds.

    Raises:
        UnsupportedDataError: SQL cannot hold one of the columns that it reads.
        DataError: The query does not fit the data.
    """
    files = {name: _files(table) for name, table in question.tables.items()}
    with _connected(question) as connection:
        try:
            for name, table in question.tables.items():
                _show(connection, name, table, files[name])
            _lock(connection, [one for many in files.values() for one in many if one])
            return _asked(connection, question)
        except duckdb.Error as error:
            raise _told(error) from error


def relation(
    text: str, keys: Iterable[str], table_of: Callable[[str], QueryTable]
) -> duckdb.DuckDBPyRelation:
    """Return what a query of a person finds, read when it is asked for.

    The asset `raw/orders` is the table `raw.orders`; only assets that are named are
    looked at.

    Args:
        table_of: Gives what an asset shows, by its key.

    Raises:
        UsageError: The query cannot be read, or names a table that is no asset.
        UnsupportedDataError: SQL cannot hold a column of a table that it names.
    """
    connection = _connection(ordered=True)
    known = {name.casefold(): key for key in keys for name in (key, key.replace("/", "."))}
    try:
        _refuse_others(connection, text)
        for name in sorted(connection.get_table_names(text, qualified=True)):
            plain = name.replace('"', "")
            key = known.get(plain.casefold())
            if key is None:
                near = nearest(plain, [one.replace("/", ".") for one in known.values()])
                raise UsageError(
                    f"The query names '{plain}', which is no asset",
                    fix=f"did you mean '{near[0]}'?" if near else "run 'assets list'",
                )
            table = table_of(key)
            _show(connection, tuple(plain.split(".")), table, _files(table))
        return connection.sql(text)
    except duckdb.Error as error:
        raise UsageError(f"The query fails: {error}", fix="mend the SQL") from error


def _refuse_others(connection: Connection, text: str) -> None:
    """Raise unless a text is one statement that reads: COPY would write files."""
    found = [one.type.name for one in connection.extract_statements(text)]
    if found != [duckdb.StatementType.SELECT.name]:
        said = "nothing" if not found else " and ".join(found)
        raise UsageError(
            f"sql() reads, with one SELECT, and this is {said}",
            fix="write one SELECT, FROM, WITH, DESCRIBE or SUMMARIZE; what it returns has"
            " .to_parquet(path) and the like",
        )


@contextmanager
def _connected(question: Question) -> Iterator[Connection]:
    connection = _connection(ordered=question.ordered)
    try:
        if question.one_thread:
            connection.execute("SET threads = 1")
        yield connection
    finally:
        connection.close()


def _connection(*, ordered: bool) -> Connection:
    # Made when it is needed, and removed when the connection is closed.
    spill = Path(tempfile.gettempdir()) / f"assets-step-{uuid4().hex}"
    connection = duckdb.connect(
        config={
            "temp_directory": str(spill),
            # Without these, a missing extension is an attempt to download it.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # A table that is not there must not be a variable of this program.
            "python_enable_replacements": False,
            # Rows that are sorted afterwards need not wait for each other.
            "preserve_insertion_order": ordered,
        }
    )
    # Times with a zone come out in the zone of the connection; the machine's own would
    # make another data version on every machine.
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _lock(connection: Connection, paths: Iterable[str]) -> None:
    """Let nothing be opened but these files, for good."""
    listed = Definition(", ".join(map(quoted_text, dict.fromkeys(paths))))
    connection.execute(statement("SET allowed_paths = [{paths}]", paths=listed))
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _asked(connection: Connection, question: Question) -> pa.Table:
    values: Any = dict(question.values)
    return connection.sql(question.text, params=values or None).to_arrow_table()


def _told(error: duckdb.Error) -> DataError:
    said = str(error).strip()
    problem, _, rest = said.partition("\n")
    hint = next((line for line in rest.splitlines() if line.strip()), "")
    return DataError(
        problem, fix=hint.strip() or "mend the query, or the data that it reads"
    )


# Tables.


def _files(table: QueryTable) -> list[str | None]:
    """Return the file of each cell whose file DuckDB reads itself, its bytes compared."""

    def file(piece: Piece) -> str | None:
        return piece.file() if _is_plain(piece, table.schema) else None

    return list(in_parallel(file, table.pieces))


def _is_plain(piece: Piece, schema: pa.Schema) -> bool:
    """Return whether DuckDB reads these columns of a cell's file as they have to be."""
    stored = [field for field in schema if field.name not in piece.parts]
    return len(stored) > 0 and all(
        _has_plain_type(field.type)
        and field.name in piece.schema.names
        and piece.schema.field(field.name).type.equals(field.type)
        for field in stored
    )


def _has_plain_type(kind: pa.DataType) -> bool:
    return kind.id in _PLAIN or (pa.types.is_timestamp(kind) and kind.unit == "us")


def _show(
    connection: Connection, name: Name, table: QueryTable, files: Sequence[str | None]
) -> None:
    """Make a view of a table under the name that the query has for it."""
    label = ".".join(name)
    _check_names(table.schema.names, label)
    pairs = groupby(zip(table.pieces, files, strict=True), lambda pair: pair[1] is not None)
    parts = []
    for number, (is_file, group) in enumerate(pairs):
        some = list(group)
        pieces = [piece for piece, _ in some]
        hidden = f"assets {label} {number}"
        if is_file:
            paths = [path for _, path in some if path is not None]
            parts.append(_of_files(connection, hidden, table.schema, pieces, paths))
        else:
            parts.append(_of_arrow(connection, hidden, table.schema, pieces, label))
    body = Definition(" UNION ALL ".join(parts))
    target = Definition(".".join(statement("{part}", part=part) for part in name))
    try:
        for made in _places(name):
            connection.execute(made)
        connection.execute(
            statement("CREATE VIEW {target} AS {body}", target=target, body=body)
        )
    except duckdb.BinderException as error:  # it has a database or schema of that name
        whole = statement("{key}", key="/".join(name))
        raise DataError(
            f"DuckDB keeps the name {name[0]!r} for itself, so {label} cannot be a table",
            fix=f"name the table in quotes as a whole: {whole}",
        ) from error


def _places(name: Name) -> Iterator[Definition]:
    """Yield what makes the database and the schema that a name says."""
    *places, _ = name
    if len(places) > 1 and places[0].lower() not in _DATABASES:
        yield statement("ATTACH IF NOT EXISTS ':memory:' AS {name}", name=places[0])
    if places:
        target = Definition(".".join(statement("{part}", part=part) for part in places))
        yield statement("CREATE SCHEMA IF NOT EXISTS {target}", target=target)


def _of_files(
    connection: Connection,
    hidden: str,
    schema: pa.Schema,
    pieces: Sequence[Piece],
    paths: Sequence[str],
) -> Definition:
    """Return a query over Parquet files, with the partition columns of each."""
    parted = [name for name in schema.names if name in pieces[0].parts]
    # Partitions of the same content share a file: it is read once, and joined with each.
    once = dict.fromkeys(paths) if parted else paths
    listed = Definition(", ".join(map(quoted_text, once)))
    if not parted:
        return statement(
            "SELECT {columns} FROM read_parquet([{paths}], hive_partitioning = false)",
            columns=schema.names,
            paths=listed,
        )
    values = [
        {_FILE: path, **{name: piece.parts[name] for name in parted}}
        for piece, path in zip(pieces, paths, strict=True)
    ]
    kinds = [pa.field(_FILE, pa.string()), *(schema.field(name) for name in parted)]
    connection.register(hidden, pa.Table.from_pylist(values, schema=pa.schema(kinds)))
    return statement(
        "SELECT {columns} FROM read_parquet([{paths}], hive_partitioning = false,"
        " filename = {file_text}) JOIN {places} USING ({file})",
        columns=schema.names,
        paths=listed,
        file_text=Literal(_FILE),
        places=hidden,
        file=_FILE,
    )


def _of_arrow(
    connection: Connection,
    hidden: str,
    schema: pa.Schema,
    pieces: Sequence[Piece],
    label: str,
) -> Definition:
    """Return a query over cells that are read through Arrow."""
    if not schema.names:
        # How many rows there are is all that is asked.
        rows = sum(piece.rows for piece in pieces)
        count = Definition(str(rows))
        return statement("SELECT NULL AS {none} FROM range({n})", none=_PLACE, n=count)
    tables = [piece.read(schema.names) for piece in pieces]
    table = tables[0] if len(tables) == 1 else pa.concat_tables(tables)
    try:
        connection.register(hidden, table)
        kinds = connection.view(hidden).types
    except duckdb.Error as error:
        raise UnsupportedDataError(
            f"the table {label} cannot be read in SQL: {error}",
            fix="leave the column out, or store it as another type",
        ) from error
    if (cut := cut_off(table, kinds)) is not None:
        raise UnsupportedDataError(
            f"column {cut.name!r} of {label} has nanoseconds, and SQL counts {cut.type} in"
            " microseconds",
            fix="round the column where it is made",
        )
    return statement("SELECT {columns} FROM {table}", columns=schema.names, table=hidden)


def _check_names(columns: Sequence[str], label: str) -> None:
    """Raise if DuckDB would rename a column."""
    if (both := taken_for_one(columns)) is not None:
        raise UnsupportedDataError(
            f"SQL does not tell the columns {both[0]!r} and {both[1]!r} of {label} apart",
            fix="rename one of them where it is made",
        )
