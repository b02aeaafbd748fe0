"""Stable views: what other tools see in a database.

Each carries a comment that says which cell and version it shows. A view without one, or
with that of another cell, belongs to somebody else and is left alone. Replacing a view
drops its comment, so that one that somebody has replaced is no longer ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from assets_core.errors import PublishError
from assets_core.frozen import frozen
from assets_core.model.hive import is_date, key_parts
from assets_core.model.keys import Cell
from assets_core.model.quoting import Definition, Literal, quoted_text, statement
from assets_core.model.versions import digest
from assets_core.protocols.io import Shown
from io_managers.duckdb.names import SCHEMA, Place, place_of

_MARK = "assets"

_LOOK = """
SELECT comment, view_name FROM duckdb_views()
WHERE database_name = current_database()
  AND lower(schema_name) = lower(?) AND lower(view_name) = lower(?)
UNION ALL
SELECT NULL, table_name FROM duckdb_tables()
WHERE database_name = current_database()
  AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
"""


_PARTITIONS = """
SELECT comment, view_name FROM duckdb_views()
WHERE database_name = current_database() AND schema_name = ? AND comment IS NOT NULL
"""

_VIEWS = """
SELECT comment, view_name, schema_name FROM duckdb_views()
WHERE database_name = current_database() AND comment IS NOT NULL
"""

_EMPTY_SCHEMAS = """
SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()
EXCEPT SELECT schema_name FROM duckdb_views() WHERE database_name = current_database()
EXCEPT SELECT schema_name FROM duckdb_tables() WHERE database_name = current_database()
"""

_SCHEMA = """
SELECT schema_name FROM duckdb_schemas()
WHERE database_name = current_database() AND lower(schema_name) = lower(?)
"""

_COLUMNS = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = ? AND table_name = ?
ORDER BY column_index
"""


