"""Find what somebody names: an asset, a partition, a run, a version.

What does not exist is an error that says what there is instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from assets_core.errors import UsageError, nearest
from assets_core.model.assets import Asset, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partition_ranges import positions_of, unknown_key
from assets_core.model.records import Materialization, RunRecord
from assets_core.planning.reads import AllKeys
from assets_core.protocols.metadata import MetadataStore

Selection = str | Asset | Source | Iterable[str | Asset | Source] | None
"""Assets as somebody names them; None means all."""

MANY = 10_000


def selection_texts(selection: Selection) -> tuple[str, ...]:
    """Return a selection as texts."""
    if selection is None:
        return ()
    if isinstance(selection, str | Asset | Source):
        selection = [selection]
    return tuple(one if isinstance(one, str) else one.key for one in selection)


def find_node(graph: Graph, key: str) -> Asset | Source:
    """Return an asset or source by its key."""
    found = graph.nodes.get(AssetKey(key))
    if found is None:
        near = nearest(key, graph.nodes)
        raise UsageError(
            f"There is no asset '{key}'",
            fix=f"did you mean '{near[0]}'?" if near else "run 'assets list' to see them",
        )
    return found


def find_asset(graph: Graph, key: str) -> Asset:
    """Return an asset by its key."""
    found = find_node(graph, key)
    if isinstance(found, Source):
        raise UsageError(
            f"'{key}' is a source: its data is made and kept by others",
            fix="name an asset that reads it: "
            + ", ".join(graph.downstream.get(found.key, ())),
        )
    return found


def find_cell(asset: Asset, partition: str | None, keys: AllKeys) -> Cell:
    """Return one cell of an asset: the one of a partition, or its only one."""
    own = keys.get(asset.key)
    if own is None:
        if partition is not None:
            raise _no_partitions(asset)
        return Cell(asset.key)
    if partition is None:
        shown = f"--partition '{own[-1]}'" if own else "--partition KEY"
        raise UsageError(
            f"'{asset.key}' has partitions, and this is about one of them",
            fix=f"name it: {shown}",
        )
    if own.position(partition) is None:
        raise unknown_key(partition, own, asset.key)
    return Cell(asset.key, partition)


def find_cells(asset: Asset, partitions: str, keys: AllKeys) -> list[Cell]:
    """Return the cells that a text about partitions means; all if it is empty."""
    own = keys.get(asset.key)
    if own is None:
        if partitions:
            raise _no_partitions(asset)
        return [Cell(asset.key)]
    if not partitions:
        return [Cell(asset.key, one) for one in own]
    positions = positions_of(partitions, own, asset.key)
    return [Cell(asset.key, own[position]) for position in positions]


def _no_partitions(asset: Asset) -> UsageError:
    return UsageError(
        f"'{asset.key}' has no partitions", fix="leave the partition out", where=asset.where
    )


def find_run(store: MetadataStore, run_id: str) -> RunRecord:
    """Return one run by its id or the beginning of it."""
    record = store.run(run_id)
    if record is not None:
        return record
    like = [run.id for run in store.runs(1000) if run_id and run.id.startswith(run_id)]
    found = store.run(like[0]) if len(like) == 1 else None
    if found is None:
        raise UsageError(
            f"'{run_id}' begins several runs" if like else f"There is no run '{run_id}'",
            fix="run 'assets runs' to see them",
        )
    return found


def find_version(store: MetadataStore, cell: Cell, version: str) -> Materialization:
    """Return a result of a cell by its id or the beginning of it."""
    history = store.history(cell, limit=MANY)
    found = [made for made in history if made.id.startswith(version)]
    if len(found) == 1:
        return found[0]
    more = "" if cell.partition is None else f" --partition '{cell.partition}'"
    raise UsageError(
        f"'{version}' begins several versions of '{cell}'"
        if found
        else f"'{cell}' has no version '{version}'",
        fix=f"run 'assets show {cell.asset}{more}' to see its history",
    )
