"""The graph of a project: its order and its arrows."""

from __future__ import annotations

import pytest

from assets_core.model.assets import Asset, Check, Definition, Form, Input, Source
from assets_core.model.graph import Graph, build_graph
from assets_core.model.keys import AssetKey
from assets_core.model.origins import OneFile


def table(key: str, *upstream: str) -> Asset:
    """Return an asset that reads others."""
    inputs = tuple(Input(name, AssetKey(name), Form.PANDAS) for name in upstream)
    return Asset(AssetKey(key), lambda: None, inputs)


def check(key: str, *also: str) -> Check:
    """Return a check of an asset that reads others beside it."""
    inputs = tuple(Input(name, AssetKey(name), Form.PANDAS) for name in (key, *also))
    return Check("fine", AssetKey(key), lambda: True, inputs)


def keys(*names: str) -> set[AssetKey]:
    """Return some keys."""
    return {AssetKey(name) for name in names}


@pytest.fixture
def shop() -> Graph:
    """Give raw → orders → daily → report, with customers → orders and an island."""
    return build_graph(
        [
            table("report", "daily"),
            table("daily", "orders"),
            table("orders", "raw", "customers"),
            table("raw"),
            table("customers"),
            table("island"),
            check("customers", "island"),
        ]
    )


def test_upstream_comes_before_downstream(shop: Graph) -> None:
    """A run goes through it from front to back."""
    order = [*shop.nodes]

    for key in order:
        assert all(order.index(other) < order.index(key) for other in shop.upstream(key))


def test_what_does_not_wait_keeps_the_order_of_its_declaration() -> None:
    """So that lists and logs look the same each time."""
    graph = build_graph([table(name) for name in ("c", "a", "b")])

    assert [*graph.nodes] == ["c", "a", "b"]


def test_the_order_does_not_depend_on_where_things_are_declared(shop: Graph) -> None:
    """Modules may be read in any order; upstream is still before downstream."""
    again = build_graph([*shop.nodes.values()][::-1])

    order = [*again.nodes]
    assert order.index(AssetKey("raw")) < order.index(AssetKey("report"))
    assert {*order} == {*shop.nodes}


def test_both_directions_are_known(shop: Graph) -> None:
    """Who reads it is asked when something changes, what it reads when it runs."""
    assert shop.upstream(AssetKey("orders")) == ("raw", "customers")
    assert shop.downstream[AssetKey("orders")] == ("daily",)
    assert AssetKey("report") not in shop.downstream


def test_an_upstream_that_is_read_twice_is_one_arrow() -> None:
    """A function may take the same table in two forms."""
    inputs = (
        Input("frame", AssetKey("raw"), Form.PANDAS),
        Input("arrow", AssetKey("raw"), Form.ARROW),
    )
    graph = build_graph([table("raw"), Asset(AssetKey("both"), lambda: None, inputs)])

    assert graph.upstream(AssetKey("both")) == ("raw",)
    assert graph.downstream[AssetKey("raw")] == ("both",)


@pytest.mark.parametrize(
    ("depth", "found"),
    [
        (None, keys("daily", "orders", "raw", "customers")),
        (0, keys()),
        (1, keys("daily")),
        (2, keys("daily", "orders")),
        (9, keys("daily", "orders", "raw", "customers")),
    ],
)
def test_ancestors_are_found_up_to_a_depth(
    shop: Graph, depth: int | None, found: set[AssetKey]
) -> None:
    """`+report`, `2+report`."""
    assert shop.ancestors(keys("report"), depth) == found


@pytest.mark.parametrize(
    ("depth", "found"),
    [
        (None, keys("orders", "daily", "report")),
        (1, keys("orders")),
        (2, keys("orders", "daily")),
    ],
)
def test_descendants_are_found_up_to_a_depth(
    shop: Graph, depth: int | None, found: set[AssetKey]
) -> None:
    """`raw+`, `raw+2`."""
    assert shop.descendants(keys("raw"), depth) == found


def test_the_shortest_way_counts() -> None:
    """Of two ways to the same asset, the longer must not hide that it is near."""
    graph = build_graph(
        [table("a"), table("b", "a"), table("c", "b"), table("d", "c", "a")]
    )

    assert graph.descendants(keys("a"), 1) == keys("b", "d")


def test_what_a_check_reads_must_be_ready_before_its_asset(shop: Graph) -> None:
    """The check runs before the asset's data can be seen, and needs the other table."""
    order = [*shop.nodes]

    assert shop.comes_after(AssetKey("customers")) == ("island",)
    assert order.index(AssetKey("island")) < order.index(AssetKey("customers"))


def test_what_a_check_reads_is_no_upstream(shop: Graph) -> None:
    """The data of the asset does not depend on it, so it never makes it stale."""
    assert shop.upstream(AssetKey("customers")) == ()
    assert shop.ancestors(keys("customers")) == set()


def test_a_part_keeps_its_order_checks_and_arrows(shop: Graph) -> None:
    """`materialize([numbers, doubled])` is a small project of its own."""
    part = shop.part(keys("raw", "orders", "customers"))

    assert [*part.nodes] == [key for key in shop.nodes if key in part.nodes]
    assert part.downstream == {
        AssetKey("raw"): ("orders",),
        AssetKey("customers"): ("orders",),
        AssetKey("orders"): (),
    }
    assert part.checks.keys() == keys("customers")


def test_assets_and_sources_are_told_apart() -> None:
    """Sources are observed, never made."""
    source = Source(AssetKey("file"), OneFile("file.csv"))
    reader = Asset(
        AssetKey("reader"),
        lambda: None,
        (Input("file", AssetKey("file"), Form.PATH),),
    )
    graph = build_graph([reader, source])

    assert graph.sources == (source,)
    assert graph.assets == (reader,)
    assert source.upstream == ()


def test_nothing_is_a_graph_too() -> None:
    """A project begins empty."""
    assert build_graph([]).nodes == {}


def test_a_deep_graph_is_no_problem() -> None:
    """Nothing here calls itself: ten thousand assets in a row are ordinary."""
    chain: list[Definition] = [table("a0")]
    chain += [table(f"a{number}", f"a{number - 1}") for number in range(1, 10_000)]

    graph = build_graph(reversed(chain))

    assert next(iter(graph.nodes)) == "a0"
    assert len(graph.ancestors(keys("a9999"))) == 9_999
