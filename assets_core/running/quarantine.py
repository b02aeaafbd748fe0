"""Part the rows that a schema refuses from those that it lets pass.

Only what the schema says of single rows parts them. What it says of a whole column or
table, as its types, its uniqueness and its sums, is never mended by leaving rows out:
it is told, and the step fails. Rows are known by their places, never by a label.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assets_core.errors import UnsupportedDataError
from assets_core.model.keys import Cell
from assets_core.protocols.validator import Failure, Validated

CHECK, COLUMN, VALUE, RUN, PARTITION = "_check", "_column", "_value", "_run", "_partition"
ADDED = (CHECK, COLUMN, VALUE, RUN, PARTITION)
"""The columns that refused rows have beside their own."""

_ROUNDS = 2
"""How often rows are taken out: what cannot be converted, then what breaks a check."""

_BETWEEN = "; "
_LONGEST = 200

Places = NDArray[np.int64]


class Broken(NamedTuple):
    """One rule, and the rows of the table that was given which break it."""

    failure: Failure
    places: Places


class Parted(NamedTuple):
    """A table of which the rows that break a rule were taken out.

    Attributes:
        left: What the schema made of the others, and what is still wrong with them.
        broken: The rules that rows were taken out for.
    """

    left: Validated
    broken: tuple[Broken, ...]

    @property
    def places(self) -> Places:
        """Return the places of the rows that were taken out, in order."""
        none = np.empty(0, np.int64)
        return np.unique(np.concatenate([none, *(one.places for one in self.broken)]))


def part_rows(validate: Callable[[pa.Table], Validated], table: pa.Table) -> Parted:
    """Take out the rows that break a rule, and validate the others again."""
    kept = np.arange(table.num_rows)
    found, broken = validate(table), []
    for _ in range(_ROUNDS):
        by_rows = [
            Broken(one, np.asarray(one.rows))
            for one in found.failures
            if one.rows is not None
        ]
        if not by_rows:
            break
        broken += [Broken(one.failure, kept[one.places]) for one in by_rows]
        kept = np.delete(kept, np.concatenate([one.places for one in by_rows]))
        found = validate(table.take(pa.array(kept)))
    return Parted(found, tuple(broken))


def refused_rows(cell: Cell, table: pa.Table, parted: Parted, run_id: str) -> pa.Table:
    """Return the rows that were taken out, as they were given, and why.

    One row has one line, however many rules it breaks: `_check`, `_column` and `_value`
    then name all, in the same order, with `; ` between.

    Raises:
        UnsupportedDataError: The table has a column of its own with such a name.
    """
    taken = [name for name in ADDED if name in table.column_names]
    if taken:
        raise UnsupportedDataError(
            f"'{cell}' has a column '{taken[0]}', and rows in quarantine get one so called",
            fix=f"call it otherwise; {', '.join(ADDED)} are taken",
        )
    places = parted.places
    told = [np.full(len(places), "", object) for _ in range(3)]
    for failure, own in parted.broken:
        where = np.searchsorted(places, own)
        names = ([failure.check], [failure.column], _values(table, failure.column, own))
        for kept, new in zip(told, names, strict=True):
            before = kept[where]
            joined = np.where(before == "", "", before + _BETWEEN)
            kept[where] = joined + np.array(new, object)
    added = [*told, [run_id] * len(places), [cell.partition] * len(places)]
    rows = table.take(pa.array(places))
    for name, values in zip(ADDED, added, strict=True):
        rows = rows.append_column(name, pa.array(values, pa.string()))
    return rows


def _values(table: pa.Table, column: str, places: Places) -> list[str]:
    if column not in table.column_names:
        return [""] * len(places)
    values = table.column(column).take(pa.array(places)).to_pylist()
    return ["null" if value is None else _short(str(value)) for value in values]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
