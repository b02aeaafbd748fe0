"""What the core asks of the database about environments, and about what they showed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from assets_core.model.environments import Environment, HeadMove
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Publication


class Environments(Protocol):
    """Remembers environments, and every move of a head.

    What a method has written survives `kill -9` and loss of power, all of it or nothing.
    """

    def all(self) -> tuple[Environment, ...]:
        """Return all environments by name, `main` first."""
        ...

    def find(self, name: str) -> Environment | None:
        """Return one environment."""
        ...

    def sizes(self) -> dict[str, int]:
        """Return how many cells show something, by environment."""
        ...

    def create(self, name: str, origin: str) -> Environment:
        """Make an environment that shows what another shows. No data is read or written.

        Args:
            origin: The other; if empty, the new one shows nothing yet.

        Raises:
            UsageError: It is there already, or there is no other of that name.
        """
        ...

    def paths_follow(self, name: str, left: Collection[Cell] = ()) -> None:
        """Say that the stable paths of an environment have been made.

        Args:
            left: Cells whose paths still have to follow, of which notes are left.
        """
        ...

    def begin_drop(self, name: str) -> None:
        """Say that an environment is going to be dropped: nobody can begin to use it.

        Raises:
            StoreError: A run of it is alive.
        """
        ...

    def end_drop(self, name: str) -> None:
        """Forget an environment: its heads, claims, failures, runs and moves."""
        ...

    def base(self, one: str, other: str, assets: Collection[AssetKey]) -> dict[Cell, Head]:
        """Return what some assets showed when two environments were last alike.

        That is when one was made from the other, or a cell was promoted to it; or what
        both have from a third, though that was dropped. Cells that showed nothing then,
        or were never alike, are left out.
        """
        ...

    def showed(self, env: str, assets: Collection[AssetKey]) -> dict[Cell, frozenset[str]]:
        """Return the results that cells of some assets have ever shown, as far as known."""
        ...

    def promote(
        self, source: str, target: str, moves: Sequence[HeadMove]
    ) -> tuple[Publication, ...]:
        """Move heads of the target to what the source shows: all of them, or none.

        Returns:
            What has to be published.

        Raises:
            StoreError: A head is no longer what was looked at, or a run that is alive
                has one of the cells.
        """
        ...

    def heads_at(
        self, env: str, at: float, assets: Collection[AssetKey] | None = None
    ) -> dict[Cell, Head]:
        """Return what an environment showed at a time: some assets, or all.

        From the time on that is said of it by `since`; before that it is not known.
        """
        ...

    def forget_moves(self, before: float) -> int:
        """Forget what was shown before a time; return how many moves were forgotten."""
        ...
