"""The status of each asset, from a plan over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partition_absence import none_yet
from assets_core.model.partitions import Keys
from assets_core.model.records import Head, Materialization, RunRequest, StepError
from assets_core.model.summary import Summary
from assets_core.planning.plan import Impossible, Plan, Step
from assets_core.planning.planner import Known, Wanted
from assets_core.planning.reads import AllKeys
from assets_core.planning.reasons import ABSENT
from assets_core.protocols.metadata import MetadataStore
from assets_core.running.tools import Tools
from assets_core.shown import shown

WORST_FIRST = ("missing", "failed", "stale", "held", "fresh")
"""The status of an asset is the worst one of its cells."""


class Standing(NamedTuple):
    """How some partitions of an asset stand.

    Attributes:
        keys: All partitions that the asset has.
        positions: Which of them this is about, in order.
        words: The status of each of these.
    """

    keys: Keys
    positions: Sequence[int]
    words: tuple[str, ...]

    def word(self, partition: str) -> str:
        """Return the status of one of them."""
        place = self.keys.position(partition)
        pairs = zip(self.positions, self.words, strict=True)
        return next(word for position, word in pairs if position == place)


@frozen
class AssetStatus:
    """How an asset stands.

    Attributes:
        status: `missing`, `failed`, `stale`, `held` or `fresh`; a source is missing or
            fresh. Of an asset with partitions, the worst that one of them has.
        step: What would be done, where something would; of partitions, the first.
        error: What went wrong last; of partitions, in the first that failed.
        partitions: How its partitions stand: all, or those that were asked for; None for
            an asset without. What else is told is about these partitions, too.
        rows: Of all partitions together.
        updated_at: When the latest of its data was computed.
        impossible: The first partition that cannot be made, and why.
        none_yet: Why it has no partitions at all, in a sentence; empty if it has some.
    """

    key: AssetKey
    status: str
    step: Step | None = None
    head: Head | None = None
    made: Materialization | None = None
    error: StepError | None = None
    partitions: Standing | None = None
    rows: int | None = None
    updated_at: float | None = None
    impossible: Impossible | None = None
    none_yet: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """Return how many partitions there are of each status."""
        words = Counter(self.partitions.words if self.partitions else ())
        return {"total": words.total(), **{word: words[word] for word in WORST_FIRST}}


@shown
class Statuses(dict[AssetKey, AssetStatus]):
    """How assets and sources stand, by their keys."""


class Looked(Protocol):
    """The part of a workspace that tells how its assets stand."""

    tools: Tools
    graph_of_assets: Graph

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...

    def wanted(self, request: RunRequest, keys: AllKeys) -> Wanted:
        """Return the cells that a request is about."""
        ...

    def planned(self, wanted: Wanted, keys: AllKeys) -> tuple[Plan, Known]:
        """Return a plan and what it was made from."""
        ...


def statuses_of(workspace: Looked, request: RunRequest) -> Statuses:
    """Return the status of the assets and sources that a request is about."""
    keys = workspace.keys()
    wanted = workspace.wanted(request, keys)
    plan, known = workspace.planned(wanted, keys)
    part = workspace.graph_of_assets.part(wanted.selected)
    store = workspace.tools.store
    return Statuses(statuses(part, plan, known, store, wanted.partitions))


def statuses(
    graph: Graph,
    plan: Plan,
    known: Known,
    store: MetadataStore,
    partitions: Mapping[AssetKey, Sequence[int]],
) -> dict[AssetKey, AssetStatus]:
    """Return the status of every asset and source.

    Args:
        partitions: The positions of the partitions that this is about; of an asset that
            is not named here, all.
    """
    settled = known.settled - partitions.keys()
    if settled != known.settled:  # then the heads of some were not read yet
        more = store.heads(plan.env, known.settled & partitions.keys())
        known = replace(known, heads={**known.heads, **more})
    by_cell = _by_cell(plan, known, store)
    whole = [cell for cell in known.heads if cell.partition is None]
    made = store.materializations(known.heads[cell].materialization for cell in whole)
    summaries = store.summaries(plan.env, settled) if settled else {}
    found: dict[AssetKey, AssetStatus] = {}
    for key, node in graph.nodes.items():
        if not isinstance(node, Asset):
            there = known.sources.get(key, ABSENT) != ABSENT
            found[key] = AssetStatus(key, "fresh" if there else "missing")
        elif key in settled:
            found[key] = _settled(key, known.keys[key], summaries[key])
        elif node.partitions is not None:
            keys = known.keys[key]
            none = "" if keys else none_yet(key, node.partitions, keys)
            status = by_cell.of_partitions(key, partitions.get(key))
            found[key] = replace(status, none_yet=none)
        else:
            found[key] = by_cell.of(Cell(key), made)
    return found


def _settled(key: AssetKey, keys: Keys, found: Summary) -> AssetStatus:
    """Return the status of an asset of which every partition is known to be fresh."""
    return AssetStatus(
        key,
        "fresh",
        partitions=Standing(keys, range(len(keys)), ("fresh",) * len(keys)),
        rows=found.rows,
        updated_at=found.at,
    )


def of_partition(cell: Cell, plan: Plan, known: Known, store: MetadataStore) -> AssetStatus:
    """Return the status of one partition of an asset."""
    if cell.asset in known.settled:
        found = store.head(plan.env, cell)
        known = replace(known, heads={} if found is None else {cell: found})
    head = known.heads.get(cell)
    made = store.materializations([head.materialization] if head else [])
    return _by_cell(plan, known, store).of(cell, made)


def _by_cell(plan: Plan, known: Known, store: MetadataStore) -> _ByCell:
    return _ByCell(
        {step.cell: step for step in plan.steps},
        {cell: error for cell, (_, error) in store.failures(plan.env).items()},
        {one.cell: one for one in plan.impossible},
        known,
    )


@frozen
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
            self.step(cell),
            head,
            made.get(head.materialization) if head else None,
            self.error(cell),
            rows=head.rows if head else None,
            updated_at=head.at if head else None,
            impossible=self.impossible.get(cell),
        )

    def of_partitions(self, key: AssetKey, asked: Sequence[int] | None) -> AssetStatus:
        keys = self.known.keys[key]
        positions = range(len(keys)) if asked is None else asked
        chosen = keys if asked is None else [keys[position] for position in asked]
        cells = [Cell(key, one) for one in chosen]
        words = tuple(self.word(cell) for cell in cells)
        call = self.steps.get(Cell(key))  # of partitions that one call yields
        there = {*words, *([self.word(Cell(key))] if call else [])}
        heads = [self.known.heads[cell] for cell in cells if cell in self.known.heads]
        return AssetStatus(
            key,
            next((word for word in WORST_FIRST if word in there), "fresh"),
            step=call
            or next((self.steps[cell] for cell in cells if cell in self.steps), None),
            error=next(filter(None, map(self.error, cells)), None),
            partitions=Standing(keys, positions, words),
            rows=sum(head.rows for head in heads) if heads else None,
            updated_at=max((head.at for head in heads), default=None),
            impossible=next(
                (self.impossible[cell] for cell in cells if cell in self.impossible), None
            ),
        )

    def step(self, cell: Cell) -> Step | None:
        return self.steps.get(cell) or self.steps.get(Cell(cell.asset))

    def error(self, cell: Cell) -> StepError | None:
        step = self.step(cell)
        return None if step is None else self.failures.get(step.cell)

    def word(self, cell: Cell) -> str:
        head = self.known.heads.get(cell)
        if head is None or self.known.missing.get(cell):
            return "missing"
        if self.error(cell) is not None:
            return "failed"
        if self.step(cell) is not None or cell in self.impossible:
            return "stale"
        return "held" if head.held else "fresh"
