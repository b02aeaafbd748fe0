"""Where assets stand on the map: in order, apart, by group, and the same every time."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.catalogue.arranging import COLUMN, ROW, Positions, arrange


@st.composite
def projects(
    draw: st.DrawFn,
) -> tuple[list[tuple[int, int]], list[str | None]]:
    """Return the edges and groups of a project without cycles."""
    groups = draw(st.lists(st.sampled_from([None, "raw", "marts", "ml"]), max_size=100))
    numbers = st.integers(0, max(0, len(groups) - 1))
    pairs = draw(st.lists(st.tuples(numbers, numbers), max_size=150))
    return [(min(pair), max(pair)) for pair in pairs if groups], groups


def large(count: int) -> tuple[list[tuple[int, int]], list[str | None]]:
    """Return a project of so many assets in groups of a hundred."""
    chance = random.Random(8)  # noqa: S311 - the same project every time
    edges = []
    for target in range(1, count):
        nearest = max(0, target - 400) if chance.random() < 0.9 else 0
        edges += [(chance.randrange(nearest, target), target) for _ in range(2)]
    return edges, [f"group {number // 100}" for number in range(count)]


def test_no_assets_take_no_place() -> None:
    """An empty project has an empty map."""
    assert arrange([], []) == Positions((), ())


def test_a_chain_is_a_straight_line() -> None:
    """Where nothing branches, nothing bends."""
    assert arrange([(0, 1), (1, 2)], [None, None, None]) == Positions(
        (0, COLUMN, 2 * COLUMN), (0, 0, 0)
    )


def test_a_source_stands_just_before_what_reads_it() -> None:
    """A source of a late asset is not drawn at the far left."""
    found = arrange([(0, 1), (1, 2), (3, 2)], [None] * 4)

    assert found.x[3] == COLUMN


def test_an_asset_stands_between_what_it_reads() -> None:
    """Two that are joined have what they make in their middle."""
    found = arrange([(0, 2), (1, 2)], [None] * 3)

    assert found.y[2] == (found.y[0] + found.y[1]) / 2


@given(projects())
def test_every_asset_stands_right_of_all_it_reads(
    project: tuple[list[tuple[int, int]], list[str | None]],
) -> None:
    """Data flows from left to right, always."""
    edges, groups = project
    found = arrange(edges, groups)

    assert all(found.x[a] < found.x[b] for a, b in edges if a != b)


@given(projects())
def test_no_two_assets_share_a_place(
    project: tuple[list[tuple[int, int]], list[str | None]],
) -> None:
    """Assets of a column are a row apart at least, so that their boxes do not touch."""
    found = arrange(*project)
    places = sorted(zip(found.x, found.y, strict=True))

    assert all(
        a[0] != b[0] or b[1] - a[1] >= ROW - 1 for a, b in itertools.pairwise(places)
    )


@given(projects())
def test_no_asset_stands_inside_the_region_of_another_group(
    project: tuple[list[tuple[int, int]], list[str | None]],
) -> None:
    """A group is one region of the map, and nothing else stands in it."""
    _, groups = project
    found = arrange(*project)
    for group in {one for one in groups if one is not None}:
        inside = [node for node, one in enumerate(groups) if one == group]
        x, y = [found.x[node] for node in inside], [found.y[node] for node in inside]
        assert not [
            node
            for node, other in enumerate(groups)
            if other != group
            and min(x) <= found.x[node] <= max(x)
            and min(y) <= found.y[node] <= max(y)
        ]


def test_the_same_project_gives_the_same_map() -> None:
    """The order in which edges are told does not matter."""
    edges, groups = large(300)

    assert arrange(edges, groups) == arrange(edges[::-1], groups)


@pytest.mark.parametrize(
    ("edges", "groups"),
    [
        pytest.param(*large(10_000), id="groups"),
        pytest.param([(a, a + 1) for a in range(9_999)], [None] * 10_000, id="chain"),
        pytest.param([(0, a) for a in range(1, 10_000)], [None] * 10_000, id="fan"),
        pytest.param([], [None] * 10_000, id="loose"),
        pytest.param([], [str(a) for a in range(10_000)], id="alone"),
    ],
)
def test_ten_thousand_assets_take_seconds(
    edges: list[tuple[int, int]], groups: list[str | None]
) -> None:
    """No shape of a project is the one that takes minutes."""
    before = time.process_time()
    found = arrange(edges, groups)

    assert len(set(zip(found.x, found.y, strict=True))) == 10_000
    assert time.process_time() - before < 10
