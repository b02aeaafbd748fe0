"""Let stable paths follow the heads.

A commit leaves a note that its path has to follow. The note is struck off once the path
shows the head; whoever finds a note, after a crash or not, does the same thing, so it
does not matter who does it, or how often.
"""

from __future__ import annotations

from collections.abc import Sequence

from assets_core.errors import AssetsError, StoreError
from assets_core.files import crash_point
from assets_core.model.assets import Asset
from assets_core.model.events import Warned
from assets_core.model.graph import Graph
from assets_core.model.records import Publication
from assets_core.protocols.io import IOManager, Shown
from assets_core.running.tools import Tools


def publish(tools: Tools, asset: Asset, publication: Publication) -> None:
    """Make a cell's stable path show its head, whatever the head is by then."""
    env, cell, names = publication.env, publication.cell, asset.partition_columns
    shown = None
    while (
        head := tools.store.head(env, cell)
    ) is not None and head.materialization != shown:
        made = tools.store.materializations([head.materialization])[head.materialization]
        manager = tools.io_with(cell, made.stored)
        unique = f"{publication.id:x}"
        try:
            manager.publish(
                cell, made.stored, how=asset.publish, env=env, unique=unique, names=names
            )
        except StoreError:
            # Another process may have carried out the same note at the same moment.
            if manager.published(cell, env=env, names=names) != made.stored.location:
                raise
        shown = head.materialization
    tools.store.published([publication])
    crash_point("publish.recorded")


def publish_all(tools: Tools, asset: Asset, publications: Sequence[Publication]) -> None:
    """Do what `publish` does for several cells of one asset, in as few changes."""
    if len(publications) <= 1:
        for publication in publications:
            publish(tools, asset, publication)
        return
    env = publications[0].env
    before = tools.store.heads(env, [asset.key])
    notes = [note for note in publications if note.cell in before]
    made = tools.store.materializations(before[note.cell].materialization for note in notes)
    shown: dict[IOManager, list[Shown]] = {}
    for note in notes:
        one = made[before[note.cell].materialization].stored
        unique = f"{note.id:x}"
        shown.setdefault(tools.io_with(note.cell, one), []).append((note.cell, one, unique))
    names = asset.partition_columns
    for manager, many in shown.items():
        manager.publish_all(many, how=asset.publish, env=env, names=names)
    after = tools.store.heads(env, [asset.key])
    done = [note for note in notes if after.get(note.cell) == before[note.cell]]
    tools.store.published(done)
    crash_point("publish.recorded")
    left = {note.id for note in notes} - {note.id for note in done}
    for note in notes:
        if note.id in left:
            publish(tools, asset, note)


def publish_pending(tools: Tools, graph: Graph, env: str) -> None:
    """Publish what runs that were stopped have left unpublished."""
    for publication in tools.store.pending_publications(env):
        node = graph.nodes.get(publication.cell.asset)
        if not isinstance(node, Asset):
            continue  # no longer declared: it is shown if it is declared again
        try:
            publish(tools, node, publication)
        except AssetsError as error:
            tools.notify(Warned(str(error)))
