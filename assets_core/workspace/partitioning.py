"""The partitions of a project at one moment, and those that somebody asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, assert_never

from assets_core.errors import UsageError, nearest
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.graph_lists import keys_come_from, refuse_yielded
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partition_absence import none_yet
from assets_core.model.partition_ranges import positions_of
from assets_core.model.partitions import (
    DynamicPartitions,
    Keys,
    Partitions,
    ProductPartitions,
    StaticPartitions,
    checked_keys,
    lists_of,
)
from assets_core.model.records import RunRequest
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Wanted
from assets_core.planning.reads import AllKeys
from assets_core.running.tools import Tools
from assets_core.workspace.finding import Selection, selection_texts
from assets_core.workspace.past import Past

Asked = str | Iterable[str] | None
"""Partitions as somebody asks for them: text with ranges, or a list of keys."""

MOST_TOLD = 5


def partitions_text(asked: Asked) -> str:
    """Return what is asked for as one text; empty when nothing is said.

    Raises:
        UsageError: No partition at all is asked for, which must not mean all.
    """
    if asked is None:
        return ""
    text = asked if isinstance(asked, str) else ",".join(asked)
    if not text.strip():
        raise UsageError(
            "No partition is asked for", fix="leave partitions out to mean all"
        )
    return text


def asked_for(
    selection: Selection,
    partitions: Asked,
    *,
    force: bool = False,
    upstream: bool = True,
    by: str = "",
) -> RunRequest:
    """Return what is asked for as a request.

    Args:
        by: Who asks.
    """
    texts, which = selection_texts(selection), partitions_text(partitions)
    return RunRequest(texts, force, upstream, by=by, partitions=which)


def calls_of(plan: Plan, keys: AllKeys) -> frozenset[AssetKey]:
    """Return the assets of a plan whose partitions one call yields."""
    cells = (step.cell for step in plan.steps)
    return frozenset(
        cell.asset for cell in cells if cell.partition is None and cell.asset in keys
    )


def refuse_impossible(plan: Plan, later: Collection[AssetKey] = ()) -> None:
    """Raise if something was asked for that cannot be made.

    Args:
        later: Assets about which nothing can be said yet.
    """
    lost = [one for one in plan.impossible if not one.waits and one.cell.asset not in later]
    if not lost:
        return
    told = [str(one) for one in lost[:MOST_TOLD]]
    if len(lost) > MOST_TOLD:
        told.append(f"and {len(lost) - MOST_TOLD:,} more")
    raise UsageError(
        f"{len(lost):,} partitions read what cannot be there:\n" + "\n".join(told),
        fix="Upstream(…, missing='skip') reads what there is, missing='wait' leaves them"
        " out; or let the asset start later, or ask for other --partitions",
    )


def not_yet(
    wanted: Wanted,
    plan: Plan,
    graph: Graph,
    keys: AllKeys,
    later: Collection[AssetKey] = (),
) -> tuple[str, ...]:
    """Return what is wanted and cannot be made yet, and why, in sentences.

    Args:
        later: Assets about which nothing can be said yet.
    """
    empty = [
        none_yet(key, node.partitions, keys[key])
        for key, node in graph.nodes.items()
        if key in wanted.selected
        and isinstance(node, Asset)
        and node.partitions is not None
        and not keys[key]
        and not keys_come_from(node, graph.list_makers)
    ]
    waiting = [one for one in plan.impossible if one.waits and one.cell.asset not in later]
    more = len(waiting) - MOST_TOLD
    told = [*empty, *map(str, waiting[:MOST_TOLD])]
    return (
        (*told, f"and {more:,} more partitions wait for others") if more > 0 else (*told,)
    )


def too_many_unasked(plan: Plan) -> UsageError:
    """Return the error for a plan that does far more than was asked for."""
    cells = f"{plan.pulled:,} of {len(plan.steps):,} steps are upstream of what is selected"
    return UsageError(
        f"{cells} and would have to run first",
        fix="--yes runs them all\n--no-upstream takes them as they are\n"
        "--partitions selects fewer",
    )


def declared_list(graph: Graph, name: str) -> str:
    """Return the name of a growing list, or raise `UsageError` if no asset declares it."""
    known = {one for asset in graph.assets for one in lists_of(asset.partitions)}
    if name in known:
        return name
    near = nearest(name, known)
    raise UsageError(
        f"No asset has DynamicPartitions('{name}')",
        fix=f"did you mean '{near[0]}'?" if near else "declare an asset with these",
    )


def growing(
    graph: Graph, name: str, keys: str | Iterable[str]
) -> tuple[str, tuple[str, ...]]:
    """Return a growing list of the user's and keys for it, or raise `UsageError`."""
    refuse_yielded(graph.list_makers, declared_list(graph, name))
    return name, checked_keys(keys)


