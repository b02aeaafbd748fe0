"""In which order the steps of a plan can be done: cell by cell, batch by batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.planning.plan import Plan, Step
from assets_core.planning.reads import AllKeys, Reads, reads_of

Batch = tuple[Step, ...]
"""Steps of one asset that are done together; most often one."""

Token = Cell | AssetKey
"""What a batch waits for: a cell, or all cells of an asset."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a plan is cut, and where one begins.

    Attributes:
        sizes: How many partitions one call makes, for assets that can make several.
        newest: Whether the last partitions come first.
    """

    sizes: Mapping[AssetKey, int | Literal["all"]] = field(default_factory=dict)
    newest: bool = False


def batches(plan: Plan, graph: Graph, cut: Cut) -> list[Batch]:
    """Return the steps of a plan, cut as the assets say, or as was asked for."""
    by_asset: dict[AssetKey, list[Step]] = {}
    for step in plan.steps:
        by_asset.setdefault(step.cell.asset, []).append(step)
    found: list[Batch] = []
    for key, steps in by_asset.items():
        node = graph.nodes[key]
        size = node.batch if isinstance(node, Asset) else 1
        size = size if size == 1 else cut.sizes.get(key, size)
        count = len(steps) if size == "all" else size
        parts = [tuple(steps[at : at + count]) for at in range(0, len(steps), count)]
        found += reversed(parts) if cut.newest else parts
    return found


class Order:
    """Which batches can be done, given which have been.

    Attributes:
        ready: The batches that wait for nothing, in the order of the plan.
    """

    def __init__(self, plan: Plan, graph: Graph, keys: AllKeys, cut: Cut) -> None:
        self._graph = graph
        self._keys = keys
        self.batches = batches(plan, graph, cut)
        self._planned = {step.cell for step in plan.steps}
        self._left: dict[AssetKey, int] = {}
        for batch in self.batches:
            key = batch[0].cell.asset
            self._left[key] = self._left.get(key, 0) + 1
        self._waiting: list[int] = []
        self._readers: dict[Token, list[int]] = {}
        self.ready: deque[Batch] = deque()
        reads: dict[AssetKey, Reads] = {}
        for number, batch in enumerate(self.batches):
            before = self._before(batch, reads)
            self._waiting.append(len(before))
            for token in before:
                self._readers.setdefault(token, []).append(number)
            if not before:
                self.ready.append(batch)

    def _before(self, batch: Batch, reads: dict[AssetKey, Reads]) -> set[Token]:
        """Return what has to be done before a batch."""
        asset = self._graph.nodes[batch[0].cell.asset]
        if not isinstance(asset, Asset):
            return set()
        own = reads.get(asset.key) or reads_of(asset, self._keys)
        reads[asset.key] = own
        mine = {step.cell for step in batch}
        found: set[Token] = set()
        for step in batch:
            position = own.position(step.cell)
            for read in own.at(position or 0):
                if read.whole and len(read.cells) > 1 and read.given.upstream != asset.key:
                    found |= {read.given.upstream} & self._left.keys()
                else:
                    found.update(cell for cell in read.cells if cell in self._planned)
        for check in self._graph.checks.get(asset.key, ()):
            found.update(key for key in check.also_reads if key in self._left)
        return found - mine

    def ended(self, batch: Batch) -> None:
        """Let go on what waited for a batch."""
        key = batch[0].cell.asset
        self._left[key] -= 1
        tokens: list[Token] = [step.cell for step in batch]
        if not self._left[key]:
            tokens.append(key)
        free = []
        for token in tokens:
            for number in self._readers.get(token, ()):
                self._waiting[number] -= 1
                if not self._waiting[number]:
                    free.append(number)
        self.ready.extend(self.batches[number] for number in sorted(free))

    def blocked_by(self, batch: Batch, bad: Sequence[Cell]) -> Iterator[tuple[Step, Cell]]:
        """Yield the steps of a batch that read what has gone wrong, and what that is."""
        asset = self._graph.nodes[batch[0].cell.asset]
        if not bad or not isinstance(asset, Asset):
            return
        wrong = set(bad)
        own = reads_of(asset, self._keys)
        for step in batch:
            for read in own.at(own.position(step.cell) or 0):
                found = next((cell for cell in read.cells if cell in wrong), None)
                if found is not None:
                    yield step, found
                    break
