"""The graph of assets as a picture, or as a list where it would be too large."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assets_core.catalogue.drawing import MOST_NODES, Box, lineage_picture
from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import Presented, code, folded, names, quiet, said
from assets_core.catalogue.views.projects import first_sentence
from assets_core.catalogue.words import count_text
from assets_core.model.assets import Node, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.workspace.status import AssetStatus

MOST = 400
"""How many lines the list has."""


def graph_view(graph: Graph) -> Presented:
    """Return a graph of assets and sources."""
    title = count_text(len(graph.assets), "asset")
    if graph.sources:
        title += f" and {count_text(len(graph.sources), 'source')}"
    return Presented(title, lineage(graph, {}, None))


def lineage(
    graph: Graph, statuses: Mapping[AssetKey, AssetStatus], about: AssetKey | None
) -> Markup:
    """Return a graph, in the colours of what is known of its assets."""
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
