"""Look at a table, column by column."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets_core.catalogue.profiles import ColumnProfile, Profile
from assets_core.model.hiding import hide_in
from assets_core.workspace.plain import plain
from assets_core.workspace.showing import first_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 16
MOST_TOP = 5
LONGEST = 60
"""How many letters of a value are shown."""


def profile_of(table: pa.Table, of: int, sample: int, masked: Iterable[str]) -> Profile:
    """Return what a table looks like.

    Args:
        of: How many rows there are, of which these are some.
        sample: How many of its rows are shown.
        masked: Columns whose values are not to be seen.
    """
    hidden = tuple(one for one in table.column_names if one in set(masked))
    seen = [name for name in table.column_names if name not in hidden]
    return Profile(
        rows=table.num_rows,
        of=of,
        columns={name: column_profile(table.column(name)) for name in seen},
        sample=tuple(
            {name: value_text(one) for name, one in row.items()}
            for row in first_rows(table.select(seen), sample)
        )
        if seen
        else (),
        masked=hidden,
    )


def column_profile(column: pa.ChunkedArray) -> ColumnProfile:
    """Return what the values of one column look like."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind, nulls = column.type, column.null_count
    if pa.types.is_nested(kind) or pa.types.is_null(kind) or _is_odd(kind):
        return ColumnProfile(nulls)
    distinct = pc.count_distinct(column).as_py()
    if pa.types.is_boolean(kind):
        return ColumnProfile(nulls, distinct, top=_top(column))
    numbers = _as_numbers(column)
    if numbers is None:
        some = _top(column) if distinct < len(column) - nulls else ()
        least, most = _ends(column) if _has_order(kind) else ("", "")
        return ColumnProfile(nulls, distinct, least, most, top=some)
    least, most = _ends(column)
    return ColumnProfile(nulls, distinct, least, most, bars=_bars(numbers))


def value_text(value: object) -> str | None:
    """Return a value as it is shown: hidden if secret, short, None for null.

    >>> value_text(1.5), value_text([1, None]), value_text("x" * 99)[-3:]
    ('1.5', '[1, null]', 'xx…')
    """
    known = hide_in(plain(value))
    if known is None:
        return None
    if not isinstance(known, str):
        known = json.dumps(known, ensure_ascii=False)
    return known if len(known) <= LONGEST else f"{known[: LONGEST - 1]}…"


def _is_odd(kind: pa.DataType) -> bool:
    """Return whether values of a type cannot be counted."""
    return isinstance(kind, pa.BaseExtensionType) or pa.types.is_interval(kind)


def _has_order(kind: pa.DataType) -> bool:
    return not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _as_numbers(column: pa.ChunkedArray) -> NDArray[np.float64] | None:
    """Return the values that are there as an array of numbers; None if they are none."""
    kind = column.type
    there = column.drop_null()
    if pa.types.is_temporal(kind):
        wide = pa.int32() if kind.bit_width == 32 else pa.int64()  # noqa: PLR2004
        return _floats(there.cast(wide))
    if pa.types.is_decimal(kind):
        there = there.cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return None
    values = _floats(there)
    return values[np.isfinite(values)]


def _floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), np.float64)


def _bars(numbers: NDArray[np.float64]) -> tuple[int, ...]:
    if not len(numbers) or numbers.min() == numbers.max():
        return ()
    with np.errstate(all="ignore"):
        span = numbers.max() - numbers.min()
        if not np.isfinite(span):  # wider than a number can say
            return ()
        places = ((numbers - numbers.min()) / span * BINS).astype(np.int64)
    counts = np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
    return tuple(int(one) for one in counts)


def _ends(column: pa.ChunkedArray) -> tuple[str, str]:
    ends = pc.min_max(column)
    try:
        least, most = ends["min"].as_py(), ends["max"].as_py()
    except (OverflowError, ValueError):  # a time that Python has no value for
        return str(ends["min"]), str(ends["max"])
    return value_text(least) or "", value_text(most) or ""


def _top(column: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    counted = column.drop_null().value_counts()
    values, counts = counted.field("values"), counted.field("counts")
    order = np.argsort(-counts.to_numpy(), kind="stable")[:MOST_TOP].tolist()
    return tuple(
        (value_text(values[one].as_py()) or "", counts[one].as_py()) for one in order
    )
