"""Environments as rows, and the one transaction that brings heads from one to another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assets_core.backends.metadata import claiming, due, moves, rows
from assets_core.backends.metadata.cells import next_fences, place, release
from assets_core.backends.metadata.claiming import IsAlive
from assets_core.backends.metadata.connection import Connection, Write
from assets_core.backends.metadata.statements import AT_ONCE
from assets_core.backends.metadata.writing import read_chunks, write_chunks
from assets_core.errors import StoreError, UsageError
from assets_core.files import crash_point
from assets_core.model.environments import Environment, HeadMove
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.packed_heads import chunk_of
from assets_core.model.records import MAIN, Head, Owner, Publication

LIVE, UNPUBLISHED, DROPPING = "live", "unpublished", "dropping"
_SELECT = "SELECT name, origin, created_at, since, state FROM environments"


class SQLEnvironments:
    """Remembers environments, and every move of a head."""

    def __init__(self, connection: Connection, is_alive: IsAlive) -> None:
        self._db = connection
        self._is_alive = is_alive

    def all(self) -> tuple[Environment, ...]:
        """Return all environments by name, `main` first."""
        found = [_environment(row) for row in self._db.rows(f"{_SELECT} ORDER BY name")]
        return tuple(sorted(found, key=lambda one: (one.name != MAIN, one.name)))

    def find(self, name: str) -> Environment | None:
        """Return one environment."""
        found = self._db.rows(f"{_SELECT} WHERE name = ?", [name])
        return _environment(found[0]) if found else None

    def sizes(self) -> dict[str, int]:
        """Return how many cells show something, by environment."""
        found = self._db.rows("SELECT env, sum(count) FROM heads GROUP BY env")
        return {env: int(count) for env, count in found}

    def create(self, name: str, origin: str) -> Environment:
        """Make an environment that shows what another shows."""
        state = UNPUBLISHED if origin else LIVE
        with self._db.transaction() as write:
            now = self._db.now()
            if origin:
                refuse_unknown(write, origin)
            if _state(write, name) is not None:
                raise UsageError(
                    f"There is an environment '{name}' already",
                    fix=f"choose another name, or drop it first: assets env drop {name}",
                )
            crash_point("environment.creating")
            write.execute(
                "INSERT INTO environments (name, origin, created_at, since, state)"
                " VALUES (?, ?, ?, ?, ?)",
                (name, origin, now, now, state),
            )
            if origin:
                moves.copy_all(write, name, origin, now)
                due.note(write, "env", env=name)
            due.note(write, "envs")
        crash_point("environment.created")
        return Environment(name, origin, now, now, unpublished=bool(origin))

    def paths_follow(self, name: str, left: Collection[Cell] = ()) -> None:
        """Say that the stable paths of an environment have been made, but for some."""
        with self._db.transaction(durable=False) as write:
            if _state(write, name) == UNPUBLISHED:
                write.execute(
                    "UPDATE environments SET state = ? WHERE name = ?", (LIVE, name)
                )
                _notes(write, name, left)

    def begin_drop(self, name: str) -> None:
        """Say that an environment is going to be dropped."""
        with self._db.transaction() as write:
            now = self._db.now()  # its turn may have been waited for
            if _state(write, name) != DROPPING:
                refuse_unknown(write, name)
            for owner, expires in _owners(write, name):
                if claiming.holds(self._is_alive, owner, expires, now):
                    raise StoreError(
                        f"Process {owner.pid} on {owner.host} works in '{name}'",
                        fix="wait until it has finished, or stop it; then run it again",
                    )
            write.execute(
                "UPDATE environments SET state = ? WHERE name = ?", (DROPPING, name)
            )
        crash_point("environment.dropping")

    def end_drop(self, name: str) -> None:
        """Forget an environment."""
        with self._db.transaction() as write:
            write.execute(
                "DELETE FROM steps WHERE run_id IN (SELECT id FROM runs WHERE env = ?)",
                (name,),
            )
            for statement in (
                "DELETE FROM heads WHERE env = ?",
                "DELETE FROM claims WHERE env = ?",
                "DELETE FROM failures WHERE env = ?",
                "DELETE FROM summaries WHERE env = ?",
                "DELETE FROM publications WHERE env = ?",
                "DELETE FROM runs WHERE env = ?",
                "DELETE FROM moves WHERE env = ?",
                "DELETE FROM moves WHERE other = ? AND why = 'base'",
                "UPDATE moves SET other = '' WHERE other = ?",
                "DELETE FROM environments WHERE name = ?",
            ):
                write.execute(statement, (name,))
            due.note(write, "dropped", env=name)
            due.note(write, "envs")
        crash_point("environment.dropped")

    def base(self, one: str, other: str, assets: Collection[AssetKey]) -> dict[Cell, Head]:
        """Return what some assets showed when two environments were last alike."""
        through: set[str] = set()
        if MAIN not in {one, other}:
            made = {each.name: each.origin for each in self.all()}
            through = {MAIN, made.get(one, ""), made.get(other, "")} - {one, other, ""}
        return moves.base_of(self._db, (one, other), sorted(through), assets)

    def showed(self, env: str, assets: Collection[AssetKey]) -> dict[Cell, frozenset[str]]:
        """Return the results that cells of some assets have ever shown."""
        return moves.showed(self._db, env, assets)

    def promote(
        self, source: str, target: str, moves_: Sequence[HeadMove]
    ) -> tuple[Publication, ...]:
        """Move heads of the target to what the source shows: all of them, or none."""
        with self._db.transaction() as write:
            now = self._db.now()  # its turn may have been waited for
            refuse_unknown(write, source)
            refuse_unknown(write, target)
            self._refuse_claimed(write, target, {move.cell for move in moves_}, now)
            _move_all(write, (source, target), moves_, now)
            write.executemany(
                "DELETE FROM failures WHERE env = ? AND asset = ? AND partition = ?",
                [(target, *place(move.cell)) for move in moves_],
            )
            due.note_heads(write, [(target, move.cell, move.after) for move in moves_])
            notes = _notes(write, target, [move.cell for move in moves_])
            crash_point("promote.written")
        crash_point("promote.done")
        return notes

    def _refuse_claimed(self, write: Write, env: str, cells: set[Cell], now: float) -> None:
        """Raise if a living run has one of the cells, and take them from dead ones."""
        for claim, expires in claiming.claims_of(write, env):
            if claim.cell not in cells:
                continue
            if claiming.holds(self._is_alive, claim.owner, expires, now):
                raise StoreError(
                    f"Process {claim.owner.pid} on {claim.owner.host} is computing"
                    f" '{claim.cell}' in '{env}'",
                    fix="nothing was changed: wait until it has finished, then promote"
                    " again",
                )
            release(write, [claim])

    def heads_at(
        self, env: str, at: float, assets: Collection[AssetKey] | None = None
    ) -> dict[Cell, Head]:
        """Return what an environment showed at a time: some assets, or all."""
        return moves.heads_at(self._db, env, at, assets)

    def forget_moves(self, before: float) -> int:
        """Forget what was shown before a time; return how many moves were forgotten."""
        count = 0
        for one in self.all():
            if one.since < before:
                with self._db.transaction() as write:
                    forgotten = moves.forget(write, one.name, before)
                    if forgotten:
                        write.execute(
                            "UPDATE environments SET since = ? WHERE name = ?",
                            (before, one.name),
                        )
                count += forgotten
        return count


def refuse_unknown(write: Write, name: str) -> None:
    """Raise `UsageError` if an environment is not there, or is being dropped."""
    state = LIVE if name == MAIN else _state(write, name)
    if state is None:
        raise UsageError(
            f"There is no environment '{name}' any more",
            fix="see those that there are: assets env list",
        )
    if state == DROPPING:
        raise UsageError(
            f"The environment '{name}' is being dropped",
            fix=f"bring that to its end: assets env drop {name}",
        )


def _environment(row: tuple[Any, ...]) -> Environment:
    name, origin, created_at, since, state = row
    return Environment(
        *(name, origin, created_at, since),
        unpublished=state == UNPUBLISHED,
        dropping=state == DROPPING,
    )


def _state(write: Write, name: str) -> str | None:
    found = write.execute(
        "SELECT state FROM environments WHERE name = ?", (name,)
    ).fetchone()
    return None if found is None else str(found[0])


def _owners(write: Write, env: str) -> list[tuple[Owner, float]]:
    """Return who works in an environment, and until when each is believed."""
    holders = [(claim.owner, expires) for claim, expires in claiming.claims_of(write, env)]
    running = write.execute(
        "SELECT owner, expires FROM runs WHERE env = ? AND status = 'running'", (env,)
    ).fetchall()
    return [
        *holders,
        *((rows.owner_from_json(owner), expires) for owner, expires in running),
    ]


def _by_chunk(
    moved: Sequence[HeadMove],
) -> dict[tuple[AssetKey, int], list[HeadMove]]:
    chunks: dict[tuple[AssetKey, int], list[HeadMove]] = {}
    for move in moved:
        key = (move.cell.asset, chunk_of(move.cell.partition))
        chunks.setdefault(key, []).append(move)
    return chunks


def _move_all(
    write: Write, pair: tuple[str, str], moved: Sequence[HeadMove], now: float
) -> None:
    """Let cells of the target show what the source shows, if both are as looked at."""
    chunks, log = list(_by_chunk(moved).items()), moves.Log(write, now, pair[0])
    for start in range(0, len(chunks), AT_ONCE):
        _move_some(write, pair, dict(chunks[start : start + AT_ONCE]), log)


def _move_some(
    write: Write,
    pair: tuple[str, str],
    chunks: Mapping[tuple[AssetKey, int], Sequence[HeadMove]],
    log: moves.Log,
) -> None:
    source, target = pair
    shown = read_chunks(write, [(source, *place_of) for place_of in chunks])
    there = read_chunks(write, [(target, *place_of) for place_of in chunks])
    for place_of, several in chunks.items():
        heads = there[target, *place_of][1]
        for move in several:
            key = move.cell.partition
            _refuse_moved(source, move.cell, shown[source, *place_of][1], move.after)
            _refuse_moved(target, move.cell, heads, move.before)
            heads.pop(key, None)
            if move.after is not None:
                heads[key] = move.after
    write_chunks(write, there)
    log.note(
        (
            (target, *place_of),
            "promoted",
            {move.cell.partition: move.after for move in several},
        )
        for place_of, several in chunks.items()
    )


def _refuse_moved(
    env: str, cell: Cell, heads: Mapping[str | None, Head], seen: Head | None
) -> None:
    """Raise if a head is not what was looked at."""
    if heads.get(cell.partition) != seen:
        raise StoreError(
            f"'{cell}' moved in '{env}' while it was looked at",
            fix="nothing was changed: promote again to decide afresh",
        )


def _notes(write: Write, env: str, cells: Collection[Cell]) -> tuple[Publication, ...]:
    """Leave a note for each stable path that has to follow."""
    numbers = next_fences(write, len(cells)) if cells else ()
    notes = tuple(
        Publication(number, env, cell) for number, cell in zip(numbers, cells, strict=True)
    )
    write.executemany(
        "INSERT INTO publications (id, env, asset, partition) VALUES (?, ?, ?, ?)",
        [(note.id, env, note.cell.asset, note.cell.partition) for note in notes],
    )
    return notes
