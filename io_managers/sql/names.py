"""How assets, their versions and their columns are called in a database.

    key                 PostgreSQL, `main`    `dev`              SQLite, `main`
    orders              public.orders         dev.orders         orders
    raw/orders          raw.orders            "dev.raw".orders   "raw.orders"

A key has neither dots nor spaces in it, so that no two keys have one name. What is ours
alone is in the schema `_assets`, or begins with that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from assets_core.model.keys import Cell
from assets_core.model.records import MAIN
from assets_core.model.versions import digest

SCHEMA = "_assets"
VERSION, ROW = "_version", "_row"
"""The columns that each table of rows has beside its own."""

_LONGEST = 63  # bytes of a name, of which PostgreSQL forgets the rest
_RESERVED = frozenset({SCHEMA, "public", "information_schema", "pg_catalog"})
_SYSTEM = frozenset({"ctid", "cmin", "cmax", "xmin", "xmax", "oid", "tableoid"})
_STRANGE = re.compile(r"[^\w.=-]")
_VERSION_NAME = re.compile(r"[\w.=-]+__[0-9a-f]{32}\Z")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")


class Place(NamedTuple):
    """Schema and name of a table or view; without a schema, the usual one."""

    schema: str | None
    name: str

    def __str__(self) -> str:
        # As it can be pasted into a query.
        return ".".join(one if _PLAIN.match(one) else quoted(one) for one in self if one)


def quoted(name: str) -> str:
    """Return a name as it stands in a statement."""
    return '"' + name.replace('"', '""') + '"'


def place_of(cell: Cell, env: str, *, sqlite: bool) -> Place:
    """Return where the stable view of a cell is.

    >>> str(place_of(Cell("raw/orders"), "main", sqlite=False))
    'raw.orders'
    >>> str(place_of(Cell("raw/orders"), "main", sqlite=True))
    '"raw.orders"'
    """
    *prefix, name = cell.asset.split("/")
    schema = ".".join(prefix if env == MAIN else [env, *prefix])
    if sqlite:
        whole = f"{schema}.{name}" if schema else name
        own = schema == SCHEMA or whole.lower().startswith("sqlite_")
        return Place(None, f".{whole}" if own else whole)
    if schema.lower() in _RESERVED or schema.lower().startswith("pg_"):
        schema += "."
    return Place(short(schema) if schema else None, short(name))


def short(name: str) -> str:
    """Return a name that no database cuts off, the same for the same name."""
    if len(name.encode()) <= _LONGEST:
        return name
    tail = f"~{digest(name)[:12]}"
    head = name.encode()[: _LONGEST - len(tail)].decode("utf-8", "ignore")
    return f"{head}{tail}"


def version_name(cell: Cell, description: str) -> str:
    """Return the name of a version, made from its content."""
    return f"{_STRANGE.sub('_', str(cell))[:60]}__{digest(str(cell), description)}"


def is_version_name(name: str) -> bool:
    """Return whether a record names a version, and nothing else in the database."""
    return bool(_VERSION_NAME.match(name))


def shape_name(cell: Cell, columns: Iterable[str]) -> str:
    """Return the name of the table for the rows of an asset that have some columns."""
    start = _STRANGE.sub("_", cell.asset).encode()[:30].decode("utf-8", "ignore")
    return f"{start}__{digest(cell.asset, *columns)[:16]}"


def shown_names(names: Iterable[str]) -> list[str]:
    """Return the names that columns have in the database: their own, where that can be.

    >>> shown_names(["id", "Total", "total", "_row"])
    ['id', 'Total', 'total_1', '_row_1']
    """
    taken = {VERSION, ROW, *_SYSTEM}
    found = []
    for name in names:
        # SQLAlchemy takes '%(' for the beginning of a parameter, even in a name.
        plain = name.replace("\0", "\N{REPLACEMENT CHARACTER}").replace("%(", "%_(")
        plain = short(plain or "_")
        shown, number = plain, 0
        while shown.lower() in taken:
            number += 1
            shown = short(f"{plain}_{number}")
        taken.add(shown.lower())
        found.append(shown)
    return found
