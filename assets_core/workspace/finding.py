"""Find what somebody names: an asset, a partition, a run, a version.

What does not exist is an error that says what there is instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
LEAVE_OUT = "leave the partition out"


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
    if own is not None and partition is None:
        shown = f"--partition '{own[-1]}'" if own else "--partition KEY"
        raise UsageError(
            f"'{asset.key}' has partitions, and this is about one of them",
            fix=f"name it: {shown}",
        )
    return find_cells(asset, partition, "", keys)[0]


def find_positions(
    asset: Asset, partition: str | None, partitions: str, keys: AllKeys
) -> Sequence[int] | None:
    """Return the positions of the partitions that are asked for; None for all there is.

    Args:
        partition: One partition.
        partitions: A text about several; empty if nothing is said.
    """
    own = keys.get(asset.key)
    if partition is not None and partitions:
        raise UsageError(
            "One partition and several partitions are asked for",
            fix="leave one of the two out; --partitions takes a single one, too",
        )
    if own is None:
        if partition is not None or partitions:
            raise _no_partitions(asset)
        return None
    if partition is None:
        return positions_of(partitions, own, asset.key) if partitions else None
    position = own.position(partition)
    if position is None:
        raise unknown_key(partition, own, asset.key)
    return (position,)


def find_cells(
    asset: Asset, partition: str | None, partitions: str, keys: AllKeys
) -> list[Cell]:
    """Return the cells that are asked for, see `find_positions`."""
    own = keys.get(asset.key)
    positions = find_positions(asset, partition, partitions, keys)
    if own is None:
        return [Cell(asset.key)]
    chosen = own if positions is None else [own[position] for position in positions]
    return [Cell(asset.key, one) for one in chosen]


def _no_partitions(asset: Asset) -> UsageError:
    return UsageError(f"'{asset.key}' has no partitions", fix=LEAVE_OUT, where=asset.where)


def find_run(store: MetadataStore, run_id: str) -> RunRecord:
    """Return one run by its id or the beginning of it."""
    record = store.run(run_id)
    if record is not None:
        return record
    like = [run.id for run in store.runs(MANY) if run_id and run.id.startswith(run_id)]
    found = store.run(like[0]) if len(like) == 1 else None
    if found is None:
        raise UsageError(
            f"'{run_id}' begins several runs" if like else f"There is no run '{run_id}'",
            fix="run 'assets runs' to see them",
        )
    return found


def of_environment(record: RunRecord, env: str) -> RunRecord:
    """Return a run, or raise if it was one in another environment."""
    if record.env == env:
        return record
    raise UsageError(
        f"Run {record.id[:12]} was one in the environment '{record.env}', not in '{env}'",
        fix=f"assets --env {record.env} resume {record.id[:12]}",
    )


def find_version(store: MetadataStore, cell: Cell, version: str) -> Materialization:
    """Return a result of a cell by its id, the beginning of it, or its name as a pin."""
    for pin in store.keeping.pins():
        if pin.name == version and pin.cell == cell:
            return store.materializations([pin.materialization])[pin.materialization]
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
