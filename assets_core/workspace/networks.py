"""The graph of assets for those who know networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets_core.model.graph import Graph

if TYPE_CHECKING:
    import networkx as nx


def networkx_graph(graph: Graph) -> nx.DiGraph:
    """Return the graph as a networkx graph, with an edge from what is read."""
    import networkx as nx  # noqa: PLC0415 - only for those who ask for it

    found = nx.DiGraph()
    for node in graph.nodes.values():
        found.add_node(node.key, kind=node.kind, group=node.group, tags=node.tags)
        found.add_edges_from((upstream, node.key) for upstream in node.upstream)
    return found
