"""Which cells a plan looks at: what is wanted, and what their mappings name upstream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head
from assets_core.planning.plan import Step
from assets_core.planning.reads import Linked, Reads

Scope = Mapping[AssetKey, Sequence[int]]
"""The positions of the cells of each asset, in order."""


def scope_of(
    graph: Graph, reads: Mapping[AssetKey, Reads], selected: Scope, *, upstream: bool
) -> Scope:
    """Return all cells to look at.

    Args:
        selected: The cells that are wanted.
        upstream: Whether what they read belongs to it as well.
    """
    if not upstream:
        return selected
    found = {key: set(many) for key, many in selected.items()}
    for key in reversed(list(graph.nodes)):
        if key in reads and key in found:
            for linked in sorted(reads[key].inputs, key=lambda one: not _is_own(one, key)):
                _add_upstream(linked, key, reads, found)
    return {key: sorted(many) for key, many in found.items()}


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
