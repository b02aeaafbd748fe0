"""Stable views: what other tools see in a database.

One view shows all of an asset in one environment. It joins the rows of versions with
`published`, so that another version is shown by changing a row; the view itself is made
again only when there are other columns. Nobody can write into a view of several tables.

A view is ours if it carries the mark that we have noted: in PostgreSQL a comment, in
SQLite its own text. What else has its name belongs to somebody else and is left alone.
"""

# ruff: noqa: S608 - every name and text in these statements is quoted

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from assets_core.errors import PublishError
from assets_core.model.hive import key_parts
from assets_core.model.keys import Cell
from assets_core.protocols.io import Shown
from io_managers.sql.database import Connection, Database
from io_managers.sql.names import (
    SCHEMA,
    VERSION,
    Place,
    place_of,
    quoted,
    shown_names,
)
from io_managers.sql.versions import columns_of

_LOOK_POSTGRES = sa.text(
    "SELECT obj_description(c.oid, 'pg_class') FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = :name"
    " AND n.nspname = coalesce(CAST(:schema AS text), current_schema())"
)
_LOOK_SQLITE = sa.text("SELECT sql FROM sqlite_master WHERE lower(name) = lower(:name)")


class StableView:
    """The view that shows an asset in one environment.

    Args:
        names: The partition columns of the asset; the view has them.
    """

    def __init__(
        self, database: Database, cell: Cell, env: str, names: tuple[str, ...]
    ) -> None:
        self._database = database
        self._cell = cell
        self._env = env
        self._names = (names or ("partition",)) if cell.partition is not None else ()
        self.place = place_of(cell, env, sqlite=database.sqlite)

    def check(self, connection: Connection) -> None:
        """Raise `PublishError` if something that is not ours has its name."""
        there, ours = self._look(connection)
        if there and not ours:
            raise PublishError(
                f"'{self._cell}' cannot be published: something else is at its stable"
                f" name {self.place}",
                fix="rename it, give the asset another key, or set publish='none'",
                where=self._database.where,
            )

    def shown(self, connection: Connection) -> str | None:
        """Return the version that the cell shows, None if there is no view of ours."""
        if not self._look(connection)[1]:
            return None
        columns = self._database.published.c
        asked = sa.select(columns.location).where(self._is_mine(self._cell))
        found: str | None = connection.scalar(asked)
        return found

    def put(self, connection: Connection, shown: Sequence[Shown]) -> None:
        """Let cells of the asset show versions."""
        self._database.lock(connection)
        self._forget(connection, shown)
        rows = [
            {**self._key(cell), "location": stored.location, "parts": self._parts(cell)}
            for cell, stored, _ in shown
        ]
        connection.execute(sa.insert(self._database.published), rows)
        self._make(connection)

    def take(self, connection: Connection, shown: Sequence[Shown]) -> None:
        """Let cells of the asset show nothing."""
        self._database.lock(connection)
        self._forget(connection, shown)
        if self._look(connection)[1]:
            self._make(connection)

    def _forget(self, connection: Connection, shown: Sequence[Shown]) -> None:
        for cell, _, _ in shown:
            connection.execute(
                sa.delete(self._database.published).where(self._is_mine(cell))
            )

    def _key(self, cell: Cell) -> dict[str, str]:
        # No key of a partition is empty.
        return {"env": self._env, "asset": cell.asset, "partition": cell.partition or ""}

    def _is_mine(self, cell: Cell) -> sa.ColumnElement[bool]:
        columns = self._database.published.c
        return sa.and_(*(columns[name] == one for name, one in self._key(cell).items()))

    def _parts(self, cell: Cell) -> list[str]:
        if cell.partition is None:
            return []
        if len(self._names) > 1:
            return [key for _, key in key_parts(cell.partition, self._names)]
        return [cell.partition]

    # The view itself.

    def _look(self, connection: Connection) -> tuple[bool, bool]:
        """Return whether something has its name, and whether that is ours."""
        there, mark = self._mark(connection)
        if not there:
            return False, False
        columns = self._database.views.c
        asked = sa.select(columns.definition).where(self._is_noted())
        return True, mark is not None and connection.scalar(asked) == mark

    def _mark(self, connection: Connection) -> tuple[bool, str | None]:
        look = _LOOK_SQLITE if self._database.sqlite else _LOOK_POSTGRES
        values = {"name": self.place.name}
        if not self._database.sqlite:
            values["schema"] = self.place.schema  # type: ignore[assignment]
        found = connection.execute(look, values).first()
        return found is not None, found[0] if found else None

    def _is_noted(self) -> sa.ColumnElement[bool]:
        columns = self._database.views.c
        return (columns.env == self._env) & (columns.asset == self._cell.asset)

    def _make(self, connection: Connection) -> None:
        """Make the view again if it has to show other tables; drop one of nothing."""
        views = self._database.views
        wanted = self._query(connection)
        noted = connection.scalar(sa.select(views.c.wanted).where(self._is_noted()))
        if wanted == noted and self._look(connection)[1]:
            return
        connection.execute(sa.delete(views).where(self._is_noted()))
        if not wanted:
            _do(connection, f"DROP VIEW IF EXISTS {_written(self.place)}")
            return
        if self.place.schema:
            _do(connection, f"CREATE SCHEMA IF NOT EXISTS {quoted(self.place.schema)}")
        self._create(connection, wanted)
        _, mark = self._mark(connection)
        connection.execute(
            sa.insert(views).values(
                env=self._env, asset=self._cell.asset, wanted=wanted, definition=mark
            )
        )

    def _create(self, connection: Connection, wanted: str) -> None:
        name = _written(self.place)
        create = f"CREATE VIEW {name} AS {wanted}"
        if self._database.sqlite:
            _do(connection, f"DROP VIEW IF EXISTS {name}")
            _do(connection, create)
            return
        try:
            with connection.begin_nested():
                _do(connection, create.replace("CREATE", "CREATE OR REPLACE", 1))
        except sa.exc.ProgrammingError:  # it has other columns
            _do(connection, f"DROP VIEW IF EXISTS {name}")
            _do(connection, create)
        mark = json.dumps({"assets": 1, "asset": self._cell.asset, "env": self._env})
        _do(connection, f"COMMENT ON VIEW {name} IS {_literal(mark)}")

    def _query(self, connection: Connection) -> str:
        """Return the query of the view, empty where nothing is published."""
        published, versions = self._database.published, self._database.versions
        asked = (
            sa.select(versions.c.shape, sa.func.min(versions.c.description))
            .join(published, published.c.location == versions.c.location)
            .where(published.c.env == self._env, published.c.asset == self._cell.asset)
            .group_by(versions.c.shape)
            .order_by(versions.c.shape)
        )
        found = [(shape, text) for shape, text in connection.execute(asked)]
        every = list(dict.fromkeys(name for _, text in found for name in columns_of(text)))
        selects = [
            self._select(shape, every, columns_of(text), mixed=len(found) > 1)
            for shape, text in found
        ]
        return " UNION ALL ".join(selects)

    def _select(
        self, shape: str, every: Sequence[str], own: Sequence[str], *, mixed: bool
    ) -> str:
        where = "" if self._database.sqlite else f"{SCHEMA}."
        published, versions = (
            where + quoted(str(one.name))
            for one in (self._database.published, self._database.versions)
        )
        columns = [
            f"{_column(one, mixed=mixed) if one in own else 'NULL'} AS {quoted(one)}"
            for one in every
        ]
        extra = shown_names([*every, *self._names])[len(every) :]
        for place, name in enumerate(extra):
            value = (
                f"json_extract(p.parts, '$[{place}]')"
                if self._database.sqlite
                else f"(p.parts ->> {place})"
            )
            columns.append(f"{value} AS {quoted(name)}")
        return (
            f"SELECT {', '.join(columns)} FROM {where}{quoted(shape)} t"
            f" JOIN {versions} v ON v.id = t.{quoted(VERSION)}"
            f" JOIN {published} p ON p.location = v.location"
            f" AND p.env = {_literal(self._env)} AND p.asset = {_literal(self._cell.asset)}"
        )


def _column(name: str, *, mixed: bool) -> str:
    """Return a column; as text where tables may have it as several types."""
    return f"CAST(t.{quoted(name)} AS TEXT)" if mixed else f"t.{quoted(name)}"


def _written(place: Place) -> str:
    return ".".join(quoted(one) for one in place if one)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _do(connection: Connection, statement: str) -> None:
    # As it is: neither ':' nor '%' in a name is a parameter.
    connection.execution_options(no_parameters=True).exec_driver_sql(statement)
