"""Results that can be shown again."""

from __future__ import annotations

from collections.abc import Iterable

from assets_core.backends.sqlite import rows
from assets_core.backends.sqlite.connection import Connection
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.versions import Digest
from assets_core.protocols.metadata import Reusable


def reusable_among(
    db: Connection, assets: Iterable[AssetKey]
) -> dict[tuple[Cell, Digest], Reusable]:
    """Return the latest result of each recipe that these assets ever had."""
    found = db.rows_among(
        rows.SELECT_MADE + " WHERE asset IN (…) ORDER BY committed_at, id",
        assets,
    )
    latest = {(row[1], row[2], row[3]): row for row in found}
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
