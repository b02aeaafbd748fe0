"""Work out what has to run to make a selection fresh.

A topological walk over verifying traces: each asset's recorded inputs are compared with
what its inputs hold now, or with what they are going to hold where that is known. Pure:
everything that is known comes in as one value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assets_core.model.assets import Asset, Input
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization
from assets_core.model.versions import CodeVersion, Digest, InputVersion, digest
from assets_core.planning.plan import Action, Plan, Step
from assets_core.planning.reasons import ABSENT, NEVER_REUSED, ONLY_LOOKING, Reason
from assets_core.planning.staleness import UNKNOWN, Expected, Last, stamp, why_stale
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
    """

    selected: frozenset[AssetKey]
    force: bool = False
    upstream: bool = True
    computed: frozenset[Cell] = frozenset()


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cell will hold when its downstream reads it."""

    data_version: Digest
    made: Materialization | None = None


def make_plan(
    graph: Graph, expected: Mapping[AssetKey, Expected], known: Known, wanted: Wanted
) -> Plan:
    """Return the steps that make the wanted assets fresh, upstream first."""
    scope = set(wanted.selected)
    if wanted.upstream:
        scope |= graph.ancestors(wanted.selected)
    outcomes: dict[AssetKey, Outcome] = {}
    steps: list[Step] = []
    settled: list[Cell] = []
    forced: set[Cell] = set()
    for key, node in graph.nodes.items():
        cell = Cell(key)
        if not isinstance(node, Asset):
            outcomes[key] = Outcome(known.sources.get(key, ABSENT))
            continue
        if key not in scope:
            outcomes[key] = _as_it_is(cell, known)
            continue
        inputs = tuple(
            input_version(given, outcomes[given.upstream]) for given in node.inputs
        )
        force = wanted.force and key in wanted.selected and cell not in wanted.computed
        verdict = decide(expected[key], inputs, cell, known, forced=force)
        outcomes[key] = _will_be(cell, verdict, known)
        if force:
            forced.add(cell)
        if verdict.action is not None:
            steps.append(Step(cell, verdict.action, verdict.reasons))
        else:
            settled.append(cell)
    held = tuple(filter(known.holds, settled))
    fresh = tuple(
        cell for cell in settled if cell.asset in wanted.selected and cell not in held
    )
    return Plan(known.env, tuple(steps), fresh, frozenset(forced), held)


def decide(
    now: Expected,
    inputs: tuple[InputVersion, ...],
    cell: Cell,
    known: Known,
    *,
    forced: bool = False,
) -> Verdict:
    """Return what has to be done with one cell, given what its inputs hold."""
    last = known.last(cell)
    if last is not None and last.head.held and not forced:
        return Verdict(None)  # rolled back on purpose
    reasons = why_stale(now, inputs, last, at=known.at, forced=forced)
    if not reasons:
        return Verdict(None)
    kinds = {reason.kind for reason in reasons}
    if last is not None and kinds <= ONLY_LOOKING:
        # A copy is validated on its way, so it answers for a changed schema as well.
        action: Action = "reuse" if "storage_changed" in kinds else "revalidate"
        return Verdict(action, reasons, last.made)
    earlier = None if kinds & NEVER_REUSED else _earlier_result(now, inputs, cell, known)
    if earlier is None:
        return Verdict("compute", reasons)
    passed = now.validation.digest in earlier.validated
    return Verdict("reuse" if passed else "revalidate", reasons, earlier.materialization)


def _earlier_result(
    now: Expected, inputs: tuple[InputVersion, ...], cell: Cell, known: Known
) -> Reusable | None:
    if not now.asset.deterministic or any(
        given.data_version == UNKNOWN for given in inputs
    ):
        return None
    earlier = known.reusable.get((cell, now.recipe(inputs)))
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


def input_version(given: Input, outcome: Outcome) -> InputVersion:
    """Return what an input holds, in the form and with the columns that are read."""
    version = outcome.data_version
    if given.columns is not None and version not in (UNKNOWN, ABSENT):
        made = outcome.made
        versions = [made and made.column_version(name) for name in given.columns]
        # A column that is not there fails when it is read, by name; until then it counts.
        version = digest("columns 1", *(one or "no such column" for one in versions))
    return InputVersion(
        given.parameter, Cell(given.upstream), given.form.value, version, given.columns
    )


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
