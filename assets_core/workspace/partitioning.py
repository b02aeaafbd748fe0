"""The partitions of a project at one moment, and those that somebody asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, assert_never

from assets_core.errors import UsageError, nearest
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partition_ranges import positions_of
from assets_core.model.partitions import (
    DynamicPartitions,
    Keys,
    Partitions,
    ProductPartitions,
    StaticPartitions,
    check_key,
)
from assets_core.planning.plan import Plan
from assets_core.planning.reads import AllKeys
from assets_core.running.tools import Tools
from assets_core.workspace.finding import Selection

Asked = str | Iterable[str] | None
"""Partitions as somebody asks for them: text with ranges, or a list of keys."""

MOST_TOLD = 5


def partitions_text(asked: Asked) -> str:
    """Return what is asked for as one text; empty when nothing is said."""
    return "" if asked is None else asked if isinstance(asked, str) else ",".join(asked)


def checked_keys(keys: str | Iterable[str]) -> list[str]:
    """Return keys for a growing list, or raise `UsageError` if one cannot be used."""
    listed = [keys] if isinstance(keys, str) else list(keys)
    for key in listed:
        check_key(key)
    return listed


def refuse_impossible(plan: Plan) -> None:
    """Raise if something was asked for that cannot be made."""
    lost = [one for one in plan.impossible if not one.waits]
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
    known = {one for asset in graph.assets for one in _dynamic(asset.partitions)}
    if name in known:
        return name
    near = nearest(name, known)
    raise UsageError(
        f"No asset has DynamicPartitions('{name}')",
        fix=f"did you mean '{near[0]}'?" if near else "declare an asset with these",
    )


class KeysNow(Mapping[AssetKey, Keys]):
    """The partitions that each partitioned asset has at one moment, made when asked for."""

    def __init__(self, tools: Tools, graph: Graph) -> None:
        self._declared = {
            asset.key: asset.partitions
            for asset in graph.assets
            if asset.partitions is not None
        }
        names = {name for one in self._declared.values() for name in _dynamic(one)}
        self._known = tools.store.dynamic_keys(names) if names else {}
        self._now = tools.clock.now()
        self._made: dict[Partitions, Keys] = {}

    def __getitem__(self, key: AssetKey) -> Keys:
        one = self._declared[key]
        if one not in self._made:
            self._made[one] = _keys(one, self._now, self._known)
        return self._made[one]

    def __iter__(self) -> Iterator[AssetKey]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def __contains__(self, key: object) -> bool:
        return key in self._declared


def keys_now(tools: Tools, graph: Graph) -> AllKeys:
    """Return the partitions that each partitioned asset has at this moment."""
    return KeysNow(tools, graph)


def _dynamic(partitions: Partitions | None) -> list[str]:
    if isinstance(partitions, DynamicPartitions):
        return [partitions.dynamic]
    if isinstance(partitions, ProductPartitions):
        return [name for _, one in partitions.dimensions for name in _dynamic(one)]
    return []


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
    text: str, graph: Graph, keys: AllKeys, selected: Collection[AssetKey]
) -> tuple[frozenset[AssetKey], Mapping[AssetKey, Sequence[int]]]:
    """Return the assets that a text about partitions is about, and which it means.

    Of several selected assets each takes what the text means in its own partitions;
    those that it means nothing for, and those without partitions, are left out.

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
            found[key] = positions_of(text, keys[key], key)
        except UsageError as error:
            problem = problem or error
    if not found and problem is not None:
        raise problem
    return frozenset(found), found


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
    assets, positions = wanted_partitions(text, workspace.graph_of_assets, keys, selected)
    cells = {
        Cell(key, keys[key][position])
        for key, many in positions.items()
        for position in many
    }
    return lambda cell: cell in cells if text else cell.asset in assets


def _is_asset(graph: Graph, key: AssetKey) -> bool:
    return isinstance(graph.nodes[key], Asset)
