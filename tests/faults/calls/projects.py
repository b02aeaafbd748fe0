"""Projects that are killed at every call, with what they must hold in the end."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from assets_core.model.keys import AssetKey, Cell

SETTINGS = 'name = "calls"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
STORAGES = {
    "parquet": "",
    "duckdb": '[io.warehouse]\ntype = "duckdb"\n',
    "views": '[io.warehouse]\ntype = "duckdb"\nstorage = "views"\n',
}
HEAD = """
import os
from pathlib import Path

import pyarrow as pa

from assets_core import StaticPartitions, asset, source

values = source("values", path="values.txt")


def called(name):
    calls = os.open("calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(calls, f"{name}\\n".encode())
    os.close(calls)
"""


@dataclass(frozen=True)
class Graph:
    """Assets by number, each with those that it reads; without any it reads the source.

    Attributes:
        parts: How many partitions each has, none by default.
        options: What else is said of each.
    """

    reads: tuple[tuple[int, ...], ...]
    parts: int = 0
    options: str = ""

    def text(self) -> str:
        """Return the module that declares them."""
        parts = [HEAD, f"NAMES = {self.names()}"]
        cut = ", partitions=StaticPartitions(NAMES)" if self.parts else ""
        takes_context = ["context"] if self.parts else []
        part = "NAMES.index(context.partition.key)" if self.parts else "0"
        for number, reads in enumerate(self.reads):
            takes = [f"a{each}: pa.Table" for each in reads] or ["values: Path"]
            given = [f"sum(a{each}['n'].to_pylist())" for each in reads]
            given = given or ["*map(int, values.read_text().split())"]
            parts += [
                f'@asset(key="{key(number)}", inputs={inputs(reads)}{cut}{self.options})',
                f"def a{number}({', '.join([*takes, *takes_context])}) -> pa.Table:",
                f"    part = {part}",
                f'    called(f"{number}-{{part}}")',
                f"    return pa.table({{'n': [{number} + part, {', '.join(given)}]}})",
            ]
        return "\n".join(parts) + "\n"

    def names(self) -> list[str]:
        """Return the partitions of each asset."""
        return [f"part {number}" for number in range(self.parts)]

    def called(self, cell: Cell) -> str:
        """Return what the function of a cell writes when it is called."""
        number = [key(one) for one in range(len(self.reads))].index(cell.asset)
        part = 0 if cell.partition is None else self.names().index(cell.partition)
        return f"{number}-{part}"

    def rows(self, values: str) -> dict[Cell, list[int]]:
        """Return what every cell must hold."""
        held: dict[Cell, list[int]] = {}
        for part, name in enumerate(self.names() or [None]):
            found: list[list[int]] = []
            for number, reads in enumerate(self.reads):
                given = [sum(found[each]) for each in reads]
                found.append([number + part, *(given or map(int, values.split()))])
                held[Cell(AssetKey(key(number)), name)] = found[-1]
        return held


def key(number: int) -> str:
    """Return the key of an asset; some have a prefix."""
    return f"mid/a{number}" if number % 3 == 1 else f"a{number}"


def inputs(reads: tuple[int, ...]) -> dict[str, str]:
    """Return which parameter reads which asset."""
    return {f"a{each}": key(each) for each in reads}


CHAIN = Graph(((), (0,), (1,)))
LINKED = Graph(((), (0,)), parts=5)
SHARED = Graph(((), (0,)), parts=5, options=', publish="none"')
"""Short steps, which are committed together; of the second, what is stored is, too."""
WIDE = Graph(((), (), (0, 1), (0,), (1,), (2, 3), (4,)))
"""Short steps of several assets, which are begun and committed together."""


def random_graph(seed: int) -> Graph:
    """Return a graph of four to eight assets."""
    rng = random.Random(seed)  # noqa: S311 - the same graph each time
    count = rng.randint(4, 8)
    return Graph(
        tuple(
            tuple(sorted(rng.sample(range(number), rng.randint(0, min(number, 3)))))
            for number in range(count)
        )
    )


def write_project(folder: Path, graph: Graph, storage: str) -> None:
    """Write a project into an empty folder."""
    (folder / "assets.toml").write_text(SETTINGS + STORAGES.get(storage, ""))
    (folder / "pipeline.py").write_text(graph.text())
    (folder / "values.txt").write_text("1 2 3")
