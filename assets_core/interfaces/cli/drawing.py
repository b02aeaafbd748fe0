"""The graph of assets as text, Mermaid and DOT. Pure functions."""

from __future__ import annotations

from assets_core.interfaces.cli.layout import Branch, as_tree, one_line, quiet
from assets_core.model.assets import Node, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.workspace.reports import edges


def as_rows(graph: Graph) -> list[str]:
    """Return a tree: below each asset stands what reads it.

    An asset that reads several stands below each; what follows it is written once.
    """
    if not graph.nodes:
        return ["Nothing is selected"]
    readers: dict[AssetKey, list[AssetKey]] = {}
    for upstream, key in edges(graph):
        readers.setdefault(upstream, []).append(key)
    below = _branches(graph, readers)
    read = {key for keys in readers.values() for key in keys}
    lines: list[str] = []
    for key, node in graph.nodes.items():
        if key not in read:
            lines += [_label(node), *as_tree(below[key])]
    return lines


def _branches(
    graph: Graph, readers: dict[AssetKey, list[AssetKey]]
) -> dict[AssetKey, tuple[Branch, ...]]:
    """Return what stands below each asset, written out where it is met first."""
    first: dict[AssetKey, AssetKey] = {}
    for key in graph.nodes:  # upstream before downstream, as they are written
        for reader in readers.get(key, ()):
            first.setdefault(reader, key)
    below: dict[AssetKey, tuple[Branch, ...]] = {}
    for key in reversed(list(graph.nodes)):
        below[key] = tuple(
            Branch(_label(graph.nodes[reader]), below[reader])
            if first[reader] == key
            else Branch(f"{reader}{quiet(' (above)') if below[reader] else ''}")
            for reader in readers.get(key, ())
        )
    return below


def _label(node: Node) -> str:
    return f"{node.key}{quiet(' (source)') if isinstance(node, Source) else ''}"


def as_mermaid(graph: Graph) -> list[str]:
    """Return a Mermaid flowchart."""
    names = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
    shapes = [
        f'  {names[key]}[("{_mermaid(key)}")]'
        if isinstance(node, Source)
        else f'  {names[key]}["{_mermaid(key)}"]'
        for key, node in graph.nodes.items()
    ]
    arrows = [f"  {names[upstream]} --> {names[key]}" for upstream, key in edges(graph)]
    return ["flowchart LR", *shapes, *arrows]


def _mermaid(text: str) -> str:
    """Return a text as it may stand between quotes in Mermaid.

    >>> _mermaid('a "b" #c')
    'a #quot;b#quot; #35;c'
    """
    return one_line(text).replace("#", "#35;").replace('"', "#quot;")


def as_dot(graph: Graph) -> list[str]:
    """Return a graph in Graphviz' language."""
    shapes = [
        f"  {_dot(key)} [shape={'cylinder' if isinstance(node, Source) else 'box'}];"
        for key, node in graph.nodes.items()
    ]
    arrows = [f"  {_dot(upstream)} -> {_dot(key)};" for upstream, key in edges(graph)]
    return ["digraph assets {", "  rankdir=LR;", *shapes, *arrows, "}"]


def _dot(text: str) -> str:
    r"""Return a quoted text of Graphviz' language.

    >>> print(_dot('a "b" \\c'))
    "a \"b\" \\c"
    """
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
