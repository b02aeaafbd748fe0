"""Let stable paths follow the heads.

A commit leaves a note that its path has to follow. The note is struck off once the path
shows the head; whoever finds a note, after a crash or not, does the same thing, so it
does not matter who does it, or how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assets_core.errors import AssetsError, StoreError
from assets_core.files import crash_point
from assets_core.model.assets import Asset, Node, Publish
from assets_core.model.events import Warned
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN, Publication, StoredData
from assets_core.model.versions import WHOLE_CALL
from assets_core.protocols.io import IOManager, SharingIOManager, Shown
from assets_core.running.tools import Tools


def lacks_path(manager: IOManager, stored: StoredData, how: Publish | None) -> bool:
    """Return whether data that ought to have a stable path lies where it can have none."""
    if not isinstance(manager, SharingIOManager):
        return False
    return manager.is_shared(stored) and not manager.shares(how)


def publish(tools: Tools, asset: Asset, publication: Publication) -> None:
    """Make a cell's stable path show its head, whatever the head is by then."""
    env, cell, names = publication.env, publication.cell, asset.partition_columns
    shown = None
    while (
        head := tools.store.head(env, cell)
    ) is not None and head.materialization != shown:
        if head.window == WHOLE_CALL:
            break  # of a call that yields partitions nobody sees more than these
        made = tools.store.materializations([head.materialization])[head.materialization]
        manager = tools.io_with(cell, made.stored)
        one = (cell, made.stored, f"{publication.id:x}")
        try:
            manager.publish([one], how=asset.publish, env=env, names=names)
        except StoreError:
            # Another process may have carried out the same note at the same moment.
            if manager.published(cell, env=env, names=names) != made.stored.location:
                raise
        shown = head.materialization
    if head is None:
        _take_away(tools, asset, publication)
        if tools.store.head(env, cell) is not None:  # it shows something again
            publish(tools, asset, publication)
            return
    tools.store.published([publication])
    crash_point("publish.recorded")


def _take_away(tools: Tools, asset: Asset, publication: Publication) -> None:
    """Take the stable path of a cell away that shows nothing any more."""
    env, cell, names = publication.env, publication.cell, asset.partition_columns
    latest_first = tools.store.history(cell)
    for stored in {one.stored.storage: one.stored for one in latest_first}.values():
        manager = tools.io_holding(stored)
        if manager is not None:
            one = (cell, stored, f"{publication.id:x}")
            manager.publish([one], how="none", env=env, names=names)


def publish_all(
    tools: Tools, assets: Iterable[Asset], publications: Sequence[Publication]
) -> None:
    """Do what `publish` does for several cells of some assets, in as few changes."""
    by_key = {asset.key: asset for asset in assets}
    if len(publications) <= 1:
        for publication in publications:
            publish(tools, by_key[publication.cell.asset], publication)
        return
    env = publications[0].env
    cells = [note.cell for note in publications]
    before = tools.store.heads_of(env, cells)
    notes = [note for note in publications if note.cell in before]
    stored = tools.store.stored(before[note.cell].materialization for note in notes)
    shown: dict[_Alike, list[Shown]] = {}
    try:
        for note in notes:
            one = stored[before[note.cell].materialization]
            alike = _alike(
                by_key[note.cell.asset], note.cell, tools.io_with(note.cell, one)
            )
            shown.setdefault(alike, []).append((note.cell, one, f"{note.id:x}"))
        for (manager, how, names, _), many in shown.items():
            manager.publish(many, how=how, env=env, names=names)
    except AssetsError:
        _publish_each(tools, by_key, publications)
        return
    after = tools.store.heads_of(env, cells)
    done = [note for note in notes if after.get(note.cell) == before[note.cell]]
    tools.store.published(done)
    crash_point("publish.recorded")
    left = {note.id for note in publications} - {note.id for note in done}
    for note in publications:
        if note.id in left:
            publish(tools, by_key[note.cell.asset], note)


_Alike = tuple[IOManager, Publish | None, tuple[str, ...], AssetKey | None]
"""What cells have in common that are published together."""


def _alike(asset: Asset, cell: Cell, manager: IOManager) -> _Alike:
    own = None if cell.partition is None else asset.key
    return manager, asset.publish, asset.partition_columns, own


def _publish_each(
    tools: Tools, assets: Mapping[AssetKey, Asset], publications: Sequence[Publication]
) -> None:
    """Do what can be done, and raise what was in the way of the first that could not."""
    problem: AssetsError | None = None
    for publication in publications:
        try:
            publish(tools, assets[publication.cell.asset], publication)
        except AssetsError as error:
            problem = problem or error
    if problem is not None:
        raise problem


def publish_environment(tools: Tools, graph: Graph, env: str) -> None:
    """Make the stable paths of a new environment, as links even where copies are made.

    So no data is read or written. What cannot be published is told, and a note is left for
    it, as for what is not declared now: it is shown if it is declared again.
    """
    heads = tools.store.heads(env)
    stored = tools.store.stored(head.materialization for head in heads.values())
    shown: dict[tuple[AssetKey, str], list[Shown]] = {}
    unique = tools.new_id()[:12]
    for cell, head in heads.items():
        one = stored.get(head.materialization)
        if one is not None and head.window != WHOLE_CALL:
            shown.setdefault((cell.asset, one.storage), []).append((cell, one, unique))
    left: list[Shown] = []
    for (key, _), many in shown.items():
        left += _not_linked(tools, graph.nodes.get(key), env, many)
    moved = tools.store.heads(env)
    for cell in heads.keys() | moved.keys():
        node = graph.nodes.get(cell.asset)
        if heads.get(cell) != moved.get(cell) and isinstance(node, Asset):
            publish(tools, node, Publication(0, env, cell))
    tools.store.environments.paths_follow(env, [cell for cell, _, _ in left])


def _not_linked(
    tools: Tools, node: Node | None, env: str, many: list[Shown]
) -> list[Shown]:
    """Link the stable paths of cells in one storage; return those that have to follow."""
    manager = tools.io_holding(many[0][1])
    if not isinstance(node, Asset):
        return many
    if manager is None or not manager.publishes(node.publish):
        return []
    seen = [one for one in many if _has_path(manager, one)]
    try:
        if seen:
            manager.publish(seen, how="link", env=env, names=node.partition_columns)
    except AssetsError as error:
        tools.notify(Warned(f"{error}\n  The next run tries it again"))
        return seen
    return []


def _has_path(manager: IOManager, one: Shown) -> bool:
    return not (isinstance(manager, SharingIOManager) and manager.is_shared(one[1]))


def publish_pending(tools: Tools, graph: Graph, env: str) -> None:
    """Publish what runs that were stopped have left unpublished."""
    found = None if env == MAIN else tools.store.environments.find(env)
    if found is not None and found.unpublished:
        publish_environment(tools, graph, env)
    for publication in tools.store.pending_publications(env):
        node = graph.nodes.get(publication.cell.asset)
        if not isinstance(node, Asset):
            continue  # no longer declared: it is shown if it is declared again
        try:
            publish(tools, node, publication)
        except AssetsError as error:
            tools.notify(Warned(str(error)))
