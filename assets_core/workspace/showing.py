"""One asset or source in full: what `assets show` tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from assets_core.errors import UsageError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Node, Source
from assets_core.model.graph import Graph
from assets_core.model.hiding import hide, hide_in
from assets_core.model.hive import hive_path, hive_pattern
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import CheckRecord, Head, Materialization, Observation
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reads import AllKeys
from assets_core.running.heads import current_heads
from assets_core.running.reading import read_materialization
from assets_core.running.tools import Tools
from assets_core.workspace.finding import LEAVE_OUT, find_positions
from assets_core.workspace.plain import instant, plain
from assets_core.workspace.reports import Document, check_result, reason_report
from assets_core.workspace.status import AssetStatus, of_partition, statuses

if TYPE_CHECKING:
    import pyarrow as pa


class Looked(Protocol):
    """The part of a workspace that showing needs."""

    tools: Tools
    graph_of_assets: Graph
    env: str

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...

    def planned(self, wanted: Wanted, keys: AllKeys | None = None) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        ...


@frozen
class ShownCell:
    """One of several partitions: how it stands, and what it shows."""

    partition: str
    status: str
    head: Head | None


@frozen
class Shown:
    """Everything there is to show of an asset or a source.

    Attributes:
        path: Where other tools find it; None where nothing is published.
        history: Its results, newest first.
        sample: Its first rows.
        observed: What was last seen of a source.
        cells: The partitions that were asked for, where several were.
    """

    node: Node
    status: AssetStatus
    downstream: tuple[AssetKey, ...]
    path: str | None
    checks: tuple[CheckRecord, ...] = ()
    history: tuple[Materialization, ...] = ()
    sample: Sequence[Mapping[str, Any]] = ()
    observed: Observation | None = None
    partition: str | None = None
    cells: tuple[ShownCell, ...] = ()


def look_at(
    workspace: Looked,
    node: Node,
    rows: int,
    partition: str | None = None,
    partitions: str = "",
) -> Shown:
    """Return everything there is to show, with the first `rows` rows.

    Args:
        partition: One partition, instead of the asset.
        partitions: A text about several; each is listed.
    """
    tools, key, keys = workspace.tools, node.key, workspace.keys()
    which = _positions(node, partition, partitions, keys)
    plan, known = workspace.planned(Wanted(frozenset({key}), partitions=which), keys)
    graph = workspace.graph_of_assets
    status = statuses(graph.part({key}), plan, known, tools.store, which)[key]
    downstream = graph.downstream.get(key, ())
    if isinstance(node, Source):
        seen = tools.store.observations().get(key) if status.status == "fresh" else None
        return Shown(node, status, downstream, tools.sources.where(node), observed=seen)
    cell = Cell(key, partition)
    if partition is not None:
        status = of_partition(Cell(key, partition), plan, known, tools.store)
    path = published_path(workspace, node, cell, status)
    made = status.made
    there = made is not None and cell not in known.missing
    return Shown(
        node=node,
        status=status,
        downstream=downstream,
        partition=partition,
        path=path,
        checks=tools.store.checks(made.id) if made else (),
        history=tools.store.history(cell),
        sample=first_rows(read_materialization(tools, made), rows)
        if made and there and rows
        else (),
        cells=_cells(workspace, status, keys) if partitions else (),
    )


def published_path(
    workspace: Looked, asset: Asset, cell: Cell, status: AssetStatus
) -> str | None:
    """Return where other tools find an asset, or one partition; None if nowhere."""
    manager = workspace.tools.io_of(asset)
    if not manager.publishes(asset.publish):
        return None
    at, names = _last(cell, status), asset.partition_columns
    path = manager.stable_path(at, env=workspace.env, names=names)
    if at != cell and at.partition is not None:
        return path.replace(hive_path(at.partition, names), hive_pattern(names))
    return path


def _positions(
    node: Node, partition: str | None, partitions: str, keys: AllKeys
) -> dict[AssetKey, Sequence[int]]:
    """Return which partitions of a node are asked for."""
    if isinstance(node, Source):
        if partition is None and not partitions:
            return {}
        raise UsageError(f"'{node.key}' is a source and has no partitions", fix=LEAVE_OUT)
    found = find_positions(node, partition, partitions, keys)
    return {} if found is None else {node.key: found}


def _cells(workspace: Looked, status: AssetStatus, keys: AllKeys) -> tuple[ShownCell, ...]:
    """Return how each of some partitions stands."""
    if status.partitions is None:
        return ()
    own, positions, words = status.partitions
    cells = [Cell(status.key, own[position]) for position in positions]
    heads = current_heads(workspace.tools, workspace.env, cells, keys)
    return tuple(
        ShownCell(str(cell.partition), word, heads.get(cell))
        for cell, word in zip(cells, words, strict=True)
    )


def _last(cell: Cell, status: AssetStatus) -> Cell:
    """Return the cell that a path is made of: the last one, if none is asked for."""
    keys = status.partitions.keys if status.partitions else ()
    return cell if cell.partition is not None or not keys else Cell(cell.asset, keys[-1])


def first_rows(table: pa.Table, count: int) -> list[dict[str, Any]]:
    """Return the first rows of a table as values that Python has."""
    first = table.slice(0, count)
    columns = {name: _values(first.column(name)) for name in first.column_names}
    return [
        {name: values[row] for name, values in columns.items()}
        for row in range(first.num_rows)
    ]


def _values(column: Any) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        # A time that Python has no value for, such as one of the year 30000.
        values = column.cast("string").to_pylist()
    return values


def show_report(shown: Shown) -> Document:
    """Return the document of `assets show`."""
    node, status, made = shown.node, shown.status, shown.status.made
    version = status.head.data_version if status.head else None
    return {
        "asset": node.key,
        "partition": shown.partition,
        "partitions": status.counts if status.partitions else None,
        "cells": [_cell(one) for one in shown.cells],
        "status": status.status,
        "schema": [{"name": one.name, "type": one.type} for one in made.columns]
        if made
        else [],
        "rows": made.rows if made else status.rows,
        "bytes": made.stored.bytes if made else _size(shown.observed),
        "quarantined": made.quarantined.rows if made and made.quarantined else 0,
        "data_version": shown.observed.version if shown.observed else version,
        "code_version": made.code if made else None,
        "path": shown.path,
        "checks": [check_result(check) for check in shown.checks],
        "history": [_history(one) for one in shown.history],
        "sample": hide_in(plain(shown.sample)),
        "kind": node.kind,
        "group": node.group or None,
        "description": hide(node.description),
        "upstream": list(node.upstream),
        "downstream": list(shown.downstream),
        "reasons": [reason_report(one) for one in status.step.reasons]
        if status.step
        else [],
        "error": {"type": status.error.type, "message": hide(status.error.message)}
        if status.error
        else None,
        "metadata": hide_in(plain(made.metadata), keys=True) if made else {},
        "made_with": dict(made.made_with) if made else {},
    }


def _size(observed: Observation | None) -> int | None:
    """Return how many bytes a source has, where that is known."""
    return observed.identity.size if observed and observed.identity.size >= 0 else None


def _cell(shown: ShownCell) -> Document:
    head = shown.head
    return {
        "partition": shown.partition,
        "status": shown.status,
        "rows": head.rows if head else None,
        "data_version": head.data_version if head else None,
        "materialization": head.materialization if head else None,
        "updated_at": instant(head.at if head else None),
    }


def _history(made: Materialization) -> Document:
    return {
        "id": made.id,
        "run_id": made.run_id,
        "at": instant(made.committed_at),
        "rows": made.rows,
        "data_version": made.data_version,
        "reasons": hide_in(made.reasons),
    }
