"""Which columns of its upstream the columns of a function's result come from.

Nobody reads the function for that. A lazy frame says it by its plan; a column that holds
what one of an upstream holds was passed through; of the others an equal name and type is
all that there is to go by.

A column counts as passed through only if it can hardly have been made anew. Its version is
that of one column of all that was read, and of no second one. Its first rows have many
different values, and as many different steps from one row to the next: numbers of rows,
days, or the hours of each day have few, whoever made them. Of texts, steps are those of
their places in the alphabet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from assets_core.model.queries import ColumnOrigin
from assets_core.model.records import Column
from assets_core.protocols.frames import MadeOf
from assets_core.running.attempt import Attempt

if TYPE_CHECKING:
    import pyarrow as pa

DIFFERENT = 16
"""How many different values a column needs to be recognized."""

LOOKED_AT = 1024
"""How many rows are looked at for them."""


class _Read(NamedTuple):
    """A column that the function could read.

    Attributes:
        whole: Whether it was read as it is stored, and not with those of other cells.
    """

    upstream: str
    column: Column
    whole: bool


def traced(
    attempt: Attempt,
    table: pa.Table | None,
    columns: tuple[Column, ...],
    plan: Mapping[str, MadeOf],
) -> tuple[ColumnOrigin, ...]:
    """Return where the columns of a result come from, as far as can be told.

    Args:
        table: The result; None if it is in memory no more.
        columns: Its columns as they are recorded.
        plan: What a lazy frame has said of them.
    """
    read = list(dict.fromkeys(_read(attempt)))
    by_version: dict[str, list[_Read]] = {}
    by_name: dict[tuple[str, str], list[_Read]] = {}
    for one in read:
        by_name.setdefault((one.column.name, one.column.type), []).append(one)
        if one.whole:
            by_version.setdefault(one.column.version, []).append(one)
    found: list[ColumnOrigin] = []
    for own in columns:
        made = plan.get(own.name)
        same = by_version.get(own.version, ())
        if made is not None:
            found += [ColumnOrigin(own.name, *one, "observed") for one in sorted(made)]
        elif table is not None and len(same) == 1 and _tells(table[own.name]):
            (one,) = same
            origin = (one.upstream, one.column.name)
            found.append(ColumnOrigin(own.name, *origin, "observed"))
        else:
            found += [
                ColumnOrigin(own.name, one.upstream, one.column.name, "assumed")
                for one in by_name.get((own.name, own.type), ())
            ]
    return tuple(dict.fromkeys(found))


def _read(attempt: Attempt) -> Iterator[_Read]:
    """Yield the columns of all inputs but sources, whose columns are not recorded."""
    for read in attempt.reads:
        columns = read.given.columns
        for cell in read.cells[:1]:
            made = attempt.made.get(cell)
            for one in made.columns if made else ():
                if columns is None or one.name in columns:
                    yield _Read(read.given.upstream, one, len(read.cells) == 1)


def _tells(column: pa.ChunkedArray) -> bool:
    """Return whether a column of the same values can hardly have come about twice."""
    if len(column) < DIFFERENT:
        return False
    import pyarrow as pa  # noqa: PLC0415 - not loaded by commands that compute nothing
    import pyarrow.compute as pc  # noqa: PLC0415

    head = column.slice(0, LOOKED_AT).drop_null().combine_chunks()
    try:
        if pc.count_distinct(head).as_py() < DIFFERENT:
            return False
        if pa.types.is_string(head.type):
            head = pc.rank(head, tiebreaker="dense").cast(pa.int64())
        steps = pc.subtract(head.slice(1), head.slice(0, len(head) - 1))
        return bool(pc.count_distinct(steps).as_py() >= DIFFERENT)
    except (NotImplementedError, ValueError):  # truths and lists have no steps
        return False
