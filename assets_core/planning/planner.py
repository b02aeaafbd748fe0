"""Work out what has to run to make a selection fresh.

A topological walk over verifying traces: each asset's recorded inputs are compared with
what its inputs hold now, or with what they are going to hold where that is known. Pure:
everything that is known comes in as one value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization
from assets_core.model.versions import CodeVersion, Digest, InputVersion
from assets_core.planning.outputs import joined
from assets_core.planning.plan import Action, Impossible, Plan, Step, Verdict
from assets_core.planning.reads import (
    AllKeys,
    Outcome,
    Read,
    Reads,
    Texts,
    input_version,
    reads_of,
)
from assets_core.planning.reasons import ABSENT, NEVER_REUSED, ONLY_LOOKING
from assets_core.planning.scope import (
    Scope,
    quickly,
    quiet_among,
    read_by_checks,
    scope_of,
    with_outputs,
)
from assets_core.planning.staleness import (
    UNKNOWN,
    Expected,
    Last,
    Making,
    stamp,
    why_stale,
)
from assets_core.planning.yielded import also_stale
from assets_core.protocols.metadata import Reusable


@frozen
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

    def partitions(self, key: AssetKey) -> list[Cell]:
        """Return the cells of an asset with partitions."""
        return [Cell(key, partition) for partition in self.keys[key]]

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


@frozen
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


def make_plan(
    graph: Graph,
    expected: Mapping[AssetKey, Expected],
    known: Known,
    wanted: Wanted,
    among: Collection[Cell] | None = None,
) -> Plan:
    """Return the steps that make the wanted cells fresh, upstream first.

    Args:
        among: The only cells that can need something, where an earlier plan has told.
    """
    texts: dict[AssetKey, Texts] = {}
    reads = {asset.key: reads_of(asset, known.keys, texts) for asset in graph.assets}
    selected = {
        key: wanted.partitions.get(key, range(reads[key].count))
        for key in wanted.selected
        if key in reads
    }
    also: dict[AssetKey, Sequence[int]] = {}
    quiet = quiet_among(graph, known.settled)
    while True:
        walk = _Walk(expected, known, wanted, among, quickly(selected), {})
        roots = with_outputs(graph, {**also, **selected})
        scope = scope_of(graph, reads, roots, quiet) if wanted.upstream else roots
        _visit(walk, graph, reads, scope)
        looked_at = {key: one for key, one in reads.items() if key not in known.settled}
        more = read_by_checks(graph, looked_at, walk.steps, known.heads)
        if not wanted.upstream or more.keys() <= roots.keys():
            return walk.plan()
        also |= more


def _visit(
    walk: _Walk,
    graph: Graph,
    reads: Mapping[AssetKey, Reads],
    scope: Scope,
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
            if key in walk.selected:
                walk.settled[key] = len(walk.selected[key])
            continue
        for position in scope.get(key, ()):
            walk.visit(reads[key], position)


@dataclass(slots=True)
class _Walk:
    """A plan that is being made, cell by cell, upstream first."""

    expected: Mapping[AssetKey, Expected]
    known: Known
    wanted: Wanted
    among: Collection[Cell] | None
    selected: Mapping[AssetKey, Collection[int]]
    outcomes: dict[Cell, Outcome | None]
    together: dict[Cell, Verdict] = field(default_factory=dict)
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

    def visit(self, reads: Reads, position: int) -> None:
        """Decide about one cell, whose upstream has been decided about."""
        cell = reads.cell(position)
        if self.among is not None and cell not in self.among:
            self.outcomes[cell] = _as_it_is(cell, self.known)
            self._note(cell, _SETTLED, position)
            return
        inputs = self._inputs(cell, reads.at(position))
        if isinstance(inputs, Impossible):
            self.impossible.append(inputs)
            if inputs.waits:
                self.waiting.add(cell)
            there = cell in self.known.heads
            self.outcomes[cell] = _as_it_is(cell, self.known) if there else None
            return
        making = Making(cell, reads.windows(position), inputs)
        verdict = self._decided(reads.asset, making, position)
        force = self._is_forced(cell, position)
        self.outcomes[cell] = _will_be(cell, verdict, self.known)
        if reads.asset.yields and _may_yield_others(cell, verdict, self.known):
            self.outcomes |= {
                one: _NOTHING
                for one in self.known.partitions(cell.asset)
                if force or not self.known.holds(one)
            }
        if force:
            self.forced.add(cell)
        self._note(cell, verdict, position)

    def _decided(self, asset: Asset, making: Making, position: int) -> Verdict:
        """Return what has to be done with a cell, given all that its call makes."""
        if not asset.outputs:
            return self._alone(making, position)
        if making.cell not in self.together:
            cells = [making.cell._replace(asset=key) for key in asset.made_together]
            each = {one: self._alone(making._replace(cell=one), position) for one in cells}
            self.together |= joined(each, self.known.holds)
        return self.together.pop(making.cell)

    def _alone(self, making: Making, position: int) -> Verdict:
        forced = self._is_forced(making.cell, position)
        return decide(self.expected[making.cell.asset], making, self.known, forced=forced)

    def _is_forced(self, cell: Cell, position: int) -> bool:
        wanted = self.wanted
        chosen = wanted.force and position in self.selected.get(cell.asset, ())
        return chosen and cell not in wanted.computed

    def _note(self, cell: Cell, verdict: Verdict, position: int) -> None:
        selected = position in self.selected.get(cell.asset, ())
        yields = cell.partition is None and cell.asset in self.known.keys
        cells = self.known.partitions(cell.asset) if yields else [cell]
        held = [one for one in cells if self.known.holds(one)]
        if verdict.action is not None:
            self.steps.append(Step(cell, verdict.action, verdict.reasons))
            self.pulled += not selected
        elif held:
            self.held += held
        elif selected:
            self.fresh.append(cell)

    def _outcome(self, cell: Cell) -> Outcome | None:
        """Return what a cell is going to hold; None if it cannot be made."""
        if cell not in self.outcomes:
            return _as_it_is(cell, self.known)
        return self.outcomes[cell]

    def _inputs(
        self, cell: Cell, reads: list[Read]
    ) -> tuple[InputVersion, ...] | Impossible:
        """Return what a cell is made from, or why it cannot be made."""
        found: list[InputVersion] = []
        for read in reads:
            outcomes = [self._outcome(one) for one in read.cells]
            kept = [one for one in outcomes if one is not None]
            if len(kept) == len(outcomes) and not read.undefined:
                found.append(input_version(read, kept))
                continue
            pairs = list(zip(read.cells, outcomes, strict=True))
            if read.given.missing != "skip":
                lost = [one for one, outcome in pairs if outcome is None]
                return self._impossible(cell, read, lost)
            cells = tuple(one for one, outcome in pairs if outcome is not None)
            found.append(input_version(read._replace(cells=cells, undefined=()), kept))
        return tuple(found)

    def _impossible(self, cell: Cell, read: Read, lost: list[Cell]) -> Impossible:
        what = (*read.undefined, *(one.partition or "data" for one in lost))
        # What reads a partition that waits, or where there is none yet, waits too.
        waits = (
            read.given.missing == "wait"
            or not read.keys
            or (not read.undefined and self.waiting.issuperset(lost))
        )
        return Impossible(cell, read.given.upstream, what, waits)


_NOTHING = Outcome(UNKNOWN)


_SETTLED = Verdict(None)


def decide(now: Expected, making: Making, known: Known, *, forced: bool = False) -> Verdict:
    """Return what has to be done with one cell, given what its inputs hold."""
    head = known.heads.get(making.cell)
    if (
        head is not None
        and not (forced or now.asset.yields)
        and making.cell not in known.missing
        and now.answers(making, head)
    ):
        return _SETTLED
    last = known.last(making.cell)
    if last is not None and last.head.held and not forced:
        return Verdict(None)  # rolled back on purpose
    reasons = why_stale(now, making, last, at=known.at, forced=forced)
    if now.asset.yields:
        keys = known.keys[making.cell.asset]
        reasons += also_stale(now, making, keys, known.last, reasons=reasons, at=known.at)
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
    if "previous" in made.made_with or _lacks_partitions(now, making, known):
        return None  # it was made from itself, which no recipe covers; or not all is there
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


def _may_yield_others(cell: Cell, verdict: Verdict, known: Known) -> bool:
    """Return whether the partitions may be others once a call has been decided about."""
    version = _will_be(cell, verdict, known).data_version
    return version == UNKNOWN or version != _as_it_is(cell, known).data_version


def _lacks_partitions(now: Expected, making: Making, known: Known) -> bool:
    """Return whether stored partitions of a call are gone."""
    return now.asset.yields and any(
        cell in known.missing for cell in known.partitions(making.cell.asset)
    )
