"""Which column comes from which, as far as results tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.model.queries import How
from assets_core.model.records import Materialization
from assets_core.running.tools import Tools


@frozen
class ColumnEdge:
    """A column, and one that its values come from.

    Attributes:
        how: As `ColumnOrigin` has it.
    """

    upstream: AssetKey
    origin: str
    asset: AssetKey
    column: str
    how: How


class Recorded(Protocol):
    """The part of a workspace that lineage needs."""

    tools: Tools
    env: str


@frozen
class ColumnLineage:
    """What is known of where columns come from.

    Attributes:
        unknown: The assets whose queries are too clever to be told apart by column.
    """

    edges: tuple[ColumnEdge, ...] = ()
    unknown: tuple[AssetKey, ...] = ()


def column_lineage(workspace: Recorded, graph: Graph) -> ColumnLineage:
    """Return where the columns of the assets of a graph come from, among its nodes.

    It is what was recorded with the latest result of each asset; of what was never made
    nothing is known.
    """
    latest = latest_results(workspace, graph)
    made = [asset for asset in graph.assets if asset.key in latest]
    unknown = dict.fromkeys(
        asset.key for asset in made if _is_unknown(asset, latest[asset.key])
    )
    edges = [
        edge
        for asset in made
        if asset.key not in unknown
        for edge in _of_asset(asset, latest)
        if edge.upstream in graph.nodes
    ]
    return ColumnLineage(tuple(edges), tuple(unknown))


def _is_unknown(asset: Asset, made: Materialization) -> bool:
    return asset.query is not None and made.origins is None


def latest_results(workspace: Recorded, graph: Graph) -> dict[AssetKey, Materialization]:
    """Return the result of each asset that was made last."""
    store, keys = workspace.tools.store, {asset.key for asset in graph.assets}
    heads = store.heads(workspace.env, keys)
    newest = sorted(heads.items(), key=lambda pair: pair[1].at)
    ids = {cell.asset: head.materialization for cell, head in newest}
    made = store.materializations(ids.values())
    return {key: made[one] for key, one in ids.items() if one in made}


def _of_asset(
    asset: Asset, latest: Mapping[AssetKey, Materialization]
) -> Iterable[ColumnEdge]:
    made = latest[asset.key]
    if made.origins is not None:
        for one in made.origins:
            yield ColumnEdge(
                AssetKey(one.upstream), one.origin, asset.key, one.column, one.how
            )
        return
    # Made before origins were recorded with every result.
    for column in made.columns:
        for given in asset.inputs:
            above = latest.get(given.upstream)
            read = None if given.columns is None else set(given.columns)
            for other in above.columns if above else ():
                same = (other.name, other.type) == (column.name, column.type)
                if same and (read is None or {other.name, other.name.lower()} & read):
                    yield ColumnEdge(
                        given.upstream, other.name, asset.key, column.name, "assumed"
                    )
