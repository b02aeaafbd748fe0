"""One attempt at one cell: what it was given, and what it saw under its claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from assets_core.errors import MissingDataError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Check, Source
from assets_core.model.events import StepWaiting
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partitions import DynamicPartitions
from assets_core.model.records import (
    Claim,
    Head,
    Materialization,
    Observation,
    StoredData,
)
from assets_core.model.versions import Digest, InputVersion, Window
from assets_core.planning.planner import Known
from assets_core.planning.reads import AllKeys, Outcome, Read, input_version, reads_of
from assets_core.planning.staleness import Expected, Making
from assets_core.protocols.io import IOManager
from assets_core.running.heads import absent_among, is_current, is_gone
from assets_core.running.tools import Tools

WAIT_SECONDS = 0.05


@frozen
class Job:
    """One step and what it needs to know of the project.

    Attributes:
        windows: The times that the partition stands for, if any.
        keys: The partitions that partitioned assets had when the run was planned.
    """

    run_id: str
    env: str
    cell: Cell
    asset: Asset
    expected: Expected
    checks: tuple[Check, ...]
    graph: Graph
    forced: bool
    windows: tuple[Window, ...] = ()
    keys: AllKeys = field(default_factory=dict)


@frozen
class Attempt:
    """A job that holds the claim on its cell, and what it found when it looked.

    Attributes:
        reads: The cells that each input reads.
        inputs: What its inputs hold now; the result is recorded as made from these.
        made: The results that its upstream cells show.
        observed: The sources it reads, and the state in which they were seen.
        before: The head that a result replaces, also one of what the partition stood for
            before its definition changed.
    """

    tools: Tools
    job: Job
    claim: Claim
    known: Known
    reads: tuple[Read, ...]
    inputs: tuple[InputVersion, ...]
    made: Mapping[Cell, Materialization]
    observed: tuple[tuple[Source, Observation], ...] = ()
    before: Head | None = None

    @property
    def making(self) -> Making:
        """Return the cell and what it is made from."""
        return Making(self.job.cell, self.job.windows, self.inputs)

    @property
    def manager(self) -> IOManager:
        """Return the IO manager that keeps the asset."""
        return self.tools.io_of(self.job.asset)

    @property
    def shown(self) -> Materialization | None:
        """Return the result that the cell shows now."""
        head = self.known.heads.get(self.job.cell)
        return None if head is None else self.known.records.get(head.materialization)


def take_claims(tools: Tools, jobs: Sequence[Job]) -> tuple[Claim, ...]:
    """Take the cells, waiting for a live run that has one of them."""
    attempts = {job.cell: tools.new_id() for job in jobs}
    told = False
    while True:
        taken = tools.store.claim_all(jobs[0].env, attempts, tools.owner)
        if isinstance(taken, tuple):
            return taken
        if not told:
            why = f"process {taken.pid} on {taken.host} is computing it"
            tools.notify(StepWaiting(jobs[0].cell, why))
            told = True
        tools.clock.sleep(WAIT_SECONDS)


def look(tools: Tools, jobs: Sequence[Job], claims: Sequence[Claim]) -> list[Attempt]:
    """Read what some cells and their inputs hold now."""
    if jobs[0].asset.yields:
        jobs = [_with_keys_now(tools, jobs[0])]
    first = jobs[0]
    reads = _reads(jobs)
    own = {job.cell for job in jobs} | _yielded(first)
    above = {cell for many in reads for read in many for cell in read.cells}
    observed = _observe(tools, jobs)
    sources = set(map(Cell, observed))
    found = tools.store.heads_of(first.env, own | (above - sources))
    records = tools.store.materializations(head.materialization for head in found.values())
    heads = {
        cell: head for cell, head in found.items() if is_current(cell, head, first.keys)
    }
    outcomes = {Cell(key): Outcome(seen.version) for key, seen in observed.items()}
    made: dict[Cell, Materialization] = {}
    for cell in above - sources:
        head = heads.get(cell)
        if head is not None and head.materialization in records:
            made[cell] = records[head.materialization]
            outcomes[cell] = Outcome(head.data_version, made[cell])
    known = _know(tools, jobs, own, heads, records)
    return [
        replace(
            _attempt(tools, known, outcomes, made, job, claim, many),
            observed=tuple((one, observed[one.key]) for one in _sources(job)),
            before=found.get(job.cell),
        )
        for job, claim, many in zip(jobs, claims, reads, strict=True)
    ]


def _with_keys_now(tools: Tools, job: Job) -> Job:
    """Return the job of a call with the keys of its list, which nobody else changes."""
    partitions = job.asset.partitions
    assert isinstance(partitions, DynamicPartitions)  # noqa: S101 - others are not yielded
    name = partitions.dynamic
    keys = partitions.keys(known=tools.store.dynamic_keys([name])[name])
    return replace(job, keys={**job.keys, job.asset.key: keys})


def _yielded(job: Job) -> set[Cell]:
    """Return the partitions that the call of a job has yielded last."""
    if not job.asset.yields:
        return set()
    return {Cell(job.asset.key, key) for key in job.keys[job.asset.key]}


def _attempt(  # noqa: PLR0913, PLR0917 - what all attempts of a batch share, and its own
    tools: Tools,
    known: Known,
    outcomes: Mapping[Cell, Outcome],
    made: Mapping[Cell, Materialization],
    job: Job,
    claim: Claim,
    reads: list[Read],
) -> Attempt:
    there = tuple(_there(job, read, outcomes) for read in reads)
    inputs = tuple(
        input_version(read, [outcomes[cell] for cell in read.cells]) for read in there
    )
    return Attempt(tools, job, claim, known, there, inputs, made)


def _reads(jobs: Sequence[Job]) -> list[list[Read]]:
    by_asset = {job.asset.key: job for job in jobs}
    reads = {key: reads_of(job.asset, job.keys) for key, job in by_asset.items()}
    return [reads[job.asset.key].of(job.cell) for job in jobs]


def _there(job: Job, read: Read, outcomes: Mapping[Cell, Outcome]) -> Read:
    """Return what of an input is there to be read."""
    if read.given.missing == "skip":
        kept = tuple(cell for cell in read.cells if cell in outcomes)
        return read._replace(cells=kept, undefined=())
    for cell in read.cells:
        if cell not in outcomes:
            raise MissingDataError(
                f"'{job.cell}' needs '{cell}', which was never built",
                fix=f"assets materialize {cell.asset}"
                + ("" if cell.partition is None else f" --partitions '{cell.partition}'"),
            )
    return read


def _sources(job: Job) -> list[Source]:
    nodes = [job.graph.nodes[key] for key in job.asset.upstream]
    return [node for node in nodes if isinstance(node, Source)]


def _observe(tools: Tools, jobs: Sequence[Job]) -> dict[AssetKey, Observation]:
    """Look at the sources that jobs read, at each once."""
    sources = {source.key: source for job in jobs for source in _sources(job)}
    if not sources:
        return {}
    last = tools.store.observations()
    observed = {
        key: tools.sources.observe(source, last.get(key)) for key, source in sources.items()
    }
    tools.store.observe([seen for key, seen in observed.items() if seen != last.get(key)])
    return observed


def _know(
    tools: Tools,
    jobs: Sequence[Job],
    own: Iterable[Cell],
    heads: dict[Cell, Head],
    records: dict[str, Materialization],
) -> Known:
    reusable = tools.store.reusable(job.cell for job in jobs)
    digests: set[Digest] = set()
    shown: dict[Cell, StoredData] = {}
    for head, cell in ((heads[cell], cell) for cell in own if cell in heads):
        same = reusable.get((cell, head.recipe))
        digests |= same.validated if same else set()
        if last := records.get(head.materialization):
            digests |= {last.code, last.validation}
            shown[cell] = last.stored
    stored = [one.materialization.stored for one in reusable.values()]
    absent = absent_among(tools, [*stored, *shown.values()])
    missing = {
        cell: one.location
        for cell, one in shown.items()
        if is_gone(heads[cell], one, absent)
    }
    return Known(
        env=jobs[0].env,
        heads=heads,
        sources={},
        missing=missing,
        at=tools.clock.now(),
        records=records,
        codes=tools.store.code_versions(digests),
        reusable=reusable,
        absent=frozenset({*missing.values(), *(location for _, location in absent)}),
        keys=jobs[0].keys,
    )


def may_publish(attempt: Attempt) -> None:
    """Refuse to go on if what is not ours lies at the stable path."""
    job, manager, before = attempt.job, attempt.manager, attempt.before
    last = None if before is None else attempt.known.records.get(before.materialization)
    ours = last is not None and last.stored.storage == manager.storage
    manager.may_publish(
        job.cell,
        how=job.asset.publish,
        ours=ours,
        env=job.env,
        names=job.asset.partition_columns,
    )
