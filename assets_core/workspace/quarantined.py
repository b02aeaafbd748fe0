"""The rows in quarantine: which there are, what is in them, and how they are tried again.

What is in quarantine belongs to the result that a cell shows. Another result has rows of
its own beside it, or none; what an earlier one had is kept as long as that one is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import pyarrow as pa

from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.hiding import hide_in
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partition_ranges import ranges_of
from assets_core.model.records import QuarantineRecord, RunRequest
from assets_core.planning.reads import AllKeys
from assets_core.running.reading import read_quarantined
from assets_core.running.slices import together
from assets_core.running.tools import Tools
from assets_core.workspace.finding import find_cells
from assets_core.workspace.plain import instant, plain
from assets_core.workspace.reports import Document


class Project(Protocol):
    """The part of a workspace that this needs."""

    tools: Tools
    graph_of_assets: Graph
    env: str

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...


@frozen
class Rows:
    """Rows in quarantine, of an asset or of one partition.

    Attributes:
        count: How many there are.
        table: The rows, each with the reason; None if there are none.
    """

    key: AssetKey
    partition: str | None
    count: int
    table: pa.Table | None


def in_quarantine(
    project: Project, wanted: Callable[[Cell], bool] | None = None
) -> list[QuarantineRecord]:
    """Return the cells that show a result with rows in quarantine.

    Args:
        wanted: Which cells; those of all declared assets by default.
    """
    nodes = project.graph_of_assets.nodes
    found = [
        one
        for one in project.tools.store.quarantines()
        if (one.cell.asset in nodes if wanted is None else wanted(one.cell))
    ]
    heads = project.tools.store.heads_of(project.env, {one.cell for one in found})
    shown = {cell: head.materialization for cell, head in heads.items()}
    return [one for one in found if shown.get(one.cell) == one.materialization]


def rows_by_asset(found: Iterable[QuarantineRecord]) -> dict[AssetKey, int]:
    """Return how many rows of each asset are in quarantine."""
    counts: dict[AssetKey, int] = {}
    for one in found:
        counts[one.cell.asset] = counts.get(one.cell.asset, 0) + one.rows
    return counts


def rows_by_run(found: Iterable[QuarantineRecord]) -> dict[str, int]:
    """Return how many rows each run has put aside."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.run_id] = counts.get(one.run_id, 0) + one.rows
    return counts


def load_rows(project: Project, asset: Asset, partition: str | None = None) -> Rows:
    """Return the rows of an asset, or of one partition, that are in quarantine.

    Where partitions gave a column types that cannot be one, it is text: rows are put aside
    as they came.

    Raises:
        UsageError: There is no such partition.
    """
    found = in_quarantine(project, _of(project, asset, partition))
    made = project.tools.store.materializations(one.materialization for one in found)
    tables = [
        (one.cell, table)
        for one in found
        if (table := read_quarantined(project.tools, made[one.materialization])) is not None
    ]
    rows = together(_in_one_type(tables)) if tables else None
    return Rows(asset.key, partition, sum(one.rows for one in found), rows)


def _in_one_type(tables: list[tuple[Cell, pa.Table]]) -> list[tuple[Cell, pa.Table]]:
    names = dict.fromkeys(name for _, table in tables for name in table.column_names)
    for name in names:
        if not _is_one_type(
            [one.column(name) for _, one in tables if name in one.schema.names]
        ):
            tables = [(cell, _as_text(table, name)) for cell, table in tables]
    return tables


def _is_one_type(columns: list[pa.ChunkedArray]) -> bool:
    if len({one.type for one in columns}) == 1:
        return True
    parts = [pa.table({"one": column}) for column in columns]
    try:
        pa.concat_tables(parts, promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return False
    return True


def _as_text(table: pa.Table, name: str) -> pa.Table:
    if name not in table.column_names:
        return table
    values = table.column(name).to_pylist()
    texts = pa.array([None if one is None else str(one) for one in values], pa.string())
    return table.set_column(table.column_names.index(name), name, texts)


def requeued(project: Project, asset: Asset, partition: str | None, by: str) -> RunRequest:
    """Return the request that computes those cells again that have rows in quarantine.

    With the code and the schema of now: what passes is taken in, and what does not is
    in quarantine again. If there are none, it asks for nothing that is fresh.
    """
    found = in_quarantine(project, _of(project, asset, partition))
    own = project.keys().get(asset.key)
    which = ""
    if own is not None and not asset.yields:
        places = [own.position(one.cell.partition or "") for one in found]
        which = ",".join(ranges_of(own, [one for one in places if one is not None]))
        which = which or (partition or "")
    count = sum(one.rows for one in found)
    reason = f"{count:,} {'row' if count == 1 else 'rows'} in quarantine"
    return RunRequest((asset.key,), bool(found), reason=reason, by=by, partitions=which)


def _of(project: Project, asset: Asset, partition: str | None) -> Callable[[Cell], bool]:
    if partition is None:
        return lambda cell: cell.asset == asset.key
    return set(find_cells(asset, partition, "", project.keys())).__contains__


def quarantine_report(found: Iterable[QuarantineRecord]) -> list[Document]:
    """Return the document of `assets quarantine list`."""
    return [
        {
            "asset": one.cell.asset,
            "partition": one.cell.partition,
            "rows": one.rows,
            "run_id": one.run_id,
            "at": instant(one.at),
            "materialization": one.materialization,
        }
        for one in found
    ]


def rows_report(found: Rows, most: int) -> Document:
    """Return the document of `assets quarantine show`, with so many rows."""
    names: list[str] = [] if found.table is None else found.table.column_names
    kinds: list[Any] = [] if found.table is None else found.table.schema.types
    return {
        "asset": found.key,
        "partition": found.partition,
        "rows": found.count,
        "schema": [
            {"name": name, "type": str(kind)}
            for name, kind in zip(names, kinds, strict=True)
        ],
        "sample": hide_in(plain(first_rows(found, most))),
    }


def first_rows(found: Rows, most: int) -> list[Mapping[str, Any]]:
    """Return the first rows that are in quarantine."""
    return [] if found.table is None else list(found.table.slice(0, most).to_pylist())
