"""Keep a result until somebody lets go of it, under a name by which it is found."""

from __future__ import annotations

import re

from assets_core.errors import MissingDataError, UsageError
from assets_core.model.keys import Cell
from assets_core.model.records import Materialization
from assets_core.protocols.keeping import Pin
from assets_core.running.reading import verify_stored
from assets_core.running.tools import Tools
from assets_core.upkeep.rollback import claimed

_NAME = re.compile(r"[A-Za-z0-9_][\w.-]{0,63}\Z", re.ASCII)
_ID = re.compile(r"[0-9a-f]{32}\Z")


def pin(tools: Tools, env: str, made: Materialization, name: str) -> Pin:
    """Keep a result; pinning it again under the same name changes nothing.

    Raises:
        UsageError: The name is none, or that of another version.
        MissingDataError: The data is gone.
        CorruptDataError: It is not what was written.
        StoreError: A run has the cell at this moment.
    """
    name = name or made.id[:12]
    if not _NAME.match(name) or (_ID.match(name) and name != made.id):
        raise UsageError(
            f"{name!r} is no name for a version",
            fix="use letters, digits, '_', '-' and '.', at most 64 of them",
        )
    with claimed(tools, env, made.cell) as claim:
        # Under the claim: what is there now cannot be collected before it is pinned.
        try:
            verify_stored(tools, made)
        except MissingDataError as error:
            raise MissingDataError(
                f"The data of version {made.id[:12]} of '{made.cell}' is gone: it was"
                " collected or deleted",
                fix=f"choose another version: assets show {made.cell.asset}",
                where=error.where,
            ) from error
        one = Pin(name, made.cell, made.id, tools.clock.now())
        tools.store.keeping.pin(one, claim)
        tools.store.release(claim)
    return one


def unpin(tools: Tools, cell: Cell, name: str) -> Pin:
    """Let go of what was pinned; garbage collection decides about it again.

    Raises:
        UsageError: Nothing of this cell is pinned under that name.
    """
    pins = [one for one in tools.store.keeping.pins() if one.cell == cell]
    found = [one for one in pins if one.name == name]
    if not found and not name and len(pins) == 1:
        found = pins
    if not found:
        which = f"as '{name}'" if name else "alone"
        names = ", ".join(f"'{one.name}'" for one in pins)
        raise UsageError(
            f"'{cell}' is not pinned {which}",
            fix=f"name one with --as: {names}" if pins else "'assets pin' lists what is",
        )
    tools.store.keeping.unpin(found[0])
    return found[0]
