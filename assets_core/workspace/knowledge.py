"""Read in bulk what planning has to know, then plan.

A first plan finds which cells need something; it needs heads only. For those cells
records and earlier results are read, and a second plan has every reason and can use
results again. When nothing is to be done, the first plan is the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assets_core.errors import SourceError
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, StoredData
from assets_core.model.versions import Digest
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted, make_plan
from assets_core.planning.reasons import ABSENT
from assets_core.planning.staleness import Expected
from assets_core.running.tools import Tools


def plan_for(
    tools: Tools,
    graph: Graph,
    expected: Mapping[AssetKey, Expected],
    wanted: Wanted,
    env: str,
) -> tuple[Plan, Known]:
    """Return the plan for what is wanted, and what it was made from."""
    scope = set(wanted.selected) | graph.ancestors(wanted.selected)
    known = _heads(tools, graph, scope, env)
    plan = make_plan(graph, expected, known, wanted)
    if plan.steps:
        known = _details(tools, known, [step.cell for step in plan.steps])
        plan = make_plan(graph, expected, known, wanted)
    return plan, known


def _heads(tools: Tools, graph: Graph, scope: set[AssetKey], env: str) -> Known:
    heads = {
        cell: head for cell, head in tools.store.heads(env).items() if cell.asset in scope
    }
    read_by_column = {
        Cell(given.upstream)
        for key in scope
        if isinstance(node := graph.nodes[key], Asset)
        for given in node.inputs
        if given.columns is not None
    }
    wanted = [heads[cell].materialization for cell in read_by_column if cell in heads]
    return Known(
        env=env,
        heads=heads,
        sources=_sources(tools, graph, scope),
        missing=_missing(tools, heads),
        at=tools.clock.now(),
        records=tools.store.materializations(wanted),
    )


def _sources(tools: Tools, graph: Graph, scope: set[AssetKey]) -> dict[AssetKey, Digest]:
    last = tools.store.observations()
    versions: dict[AssetKey, Digest] = {}
    news = []
    for source in (node for node in graph.sources if node.key in scope):
        try:
            seen = tools.sources.observe(source, last.get(source.key))
        except SourceError:
            versions[source.key] = ABSENT  # the step that reads it will say so
            continue
        versions[source.key] = seen.version
        if seen != last.get(source.key):
            news.append(seen)
    tools.store.observe(news)
    return versions


def _missing(tools: Tools, heads: Mapping[Cell, Head]) -> dict[Cell, str]:
    """Return the cells whose stored bytes are gone, and where they should be."""
    stored = tools.store.stored(head.materialization for head in heads.values())
    absent = _absent(tools, stored.values())
    missing: dict[Cell, str] = {}
    for cell, head in heads.items():
        place = stored.get(head.materialization)
        if place is None:
            missing[cell] = "the metadata store has no record of it"
        elif (place.storage, place.location) in absent:
            missing[cell] = place.location
    return missing


def _absent(tools: Tools, stored: Iterable[StoredData]) -> set[tuple[str, str]]:
    by_storage: dict[str, list[StoredData]] = {}
    for one in stored:
        by_storage.setdefault(one.storage, []).append(one)
    return {
        (manager.storage, location)
        for manager in tools.io.values()
        if manager.storage in by_storage
        for location in manager.absent(by_storage[manager.storage])
    }


def _details(tools: Tools, known: Known, cells: list[Cell]) -> Known:
    heads = [known.heads[cell].materialization for cell in cells if cell in known.heads]
    records = {**known.records, **tools.store.materializations(heads)}
    reusable = tools.store.reusable([cell.asset for cell in cells])
    digests = {
        digest for made in records.values() for digest in (made.code, made.validation)
    }
    shown = (reusable.get((cell, head.recipe)) for cell, head in known.heads.items())
    digests |= {digest for one in shown if one for digest in one.validated}
    stored = (one.materialization.stored for one in reusable.values())
    return replace(
        known,
        records=records,
        codes=tools.store.code_versions(digests),
        reusable=reusable,
        absent=frozenset(location for _, location in _absent(tools, stored)),
    )
