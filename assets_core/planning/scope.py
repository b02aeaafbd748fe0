"""Which cells a plan looks at: what is wanted, and what their mappings name upstream."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.graph_lists import keys_come_from
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head
from assets_core.planning.plan import Step
from assets_core.planning.reads import Linked, Reads

Scope = Mapping[AssetKey, Sequence[int]]
"""The positions of the cells of each asset, in order."""


def scope_of(
    graph: Graph,
    reads: Mapping[AssetKey, Reads],
    selected: Scope,
    quiet: Collection[AssetKey] = (),
) -> Scope:
    """Return all cells to look at: those that are wanted, and what they read.

    Args:
        quiet: Assets that need no look, nor anything that they read.
    """
    found = {key: set(many) for key, many in selected.items()}
    for key in reversed(list(graph.nodes)):
        _join(graph, key, found)
        if key in reads and key in found:
            for linked in sorted(reads[key].inputs, key=lambda one: not _is_own(one, key)):
                if linked.given.upstream not in quiet:
                    _add_upstream(linked, key, reads, found)
            for maker in keys_come_from(graph.nodes[key], graph.list_makers):
                found.setdefault(maker, set()).add(0)
    return {key: sorted(many) for key, many in found.items()}


def quickly(selected: Scope) -> dict[AssetKey, Collection[int]]:
    """Return positions among which one can be looked up quickly."""
    return {
        key: many if isinstance(many, range) else frozenset(many)
        for key, many in selected.items()
    }


def with_outputs(graph: Graph, selected: Scope) -> Scope:
    """Return what is selected, with all that the same calls make."""
    found: dict[AssetKey, Sequence[int]] = dict(selected)
    for key in selected:
        together = graph.together(key)
        if len(together) > 1:
            many = sorted({place for one in together for place in selected.get(one, ())})
            found |= dict.fromkeys(together, many)
    return found


def _join(graph: Graph, key: AssetKey, found: dict[AssetKey, set[int]]) -> None:
    """Look at all outputs of a call at which one is looked at.

    What reads any of them comes after all of them, so that nothing is added later.
    """
    together = graph.together(key)
    if len(together) > 1:
        many = set().union(*(found.get(one, ()) for one in together))
        if many:
            found |= {one: set(many) for one in together}


def quiet_among(graph: Graph, settled: Collection[AssetKey]) -> frozenset[AssetKey]:
    """Return the settled assets above which there are only settled ones, and sources."""
    quiet: set[AssetKey] = set()
    for key in graph.nodes if settled else ():
        above = (one for one in graph.upstream(key) if isinstance(graph.nodes[one], Asset))
        if key in settled and all(one in quiet or one == key for one in above):
            quiet.add(key)
    return frozenset(quiet)


def _is_own(linked: Linked, key: AssetKey) -> bool:
    return linked.given.upstream == key


def _add_upstream(
    linked: Linked,
    key: AssetKey,
    reads: Mapping[AssetKey, Reads],
    found: dict[AssetKey, set[int]],
) -> None:
    above = reads.get(linked.given.upstream)
    if above is None:
        return  # a source
    many = found.setdefault(linked.given.upstream, set())
    if above.asset.yields:
        many.add(0)
        return
    if _is_own(linked, key):
        waiting = list(many)
        while waiting:  # what it read itself, and what that read, and so on
            earlier = set(linked.need(waiting.pop()).positions) - many
            many |= earlier
            waiting += earlier
        return
    for position in found[key]:
        if len(many) == above.count:
            return
        many.update(linked.need(position).positions)


def read_by_checks(
    graph: Graph,
    reads: Mapping[AssetKey, Reads],
    steps: Iterable[Step],
    heads: Mapping[Cell, Head],
) -> Scope:
    """Return what the checks of some steps read and what was never built."""
    checked = {step.cell.asset for step in steps} & graph.checks.keys()
    others = {
        key for one in checked for check in graph.checks[one] for key in check.also_reads
    }
    found = {}
    for key in others & reads.keys():
        own = reads[key]
        missing = [place for place in range(own.count) if own.cell(place) not in heads]
        if missing:
            found[key] = missing
    return found
