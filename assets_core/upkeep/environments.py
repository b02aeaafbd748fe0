"""Bring heads from one environment to another, and drop an environment.

No data is read, written or moved. What is decided is decided by `model.environments`;
the metadata store moves all heads or none, and stable paths follow as after a commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from assets_core.errors import AssetsError, MissingDataError, UsageError
from assets_core.model.assets import Asset
from assets_core.model.environments import HeadMove, Merge, merge
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Publication
from assets_core.protocols.io import ClearingIOManager, Shown
from assets_core.running.heads import absent_among, is_gone
from assets_core.running.publishing import publish_all
from assets_core.running.tools import Tools

SHOWN = 5


def look(
    tools: Tools,
    source: str,
    target: str,
    assets: Collection[AssetKey],
    *,
    force: bool = False,
) -> Merge:
    """Return what promoting some assets comes to; changes nothing."""
    store = tools.store
    ours, theirs = store.heads(source, assets), store.heads(target, assets)
    base = store.environments.base(source, target, assets)
    found = merge(ours, theirs, base, force=force)
    if not found.moved:
        return found
    # What the target shows now, the source may have shown, and gone on from there.
    earlier = store.environments.showed(source, {cell.asset for cell in found.moved})
    for cell in found.moved:
        there = theirs.get(cell)
        if there is not None and there.materialization in earlier.get(cell, ()):
            base[cell] = there
    known = bool(base) or _have_in_common(tools, source, target)
    return replace(merge(ours, theirs, base, force=force), known=known)


def _have_in_common(tools: Tools, source: str, target: str) -> bool:
    """Return whether two environments are known to have been alike in anything."""
    store = tools.store
    shown = store.heads_digests(source).keys() | store.heads_digests(target).keys()
    return bool(store.environments.base(source, target, shown))


def promote(
    tools: Tools, graph: Graph, source: str, target: str, found: Merge
) -> tuple[HeadMove, ...]:
    """Let cells of an environment show what another shows: all of them, or none.

    Raises:
        UsageError: Some were changed in both environments, or are held in the target.
        MissingDataError: Data that is to be shown is gone.
        PublishError: What lies at a stable path is not ours.
        StoreError: A head moved while it was looked at, or a run has one of the cells.
    """
    refuse_conflicts(source, target, found)
    if not found.moves:
        return ()
    _may_show(tools, graph, target, found.moves)
    notes = tools.store.environments.promote(source, target, found.moves)
    _publish(tools, graph, notes)
    return found.moves


def refuse_conflicts(source: str, target: str, found: Merge) -> None:
    """Raise if something was changed in both environments, or is held."""
    again = f"assets env promote {source} {target}"
    if found.moved and not found.known:
        raise UsageError(
            f"{_some(found.moved)} differ{'s' if len(found.moved) == 1 else ''} in"
            f" '{source}' and '{target}', and it is not known what both had in common: the"
            " metadata was rebuilt, or they were never alike",
            fix="nothing was changed. See what differs:"
            f" assets env diff {source} {target}\n"
            f"then name the assets that are to be taken from '{source}':"
            f" assets env promote {source} {target} ASSET --force",
        )
    if found.moved:
        raise UsageError(
            f"{_some(found.moved)} changed in both '{source}' and '{target}' since both"
            " were alike",
            fix="nothing was changed. See what differs:"
            f" assets env diff {source} {target}\n"
            f"Take what '{target}' shows: assets env promote {target} {source} --force\n"
            f"or put what '{source}' shows over it: {again} --force",
        )
    if found.held:
        raise UsageError(
            f"{_some(found.held)} {'is' if len(found.held) == 1 else 'are'} held in"
            f" '{target}': somebody rolled back on purpose",
            fix="nothing was changed. Let go first: assets rollback"
            f" {found.held[0].asset} --release --env {target}\n"
            f"or put what '{source}' shows over it: {again} --force",
        )


def _some(cells: Iterable[Cell]) -> str:
    many = [f"'{cell}'" for cell in cells]
    more = f" and {len(many) - SHOWN:,} more" if len(many) > SHOWN else ""
    return ", ".join(many[:SHOWN]) + more


def _may_show(tools: Tools, graph: Graph, target: str, moves: Iterable[HeadMove]) -> None:
    """Raise what stands in the way of showing some results, before any head moves."""
    after = {move.cell: move.after for move in moves if move.after is not None}
    before = {move.cell: move.before for move in moves if move.before is not None}
    stored = tools.store.stored(
        head.materialization for heads in (after, before) for head in heads.values()
    )
    gone = absent_among(tools, (stored[head.materialization] for head in after.values()))
    for cell, head in after.items():
        one = stored[head.materialization]
        manager = tools.io_with(cell, one)
        if is_gone(head, one, gone):
            raise MissingDataError(
                f"The data of '{cell}' is gone: nothing was changed",
                fix="compute it again there, then promote again",
                where=one.location,
            )
        node, was = graph.nodes.get(cell.asset), before.get(cell)
        ours = was is not None and stored[was.materialization].storage == one.storage
        if isinstance(node, Asset) and not ours:
            manager.may_publish(
                cell, how=node.publish, ours=False, env=target, names=node.partition_columns
            )


def _publish(tools: Tools, graph: Graph, notes: Iterable[Publication]) -> None:
    """Let stable paths follow; what cannot is raised once all others have."""
    problem: AssetsError | None = None
    for key, several in _by_asset(notes).items():
        node = graph.nodes.get(key)
        if not isinstance(node, Asset):
            continue
        try:
            publish_all(tools, [node], several)
        except AssetsError as error:
            problem = problem or error
    if problem is not None:
        raise problem


def _by_asset(notes: Iterable[Publication]) -> Mapping[AssetKey, list[Publication]]:
    found: dict[AssetKey, list[Publication]] = {}
    for note in notes:
        found.setdefault(note.cell.asset, []).append(note)
    return found


def drop(tools: Tools, graph: Graph, name: str) -> None:
    """Forget an environment, with its stable paths. Its data stays for collection.

    Raises:
        StoreError: A run of it is alive.
    """
    tools.store.environments.begin_drop(name)
    heads = tools.store.heads(name)
    stored = tools.store.stored(head.materialization for head in heads.values())
    shown: dict[tuple[AssetKey, str], list[Shown]] = {}
    for cell, head in heads.items():
        one = stored.get(head.materialization)
        if one is not None:
            shown.setdefault((cell.asset, one.storage), []).append((cell, one, "drop"))
    for (key, _), several in shown.items():
        node, manager = graph.nodes.get(key), tools.io_holding(several[0][1])
        if isinstance(node, Asset) and manager is not None:
            names = node.partition_columns
            manager.publish(several, how="none", env=name, names=names)
    for manager in tools.io.values():
        if isinstance(manager, ClearingIOManager):
            manager.clear(name)
    tools.store.environments.end_drop(name)
