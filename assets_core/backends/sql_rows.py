"""Reads the rows of a query through SQLAlchemy, which needs a driver for each database."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from assets_core.errors import ConfigurationError

_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class QueryError(Exception):
    """A query that cannot be asked or whose rows cannot be read, in one sentence."""


def read_rows(
    project: Path, url: str, queries: Sequence[str], timeout: float | None = None
) -> list[pa.Table]:
    """Return the rows of some queries, asked in one transaction that is thrown away.

    Args:
        project: Where the paths of SQLite files start.
        timeout: How many seconds a server may take to let us in, and for each query
            where it can be told so.

    Raises:
        QueryError: What the database says, which may hold secrets.
        ConfigurationError: Its driver is not installed.
    """
    try:
        engine = _engine(project, url, timeout)
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
            return [_table(connection, query) for query in queries]
    except SQLAlchemyError as error:
        said = getattr(error, "orig", None) or error
        raise QueryError(str(said).strip().partition("\n")[0]) from None


def _engine(project: Path, url: str, timeout: float | None) -> sa.Engine:
    try:
        made = sa.make_url(url)
    except SQLAlchemyError:  # which quotes all of it
        raise QueryError("its URL is not like 'postgresql://user@host/database'") from None
    made = made.set(drivername=_DRIVERS.get(made.drivername, made.drivername))
    kind, options = made.get_backend_name(), {}
    if kind == "sqlite" and made.database not in {None, "", ":memory:"}:
        path = project / str(made.database)
        if not path.is_file():
            raise QueryError(f"there is no file {made.database}")
        made = made.set(database=str(path))
    elif kind == "postgresql":
        options = _of_postgres(made, timeout)
    try:
        return sa.create_engine(
            made, poolclass=NullPool, connect_args=options, hide_parameters=True
        )
    except NoSuchModuleError:
        raise QueryError(f"SQLAlchemy knows no database '{made.drivername}'") from None
    except ModuleNotFoundError as error:
        fix = f"pip install {error.name}"
        if made.get_backend_name() == "postgresql":
            fix = "pip install 'assets-core[postgres]'"
        raise ConfigurationError(
            f"The driver '{error.name}' for {made.get_backend_name()} is not installed",
            fix=fix,
        ) from error


def _of_postgres(url: sa.URL, timeout: float | None) -> dict[str, Any]:
    """Return how PostgreSQL is connected to, beside what its URL says."""
    said = [str(url.query.get("options", "")), "-c default_transaction_read_only=on"]
    if timeout is None:
        return {"options": " ".join(said).strip()}
    said.append(f"-c statement_timeout={round(timeout * 1000)}")
    patience = {"connect_timeout": max(2, round(timeout))}
    given = "connect_timeout" in url.query
    return {"options": " ".join(said).strip(), **({} if given else patience)}


def _table(connection: sa.Connection, query: str) -> pa.Table:
    # The text goes to the driver as it is: a ':' or '%' in it is no parameter.
    found = connection.execution_options(no_parameters=True).exec_driver_sql(query)
    if not found.returns_rows:
        raise QueryError("its query gives no rows; it has to be a SELECT")
    names = list(found.keys())
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise QueryError(f"two columns of its query are called '{twice}'")
    described = found.cursor.description
    columns = list(zip(*found.fetchall(), strict=True)) or [()] * len(names)
    kinds: Sequence[Sequence[Any]] = described or [()] * len(names)
    return pa.table(
        {
            name: _array(name, values, kind)
            for name, values, kind in zip(names, columns, kinds, strict=True)
        }
    )


def _array(name: str, values: Sequence[Any], kind: Sequence[Any]) -> pa.Array:
    """Return a column as Arrow; every value has to be of one type."""
    plain = [_plain(value) for value in values]
    try:
        if any(isinstance(value, Decimal) for value in plain):
            return pa.array(plain, _decimal(kind))
        return pa.array(plain)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise QueryError(
            f"column '{name}' of its query has values of no one type ({error});"
            " cast it in the query"
        ) from None


def _decimal(kind: Sequence[Any]) -> pa.DataType | None:
    """Return the type that a driver tells of a column of decimals, None if it does not."""
    precision, scale = (*kind[4:6], None, None)[:2]
    told = isinstance(precision, int) and isinstance(scale, int)
    return pa.decimal128(precision, scale) if told and 0 < precision <= 38 else None  # noqa: PLR2004 - the most digits that it holds


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return bytes(value) if isinstance(value, memoryview) else value
