"""Statements that every database understands in the same way.

Keywords are in capitals, names are not: so a database that needs to can tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from assets_core.backends.metadata.connection import Write
from assets_core.model.keys import AssetKey

AT_ONCE = 500  # values in one statement
_PUT = "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}"


@lru_cache(maxsize=64)
def put(table: str, key: str, rest: str) -> str:
    """Return the statement that writes a row, in the place of one with the same key.

    Args:
        table: Its name.
        key: The columns of its primary key, which come first.
        rest: All other columns, in their order.

    >>> put("pages", "book number", "words")
    'INSERT INTO pages (book, number, words) VALUES (?, ?, ?) ON CONFLICT (book, number)\
 DO UPDATE SET words = excluded.words'
    """
    names = [*key.split(), *rest.split()]
    marks = ", ".join("?" * len(names))
    moved = ", ".join(f"{name} = excluded.{name}" for name in rest.split())
    return _PUT.format(table, ", ".join(names), marks, ", ".join(key.split()), moved)


def by_chunk(
    places: Iterable[tuple[AssetKey, int]],
) -> Iterator[tuple[str, list[AssetKey] | list[int], AssetKey | int]]:
    """Yield conditions that find some chunks of assets, in few statements.

    Most assets have one chunk, and all of these the same: they are asked for together.

    Returns:
        The condition, what stands in its `IN (…)`, and the value before that.
    """
    chunks: dict[AssetKey, list[int]] = {}
    for asset, chunk in places:
        chunks.setdefault(asset, []).append(chunk)
    alike: dict[int, list[AssetKey]] = {}
    for asset, (first, *others) in chunks.items():
        if others:
            yield "asset = ? AND chunk IN (…)", [first, *others], asset
        else:
            alike.setdefault(first, []).append(asset)
    for chunk, assets in alike.items():
        yield "chunk = ? AND asset IN (…)", assets, chunk


def among(
    write: Write, sql: str, values: Iterable[Any], first: Iterable[Any] = ()
) -> list[tuple[Any, ...]]:
    """Return what a query with one `IN (…)` finds inside a transaction.

    Args:
        write: The transaction.
        sql: The query.
        values: What stands in the `IN (…)`, in any number.
        first: What the parameters before it are.
    """
    many, found = list(values), []
    for start in range(0, len(many), AT_ONCE):
        part = many[start : start + AT_ONCE]
        marks = ",".join("?" * len(part))
        asked = sql.replace("(…)", f"({marks})")
        found += write.execute(asked, (*first, *part)).fetchall()
    return found
