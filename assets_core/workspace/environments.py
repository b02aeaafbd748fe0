"""The environments of a project: make one, compare two, promote one, drop one."""

from __future__ import annotations

from collections.abc import Callable

from assets_core.errors import UsageError, nearest
from assets_core.frozen import frozen
from assets_core.model.environments import Environment, HeadMove, Merge, refuse_name
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN
from assets_core.protocols.metadata import MetadataStore
from assets_core.running.publishing import publish_environment
from assets_core.running.tools import Tools
from assets_core.upkeep.environments import drop, look, promote, refuse_conflicts
from assets_core.workspace.differences import Differences, How, differences
from assets_core.workspace.finding import Selection

FEW_PATHS = 10_000
"""Up to how many stable paths are made along with an environment."""


@frozen
class EnvironmentStatus:
    """An environment, and how much of it is its own.

    Attributes:
        cells: How many show something.
        assets: How many assets these belong to.
        changed: Assets that show something else than in the one that it was made from.
    """

    environment: Environment
    cells: int
    assets: int
    changed: tuple[AssetKey, ...]


@frozen
class Promotion:
    """What a promotion did, or would do.

    Attributes:
        moves: What each cell showed, and shows.
        behind: Cells that were changed in the target alone, and stay.
    """

    source: str
    target: str
    moves: tuple[HeadMove, ...]
    behind: tuple[Cell, ...]


class Environments:
    """The environments of a project."""

    def __init__(
        self,
        tools: Tools,
        graph: Graph,
        select: Callable[[Selection], frozenset[AssetKey]],
        masks: Callable[[str, str], bool],
    ) -> None:
        self._tools = tools
        self._graph = graph
        self._select = select
        self._masks = masks

    def all(self) -> tuple[EnvironmentStatus, ...]:
        """Return all environments, `main` first."""
        store = self._tools.store
        sizes = store.environments.sizes()
        found = store.environments.all()
        heads = {one.name: store.heads_digests(one.name) for one in found}
        return tuple(
            EnvironmentStatus(
                one,
                sizes.get(one.name, 0),
                len(heads[one.name]),
                _changed(heads[one.name], heads.get(one.origin)),
            )
            for one in found
        )

    def create(self, name: str, *, origin: str = MAIN) -> Environment:
        """Make an environment that shows what another shows, and copy no data.

        Args:
            origin: The other; empty to begin with nothing.

        Raises:
            UsageError: The name cannot be used, or is taken; or there is no other.
        """
        refuse_name(name)
        store, mine = self._tools.store, f"{name}/"
        beside = [key for key in self._graph.nodes if key.lower().startswith(mine)]
        if beside:
            raise UsageError(
                f"An environment cannot be called '{name}': '{beside[0]}' is an asset, and"
                " stable names would be the same",
                fix="choose another name",
            )
        if origin:
            refuse_unknown(store, origin)
        made = store.environments.create(name, origin)
        if store.environments.sizes().get(name, 0) <= FEW_PATHS:
            publish_environment(self._tools, self._graph, name)
        return store.environments.find(name) or made

    def diff(
        self,
        one: str,
        other: str = MAIN,
        selection: Selection = None,
        *,
        key: tuple[str, ...] = (),
    ) -> Differences:
        """Return how what one environment shows differs from what another shows.

        Nothing is read of what has the same data version in both.

        Args:
            one: The one with what is new.
            key: The columns that say which rows are the same; by default those that are
                unique by the schema of the asset, else rows are compared as a whole.
        """
        for name in (one, other):
            refuse_unknown(self._tools.store, name)
        wanted = self._assets(selection)
        return differences(
            self._tools, self._graph, wanted, How((one, other), key, self._masks)
        )

    def promote(
        self,
        source: str,
        target: str = MAIN,
        selection: Selection = None,
        *,
        force: bool = False,
        dry_run: bool = False,
    ) -> Promotion:
        """Let an environment show what another shows, where that was changed.

        All heads move in one transaction, or none does. Nothing is computed or copied.

        Args:
            selection: Assets; without one, all.
            force: Also what was changed in both, or is held in the target.
            dry_run: Change nothing, and return what would be done.

        Raises:
            UsageError: Something was changed in both, or is held in the target.
            StoreError: A head moved meanwhile, or a run computes one of the cells.
        """
        if source == target:
            raise UsageError(
                f"'{source}' cannot be promoted to itself", fix="name another environment"
            )
        for name in (source, target):
            refuse_unknown(self._tools.store, name, make=False)
        wanted = self._assets(selection)
        found: Merge = look(self._tools, source, target, wanted, force=force)
        if dry_run:
            refuse_conflicts(source, target, found)
        else:
            promote(self._tools, self._graph, source, target, found)
        return Promotion(source, target, found.moves, found.behind)

    def drop(self, name: str) -> None:
        """Forget an environment and take its stable paths away; its data is collected.

        Raises:
            UsageError: There is no such environment, or it is `main`.
            StoreError: A run of it is alive.
        """
        if name == MAIN:
            raise UsageError(f"'{MAIN}' cannot be dropped", fix="name another environment")
        found = self._tools.store.environments.find(name)
        if found is None:
            raise unknown(name, self._tools.store, make=False)
        drop(self._tools, self._graph, name)

    def _assets(self, selection: Selection) -> frozenset[AssetKey]:
        wanted = self._select(selection)
        return frozenset(one.key for one in self._graph.assets if one.key in wanted)


def _changed(
    mine: dict[AssetKey, str], theirs: dict[AssetKey, str] | None
) -> tuple[AssetKey, ...]:
    if theirs is None:
        return ()
    keys = sorted(mine.keys() | theirs.keys())
    return tuple(key for key in keys if mine.get(key) != theirs.get(key))


def refuse_unknown(store: MetadataStore, name: str, *, make: bool = True) -> None:
    """Raise `UsageError` if there is no environment of a name that could be used.

    Args:
        make: Whether it would help to make it.
    """
    if name == MAIN:
        return
    found = store.environments.find(name)
    if found is None:
        raise unknown(name, store, make=make)
    if found.dropping:
        raise UsageError(
            f"The environment '{name}' is being dropped",
            fix=f"bring that to its end: assets env drop {name}",
        )


def unknown(name: str, store: MetadataStore, *, make: bool = True) -> UsageError:
    """Return the error that says what there is in place of an environment."""
    near = nearest(name, [one.name for one in store.environments.all()])
    fix = (
        f"make it: assets env create {name}"
        if make
        else "see those that there are: assets env list"
    )
    return UsageError(
        f"There is no environment '{name}'",
        fix=f"did you mean '{near[0]}'? Or {fix}" if near else fix,
    )
