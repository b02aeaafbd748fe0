"""What a check can be told beside the data: the time, and the version before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assets_core.errors import MissingDataError
from assets_core.model.records import Materialization
from assets_core.running.context import CheckContext
from assets_core.running.reading import Found, read_one
from assets_core.running.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

_HISTORY = 100  # how far back the version before an earlier result is looked for


def check_context(
    tools: Tools,
    parts: Mapping[str, str],
    made: Materialization | None,
    shown: Materialization | None,
) -> CheckContext:
    """Return what the checks of one cell may ask for.

    Args:
        parts: The value of each partition column.
        made: The result that is checked; None for data that is new.
        shown: The result that the cell shows now.
    """

    def previous(columns: Sequence[str] | None) -> pa.Table | None:
        before = shown
        if made is not None and (shown is None or shown.id == made.id):
            before = _made_before(tools, made)
        return None if before is None else _read(tools, Found(before, parts), columns)

    return CheckContext(datetime.fromtimestamp(tools.clock.now(), UTC), previous)


def _made_before(tools: Tools, made: Materialization) -> Materialization | None:
    later = True
    for one in tools.store.history(made.cell, _HISTORY):
        if not later:
            return one
        later = one.id != made.id
    return None


def _read(tools: Tools, found: Found, columns: Sequence[str] | None) -> pa.Table | None:
    names = [one.name for one in found.made.columns] + list(found.parts)
    kept = None if columns is None else tuple(one for one in columns if one in names)
    try:
        # One column tells how many rows there are, where none is wanted.
        return read_one(tools, found, kept or (None if kept is None else tuple(names[:1])))
    except MissingDataError:
        return None  # it was deleted, as gc does with what nobody needs
