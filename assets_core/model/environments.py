"""Environments: named sets of heads, and how those of one are brought into another.

A head was changed in an environment if it is not what both showed when they were last
alike: when one was made from the other, or when one was promoted to the other. Only what
was changed on one side moves; what was changed on both is told, and nothing moves then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from assets_core.errors import UsageError
from assets_core.frozen import frozen
from assets_core.model.keys import Cell
from assets_core.model.records import MAIN, Head

LONGEST_NAME = 40
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TAKEN = frozenset({"temp", "system", "public", "information_schema", "pg_catalog"})
"""Names that databases keep for themselves: stable views lie in a schema of the name."""


@frozen
class Environment:
    """A named set of heads.

    Attributes:
        origin: The environment that it was made from; empty for `main`.
        created_at: Seconds since 1970, UTC, as is `since`.
        since: From when on it is known what it showed.
        unpublished: Whether its stable paths have not been made yet.
        dropping: Whether somebody has begun to drop it.
    """

    name: str
    origin: str
    created_at: float
    since: float
    unpublished: bool = False
    dropping: bool = False


class HeadMove(NamedTuple):
    """What a cell shows in an environment, and what it is to show; None is nothing."""

    cell: Cell
    before: Head | None
    after: Head | None


@frozen
class Merge:
    """What bringing heads into another environment comes to.

    Attributes:
        moves: What was changed in the one that is promoted, and not in the other.
        moved: Cells that were changed in both, and differ.
        held: Cells that are held in the target, and would move.
        behind: Cells that were changed in the target alone, which stay as they are.
        known: Whether it is known what both had in common.
    """

    moves: tuple[HeadMove, ...]
    moved: tuple[Cell, ...]
    held: tuple[Cell, ...]
    behind: tuple[Cell, ...]
    known: bool = True


def refuse_name(name: str) -> None:
    """Raise `UsageError` if an environment cannot have a name.

    >>> refuse_name("dev")
    >>> refuse_name("../dev")
    Traceback (most recent call last):
    assets_core.errors.UsageError: An environment cannot be called '../dev'
      Fix: use up to 40 letters a-z, digits, '-' and '_', a letter or digit first
    """
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise UsageError(
            f"An environment cannot be called {name!r}",
            fix=f"use up to {LONGEST_NAME} letters a-z, digits, '-' and '_', a letter or"
            " digit first",
        )
    if name == MAIN or name in _TAKEN or name.startswith("pg_"):
        raise UsageError(
            f"'{MAIN}' is there already"
            if name == MAIN
            else f"An environment cannot be called '{name}': databases use that name",
            fix="choose another name",
        )


def merge(
    source: Mapping[Cell, Head],
    target: Mapping[Cell, Head],
    base: Mapping[Cell, Head],
    *,
    force: bool = False,
) -> Merge:
    """Return what moves when the heads of one environment are brought into another.

    Args:
        base: What both showed when they were last alike.
        force: Whether what was changed in both moves, and what is held.

    >>> old, new, other = (Head(one * 32, "", "", "", 1.0) for one in "abc")
    >>> cell = Cell("orders")
    >>> merge({cell: new}, {cell: old}, {cell: old}).moves[0].after == new
    True
    >>> merge({cell: new}, {cell: other}, {cell: old}).moved
    (Cell(asset='orders', partition=None),)
    >>> merge({cell: old}, {cell: other}, {cell: old}).behind
    (Cell(asset='orders', partition=None),)
    """
    moves: list[HeadMove] = []
    moved, held, behind = [], [], []
    for cell in sorted(source.keys() | target.keys(), key=str):
        theirs, ours = target.get(cell), source.get(cell)
        if theirs == ours:
            continue
        was = base.get(cell)
        if _same(ours, was):
            behind.append(cell)  # they went on, or differ only in what they hold
        elif force or (_same(theirs, was) and not (theirs and theirs.held)):
            moves.append(HeadMove(cell, theirs, ours))
        elif _same(theirs, was):
            held.append(cell)
        else:
            moved.append(cell)
    return Merge(tuple(moves), tuple(moved), tuple(held), tuple(behind))


def _same(one: Head | None, other: Head | None) -> bool:
    """Return whether two heads show the same result, passed and stored the same way."""
    if one is None or other is None:
        return one is other
    return (one.materialization, one.stamp) == (other.materialization, other.stamp)
