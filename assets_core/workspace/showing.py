"""One asset or source in full: what `assets show` tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from assets_core.model.assets import Node, Source
from assets_core.model.graph import Graph
from assets_core.model.hive import hive_path, hive_pattern
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import CheckRecord, Materialization, Observation
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted
from assets_core.running.reading import read_materialization
from assets_core.running.tools import Tools
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

    def planned(self, wanted: Wanted) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything there is to show of an asset or a source.

    Attributes:
        path: Where other tools find it; None where nothing is published.
        history: Its results, newest first.
        sample: Its first rows.
        observed: What was last seen of a source.
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


def look_at(
    workspace: Looked, node: Node, rows: int, partition: str | None = None
) -> Shown:
    """Return everything there is to show, with the first `rows` rows.

    Args:
        partition: One partition, instead of the asset.
    """
    tools, key = workspace.tools, node.key
    plan, known = workspace.planned(Wanted(frozenset({key})))
    graph = workspace.graph_of_assets
    status = statuses(graph.part({key}), plan, known, tools.store)[key]
    downstream = graph.downstream.get(key, ())
    if isinstance(node, Source):
        seen = tools.store.observations().get(key) if status.status == "fresh" else None
        return Shown(node, status, downstream, str(tools.source_path(node)), observed=seen)
    cell = Cell(key, partition)
    if partition is not None:
        status = of_partition(status, plan, known, partition, tools.store)
    manager = tools.io_of(node)
    path = None
    if manager.publishes(node.publish):
        at, names = _last(cell, status), node.partition_columns
        path = manager.stable_path(at, env=workspace.env, names=names)
        if at != cell and at.partition is not None:
            path = path.replace(hive_path(at.partition, names), hive_pattern(names))
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
        sample=_first_rows(read_materialization(tools, made), rows)
        if made and there and rows
        else (),
    )


def _last(cell: Cell, status: AssetStatus) -> Cell:
    """Return the cell that a path is made of: the last one, if none is asked for."""
    keys = status.partitions[0] if status.partitions else ()
    return cell if cell.partition is not None or not keys else Cell(cell.asset, keys[-1])


def _first_rows(table: pa.Table, count: int) -> list[dict[str, Any]]:
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
        "status": status.status,
        "schema": [{"name": one.name, "type": one.type} for one in made.columns]
        if made
        else [],
        "rows": made.rows if made else status.rows,
        "bytes": made.stored.bytes if made else _size(shown.observed),
        "data_version": shown.observed.version if shown.observed else version,
        "code_version": made.code if made else None,
        "path": shown.path,
        "checks": [check_result(check) for check in shown.checks],
        "history": [_history(one) for one in shown.history],
        "sample": plain(shown.sample),
        "kind": node.kind,
        "group": node.group or None,
        "description": node.description,
        "upstream": list(node.upstream),
        "downstream": list(shown.downstream),
        "reasons": [reason_report(one) for one in status.step.reasons]
        if status.step
        else [],
        "error": {"type": status.error.type, "message": status.error.message}
        if status.error
        else None,
        "metadata": plain(made.metadata) if made else {},
        "made_with": dict(made.made_with) if made else {},
    }


def _size(observed: Observation | None) -> int | None:
    return observed.identity.size if observed else None


def _history(made: Materialization) -> Document:
    return {
        "id": made.id,
        "run_id": made.run_id,
        "at": instant(made.committed_at),
        "rows": made.rows,
        "data_version": made.data_version,
        "reasons": list(made.reasons),
    }
