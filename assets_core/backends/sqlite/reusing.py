"""Results that can be shown again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assets_core.backends.sqlite import rows
from assets_core.backends.sqlite.connection import Connection
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.versions import Digest
from assets_core.protocols.metadata import Reusable

FEW = 50
"""From how many cells of one asset on all its results are read at once."""


def reusable_among(
    db: Connection, cells: Iterable[Cell]
) -> dict[tuple[Cell, Digest], Reusable]:
    """Return the latest result of each recipe that these cells ever had."""
    wanted: dict[AssetKey, set[str | None]] = {}
    for cell in cells:
        wanted.setdefault(cell.asset, set()).add(cell.partition)
    latest = {
        (row[1], row[2], row[3]): row
        for asset, partitions in wanted.items()
        for row in _results(db, asset, partitions)
    }
    passed: dict[str, set[Digest]] = {}
    for made, validation in db.rows_among(
        "SELECT materialization, validation FROM validations WHERE materialization IN (…)",
        [row[0] for row in latest.values()],
    ):
        passed.setdefault(made, set()).add(validation)
    return {
        (Cell(AssetKey(asset), partition), recipe): Reusable(
            rows.materialization_from_row(row), frozenset(passed.get(row[0], ()))
        )
        for (asset, partition, recipe), row in latest.items()
    }


def _results(
    db: Connection, asset: AssetKey, partitions: set[str | None]
) -> list[tuple[Any, ...]]:
    """Return the rows of the results of some cells, oldest first for each cell."""
    if len(partitions) > FEW:
        found = db.rows(
            rows.SELECT_MADE + " WHERE asset = ? ORDER BY committed_at, id", [asset]
        )
        return [row for row in found if row[2] in partitions]
    return [
        row
        for partition in partitions
        for row in db.rows(
            rows.SELECT_MADE + " WHERE asset = ? AND partition IS ?"
            " ORDER BY committed_at, id",
            [asset, partition],
        )
    ]
