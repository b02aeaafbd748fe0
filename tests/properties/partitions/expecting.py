"""What a run of the living project has to compute, found by values alone.

A cell is computed if nothing was ever made with the same code, window and input data, or
if what was made then has been deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.properties.partitions.rebuilding import DAYS, Lived

REGIONS = ("eu", "us")
MONTHS = ("2024-01", "2024-02")
ALL = (
    "read",
    *(f"day[{day}]" for day in DAYS),
    *(f"month[{month}]" for month in MONTHS),
    *(f"trail[{day}]" for day in DAYS),
    *(f"both[date={day} region={region}]" for day in DAYS for region in REGIONS),
    "whole",
)
"""Every cell, upstream first."""

Content = tuple[Any, ...]
"""The names and values of a stored table: the same are one file."""


def reads_of(cell: str) -> list[str]:
    """Return the cells that a cell reads."""
    key, _, rest = cell.partition("[")
    partition = rest.rstrip("]")
    if key == "day":
        return ["read"]
    if key == "month":
        return [f"day[{day}]" for day in DAYS if day.startswith(partition)]
    if key == "trail":
        at = DAYS.index(partition)
        return [f"day[{day}]" for day in DAYS[max(0, at - 1) : at + 1]]
    if key == "both":
        return [f"day[{partition.split()[0].removeprefix('date=')}]"]
    return [one for one in ALL if one[:4] in {"both", "mont"}] if key == "whole" else []


def contents(lived: Lived) -> dict[str, Content]:
    """Return what every cell has to hold."""
    found: dict[str, Content] = {}
    for cell in ALL:
        key, _, rest = cell.partition("[")
        above = [found[one][-1] for one in reads_of(cell)]
        more = lived.code.get(key, 0)
        if key == "read":
            found[cell] = ("read", *lived.values.items())
        elif key == "day":
            found[cell] = ("n", "m", lived.values[rest.rstrip("]")] * more)
        elif key == "month":
            found[cell] = ("sum", sum(above) + more)
        elif key == "trail":
            found[cell] = ("top", max(above) + more)
        else:
            times = 2 if key == "both" else 1
            found[cell] = ("n", sum(above) * times + more)
    return found


@dataclass
class Expecting:
    """What is remembered of all runs so far."""

    made: dict[tuple[str, Content], Content] = field(default_factory=dict)
    heads: dict[str, Content] = field(default_factory=dict)
    gone: set[Content] = field(default_factory=set)

    def delete(self, cell: str) -> None:
        """What the cell shows has been deleted."""
        if cell in self.heads:
            self.gone.add(self.heads[cell])

    def run(self, lived: Lived, asked: Iterable[str]) -> tuple[set[str], set[str]]:
        """Return the cells that must be computed, and those that may be.

        What was deleted is there again for all cells with the same content as soon as one
        of them was computed, so that only the first of them must be.
        """
        new, lost = set(), set()
        holds = contents(lived)
        back = set()
        for cell in _closed(asked):
            recipe = (cell, _recipe(lived, cell, holds))
            if recipe not in self.made:
                new.add(cell)
                back.add(holds[cell])
            elif holds[cell] in self.gone:
                lost.add(cell)
                back.add(holds[cell])
            self.made[recipe] = self.heads[cell] = holds[cell]
        self.gone -= back
        return new, new | lost


def _recipe(lived: Lived, cell: str, holds: dict[str, Content]) -> Content:
    key = cell.partition("[")[0]
    zone = "" if key == cell else lived.zone
    source = tuple(lived.values.items()) if key == "read" else ()
    return (lived.code.get(key, 0), zone, source, *(holds[one] for one in reads_of(cell)))


def _closed(asked: Iterable[str]) -> Iterator[str]:
    """Yield the cells that are asked for and all that they read, upstream first."""
    wanted = set(asked)
    for cell in reversed(ALL):
        if cell in wanted:
            wanted.update(reads_of(cell))
    return (cell for cell in ALL if cell in wanted)
