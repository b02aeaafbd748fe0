"""One attempt at one cell: what it was given, and what it saw under its claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assets_core.errors import MissingDataError
from assets_core.model.assets import Asset, Check, Source
from assets_core.model.events import StepWaiting
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Claim, Head, Materialization, Observation
from assets_core.model.versions import InputVersion
from assets_core.planning.planner import Known, Outcome, input_version
from assets_core.planning.staleness import Expected
from assets_core.protocols.io import IOManager
from assets_core.running.tools import Tools

WAIT_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Job:
    """One step and what it needs to know of the project."""

    run_id: str
    env: str
    cell: Cell
    asset: Asset
    expected: Expected
    checks: tuple[Check, ...]
    graph: Graph
    forced: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """A job that holds the claim on its cell, and what it found when it looked.

    Attributes:
        inputs: What its inputs hold now; the result is recorded as made from these.
        made: The results that its upstream assets show.
        observed: The sources it reads, and the state in which they were seen.
    """

    tools: Tools
    job: Job
    claim: Claim
    known: Known
    inputs: tuple[InputVersion, ...]
    made: Mapping[AssetKey, Materialization]
    observed: tuple[tuple[Source, Observation], ...]

    @property
    def manager(self) -> IOManager:
        """Return the IO manager that keeps the asset."""
        return self.tools.io_of(self.job.asset)

    @property
    def shown(self) -> Materialization | None:
        """Return the result that the cell shows now."""
        head = self.known.heads.get(self.job.cell)
        return None if head is None else self.known.records.get(head.materialization)


def take_claim(tools: Tools, job: Job) -> Claim:
    """Take the cell, waiting for a live run that has it."""
    attempt = tools.new_id()
    told = False
    while True:
        taken = tools.store.claim(job.env, job.cell, attempt, tools.owner)
        if isinstance(taken, Claim):
            return taken
        if not told:
            why = f"process {taken.pid} on {taken.host} is computing it"
            tools.notify(StepWaiting(job.cell, why))
            told = True
        tools.clock.sleep(WAIT_SECONDS)


def look(tools: Tools, job: Job, claim: Claim) -> Attempt:
    """Read what the cell and its inputs hold now."""
    heads: dict[Cell, Head] = {}
    for key in (job.asset.key, *job.asset.upstream):
        head = tools.store.head(job.env, Cell(key))
        if head is not None:
            heads[Cell(key)] = head
    records = tools.store.materializations(head.materialization for head in heads.values())
    observed = _observe(tools, job)
    outcomes = {source.key: Outcome(seen.version) for source, seen in observed}
    made: dict[AssetKey, Materialization] = {}
    for key in job.asset.upstream:
        if key in outcomes:
            continue
        upstream = heads.get(Cell(key))
        if upstream is None or upstream.materialization not in records:
            raise MissingDataError(
                f"'{job.cell}' needs '{key}', which was never built",
                fix=f"assets materialize {key}",
            )
        made[key] = records[upstream.materialization]
        outcomes[key] = Outcome(upstream.data_version, made[key])
    return Attempt(
        tools=tools,
        job=job,
        claim=claim,
        known=_know(tools, job, heads, records),
        inputs=tuple(
            input_version(given, outcomes[given.upstream]) for given in job.asset.inputs
        ),
        made=made,
        observed=tuple(observed),
    )


def _observe(tools: Tools, job: Job) -> list[tuple[Source, Observation]]:
    nodes = [job.graph.nodes[key] for key in job.asset.upstream]
    sources = [node for node in nodes if isinstance(node, Source)]
    if not sources:
        return []
    last = tools.store.observations()
    observed = [(node, tools.sources.observe(node, last.get(node.key))) for node in sources]
    tools.store.observe([seen for node, seen in observed if seen != last.get(node.key)])
    return observed


def _know(
    tools: Tools, job: Job, heads: dict[Cell, Head], records: dict[str, Materialization]
) -> Known:
    head = heads.get(job.cell)
    last = records.get(head.materialization) if head else None
    reusable = tools.store.reusable([job.asset.key])
    same = reusable.get((job.cell, head.recipe)) if head else None
    digests = {*(same.validated if same else ())}
    digests |= {last.code, last.validation} if last else set()
    manager = tools.io_of(job.asset)
    stored = [one.materialization.stored for one in reusable.values()]
    absent = manager.absent(one for one in stored if one.storage == manager.storage)
    missing: dict[Cell, str] = {}
    if last is not None:
        holder = tools.io_holding(last.stored)
        if holder is not None and holder.absent([last.stored]):
            missing[job.cell] = last.stored.location
    return Known(
        env=job.env,
        heads=heads,
        sources={},
        missing=missing,
        at=tools.clock.now(),
        records=records,
        codes=tools.store.code_versions(digests),
        reusable=reusable,
        absent=frozenset(absent),
    )
