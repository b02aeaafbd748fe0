"""The status of each asset, from a plan over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partitions import Keys
from assets_core.model.records import Head, Materialization, StepError
from assets_core.model.summary import Summary
from assets_core.planning.plan import Impossible, Plan, Step
from assets_core.planning.planner import Known
from assets_core.planning.reasons import ABSENT
from assets_core.protocols.metadata import MetadataStore

WORST_FIRST = ("missing", "failed", "stale", "held", "fresh")
"""The status of an asset is the worst one of its cells."""


@dataclass(frozen=True, slots=True)
class AssetStatus:
    """How an asset stands.

    Attributes:
        status: `missing`, `failed`, `stale`, `held` or `fresh`; a source is missing or
            fresh. Of an asset with partitions, the worst that one of them has.
        step: What would be done, where something would; of partitions, the first.
        error: What went wrong last; of partitions, in the first that failed.
        partitions: The status of each partition, in order, and which they are; None for
            an asset without.
        rows: Of all partitions together.
        updated_at: When the latest of its data was computed.
        impossible: The first partition that cannot be made, and why.
    """

    key: AssetKey
    status: str
    step: Step | None = None
    head: Head | None = None
    made: Materialization | None = None
    error: StepError | None = None
    partitions: tuple[Keys, tuple[str, ...]] | None = None
    rows: int | None = None
    updated_at: float | None = None
    impossible: Impossible | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Return how many partitions there are of each status."""
        words = Counter(self.partitions[1] if self.partitions else ())
        return {"total": words.total(), **{word: words[word] for word in WORST_FIRST}}


def statuses(
    graph: Graph, plan: Plan, known: Known, store: MetadataStore
) -> dict[AssetKey, AssetStatus]:
    """Return the status of every asset and source."""
    by_cell = _ByCell(
        {step.cell: step for step in plan.steps},
        {cell: error for cell, (_, error) in store.failures(plan.env).items()},
        {one.cell: one for one in plan.impossible},
        known,
    )
    whole = [cell for cell in known.heads if cell.partition is None]
    made = store.materializations(known.heads[cell].materialization for cell in whole)
    summaries = store.summaries(plan.env, known.settled) if known.settled else {}
    found: dict[AssetKey, AssetStatus] = {}
    for key, node in graph.nodes.items():
        if not isinstance(node, Asset):
            there = known.sources.get(key, ABSENT) != ABSENT
            found[key] = AssetStatus(key, "fresh" if there else "missing")
        elif key in known.settled:
            found[key] = _settled(key, known.keys[key], summaries[key])
        elif key in known.keys:
            found[key] = by_cell.of_partitions(key, known.keys[key])
        else:
            found[key] = by_cell.of(Cell(key), made)
    return found


def _settled(key: AssetKey, keys: Keys, found: Summary) -> AssetStatus:
    """Return the status of an asset of which every partition is known to be fresh."""
    return AssetStatus(
        key,
        "fresh",
        partitions=(keys, ("fresh",) * len(keys)),
        rows=found.rows,
        updated_at=found.at,
    )


def of_partition(
    whole: AssetStatus, plan: Plan, known: Known, partition: str, store: MetadataStore
) -> AssetStatus:
    """Return the status of one partition of an asset."""
    cell = Cell(whole.key, partition)
    keys, words = whole.partitions or ((), ())
    word = next(word for key, word in zip(keys, words, strict=True) if key == partition)
    step = next((step for step in plan.steps if step.cell == cell), None)
    head = store.head(plan.env, cell) if whole.key in known.settled else None
    head = head or known.heads.get(cell)
    made = store.materializations([head.materialization] if head else [])
    failed = store.failures(plan.env).get(cell) if step else None
    return AssetStatus(
        whole.key,
        word,
        step,
        head,
        made.get(head.materialization) if head else None,
        failed[1] if failed else None,
        rows=head.rows if head else None,
        updated_at=head.at if head else None,
        impossible=next((one for one in plan.impossible if one.cell == cell), None),
    )


@dataclass(frozen=True, slots=True)
class _ByCell:
    """What is known of each cell."""

    steps: Mapping[Cell, Step]
    failures: Mapping[Cell, StepError]
    impossible: Mapping[Cell, Impossible]
    known: Known

    def of(self, cell: Cell, made: Mapping[str, Materialization]) -> AssetStatus:
        head = self.known.heads.get(cell)
        return AssetStatus(
            cell.asset,
            self.word(cell),
            self.steps.get(cell),
            head,
            made.get(head.materialization) if head else None,
            self.error(cell),
            rows=head.rows if head else None,
            updated_at=head.at if head else None,
            impossible=self.impossible.get(cell),
        )

    def of_partitions(self, key: AssetKey, keys: Keys) -> AssetStatus:
        cells = [Cell(key, one) for one in keys]
        words = tuple(self.word(cell) for cell in cells)
        there = set(words)
        heads = [self.known.heads[cell] for cell in cells if cell in self.known.heads]
        return AssetStatus(
            key,
            next((word for word in WORST_FIRST if word in there), "fresh"),
            step=next((self.steps[cell] for cell in cells if cell in self.steps), None),
            error=next(filter(None, map(self.error, cells)), None),
            partitions=(keys, words),
            rows=sum(head.rows for head in heads) if heads else None,
            updated_at=max((head.at for head in heads), default=None),
            impossible=next(
                (self.impossible[cell] for cell in cells if cell in self.impossible), None
            ),
        )

    def error(self, cell: Cell) -> StepError | None:
        return self.failures.get(cell) if cell in self.steps else None

    def word(self, cell: Cell) -> str:
        head = self.known.heads.get(cell)
        if head is None or self.known.missing.get(cell):
            return "missing"
        if self.error(cell) is not None:
            return "failed"
        if cell in self.steps or cell in self.impossible:
            return "stale"
        return "held" if head.held else "fresh"
