"""Work out what has to run to make a selection fresh.

A topological walk over verifying traces: each asset's recorded inputs are compared with
what its inputs hold now, or with what they are going to hold where that is known. Pure:
everything that is known comes in as one value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization
from assets_core.model.versions import CodeVersion, Digest
from assets_core.planning.plan import Action, Impossible, Plan, Step
from assets_core.planning.reads import (
    AllKeys,
    Outcome,
    Read,
    Reads,
    Texts,
    input_version,
    reads_of,
)
from assets_core.planning.reasons import ABSENT, NEVER_REUSED, ONLY_LOOKING, Reason
from assets_core.planning.scope import Scope, read_by_checks, scope_of
from assets_core.planning.staleness import (
    UNKNOWN,
    Expected,
    Last,
    Making,
    stamp,
    why_stale,
)
from assets_core.protocols.metadata import Reusable


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that planning knows about the world.

    Attributes:
        sources: The version of each source, `ABSENT` where it cannot be read.
        missing: For cells whose stored bytes are gone, where they should be.
        at: The time now, in seconds since 1970, UTC.
        records: Results by id. Those of heads are needed to explain, and to compare the
            columns that an input declares.
        absent: Locations of reusable results whose bytes are gone.
        keys: The partitions that partitioned assets have now.
        settled: Assets with partitions of which nothing is another since all of them
            were fresh; their heads need not be known.
    """

    env: str
    heads: Mapping[Cell, Head]
    sources: Mapping[AssetKey, Digest]
    missing: Mapping[Cell, str]
    at: float
    records: Mapping[str, Materialization] = field(default_factory=dict)
    codes: Mapping[Digest, CodeVersion] = field(default_factory=dict)
    reusable: Mapping[tuple[Cell, Digest], Reusable] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    keys: AllKeys = field(default_factory=dict)
    settled: frozenset[AssetKey] = frozenset()

    def holds(self, cell: Cell) -> bool:
        """Return whether a cell was rolled back on purpose."""
        head = self.heads.get(cell)
        return head is not None and head.held

    def last(self, cell: Cell) -> Last | None:
        """Return what is remembered of a cell."""
        head = self.heads.get(cell)
        if head is None:
            return None
        made = self.records.get(head.materialization)
        code = None if made is None else self.codes.get(made.code)
        validation = None if made is None else self._passed_last(cell, head, made)
        return Last(head, self.missing.get(cell, ""), made, code, validation)

    def _passed_last(
        self, cell: Cell, head: Head, made: Materialization
    ) -> CodeVersion | None:
        """Return what had looked at a result when the head came to show it.

        A result may have passed other rules since those that it was made with.
        """
        same = self.reusable.get((cell, head.recipe))
        passed = same.validated if same and same.materialization.id == made.id else ()
        stamped = (one for one in passed if stamp(one, made.stored.storage) == head.stamp)
        return self.codes.get(next(stamped, made.validation))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    Attributes:
        upstream: Whether stale upstream cells join the plan.
        computed: Cells that a forced run has done before it was stopped.
        partitions: The positions of the partitions that are wanted of an asset; of one
            that is not named here, all.
    """

    selected: frozenset[AssetKey]
    force: bool = False
    upstream: bool = True
    computed: frozenset[Cell] = frozenset()
    partitions: Mapping[AssetKey, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What has to be done with one cell.

    Attributes:
        action: None when nothing has to be done.
        reasons: Why.
        made: The result that will be shown without computing, where there is one.
    """

    action: Action | None
    reasons: tuple[Reason, ...] = ()
    made: Materialization | None = None


def make_plan(
    graph: Graph, expected: Mapping[AssetKey, Expected], known: Known, wanted: Wanted
) -> Plan:
    """Return the steps that make the wanted cells fresh, upstream first."""
    texts: dict[AssetKey, Texts] = {}
    reads = {asset.key: reads_of(asset, known.keys, texts) for asset in graph.assets}
    selected = {
        key: wanted.partitions.get(key, range(reads[key].count))
        for key in wanted.selected
        if key in reads
    }
    also: dict[AssetKey, Sequence[int]] = {}
    while True:
        walk = _Walk(expected, known, wanted, {})
        roots = {**also, **selected}
        scope = scope_of(graph, reads, roots, upstream=wanted.upstream)
        _visit(walk, graph, reads, scope, selected)
        more = read_by_checks(graph, reads, walk.steps, known.heads)
        if not wanted.upstream or more.keys() <= roots.keys():
            return walk.plan()
        also |= more


def _visit(
    walk: _Walk,
    graph: Graph,
    reads: Mapping[AssetKey, Reads],
    scope: Scope,
    selected: Scope,
) -> None:
    """Decide about every cell, upstream first."""
    known = walk.known
    for key, version in known.sources.items():
        walk.outcomes[Cell(key)] = Outcome(version)
    for key, node in graph.nodes.items():
        if not isinstance(node, Asset):
            walk.outcomes.setdefault(Cell(key), Outcome(ABSENT))
            continue
        if key in known.settled:
            if key in selected:
                walk.settled[key] = len(selected[key])
            continue
        chosen = frozenset(selected.get(key, ()))
        for position in scope.get(key, ()):
            walk.visit(reads[key], position, selected=position in chosen)


