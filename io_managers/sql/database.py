"""Connections to one database, and the tables of ours that are always there.

    versions    what was staged or sealed: its name, its description, where its rows are
    published   which version a cell shows in an environment
    views       the stable views that we made, as the database tells them

Changes are made in transactions of their own; SQLite and PostgreSQL take tables and
views back with the rest.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from assets_core.files import make_folder
from io_managers.sql.names import SCHEMA

Connection = sa.Connection

_LOCK = 0x6173736574  # for those who make tables and views; "asset" in letters


class Database:
    """A database of SQLite or PostgreSQL.

    Args:
        path: The file, of SQLite.
        timeout: How many seconds to wait for others who write.
    """

    def __init__(self, url: sa.URL, path: Path | None, where: str, timeout: float) -> None:
        self.where = where
        self.path = path
        self.sqlite = path is not None
        self.schema = None if self.sqlite else SCHEMA
        ours = f"-c timezone=UTC -c lock_timeout={round(timeout * 1000)}"
        arguments = (
            {"timeout": timeout, "isolation_level": None}
            if self.sqlite
            else {"options": f"{url.query.get('options', '')} {ours}".strip()}
        )
        pool = {"poolclass": NullPool} if self.sqlite else {"pool_pre_ping": True}
        self.engine = sa.create_engine(
            url, connect_args=arguments, hide_parameters=True, **pool
        )
        weakref.finalize(self, self.engine.dispose)
        self._metadata = sa.MetaData(schema=self.schema)
        text, number = sa.Text, sa.BigInteger
        self.versions = self.table(
            "versions",
            sa.Column("id", sa.Integer if self.sqlite else number, primary_key=True),
            sa.Column("location", text, unique=True),
            sa.Column("attempt", text, nullable=False),
            sa.Column("cell", text, nullable=False),
            sa.Column("shape", text, nullable=False),
            sa.Column("bytes", number, nullable=False),
            sa.Column("sealed_at", sa.Double),
            sa.Column("description", text, nullable=False),
        )
        self.published = self.table(
            "published",
            sa.Column("env", text, primary_key=True),
            sa.Column("asset", text, primary_key=True),
            sa.Column("partition", text, primary_key=True),
            sa.Column("location", text, nullable=False),
            sa.Column("parts", sa.JSON, nullable=False),
        )
        self.views = self.table(
            "views",
            sa.Column("env", text, primary_key=True),
            sa.Column("asset", text, primary_key=True),
            sa.Column("wanted", text, nullable=False),
            sa.Column("definition", text, nullable=False),
        )

    def table(self, name: str, *columns: sa.Column[object]) -> sa.Table:
        """Return a table of ours, which may not have been made yet."""
        whole = f"{SCHEMA}.{name}" if self.sqlite else name
        named = sa.quoted_name(whole, quote=True)
        return sa.Table(named, self._metadata, *columns, extend_existing=True)

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Open a transaction that changes nothing; None if nothing was ever written."""
        if self.path is not None and not self.path.is_file():
            yield None
            return
        with self.engine.connect() as connection:
            if self.sqlite:
                connection.exec_driver_sql("BEGIN")
            there = self._is_there(connection)
            yield connection if there else None
            if self.sqlite:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is kept if the block ends well."""
        if self.path is not None and not self.path.parent.is_dir():
            make_folder(self.path.parent)
        with self.engine.connect() as connection:
            if self.sqlite:
                connection.exec_driver_sql("PRAGMA synchronous = FULL")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                self.make(connection, self.versions, self.published, self.views)
                yield connection
            except BaseException:
                self._end(connection, "ROLLBACK")
                raise
            self._end(connection, "COMMIT")

    def _end(self, connection: Connection, how: str) -> None:
        if self.sqlite:
            connection.exec_driver_sql(how)
        elif how == "COMMIT":
            connection.commit()
        else:
            connection.rollback()

    def make(self, connection: Connection, *tables: sa.Table) -> None:
        """Make tables that are not there yet."""
        # The last is made with those before it, or not at all.
        if sa.inspect(connection).has_table(tables[-1].name, schema=self.schema):
            return
        self.lock(connection)
        if not self.sqlite:
            connection.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
        for one in tables:
            connection.execute(sa.schema.CreateTable(one, if_not_exists=True))

    def lock(self, connection: Connection) -> None:
        """Wait until nobody else makes tables or views, to the end of the transaction."""
        if not self.sqlite:  # which lets in one writer at a time
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))

    def _is_there(self, connection: Connection) -> bool:
        return bool(
            sa.inspect(connection).has_table(self.versions.name, schema=self.schema)
        )
