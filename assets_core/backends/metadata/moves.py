"""Every move of a head, so that what was shown at a time can be told.

A row holds the heads that one transaction has moved in one chunk, and the keys of those
that show nothing since. What an environment showed is the rows until then, one put over
the other. Where a head moved to what another environment showed, the row names that one:
together these rows are what the two showed when they were last alike. What an environment
was made from shares such rows with it: of these it keeps copies, which it never showed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any

from assets_core.backends.metadata import rows
from assets_core.backends.metadata.cells import next_fences
from assets_core.backends.metadata.connection import Connection, Write
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.packed_heads import pack_heads
from assets_core.model.records import MAIN, Head
from assets_core.model.versions import digest

Chunk = tuple[str, AssetKey, int]
Shown = Mapping[str | None, Head | None]
"""Heads of one chunk by partition; None for what shows nothing."""

_PUT = (
    "INSERT INTO moves (env, asset, chunk, number, at, why, other, gone, digest, count,"
    " body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SELECT = "SELECT asset, chunk, gone, digest, count, body FROM moves WHERE "
_SELECT_NUMBERED = _SELECT.replace("asset,", "number, asset,", 1)
BASE = "base"
"""Why a row is there that was never shown: it says what another had in common."""

MANY = 500


class Log:
    """The moves that one transaction makes, which have one number and one time."""

    def __init__(self, write: Write, at: float, other: str = "") -> None:
        self._write = write
        self._at = at
        self._other = other
        (self._number,) = next_fences(write, 1)

    def note(self, moved: Iterable[tuple[Chunk, str, Shown]]) -> None:
        """Remember what cells of chunks show from now on, and why."""
        self._write.executemany(_PUT, (self._row(*one) for one in moved))

    def _row(self, place_of: Chunk, why: str, shown: Shown) -> tuple[Any, ...]:
        heads = {key: head for key, head in shown.items() if head is not None}
        gone = [key for key, head in shown.items() if head is None]
        body = pack_heads(heads) if heads else b""
        said = (why, self._other, json.dumps(gone) if gone else "")
        packed = (digest(body), len(heads), body)
        return (*place_of, self._number, self._at, *said, *packed)


def copy_all(write: Write, env: str, origin: str, at: float) -> None:
    """Let a new environment show what another shows, by statements alone."""
    write.execute(
        "INSERT INTO heads (env, asset, chunk, generation, digest, count, body)"
        " SELECT ?, asset, chunk, generation, digest, count, body FROM heads"
        " WHERE env = ?",
        (env, origin),
    )
    write.execute(
        "INSERT INTO moves (env, asset, chunk, number, at, why, other, gone, digest, count,"
        " body) SELECT ?, asset, chunk, ?, ?, 'created', ?, '', digest, count, body"
        " FROM heads WHERE env = ?",
        (env, *next_fences(write, 1), at, origin, origin),
    )
    if origin == MAIN:
        return  # which all have in common
    # Numbers stay: they tell what was earlier. None is there twice, as one number belongs
    # to one target, and what was promoted from the origin is later than all that it copied.
    write.execute(
        "INSERT INTO moves (env, asset, chunk, number, at, why, other, gone, digest, count,"
        " body) SELECT ?, asset, chunk, number, at, ?,"
        " CASE WHEN env = ? THEN other ELSE env END, gone, digest, count, body FROM moves"
        " WHERE env = ? AND other <> '' OR env <> ? AND other = ? AND why = 'promoted'",
        (env, BASE, origin, origin, env, origin),
    )


def heads_at(
    db: Connection, env: str, at: float, assets: Collection[AssetKey] | None
) -> dict[Cell, Head]:
    """Return what some assets showed at a time."""
    found = _SELECT + f"env = ? AND at <= ? AND why <> '{BASE}'"
    if assets is None:
        return _shown(db.rows(f"{found} ORDER BY number", [env, at]))
    return {
        cell: head
        for part in _parts(assets)
        for cell, head in _shown(
            db.rows_among(f"{found} AND asset IN (…) ORDER BY number", part, [env, at])
        ).items()
    }


def base_of(
    db: Connection,
    pair: tuple[str, str],
    through: Iterable[str],
    assets: Collection[AssetKey],
) -> dict[Cell, Head]:
    """Return what some assets of two environments showed when these were last alike.

    Args:
        through: Others from which both may have it: what each had in common with one of
            these, whichever was earlier.
    """
    one, other = pair
    found: dict[Cell, _Numbered] = {}
    for part in _parts(assets):
        known = _alike(db, one, other, part)
        for third in through:
            mine, theirs = _alike(db, one, third, part), _alike(db, other, third, part)
            for cell in mine.keys() & theirs.keys():
                earlier = min(mine[cell], theirs[cell], key=_number)
                known[cell] = max(known.get(cell, earlier), earlier, key=_number)
        found |= known
    return {cell: head for cell, (_, head) in found.items() if head is not None}


_Numbered = tuple[int, Head | None]


def _number(one: _Numbered) -> int:
    return one[0]


def _alike(
    db: Connection, one: str, other: str, assets: Collection[AssetKey]
) -> dict[Cell, _Numbered]:
    """Return what two showed when they were last alike, each with its place in time."""
    found: dict[Cell, _Numbered] = {}
    for number, *row in db.rows_among(
        f"{_SELECT_NUMBERED}other <> '' AND (env = ? AND other = ?"
        " OR env = ? AND other = ?) AND asset IN (…) ORDER BY number",
        assets,
        [one, other, other, one],
    ):
        asset, _, gone, *chunk = row
        shown = dict.fromkeys(_gone(gone)) | _heads(chunk)
        for partition, head in shown.items():
            found[Cell(AssetKey(asset), partition)] = (number, head)
    return found


def showed(
    db: Connection, env: str, assets: Collection[AssetKey]
) -> dict[Cell, frozenset[str]]:
    """Return the results that cells of some assets have shown, as far as that is kept."""
    found: dict[Cell, set[str]] = {}
    for asset, *chunk in db.rows_among(
        "SELECT asset, digest, count, body FROM moves WHERE env = ? AND why <> ?"
        " AND asset IN (…)",
        assets,
        [env, BASE],
    ):
        for partition, head in _heads(chunk).items():
            cell = Cell(AssetKey(asset), partition)
            found.setdefault(cell, set()).add(head.materialization)
    return {cell: frozenset(ids) for cell, ids in found.items()}


def _parts(assets: Collection[AssetKey]) -> Iterable[list[AssetKey]]:
    """Cut a list of assets, so that each part is read by one query, in order."""
    many = sorted(assets)
    return (many[start : start + MANY] for start in range(0, len(many), MANY))


def _shown(found: Iterable[tuple[Any, ...]]) -> dict[Cell, Head]:
    """Put rows one over the other, in their order."""
    shown: dict[Cell, Head] = {}
    for asset, _, gone, *chunk in found:
        for partition in _gone(gone):
            shown.pop(Cell(AssetKey(asset), partition), None)
        for partition, head in _heads(chunk).items():
            shown[Cell(AssetKey(asset), partition)] = head
    return shown


def _heads(chunk: list[Any]) -> dict[str | None, Head]:
    return rows.heads_from_row(*chunk) if chunk[1] else {}


def _gone(text: str) -> list[str | None]:
    return rows.read_row("moves", text, list) if text else []


def forget(write: Write, env: str, before: float) -> int:
    """Put the moves before a time into one for each chunk; return how many are gone.

    Those that say what two environments had in common stay, and their place among others.
    """
    old = write.execute(
        "SELECT asset, chunk, gone, digest, count, body, number, at, other FROM moves"
        " WHERE env = ? AND at < ?"
        " AND (asset, chunk) IN (SELECT asset, chunk FROM moves WHERE env = ? AND at < ?"
        " AND other = '' GROUP BY asset, chunk HAVING count(*) > 1)"
        " ORDER BY asset, chunk, number",
        (env, before, env, before),
    ).fetchall()
    count = 0
    for _, several in groupby(old, key=lambda row: (*row[:2], row[-1])):
        together = list(several)
        if together[0][-1] == "" and len(together) > 1:
            _put_together(write, env, together)
            count += len(together) - 1
    return count


def _put_together(write: Write, env: str, together: list[tuple[Any, ...]]) -> None:
    """Replace moves of one chunk that came after each other by one."""
    last: dict[str | None, Head | None] = {}
    for row in together:
        last |= dict.fromkeys(_gone(row[2]))
        last |= _heads(list(row[3:6]))
    asset, chunk, *_, number, at, _ = together[-1]
    write.executemany(
        "DELETE FROM moves WHERE env = ? AND asset = ? AND chunk = ? AND number = ?",
        [(env, asset, chunk, row[-3]) for row in together],
    )
    heads = {key: head for key, head in last.items() if head is not None}
    gone = [key for key, head in last.items() if head is None]
    body = pack_heads(heads) if heads else b""
    said = (number, at, "kept", "", json.dumps(gone) if gone else "")
    write.execute(_PUT, (env, asset, chunk, *said, digest(body), len(heads), body))