@dataclass(slots=True)
class _Walk:
    """A plan that is being made, cell by cell, upstream first."""

    expected: Mapping[AssetKey, Expected]
    known: Known
    wanted: Wanted
    outcomes: dict[Cell, Outcome | None]
    steps: list[Step] = field(default_factory=list)
    fresh: list[Cell] = field(default_factory=list)
    forced: set[Cell] = field(default_factory=set)
    held: list[Cell] = field(default_factory=list)
    impossible: list[Impossible] = field(default_factory=list)
    waiting: set[Cell] = field(default_factory=set)
    pulled: int = 0
    settled: dict[AssetKey, int] = field(default_factory=dict)

    def plan(self) -> Plan:
        """Return what was found."""
        return Plan(
            self.known.env,
            tuple(self.steps),
            tuple(self.fresh),
            frozenset(self.forced),
            tuple(self.held),
            tuple(self.impossible),
            self.pulled,
            self.settled,
        )

    def visit(self, reads: Reads, position: int, *, selected: bool) -> None:
        """Decide about one cell, whose upstream has been decided about."""
        cell = reads.cell(position)
        found = self._possible(cell, reads.at(position))
        if isinstance(found, Impossible):
            self.impossible.append(found)
            if found.waits:
                self.waiting.add(cell)
            there = cell in self.known.heads
            self.outcomes[cell] = _as_it_is(cell, self.known) if there else None
            return
        inputs = tuple(
            input_version(read, [self._outcome(one) or _NOTHING for one in read.cells])
            for read in found
        )
        making = Making(cell, reads.windows(position), inputs)
        force = self.wanted.force and selected and cell not in self.wanted.computed
        now = self.expected[reads.asset.key]
        verdict = decide(now, making, self.known, forced=force)
        self.outcomes[cell] = _will_be(cell, verdict, self.known)
        self._note(cell, verdict, selected=selected, forced=force)

    def _note(self, cell: Cell, verdict: Verdict, *, selected: bool, forced: bool) -> None:
        if forced:
            self.forced.add(cell)
        if verdict.action is not None:
            self.steps.append(Step(cell, verdict.action, verdict.reasons))
            self.pulled += not selected
        elif self.known.holds(cell):
            self.held.append(cell)
        elif selected:
            self.fresh.append(cell)

    def _outcome(self, cell: Cell) -> Outcome | None:
        """Return what a cell is going to hold; None if it cannot be made."""
        found = self.outcomes.get(cell, _NOTHING)
        return _as_it_is(cell, self.known) if found is _NOTHING else found

    def _possible(self, cell: Cell, reads: list[Read]) -> list[Read] | Impossible:
        """Return what is read, without what may be left out, or why nothing can be made."""
        found: list[Read] = []
        for read in reads:
            lost = [one for one in read.cells if self._outcome(one) is None]
            if not lost and not read.undefined:
                found.append(read)
            elif read.given.missing == "skip":
                kept = tuple(one for one in read.cells if one not in lost)
                found.append(read._replace(cells=kept, undefined=()))
            else:
                what = (*read.undefined, *(one.partition or "data" for one in lost))
                # What reads a partition that waits, or where there is none yet, waits too.
                waits = (
                    read.given.missing == "wait"
                    or not read.keys
                    or (not read.undefined and self.waiting.issuperset(lost))
                )
                return Impossible(cell, read.given.upstream, what, waits)
        return found


_NOTHING = Outcome(UNKNOWN)


_SETTLED = Verdict(None)


def decide(now: Expected, making: Making, known: Known, *, forced: bool = False) -> Verdict:
    """Return what has to be done with one cell, given what its inputs hold."""
    head = known.heads.get(making.cell)
    there = head is not None and making.cell not in known.missing
    if there and not forced and now.answers(making, known.heads[making.cell]):
        return _SETTLED
    last = known.last(making.cell)
    if last is not None and last.head.held and not forced:
        return Verdict(None)  # rolled back on purpose
    reasons = why_stale(now, making, last, at=known.at, forced=forced)
    if not reasons:
        return Verdict(None)
    kinds = {reason.kind for reason in reasons}
    if last is not None and kinds <= ONLY_LOOKING:
        # A copy is validated on its way, so it answers for a changed schema as well.
        action: Action = "reuse" if "storage_changed" in kinds else "revalidate"
        return Verdict(action, reasons, last.made)
    earlier = None if kinds & NEVER_REUSED else _earlier_result(now, making, known)
    if earlier is None:
        return Verdict("compute", reasons)
    passed = now.validation.digest in earlier.validated
    return Verdict("reuse" if passed else "revalidate", reasons, earlier.materialization)


def _earlier_result(now: Expected, making: Making, known: Known) -> Reusable | None:
    if not now.asset.deterministic or any(
        given.data_version == UNKNOWN for given in making.inputs
    ):
        return None
    earlier = known.reusable.get((making.cell, now.recipe(making)))
    if earlier is None:
        return None
    made = earlier.materialization
    if "previous" in made.made_with:
        return None  # it was made from itself, which no recipe covers
    if made.stored.storage != now.storage or made.stored.location in known.absent:
        return None
    freshness = now.asset.freshness
    if freshness and known.at - made.committed_at > freshness.max_age.total_seconds():
        return None
    return earlier


def _as_it_is(cell: Cell, known: Known) -> Outcome:
    head = known.heads.get(cell)
    if head is None:
        return Outcome(UNKNOWN)
    return Outcome(head.data_version, known.records.get(head.materialization))


def _will_be(cell: Cell, verdict: Verdict, known: Known) -> Outcome:
    if verdict.action is None or (verdict.action != "compute" and verdict.made is None):
        return _as_it_is(cell, known)
    if verdict.action == "compute" or verdict.made is None:
        return Outcome(UNKNOWN)
    return Outcome(verdict.made.data_version, verdict.made)
