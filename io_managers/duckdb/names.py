"""How assets, their versions and their columns are called in a database.

    key                 view in `main`      view in environment `dev`
    orders              main.orders         dev.orders
    raw/orders          raw.orders          "dev.raw".orders
    shop/raw/orders     "shop.raw".orders   "dev.shop.raw".orders

A key has neither dots nor spaces in it, so that no two keys have one name. Versions are
tables in a schema of ours, named by key and content.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from assets_core.model.keys import Cell
from assets_core.model.quoting import quoted_name
from assets_core.model.records import MAIN

SCHEMA = "_assets"
"""Where versions are kept. Nobody else's business."""

_RESERVED = frozenset({MAIN, SCHEMA, "information_schema", "pg_catalog", "temp", "system"})
_VERSION = re.compile(r"\w[\w/\[\]:.,=+-]*__[0-9a-f]{32}\Z")
_STRANGE = re.compile(r"[^\w/\[\]:.,=+-]")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")


class Place(NamedTuple):
    """Schema and name of a stable view."""

    schema: str
    view: str

    def __str__(self) -> str:
        return _as_pasted(self)

    def within(self, file: Path) -> str:
        """Return it as it can be pasted into a query of a file.

        DuckDB calls a file by its name, and has to be told which is meant if a schema is
        called so, too.

        >>> Place("dev", "orders").within(Path("data/dev.duckdb"))
        'dev.dev.orders'
        """
        name = file.name.partition(".")[0]
        return _as_pasted((name, *self) if name.lower() == self.schema.lower() else self)


def _as_pasted(parts: Iterable[str]) -> str:
    return ".".join(part if _PLAIN.match(part) else quoted_name(part) for part in parts)


def place_of(cell: Cell, env: str) -> Place:
    """Return where the stable view of a cell is.

    >>> str(place_of(Cell("raw/orders"), "main")), str(place_of(Cell("orders"), "dev"))
    ('raw.orders', 'dev.orders')
    """
    *prefix, view = cell.asset.split("/")
    schema = ".".join(prefix if env == MAIN else [env, *prefix])
    if schema.lower() in _RESERVED:
        schema += "."  # the key `main/orders` is not the key `orders`
    return Place(schema or MAIN, view)


def version_name(cell: Cell, description: str) -> str:
    """Return the name of the table that holds a version, made from its content."""
    content = hashlib.sha256(f"{cell}\n{description}".encode()).hexdigest()
    return f"{_STRANGE.sub('_', str(cell))}__{content[:32]}"


def is_version_name(name: str) -> bool:
    """Return whether a record names a version, and nothing else in the database."""
    return bool(_VERSION.match(name))


def staged_name(attempt: str) -> str:
    """Return the name of a table that is not sealed yet; no version has a space in it."""
    return f"staged {attempt}"


def shown_names(names: Iterable[str]) -> list[str]:
    """Return the names that columns or fields have in the database.

    Those that they have, except where DuckDB would not tell two of them apart.

    >>> shown_names(["id", "Total", "total"])
    ['id', 'Total', 'total_1']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        plain = name.replace("\0", "\N{REPLACEMENT CHARACTER}") or "_"
        shown, number = plain, 0
        while shown.lower() in taken:
            number += 1
            shown = f"{plain}_{number}"
        taken.add(shown.lower())
        found.append(shown)
    return found
