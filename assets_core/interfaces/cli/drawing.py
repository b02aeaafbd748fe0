"""The graph of assets as text, Mermaid and DOT. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assets_core.catalogue.words import count_text
from assets_core.interfaces.cli.layout import (
    Branch,
    as_tree,
    one_line,
    quiet,
)
from assets_core.interfaces.cli.nothing import NOTHING
from assets_core.model.assets import Node, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.workspace.reports import edges

_NONE: Mapping[AssetKey, int] = MappingProxyType({})


def as_rows(graph: Graph, aside: Mapping[AssetKey, int] = _NONE) -> list[str]:
    """Return a tree: below each asset stands what reads it.

    An asset that reads several stands below each; what follows it is written once.

    Args:
        aside: How many rows of assets are in quarantine.
    """
    if not graph.nodes:
        return [NOTHING]
    readers: dict[AssetKey, list[AssetKey]] = {}
    for upstream, key in edges(graph):
        readers.setdefault(upstream, []).append(key)
    labels = {key: _label(node, aside.get(key, 0)) for key, node in graph.nodes.items()}
    below = _branches(labels, readers)
    read = {key for keys in readers.values() for key in keys}
    lines: list[str] = []
    for key, label in labels.items():
        if key not in read:
            lines += [label, *as_tree(below[key])]
    return lines


def _branches(
    labels: Mapping[AssetKey, str], readers: dict[AssetKey, list[AssetKey]]
) -> dict[AssetKey, tuple[Branch, ...]]:
    """Return what stands below each asset, written out where it is met first."""
    first: dict[AssetKey, AssetKey] = {}
    for key in labels:  # upstream before downstream, as they are written
        for reader in readers.get(key, ()):
            first.setdefault(reader, key)
    below: dict[AssetKey, tuple[Branch, ...]] = {}
    for key in reversed(list(labels)):
        below[key] = tuple(
            Branch(labels[reader], below[reader])
            if first[reader] == key
            else Branch(f"{reader}{quiet(' (above)') if below[reader] else ''}")
            for reader in readers.get(key, ())
        )
    return below


def _label(node: Node, aside: int) -> str:
    rows = quiet(f" ({count_text(aside, 'row')} in quarantine)") if aside else ""
    return f"{node.key}{quiet(' (source)') if isinstance(node, Source) else ''}{rows}"


def as_mermaid(graph: Graph) -> list[str]:
    """Return a Mermaid flowchart."""
    names = {key: f"n{number}" for number, key in enumerate(graph.nodes)}
    shapes = [
        f'  {names[key]}[("{mermaid_text(key)}")]'
        if isinstance(node, Source)
        else f'  {names[key]}["{mermaid_text(key)}"]'
        for key, node in graph.nodes.items()
    ]
    arrows = [f"  {names[upstream]} --> {names[key]}" for upstream, key in edges(graph)]
    return ["flowchart LR", *shapes, *arrows]


def mermaid_text(text: str) -> str:
    """Return a text as it may stand between quotes in Mermaid.

    >>> mermaid_text('a "b" #c')
    'a #quot;b#quot; #35;c'
    """
    return one_line(text).replace("#", "#35;").replace('"', "#quot;")


def as_dot(graph: Graph) -> list[str]:
    """Return a graph in Graphviz' language."""
    shapes = [
        f"  {dot_text(key)} [shape={'cylinder' if isinstance(node, Source) else 'box'}];"
        for key, node in graph.nodes.items()
    ]
    arrows = [
        f"  {dot_text(upstream)} -> {dot_text(key)};" for upstream, key in edges(graph)
    ]
    return ["digraph assets {", "  rankdir=LR;", *shapes, *arrows, "}"]


def dot_text(text: str) -> str:
    r"""Return a quoted text of Graphviz' language.

    >>> print(dot_text('a "b" \\c'))
    "a \"b\" \\c"
    """
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
