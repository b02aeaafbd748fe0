"""Which cells a plan looks at: none for whose sake nothing can have changed."""

from __future__ import annotations

import pyarrow as pa

from assets_core import Asset, DailyPartitions, asset
from assets_core.model.graph import build_graph
from assets_core.model.keys import AssetKey
from assets_core.planning.reads import reads_of
from assets_core.planning.scope import quiet_among, scope_of

DAYS = DailyPartitions("2024-01-01", "2024-01-04")


def chain() -> list[Asset]:
    """Return three assets, each of which reads the one before."""

    @asset(partitions=DAYS)
    def first() -> pa.Table: ...

    @asset(partitions=DAYS)
    def second(first: pa.Table) -> pa.Table: ...

    @asset(partitions=DAYS)
    def third(second: pa.Table) -> pa.Table: ...

    return [first, second, third]


FIRST, SECOND, THIRD = map(AssetKey, ("first", "second", "third"))


def test_what_is_settled_is_quiet_if_all_above_it_is() -> None:
    """One that is settled may read what has to be made again."""
    graph = build_graph(chain())

    assert quiet_among(graph, {FIRST, SECOND}) == {FIRST, SECOND}
    assert quiet_among(graph, {SECOND, THIRD}) == frozenset()


def test_nothing_is_looked_at_above_what_is_quiet() -> None:
    """A question about the end of a long chain would ask about all of it."""
    graph = build_graph(chain())
    keys = {key: DAYS.keys(2e9) for key in graph.nodes}
    reads = {one.key: reads_of(one, keys) for one in graph.assets}
    wanted = {THIRD: [1]}

    assert scope_of(graph, reads, wanted) == {THIRD: [1], SECOND: [1], FIRST: [1]}
    assert scope_of(graph, reads, wanted, {FIRST, SECOND}) == {THIRD: [1]}
    assert scope_of(graph, reads, wanted, {FIRST}) == {THIRD: [1], SECOND: [1]}
