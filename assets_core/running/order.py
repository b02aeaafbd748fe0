"""In which order the steps of a plan can be done: cell by cell, batch by batch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field
from typing import Literal

from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.planning.plan import Plan, Step
from assets_core.planning.reads import AllKeys, reads_of

Batch = tuple[Step, ...]
"""Steps that are done together, of one asset or of one call; most often one."""

Token = Cell | AssetKey
"""What a batch waits for: a cell, or all cells of an asset."""


@frozen
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
    by_call: dict[AssetKey, list[Step]] = {}
    for step in plan.steps:
        by_call.setdefault(graph.together(step.cell.asset)[0], []).append(step)
    found: list[Batch] = []
    for key, steps in by_call.items():
        node = graph.nodes[key]
        if len(graph.together(key)) > 1:
            outputs = list(_by_partition(steps))
            found += reversed(outputs) if cut.newest else outputs
            continue
        size = node.batch if isinstance(node, Asset) else 1
        size = size if size == 1 else cut.sizes.get(key, size)
        count = len(steps) if size == "all" else size
        parts = [tuple(steps[at : at + count]) for at in range(0, len(steps), count)]
        found += reversed(parts) if cut.newest else parts
    return found


def _by_partition(steps: Iterable[Step]) -> Iterable[Batch]:
    """Return steps of several outputs, those of one call together."""
    found: dict[str | None, list[Step]] = {}
    for step in steps:
        found.setdefault(step.cell.partition, []).append(step)
    return map(tuple, found.values())


class Order:
    """Which batches can be done, given which have been.

    Attributes:
        ready: The batches that wait for nothing, in the order of the plan.
    """

    def __init__(self, plan: Plan, graph: Graph, keys: AllKeys, cut: Cut) -> None:
        self._graph = graph
        self.batches = batches(plan, graph, cut)
        self._planned = {step.cell for step in plan.steps}
        self._left: dict[AssetKey, int] = {}
        for key in (key for batch in self.batches for key in _assets(batch)):
            self._left[key] = self._left.get(key, 0) + 1
        self._waiting: list[int] = []
        self._readers: dict[Token, list[int]] = {}
        self._have_read: dict[Token, int] = {}
        self.ready: deque[Batch] = deque()
        self._reads = {
            node.key: reads_of(node, keys)
            for node in map(graph.nodes.__getitem__, self._left)
            if isinstance(node, Asset)  # plans hold no sources
        }
        for number, batch in enumerate(self.batches):
            before = self._before(batch)
            self._waiting.append(len(before))
            for token in before:
                self._readers.setdefault(token, []).append(number)
            if not before:
                self.ready.append(batch)

    def _before(self, batch: Batch) -> set[Token]:
        """Return what has to be done before a batch."""
        key = batch[0].cell.asset
        mine: set[Token] = {step.cell for step in batch}
        found: set[Token] = set()
        for step in batch:
            for read in self._reads[step.cell.asset].of(step.cell):
                if read.whole and len(read.cells) > 1 and read.given.upstream != key:
                    found |= {read.given.upstream} & self._left.keys()
                else:
                    found.update(cell for cell in read.cells if cell in self._planned)
        together = self._graph.together(key)
        for check in (one for each in together for one in self._graph.checks.get(each, ())):
            found.update(key for key in check.also_reads if key in self._left)
        return found - mine - set(together)

    def is_single(self, batch: Batch) -> bool:
        """Return whether a batch is one step of an asset that makes nothing else."""
        asset = self._graph.nodes[batch[0].cell.asset]
        return (
            len(batch) == 1
            and len(self._graph.together(asset.key)) == 1
            and isinstance(asset, Asset)
            and not asset.yields
        )

    def take(
        self, most: int, fits: Callable[[Batch], bool] = lambda _: True
    ) -> list[Batch]:
        """Take what is ready, from the first on, as long as it fits."""
        taken = [self.ready.popleft()]
        while len(taken) < most and self.ready and fits(self.ready[0]):
            taken.append(self.ready.popleft())
        return taken

    def put_back(self, batches: Sequence[Batch]) -> None:
        """Take batches back that were not done."""
        self.ready.extendleft(reversed(batches))

    def ended(self, batch: Batch) -> set[Token]:
        """Let go on what waited for a batch; return what that has read."""
        tokens: list[Token] = [step.cell for step in batch]
        for key in _assets(batch):
            self._left[key] -= 1
            if not self._left[key]:
                tokens.append(key)
        free = []
        for token in tokens:
            for number in self._readers.get(token, ()):
                self._waiting[number] -= 1
                if not self._waiting[number]:
                    free.append(number)
        self.ready.extend(self.batches[number] for number in sorted(free))
        read = self._before(batch)
        for token in read:
            self._have_read[token] = self._have_read.get(token, 0) + 1
        return read

    def is_read(self, cell: Cell) -> bool:
        """Return whether a batch that has not ended reads a cell."""
        return any(
            self._have_read.get(token, 0) < len(self._readers.get(token, ()))
            for token in (cell, cell.asset)
        )

    def blocked_by(
        self, batch: Batch, bad: AbstractSet[Cell]
    ) -> Iterator[tuple[Step, Cell]]:
        """Yield the steps of a batch that read what has gone wrong, and what that is."""
        if not bad:
            return
        for step in batch:
            own = self._reads[step.cell.asset]
            # Of partitions that one call yields it is the call that goes wrong.
            above = (
                cell
                for read in own.of(step.cell)
                for cell in (*read.cells, Cell(read.given.upstream))
            )
            found = next((cell for cell in above if cell in bad), None)
            if found is not None:
                yield step, found


def _assets(batch: Batch) -> dict[AssetKey, None]:
    """Return the assets of a batch, each once."""
    return dict.fromkeys(step.cell.asset for step in batch)
