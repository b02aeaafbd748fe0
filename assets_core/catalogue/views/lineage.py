"""The graph of assets as a picture, or as a list where it would be too large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import cast
from urllib.parse import urlencode

from assets_core.catalogue import embedding
from assets_core.catalogue.documents import columns_document, lineage_document
from assets_core.catalogue.drawing import MOST_NODES, Box, lineage_picture
from assets_core.catalogue.gathering import Catalogue
from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import Presented, code, folded, names, quiet, said
from assets_core.catalogue.views.projects import first_sentence
from assets_core.catalogue.words import count_text
from assets_core.model.assets import Node, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.workspace.handle import Lineage
from assets_core.workspace.lineage import ColumnLineage, column_lineage, latest_results
from assets_core.workspace.status import AssetStatus
from assets_core.workspace.workspace import Workspace

MOST = 400
"""How many lines the list has."""

MOST_ON_MAP = 1500
"""How many nodes are tried to be put on a map that can be moved."""

MOST_PACKED = 32_000
"""How many letters what it shows may take in a notebook, beside its scripts."""

HEIGHTS = (400, 540)
"""Of a map of few, and of many."""
FEW = 12


def graph_view(graph: Graph) -> Presented:
    """Return a graph of assets and sources."""
    title = count_text(len(graph.assets), "asset")
    if graph.sources:
        title += f" and {count_text(len(graph.sources), 'source')}"
    return Presented(title, lineage(graph, {}, None))


def lineage_view(found: Lineage) -> Presented:
    """Return a map that can be moved, with what is drawn in its place elsewhere."""
    graph = found.graph
    statuses = found.workspace.statuses(graph.nodes)
    told = graph_view(graph).title
    title = f"around {found.about}: {told}" if found.about else told
    still = lineage(graph, statuses, found.about, pictured=True)
    workspace = cast("Workspace", found.workspace)  # the only one that makes a lineage
    frame, left = _frame(workspace, graph, statuses, found.about)
    if frame is None:
        return Presented(title, still)
    if left:
        left_out = quiet(f"{left:,} that are further away are on the list alone")
        frame = joined([frame, left_out])
    return Presented(title, joined([frame, element("div", still, class_="ac-still")]))


def _frame(
    workspace: Workspace,
    graph: Graph,
    statuses: Mapping[AssetKey, AssetStatus],
    about: AssetKey | None,
) -> tuple[Markup | None, int]:
    """Return the largest map that a notebook should keep, and how many it leaves out."""
    for keys in _smaller(graph, about):
        if not 1 < len(keys) <= MOST_ON_MAP:
            continue
        part = _catalogue(workspace, graph.part(keys), statuses)
        start = "#" + urlencode({"asset": about}) if about else ""
        for one in (part, replace(part, made={}, lineage=ColumnLineage())):
            documents = embedding.packed(_documents(one, start))
            if len(documents) <= MOST_PACKED:
                title = f"Map of {count_text(len(keys), 'asset')}"
                height = HEIGHTS[len(keys) > FEW]
                frame = embedding.framed(documents, title, height)
                return frame, len(graph.nodes) - len(keys)
    return None, 0


def _smaller(graph: Graph, about: AssetKey | None) -> Iterator[AbstractSet[AssetKey]]:
    """Yield the keys of a graph, and those that are nearer and nearer to one of them."""
    yield graph.nodes.keys()
    if about is not None:
        for depth in (3, 2, 1):
            near = graph.ancestors([about], depth) | graph.descendants([about], depth)
            yield {about} | near


def _documents(part: Catalogue, start: str) -> dict[str, object]:
    return {
        "lineage.json": lineage_document(part, ()),
        "columns.json": columns_document(part),
        "start": start,
    }


def _catalogue(
    workspace: Workspace, graph: Graph, statuses: Mapping[AssetKey, AssetStatus]
) -> Catalogue:
    """Return what a map says of some assets, and nothing else about them."""
    return Catalogue(
        workspace=workspace,
        at=workspace.tools.clock.now(),
        statuses={key: one for key, one in statuses.items() if key in graph.nodes},
        reasons={},
        made=latest_results(workspace, graph),
        heads={},
        histories={},
        checks={},
        aside={},
        lineage=column_lineage(workspace, graph),
        observed={},
    )


def lineage(
    graph: Graph,
    statuses: Mapping[AssetKey, AssetStatus],
    about: AssetKey | None,
    *,
    pictured: bool = False,
) -> Markup:
    """Return a graph, in the colours of what is known of its assets.

    Args:
        pictured: Whether as a picture, which more pages keep than a drawing.
    """
    boxes = [_box(node, statuses.get(node.key), about) for node in graph.nodes.values()]
    reads = {str(key): node.upstream for key, node in graph.nodes.items()}
    picture = lineage_picture(boxes, reads, "what reads what")
    listed = element("ul", *_lines(graph.nodes.values()))
    if picture is None:
        said_so = quiet(
            f"more than {MOST_NODES} are no picture any more: name an asset, such as"
            " workspace.lineage('KEY')"
        )
        return joined([said_so if graph.nodes else quiet("nothing to draw"), listed])
    if pictured:
        picture = embedding.pictured(
            picture, f"Lineage of {count_text(len(boxes), 'asset')}"
        )
    return joined([picture, folded("as a list", listed)])


def _box(node: Node, status: AssetStatus | None, about: AssetKey | None) -> Box:
    word = "source" if isinstance(node, Source) else status.status if status else None
    told = [f"{node.key} ({node.kind}{', ' + status.status if status else ''})"]
    told += [str(said(first_sentence(node.description)))] if node.description else []
    return Box(node.key, word, "\n".join(told), strong=node.key == about)


def _lines(nodes: Iterable[Node]) -> list[Markup]:
    listed = list(nodes)
    lines = [
        element(
            "li",
            code(node.key),
            f" reads {names(node.upstream)}" if node.upstream else "",
        )
        for node in listed[:MOST]
    ]
    left = len(listed) - MOST
    return lines if left <= 0 else [*lines, element("li", f"and {left:,} more")]
