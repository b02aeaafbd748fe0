"""The environments of the metadata store in memory, each call of which is one step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from assets_core.errors import StoreError, UsageError
from assets_core.model.environments import Environment, HeadMove
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Owner, Publication
from tests.faults.interleaving.memory import Memory, Step

MADE = Environment("dev", "main", 1.0, 1.0)


class MemoryEnvironments:
    """Two environments: `main`, and `dev`, which was made from it."""

    def __init__(
        self, memory: Memory, is_alive: Callable[[Owner], bool | None], step: Step
    ) -> None:
        self._is = memory
        self._is_alive = is_alive
        self._step = step

    def all(self) -> tuple[Environment, ...]:
        """Return both."""
        return (Environment("main", "", 0.0, 0.0), *([MADE] if self._is.dev else []))

    def base(
        self, _one: str, _other: str, _assets: Collection[AssetKey]
    ) -> dict[Cell, Head]:
        """Return what both showed when they were last alike."""
        self._step("base")
        return dict(self._is.base)

    def showed(self, env: str, _assets: Iterable[AssetKey]) -> dict[Cell, frozenset[str]]:
        """Return what each cell shows."""
        return {
            cell: frozenset([head.materialization])
            for (one, cell), head in self._is.heads.items()
            if one == env
        }

    def forget_moves(self, _before: float) -> int:
        """Do nothing."""
        return 0

    def begin_drop(self, name: str) -> None:
        """Let nobody begin to use it."""
        self._step("begin_drop")
        assert name == "dev"
        self._is.dev = False

    def end_drop(self, name: str) -> None:
        """Forget its heads."""
        self._step("end_drop")
        for place in [one for one in self._is.heads if one[0] == name]:
            del self._is.heads[place]

    def promote(
        self, source: str, target: str, moves: Sequence[HeadMove]
    ) -> tuple[Publication, ...]:
        """Move heads: all of them, or none."""
        self._step("promote")
        heads, claims = self._is.heads, self._is.claims
        if not self._is.dev:
            raise UsageError("it is being dropped")
        for move in moves:
            shown = heads.get((source, move.cell)), heads.get((target, move.cell))
            held = claims.get((target, move.cell))
            if shown != (move.after, move.before) or (held and self._is_alive(held.owner)):
                raise StoreError("it moved, or somebody is computing it")
        self._is.fence += 1
        self._is.moves.append(self._is.fence)
        notes = []
        for move in moves:
            assert move.after is not None
            claims.pop((target, move.cell), None)
            heads[target, move.cell] = self._is.base[move.cell] = move.after
            self._is.last_publication += 1
            note = Publication(self._is.last_publication, target, move.cell)
            notes.append(note)
            self._is.publications[note.id] = note
        return tuple(notes)
