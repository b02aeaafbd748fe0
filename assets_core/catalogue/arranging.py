"""Where each asset stands on the map of a project's lineage.

From left to right an asset stands behind everything it reads. The assets of a group stay
in one band, so that the map has regions; a band is as high as its fullest column, and
bands that share no column share the same height. The same project always gives the same
map. Nothing here reads anything.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from assets_core.frozen import frozen

COLUMN = 260
"""Pixels from one column to the next, at zoom 1."""

ROW = 44
"""Pixels from one row to the next, at zoom 1."""

_ABOVE_GROUP = 1.0
_BELOW_GROUP = 0.5
_SWEEPS = 6
_FEW = 60
_MOST_WRAPPED = 32
_WANTED_ASPECT = 1.6

Neighbours = Sequence[Sequence[int]]


@frozen
class Positions:
    """The middles of all assets, in pixels at zoom 1; y grows downwards."""

    x: tuple[int, ...]
    y: tuple[int, ...]


@frozen
class _Band:
    """The assets of one group, by column, each column from top to bottom."""

    cells: Mapping[int, list[int]]
    is_group: bool

    @property
    def columns(self) -> range:
        return range(min(self.cells), max(self.cells) + 1)

    def height(self, wrapped: int) -> int:
        """Return the rows it takes where so many assets stand side by side in a column."""
        return max(math.ceil(len(cell) / wrapped) for cell in self.cells.values())


@frozen
class _Packing:
    tops: Sequence[float]
    height: float
    wrapped: int


def arrange(edges: Iterable[tuple[int, int]], groups: Sequence[str | None]) -> Positions:
    """Return where each asset stands.

    Args:
        edges: Pairs of an asset's number and the number of an asset that reads it; what
            they say has no cycle.
        groups: The group of each asset, or `None`; as many as there are assets.

    >>> arrange([(0, 1), (0, 2)], ["raw", "marts", "marts"])
    Positions(x=(0, 260, 260), y=(44, 44, 88))
    """
    count = len(groups)
    if not count:
        return Positions((), ())
    upstream: list[list[int]] = [[] for _ in range(count)]
    downstream: list[list[int]] = [[] for _ in range(count)]
    for source, target in sorted({(a, b) for a, b in edges if a != b}):
        upstream[target].append(source)
        downstream[source].append(target)
    both = [[*up, *down] for up, down in zip(upstream, downstream, strict=True)]
    columns = _columns(upstream, downstream)
    _join_groups(columns, groups, both)
    bands = _bands(columns, groups, both)
    packing = _packed(bands, max(columns) + 1)
    rows = _ordered_rows(bands, packing, (upstream, downstream))
    return _in_pixels(bands, packing, rows, both)


def _columns(upstream: Neighbours, downstream: Neighbours) -> list[int]:
    """Return the columns: behind what is read, and near to what reads it."""
    columns = [0] * len(upstream)
    waiting = [len(reads) for reads in upstream]
    ready = [node for node, count in enumerate(waiting) if not count]
    for node in ready:
        for reader in downstream[node]:
            columns[reader] = max(columns[reader], columns[node] + 1)
            waiting[reader] -= 1
            if not waiting[reader]:
                ready.append(reader)
    # Where edges become shorter in sum, an asset moves on to those that read it.
    for node in reversed(ready):
        if len(downstream[node]) > len(upstream[node]):
            columns[node] = min(columns[reader] for reader in downstream[node]) - 1
    return columns


def _join_groups(
    columns: list[int], groups: Sequence[str | None], both: Neighbours
) -> None:
    """Put what is joined to nothing where its group begins."""
    firsts: dict[str, int] = {}
    for column, group, joined in zip(columns, groups, both, strict=True):
        if group is not None and joined:
            firsts[group] = min(column, firsts.get(group, column))
    for node, group in enumerate(groups):
        if group is not None and not both[node]:
            columns[node] = firsts.get(group, 0)


def _regions(groups: Sequence[str | None], both: Neighbours) -> list[int]:
    """Return the number of each asset's region.

    That is its group, or without one all that it hangs together with; what hangs together
    with nothing shares a region.
    """
    numbers: dict[str, int] = {}
    regions = [-1] * len(groups)
    for node, group in enumerate(groups):
        if group is not None:
            regions[node] = numbers.setdefault(group, len(numbers))
    alone = len(numbers)
    following = alone + 1
    for start, neighbours in enumerate(both):
        if not neighbours and regions[start] < 0:
            regions[start] = alone
        elif regions[start] < 0:
            _spread(start, following, regions, both)
            following += 1
    return regions


def _spread(start: int, region: int, regions: list[int], both: Neighbours) -> None:
    """Give a region to an asset and to all without one that it hangs together with."""
    regions[start] = region
    reached = [start]
    for node in reached:
        new = [other for other in both[node] if regions[other] < 0]
        for other in new:
            regions[other] = region
        reached += new


def _bands(
    columns: Sequence[int], groups: Sequence[str | None], both: Neighbours
) -> list[_Band]:
    """Return the regions as bands, those that read from each other close together."""
    regions = _regions(groups, both)
    named = {
        region for region, group in zip(regions, groups, strict=True) if group is not None
    }
    cells: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(
        lambda: defaultdict(list)
    )
    links: defaultdict[int, list[int]] = defaultdict(list)
    for node, region in enumerate(regions):
        cells[region][columns[node]].append(node)
        links[region] += [regions[other] for other in both[node]]
    places = {region: float(region) for region in cells}
    for _ in range(_SWEEPS):
        wished = {region: _mean(links[region], places, places[region]) for region in cells}
        ordered = sorted(cells, key=lambda one: (wished[one], one))
        places = {region: float(place) for place, region in enumerate(ordered)}
    return [
        _Band(cells[region], region in named)
        for region in sorted(cells, key=places.__getitem__)
    ]


def _packed(bands: Sequence[_Band], columns: int) -> _Packing:
    """Return the tops of the bands; assets stand side by side until a screen suits."""
    best = _stacked(bands, columns, 1)
    if sum(len(cell) for band in bands for cell in band.cells.values()) <= _FEW:
        return best
    least = _strain(best, bands)
    wrapped = 2
    while wrapped <= _MOST_WRAPPED:
        packing = _stacked(bands, columns, wrapped)
        strain = _strain(packing, bands)
        if strain >= least:
            break
        best, least, wrapped = packing, strain, wrapped + 1
    return best


def _stacked(bands: Sequence[_Band], columns: int, wrapped: int) -> _Packing:
    """Return the bands one under the other, each as high up as its columns allow."""
    skyline = [0.0] * columns
    tops = []
    for band in bands:
        top = max(skyline[column] for column in band.columns)
        top += _ABOVE_GROUP * band.is_group
        tops.append(top)
        bottom = top + band.height(wrapped)
        for column in band.columns:
            skyline[column] = bottom + _BELOW_GROUP * band.is_group
    return _Packing(tops, max(skyline), wrapped)


def _strain(packing: _Packing, bands: Sequence[_Band]) -> float:
    width = sum(_widths(bands, packing.wrapped)) * COLUMN
    return abs(math.log(width / (packing.height * ROW) / _WANTED_ASPECT))


def _widths(bands: Sequence[_Band], wrapped: int) -> list[int]:
    """Return how many assets stand side by side in each column."""
    widths: defaultdict[int, int] = defaultdict(lambda: 1)
    for band in bands:
        for column, cell in band.cells.items():
            widths[column] = max(widths[column], min(wrapped, len(cell)))
    return [widths[column] for column in range(max(widths) + 1)]


def _ordered_rows(
    bands: Sequence[_Band], packing: _Packing, sides: tuple[Neighbours, Neighbours]
) -> list[float]:
    """Order each cell by the middle of what its assets read, then of what reads them."""
    rows = [0.0] * len(sides[0])
    cells = sorted(
        ((column, top, cell) for top, cell, column in _cells(bands, packing)),
        key=lambda one: one[:2],
    )
    for _, top, cell in cells:
        _number(cell, top, rows)
    for sweep in range(_SWEEPS):
        side = sides[sweep % 2]
        for _, top, cell in cells if sweep % 2 == 0 else reversed(cells):
            wished = {node: _mean(side[node], rows, rows[node]) for node in cell}
            cell.sort(key=lambda node: (wished[node], node))
            _number(cell, top, rows)
    return rows


def _cells(
    bands: Sequence[_Band], packing: _Packing
) -> Iterator[tuple[float, list[int], int]]:
    for band, top in zip(bands, packing.tops, strict=True):
        for column, cell in band.cells.items():
            yield top, cell, column


def _number(cell: Sequence[int], top: float, rows: list[float]) -> None:
    for place, node in enumerate(cell):
        rows[node] = top + place


def _in_pixels(
    bands: Sequence[_Band], packing: _Packing, rows: list[float], both: Neighbours
) -> Positions:
    """Bring each cell beside what it is joined to, and count in pixels."""
    widths = _widths(bands, packing.wrapped)
    lefts = [0, *accumulate(widths)]
    x = [0] * len(rows)
    for band, top in zip(bands, packing.tops, strict=True):
        height = band.height(packing.wrapped)
        for column in sorted(band.cells):
            cell = band.cells[column]
            beside = min(packing.wrapped, len(cell))
            wished = [_mean(both[node], rows, rows[node]) - top for node in cell]
            firsts = wished[:: packing.wrapped]
            placed = _apart(firsts, height)
            for place, node in enumerate(cell):
                rows[node] = top + placed[place // packing.wrapped]
                x[node] = (lefts[column] + place % beside) * COLUMN
    return Positions(tuple(x), tuple(round(row * ROW) for row in rows))


def _apart(wished: Sequence[float], height: int) -> list[float]:
    """Return places in a band, in order and one row apart, as near the wished as can be."""
    blocks: list[tuple[float, int]] = []
    for place, wish in enumerate(wished):
        total, size = wish - place, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / size:
            before = blocks.pop()
            total, size = total + before[0], size + before[1]
        blocks.append((total, size))
    spare = height - len(wished)
    shifts = [total / size for total, size in blocks for _ in range(size)]
    return [place + min(max(shift, 0.0), spare) for place, shift in enumerate(shifts)]


def _mean(
    nodes: Sequence[int], places: Mapping[int, float] | Sequence[float], otherwise: float
) -> float:
    if not nodes:
        return otherwise
    return sum(places[node] for node in nodes) / len(nodes)
