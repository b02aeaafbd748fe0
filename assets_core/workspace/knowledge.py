"""Read in bulk what planning has to know, then plan.

A first plan finds which cells need something; it needs heads only. For those cells
records and earlier results are read, and a second plan has every reason and can use
results again. When nothing is to be done, the first plan is the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from assets_core.errors import AssetsError
from assets_core.model.assets import Asset, Source
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.origins import ManyFiles, OneFile
from assets_core.model.records import Head, Observation
from assets_core.model.summary import Summary
from assets_core.model.versions import Digest
from assets_core.parallel import AT_ONCE, in_parallel
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted, make_plan
from assets_core.planning.reads import AllKeys
from assets_core.planning.reasons import ABSENT
from assets_core.planning.settling import World, mark_of
from assets_core.planning.staleness import Expected
from assets_core.running.heads import absent_among, heads_of_assets, is_gone
from assets_core.running.tools import Tools


def plan_for(
    tools: Tools,
    graph: Graph,
    expected: Mapping[AssetKey, Expected],
    wanted: Wanted,
    env: str,
    keys: AllKeys,
) -> tuple[Plan, Known]:
    """Return the plan for what is wanted, and what it was made from."""
    scope = set(wanted.selected) | graph.needed(wanted.selected)
    sources = _sources(tools, graph, scope)
    heads = tools.store.heads_digests(env) if keys else {}
    marks = _marks(tools, expected, scope, heads, keys, sources)
    kept = tools.store.summaries(env, marks)
    settled = {
        key
        for key, one in kept.items()
        if one.mark == marks[key] and not (wanted.force and key in wanted.selected)
    }
    settled = {key for key in settled if settled.issuperset(graph.together(key))}
    known = _heads(tools, graph, scope, env, keys, sources, settled)
    plan = make_plan(graph, expected, known, wanted)
    touched = graph.descendants(plan.cells_by_asset) & settled
    if touched:
        settled -= touched
        known = _heads(tools, graph, scope, env, keys, sources, settled)
        plan = make_plan(graph, expected, known, wanted)
    if plan.steps:
        known = _details(tools, known, _closely(plan, known))
        if known.records or known.reusable:  # else nothing is known that could change it
            # What was found fresh stays so: it does not read what a step would change.
            others = (*plan.held, *(one.cell for one in plan.impossible))
            among = {*(step.cell for step in plan.steps), *others}
            plan = make_plan(graph, expected, known, wanted, among)
    new = _settled(plan, known, wanted, marks)
    if new and tools.store.heads_digests(env) == heads:  # nobody moved one meanwhile
        tools.store.keep_summaries(env, new)
    return plan, known


def _closely(plan: Plan, known: Known) -> list[Cell]:
    """Return the cells that have to be looked at more closely."""
    cells = [step.cell for step in plan.steps]
    calls = [one for one in cells if one.partition is None and one.asset in known.keys]
    return cells + [one for call in calls for one in known.partitions(call.asset)]


def _marks(
    tools: Tools,
    expected: Mapping[AssetKey, Expected],
    scope: set[AssetKey],
    heads: Mapping[AssetKey, Digest],
    keys: AllKeys,
    sources: Mapping[AssetKey, Digest],
) -> dict[AssetKey, Digest]:
    """Return the mark of each partitioned asset that can have one."""
    if not keys:
        return {}
    states = [manager.state(tools.clock.now()) for manager in tools.io.values()]
    stored = "" if None in states else repr(states)
    world = World(heads, sources, keys, stored)
    found = {key: mark_of(expected[key], world) for key in keys if key in scope}
    return {key: mark for key, mark in found.items() if mark is not None}


def _settled(
    plan: Plan, known: Known, wanted: Wanted, marks: Mapping[AssetKey, Digest]
) -> dict[AssetKey, Summary]:
    """Return the marks of assets of which every partition was found fresh."""
    fresh = Counter(cell.asset for cell in plan.fresh)
    calls = {cell.asset for cell in plan.fresh if cell.partition is None}
    return {
        key: _summary(known, key, mark)
        for key, mark in marks.items()
        if key not in known.settled
        and key not in wanted.partitions
        and len(known.keys[key]) > 0
        and (key in calls or fresh[key] == len(known.keys[key]))
    }


def _summary(known: Known, key: AssetKey, mark: Digest) -> Summary:
    heads = [known.heads[cell] for cell in known.partitions(key)]
    rows = sum(head.rows for head in heads)
    return Summary(mark, rows, max(head.at for head in heads))


def _heads(  # noqa: PLR0913, PLR0917 - where, and what of it
    tools: Tools,
    graph: Graph,
    scope: set[AssetKey],
    env: str,
    keys: AllKeys,
    sources: Mapping[AssetKey, Digest],
    settled: Collection[AssetKey],
) -> Known:
    looked_at = scope - set(settled)
    looked_at |= {above for key in looked_at for above in graph.upstream(key)}
    heads = heads_of_assets(tools, env, looked_at, keys)
    read_by_column = {
        given.upstream
        for key in scope
        if isinstance(node := graph.nodes[key], Asset)
        for given in node.inputs
        if given.columns is not None
    }
    wanted = [
        head.materialization for cell, head in heads.items() if cell.asset in read_by_column
    ]
    return Known(
        env=env,
        heads=heads,
        sources=sources,
        missing=_missing(tools, heads),
        at=tools.clock.now(),
        records=tools.store.materializations(wanted),
        keys=keys,
        settled=frozenset(settled),
    )


def _sources(tools: Tools, graph: Graph, scope: set[AssetKey]) -> dict[AssetKey, Digest]:
    last = tools.store.observations()
    sources = [node for node in graph.sources if node.key in scope]

    def look(source: Source) -> Observation | None:
        try:
            return tools.sources.observe(source, last.get(source.key))
        except AssetsError:
            return None  # the step that reads it will say so

    # Threads are for those that wait for others; a look at a file is quicker than one.
    waits = any(not isinstance(one.origin, OneFile | ManyFiles) for one in sources)
    looks = in_parallel(look, sources, AT_ONCE if waits else 1)
    found = {one.key: seen for one, seen in zip(sources, looks, strict=True)}
    news = [seen for key, seen in found.items() if seen and seen != last.get(key)]
    tools.store.observe(news)
    return {key: seen.version if seen else ABSENT for key, seen in found.items()}


def _missing(tools: Tools, heads: Mapping[Cell, Head]) -> dict[Cell, str]:
    """Return the cells whose stored bytes are gone, and where they should be."""
    stored = tools.store.stored(head.materialization for head in heads.values())
    absent = absent_among(tools, stored.values())
    missing: dict[Cell, str] = {}
    for cell, head in heads.items():
        place = stored.get(head.materialization)
        if place is None:
            missing[cell] = "the metadata store has no record of it"
        elif is_gone(head, place, absent):
            missing[cell] = place.location
    return missing


def _details(tools: Tools, known: Known, cells: list[Cell]) -> Known:
    heads = [known.heads[cell].materialization for cell in cells if cell in known.heads]
    records = {**known.records, **tools.store.materializations(heads)}
    reusable = tools.store.reusable(cells)
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
        absent=frozenset(
            {*known.missing.values(), *(at for _, at in absent_among(tools, stored))}
        ),
    )