@frozen
class StableView:
    """The view that shows one cell in one environment."""

    cell: Cell
    env: str
    place: Place

    def shown(self, connection: duckdb.DuckDBPyConnection) -> str | None:
        """Return the location that it shows, None if it is not there or not ours."""
        found = self._found(connection)
        return None if found is None else _location(found, self)

    def check(self, connection: duckdb.DuckDBPyConnection, where: str) -> None:
        """Raise `PublishError` if something that is not ours has its name."""
        found = self._found(connection)
        if found is not None and _location(found, self) is None:
            other = _other(found)
            raise PublishError(
                f"'{self.cell}' cannot be published: "
                + (other or "something else")
                + f" is at its stable name {self.place}",
                fix="rename it, give the asset another key, or set publish='none'",
                where=where,
            )

    def put(
        self, connection: duckdb.DuckDBPyConnection, location: str, query: Definition
    ) -> None:
        """Make it show a version, inside a transaction."""
        names = _full(connection, self.place)
        comment = {
            _MARK: 1,
            "asset": self.cell.asset,
            "partition": self.cell.partition,
            "env": self.env,
            "location": location,
        }
        # `IF NOT EXISTS` would ask whether the schema or the file is meant.
        if not connection.execute(_SCHEMA, [self.place.schema]).fetchall():
            connection.execute(statement("CREATE SCHEMA {schema}", **names))
        for template, more in (
            (
                "CREATE OR REPLACE VIEW {catalog}.{schema}.{view} AS {query}",
                {"query": query},
            ),
            (
                "COMMENT ON VIEW {catalog}.{schema}.{view} IS {comment}",
                {"comment": Literal(json.dumps(comment, ensure_ascii=False))},
            ),
        ):
            connection.execute(statement(template, **names, **more))

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take it away, inside a transaction."""
        connection.execute(
            statement(
                "DROP VIEW IF EXISTS {catalog}.{schema}.{view}",
                **_full(connection, self.place),
            )
        )

    def _found(self, connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...] | None:
        # All rows are fetched: an unfinished result stands in the way of the next query.
        rows = connection.execute(_LOOK, [*self.place, *self.place]).fetchall()
        return rows[0] if rows else None


@frozen
class PartitionView:
    """The hidden view of one partition, and the one of the asset that shows them all.

    Attributes:
        names: The partition columns; the views have them.
    """

    cell: Cell
    env: str
    names: tuple[str, ...]

    @property
    def _own(self) -> StableView:
        # A database does not tell 'eu' from 'EU', and two partitions may be called so.
        name = f"{self.env} {self.cell}"
        return StableView(self.cell, self.env, Place(SCHEMA, f"{name} {digest(name)[:12]}"))

    @property
    def _whole(self) -> StableView:
        whole = Cell(self.cell.asset)
        return StableView(whole, self.env, place_of(whole, self.env))

    def shown(self, connection: duckdb.DuckDBPyConnection) -> str | None:
        """Return the location that it shows, None if it is not there or not ours."""
        if self._whole.shown(connection) is None:
            return None
        return self._own.shown(connection)

    def check(self, connection: duckdb.DuckDBPyConnection, where: str) -> None:
        """Raise `PublishError` if something that is not ours has one of the names."""
        self._whole.check(connection, where)
        self._own.check(connection, where)

    def put(
        self, connection: duckdb.DuckDBPyConnection, location: str, query: Definition
    ) -> bool:
        """Make the partition show a version, inside a transaction.

        Return whether the view of the asset has to be made again, with `show_all`.
        """
        before = self._columns(connection)
        columns = [
            statement("{value} AS {name}", value=Definition(_typed(key)), name=name)
            for name, key in self._parts()
        ]
        self._own.put(
            connection,
            location,
            statement("SELECT *, {columns} FROM ({query})", columns=columns, query=query),
        )
        return before != self._columns(connection) or not self._whole.shown(connection)

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take the partition away, inside a transaction; then comes `show_all`."""
        self._own.drop(connection)

    def _parts(self) -> list[tuple[str, str]]:
        partition = self.cell.partition or ""
        if len(self.names) > 1:
            return key_parts(partition, self.names)
        return [(self.names[0] if self.names else "partition", partition)]

    def _columns(self, connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
        return connection.execute(_COLUMNS, [*self._own.place]).fetchall()

    def show_all(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let the view of the asset show all partitions that there are."""
        found = connection.execute(_PARTITIONS, [SCHEMA]).fetchall()
        mine = {
            str(comment.get("partition")): name
            for comment, name in ((_comment(row), row[1]) for row in found)
            if (comment.get("asset"), comment.get("env")) == (self.cell.asset, self.env)
        }
        if not mine:
            self._whole.drop(connection)
            return
        selects = [
            statement("SELECT * FROM {schema}.{view}", schema=SCHEMA, view=mine[key])
            for key in sorted(mine)
        ]
        self._whole.put(
            connection, "partitions", Definition(" UNION ALL BY NAME ".join(selects))
        )


Put = tuple["StableView | PartitionView", str, Definition]
"""A view, the location that it is to show, and the query that reads it."""


def put_all(connection: duckdb.DuckDBPyConnection, puts: Sequence[Put]) -> None:
    """Let views of cells show versions, inside a transaction: of one asset, or whole."""
    again = None
    for view, location, query in puts:
        if isinstance(view, StableView):
            view.put(connection, location, query)
        elif view.put(connection, location, query):
            again = view
    if again is not None:
        again.show_all(connection)


def published_among(
    shown: Sequence[Shown], location: Callable[[Cell], str | None]
) -> list[Shown]:
    """Return the cells of those assets that are published, as their first cell tells."""
    first = {cell.asset: cell for cell, _, _ in reversed(shown)}
    there = {asset for asset, cell in first.items() if location(cell) is not None}
    return [one for one in shown if one[0].asset in there]


def drop_all(
    connection: duckdb.DuckDBPyConnection, views: Sequence[StableView | PartitionView]
) -> None:
    """Take the views of cells away, inside a transaction: of one asset, or whole ones."""
    for view in views:
        view.drop(connection)
    if isinstance(views[-1], PartitionView):
        views[-1].show_all(connection)


def clear(connection: duckdb.DuckDBPyConnection, env: str) -> None:
    """Take all views of an environment away, and its schemas, inside a transaction."""
    for row in connection.execute(_VIEWS).fetchall():
        if _comment(row).get("env") == env:
            names = _full(connection, Place(row[2], row[1]))
            connection.execute(statement("DROP VIEW {catalog}.{schema}.{view}", **names))
    for (schema,) in connection.execute(_EMPTY_SCHEMAS).fetchall():
        if schema == env or schema.startswith(f"{env}."):
            connection.execute(statement("DROP SCHEMA {schema}", schema=schema))


def stable_view(cell: Cell, env: str, names: tuple[str, ...]) -> StableView | PartitionView:
    """Return the view that shows a cell in an environment."""
    if cell.partition is None:
        return StableView(cell, env, place_of(cell, env))
    return PartitionView(cell, env, names)


def _full(connection: duckdb.DuckDBPyConnection, place: Place) -> dict[str, str]:
    """Return the full name of a view: a file may be called as one of its schemas."""
    found = connection.execute("SELECT current_database()").fetchall()
    return {"catalog": str(found[0][0]), "schema": place.schema, "view": place.view}


def _typed(key: str) -> str:
    """Return the value of a partition column: a date where the key is one."""
    text = quoted_text(key)
    return f"CAST({text} AS DATE)" if is_date(key) else text


def _location(found: tuple[Any, ...], view: StableView) -> str | None:
    """Return what a view shows if its comment says that it is this one."""
    comment = _comment(found)
    owner = (comment.get("asset"), comment.get("partition"), comment.get("env"))
    location = comment.get("location")
    if owner != (*view.cell, view.env) or not isinstance(location, str):
        return None
    return location


def _other(found: tuple[Any, ...]) -> str:
    """Return whose view it is, if it is one of ours."""
    comment = _comment(found)
    return f"'{comment['asset']}' in '{comment['env']}'" if comment else ""


def _comment(found: tuple[Any, ...]) -> dict[str, Any]:
    try:
        comment = json.loads(found[0] or "null")
    except ValueError:
        return {}
    known = isinstance(comment, dict) and comment.keys() >= {_MARK, "asset", "env"}
    return comment if known else {}
