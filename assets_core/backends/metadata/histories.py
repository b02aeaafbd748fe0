"""What happened to many assets, asked at once."""

from __future__ import annotations

from collections.abc import Iterable

from assets_core.backends.metadata import rows
from assets_core.backends.metadata.connection import Connection
from assets_core.model.keys import AssetKey
from assets_core.model.records import CheckRecord, Materialization


def latest(
    db: Connection, assets: Iterable[AssetKey], limit: int
) -> dict[AssetKey, tuple[Materialization, ...]]:
    """Return the latest results of assets, of whichever partition, newest first."""
    # The ids first: what is sorted for them is small.
    ids = db.rows_among(
        "SELECT id FROM (SELECT id, asset, row_number() OVER"
        " (PARTITION BY asset ORDER BY committed_at DESC, id DESC) AS place"
        " FROM materializations) AS numbered WHERE place <= ? AND asset IN (…)",
        assets,
        [limit],
    )
    made = db.rows_among(rows.SELECT_MADE + " WHERE id IN (…)", (one for (one,) in ids))
    found: dict[AssetKey, list[Materialization]] = {}
    for row in made:
        one = rows.materialization_from_row(row)
        found.setdefault(one.cell.asset, []).append(one)
    return {
        key: tuple(sorted(some, key=lambda one: (one.committed_at, one.id), reverse=True))
        for key, some in found.items()
    }


def checks_of(
    db: Connection, materializations: Iterable[str]
) -> dict[str, list[CheckRecord]]:
    """Return what the checks last found on results, by result, in order of their names."""
    found: dict[str, list[CheckRecord]] = {}
    for made, body in db.rows_among(
        "SELECT materialization, body FROM checks WHERE materialization IN (…)"
        " ORDER BY materialization, name",
        materializations,
    ):
        check = rows.read_row("checks", body, rows.check_from_json)
        found.setdefault(str(made), []).append(check)
    return found
