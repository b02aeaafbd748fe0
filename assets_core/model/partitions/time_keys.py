"""The keys of windows of time that exist, without a text for each of them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import overload

from assets_core.model.partitions.grids import Grid, step
from assets_core.model.partitions.labels import candidates, label, labels


class TimeKeys(Sequence[str]):
    """The keys of windows that follow each other, in order of time.

    A million of them take 8 MB. A key is made when it is asked for.

    Args:
        grid: The grid that the windows belong to.
        boundaries: Where each window begins, and where the last one ends, in seconds
            since 1970 UTC.

    >>> keys = TimeKeys(Grid("daily"), array("q", [0, 86_400, 172_800]))
    >>> list(keys)
    ['1970-01-01', '1970-01-02']
    """

    __slots__ = ("_boundaries", "_grid")

    def __init__(self, grid: Grid, boundaries: array[int]) -> None:
        self._grid = grid
        self._boundaries = boundaries if len(boundaries) > 1 else array("q")

    @property
    def grid(self) -> Grid:
        """The grid that the windows belong to."""
        return self._grid

    @property
    def boundaries(self) -> array[int]:
        """Where windows begin and the last one ends. No copy; leave it as it is."""
        return self._boundaries

    def __len__(self) -> int:
        return max(0, len(self._boundaries) - 1)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if not isinstance(index, slice):
            return label(self._grid, self._boundaries[range(len(self))[index]])
        chosen = range(len(self))[index]
        if not chosen:
            return TimeKeys(self._grid, array("q"))
        if chosen.step == 1:
            return TimeKeys(self._grid, self._boundaries[chosen.start : chosen.stop + 1])
        return tuple(self[number] for number in chosen)

    def __iter__(self) -> Iterator[str]:
        return labels(self._grid, self._boundaries[:-1])

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.position(key) is not None

    def position(self, key: str) -> int | None:
        """Return which of the keys this is, counted from 0; None if it is none of them."""
        for start in candidates(self._grid, key):
            place = bisect_left(self._boundaries, start)
            if place < len(self) and self._boundaries[place] == start:
                return place
        return None

    def window(self, position: int) -> tuple[int, int]:
        """Return where a window begins and ends, in seconds since 1970 UTC."""
        number = range(len(self))[position]
        return self._boundaries[number], self._boundaries[number + 1]

    def reach(self, position: int, count: int) -> tuple[int, int]:
        """Return the window `count` after the one at a position, also where no key is."""
        other = position + count
        if 0 <= position < len(self) and 0 <= other < len(self):
            return self.window(other)
        start = self.window(position)[0]
        return step(self._grid, start, count), step(self._grid, start, count + 1)

    def span(self, start: int, end: int) -> str:
        """Return the keys of this grid that some time stands for, also where no key is.

        >>> TimeKeys(Grid("daily"), array("q")).span(0, 3 * 86_400)
        '1970-01-01..1970-01-03'
        """
        first = label(self._grid, step(self._grid, start, 0))
        last = label(self._grid, step(self._grid, max(start, end - 1), 0))
        return first if first == last else f"{first}..{last}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimeKeys):
            return NotImplemented
        return self._grid == other._grid and self._boundaries == other._boundaries

    def __hash__(self) -> int:
        return hash((self._grid, len(self), *self._boundaries[:1], *self._boundaries[-1:]))

    def __repr__(self) -> str:
        ends = f"{self[0]!r} … {self[-1]!r}, " if self else ""
        return f"TimeKeys({ends}{len(self)} {self._grid.kind})"
