"""Stable views: what other tools see in a database.

Each carries a comment that says which cell and version it shows. A view without one, or
with that of another cell, belongs to somebody else and is left alone. Replacing a view
drops its comment, so that one that somebody has replaced is no longer ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import duckdb

from assets_core.errors import PublishError
from assets_core.model.keys import Cell
from io_managers.duckdb.names import Place
from io_managers.duckdb.quoting import Definition, Literal, statement

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


@dataclass(frozen=True, slots=True)
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
        names = {"schema": self.place.schema, "view": self.place.view}
        comment = {
            _MARK: 1,
            "asset": self.cell.asset,
            "partition": self.cell.partition,
            "env": self.env,
            "location": location,
        }
        for template, more in (
            ("CREATE SCHEMA IF NOT EXISTS {schema}", {}),
            ("CREATE OR REPLACE VIEW {schema}.{view} AS {query}", {"query": query}),
            (
                "COMMENT ON VIEW {schema}.{view} IS {comment}",
                {"comment": Literal(json.dumps(comment, ensure_ascii=False))},
            ),
        ):
            connection.execute(statement(template, **names, **more))

    def drop(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take it away, inside a transaction."""
        schema, view = self.place
        connection.execute(
            statement("DROP VIEW IF EXISTS {schema}.{view}", schema=schema, view=view)
        )

    def _found(self, connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...] | None:
        # All rows are fetched: an unfinished result stands in the way of the next query.
        rows = connection.execute(_LOOK, [*self.place, *self.place]).fetchall()
        return rows[0] if rows else None


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
