"""Results that can be shown again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assets_core.backends.metadata import rows
from assets_core.backends.metadata.connection import Connection
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.versions import Digest
from assets_core.protocols.metadata import Reusable

_LATEST = (
    " WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
    " (PARTITION BY asset, partition, recipe ORDER BY committed_at DESC, id DESC) AS place"
    " FROM materializations WHERE CELLS) AS placed WHERE place = 1)"
)
"""Of each recipe only one: a cell may have been made a hundred thousand times."""

_WHOLE = rows.SELECT_MADE + _LATEST.replace("CELLS", "partition IS NULL AND asset IN (…)")
_PARTS = rows.SELECT_MADE + _LATEST.replace("CELLS", "asset = ? AND partition IN (…)")


def reusable_among(
    db: Connection, cells: Iterable[Cell]
) -> dict[tuple[Cell, Digest], Reusable]:
    """Return the latest result of each recipe that these cells ever had."""
    latest = list(_results(db, cells))
    passed = passed_by(db, (row[0] for row in latest))
    return {
        (Cell(AssetKey(row[1]), row[2]), row[3]): Reusable(
            rows.materialization_from_row(row), frozenset(passed.get(row[0], ()))
        )
        for row in latest
    }


def passed_by(db: Connection, results: Iterable[str]) -> dict[str, set[Digest]]:
    """Return the validations that results have passed."""
    passed: dict[str, set[Digest]] = {}
    for made, validation in db.rows_among(
        "SELECT materialization, validation FROM validations WHERE materialization IN (…)",
        results,
    ):
        passed.setdefault(made, set()).add(validation)
    return passed


def _results(db: Connection, cells: Iterable[Cell]) -> Iterator[tuple[Any, ...]]:
    """Find the rows of the latest results of some cells."""
    whole: list[AssetKey] = []
    parts: dict[AssetKey, list[str]] = {}
    for cell in cells:
        if cell.partition is None:
            whole.append(cell.asset)
        else:
            parts.setdefault(cell.asset, []).append(cell.partition)
    yield from db.rows_among(_WHOLE, whole)
    for asset, partitions in parts.items():
        yield from db.rows_among(_PARTS, partitions, [asset])
