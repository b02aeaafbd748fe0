"""The graph of assets as text."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.drawing import as_dot, as_mermaid, as_rows
from assets_core.interfaces.cli.nothing import NOTHING
from assets_core.model.assets import Asset, Form, Input
from assets_core.model.graph import Graph, build_graph
from assets_core.model.keys import AssetKey


def graph(**reads: str) -> Graph:
    """Return a graph of assets, each with the names that it reads."""
    return build_graph(
        [
            Asset(
                AssetKey(name),
                print,
                tuple(Input(one, AssetKey(one), Form.ARROW) for one in upstream.split()),
            )
            for name, upstream in reads.items()
        ]
    )


def test_what_follows_a_shared_asset_is_written_once() -> None:
    """Or a graph of many diamonds would take exponential space."""
    diamond = graph(top="", left="top", right="top", bottom="left right", end="bottom")

    assert [click.unstyle(line) for line in as_rows(diamond)] == [
        "top",
        "├─ left",
        "│  └─ bottom",
        "│     └─ end",
        "└─ right",
        "   └─ bottom (above)",
    ]


def test_each_beginning_has_its_own_tree() -> None:
    """An asset that nothing reads and that reads nothing is a tree as well."""
    assert as_rows(graph(a="", b="", c="b")) == ["a", "b", "└─ c"]


def test_a_very_long_chain_is_drawn() -> None:
    """Longer than Python's stack is deep."""
    names = [f"a{number}" for number in range(2000)]
    upstream = dict(zip(names, ["", *names], strict=False))

    assert as_rows(graph(**upstream))[-1].endswith("└─ a1999")


def test_only_what_is_shown_is_connected() -> None:
    """An arrow to something that is left out would draw it again."""
    part = graph(a="", b="a", c="b").part({AssetKey("a"), AssetKey("c")})

    assert as_mermaid(part) == ["flowchart LR", '  n0["a"]', '  n1["c"]']
    assert not any("->" in line for line in as_dot(part))


def test_nothing_selected_is_said() -> None:
    """An empty answer would leave one waiting."""
    assert as_rows(graph()) == [NOTHING]