class KeysNow(Mapping[AssetKey, Keys]):
    """The partitions that each partitioned asset has at one moment, made when asked for."""

    def __init__(self, tools: Tools, graph: Graph) -> None:
        self._declared = {
            asset.key: asset.partitions
            for asset in graph.assets
            if asset.partitions is not None
        }
        names = {name for one in self._declared.values() for name in lists_of(one)}
        self._known = tools.store.dynamic_keys(names) if names else {}
        self._now = tools.clock.now()
        self._past = tools.store if isinstance(tools.store, Past) else None
        self._made: dict[Partitions, Keys] = {}

    def __getitem__(self, key: AssetKey) -> Keys:
        one = self._declared[key]
        if one not in self._made:
            made = _keys(one, self._now, self._known)
            if self._past is not None:
                sharing = [other for other, of in self._declared.items() if of == one]
                grows = isinstance(one, DynamicPartitions)
                made = self._past.keys_then(made, sharing, grows=grows)
            self._made[one] = made
        return self._made[one]

    def __iter__(self) -> Iterator[AssetKey]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def __contains__(self, key: object) -> bool:
        return key in self._declared


def _keys(partitions: Partitions, now: float, known: Mapping[str, Sequence[str]]) -> Keys:
    match partitions:
        case StaticPartitions():
            return partitions.keys()
        case DynamicPartitions():
            return partitions.keys(known=known[partitions.dynamic])
        case ProductPartitions():
            return partitions.keys(now, known)
        case _:
            return partitions.keys(now)
    assert_never(partitions)


def wanted_partitions(
    text: str,
    graph: Graph,
    keys: AllKeys,
    selected: Collection[AssetKey],
    *,
    made: bool = True,
) -> tuple[frozenset[AssetKey], Mapping[AssetKey, Sequence[int]]]:
    """Return the assets that a text about partitions is about, and which it means.

    Of several selected assets each takes what the text means in its own partitions;
    those that it means nothing for, and those without partitions, are left out.

    Args:
        made: Whether they are to be made, and not only looked at.

    Raises:
        UsageError: It means nothing for any of them.
    """
    if not text:
        return frozenset(selected), {}
    assets = [key for key in graph.nodes if key in selected and key in keys]
    if not assets:
        shown = next(
            (key for key in graph.nodes if key in selected and _is_asset(graph, key)), ""
        )
        raise UsageError(
            f"'{shown}' has no partitions" if shown else "Nothing is selected",
            fix="leave --partitions out, or select an asset that has some",
        )
    found: dict[AssetKey, Sequence[int]] = {}
    problem: UsageError | None = None
    for key in assets:
        try:
            if made:
                _refuse_part_of_call(graph, key)
            found[key] = positions_of(text, keys[key], key)
        except UsageError as error:
            problem = problem or error
    if not found and problem is not None:
        raise problem
    return frozenset(found), found


def wanted_by(
    request: RunRequest,
    graph: Graph,
    keys: AllKeys,
    selected: Collection[AssetKey],
    computed: frozenset[Cell],
) -> Wanted:
    """Return the cells that a request is about, of what it selects."""
    found, partitions = wanted_partitions(request.partitions, graph, keys, selected)
    return Wanted(found, request.force, request.upstream, computed, partitions)


class Selecting(Protocol):
    """The part of a workspace that choosing cells needs."""

    graph_of_assets: Graph

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...

    def select(self, selection: Selection = None) -> frozenset[AssetKey]:
        """Return the keys that a selection names; without one, all."""
        ...


def chosen(
    workspace: Selecting, selection: Selection, asked: Asked
) -> Callable[[Cell], bool]:
    """Return what tells which cells are meant by a selection and by partitions."""
    text, keys = partitions_text(asked), workspace.keys()
    selected = workspace.select(selection)
    graph = workspace.graph_of_assets
    assets, positions = wanted_partitions(text, graph, keys, selected, made=False)
    cells = {
        Cell(key, keys[key][position])
        for key, many in positions.items()
        for position in many
    }
    return lambda cell: cell in cells if text else cell.asset in assets


def _refuse_part_of_call(graph: Graph, key: AssetKey) -> None:
    node = graph.nodes[key]
    if isinstance(node, Asset) and node.yields:
        raise UsageError(
            f"'{key}' yields all its partitions in one call, so that no part of them can be"
            " asked for",
            fix="leave --partitions out",
        )


def _is_asset(graph: Graph, key: AssetKey) -> bool:
    return isinstance(graph.nodes[key], Asset)
