"""How far a column has moved: 0 where nothing did, 1 where nothing is left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_TIMES = (
    pa.types.is_date,
    pa.types.is_duration,
    pa.types.is_time,
    pa.types.is_timestamp,
)
KS, TV = "kolmogorov-smirnov", "total variation"


def distance(now: pa.ChunkedArray, before: pa.ChunkedArray) -> tuple[str, float]:
    """Return which distance two columns have, and how large it is.

    Args:
        now: At least one value, as `before`; nulls are values.

    >>> distance(pa.chunked_array([[1, 2, 3, 4]]), pa.chunked_array([[3, 4, 5, 6]]))
    ('kolmogorov-smirnov', 0.5)
    >>> distance(pa.chunked_array([["a", "b"]]), pa.chunked_array([["b", "b"]]))
    ('total variation', 0.5)
    """
    one, other = _numbers(now), _numbers(before)
    if one is not None and other is not None:
        return KS, _largest_gap(one, len(now), other, len(before))
    return TV, _moved_share(now, before)


def _numbers(column: pa.ChunkedArray) -> NDArray[Any] | None:
    """Return numbers and times in order, without nulls and NaN; None for anything else."""
    kind = column.type
    if any(is_kind(kind) for is_kind in _TIMES):
        width = pa.int32() if kind.bit_width == 32 else pa.int64()  # noqa: PLR2004 - bits
        column = column.cast(width)
    elif pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return None
    values = column.drop_null().to_numpy()
    if values.dtype.kind == "f":
        values = values[~np.isnan(values)]
    return np.sort(values)


def _largest_gap(
    one: NDArray[Any], count: int, other: NDArray[Any], other_count: int
) -> float:
    """Return the largest difference of two cumulative distributions.

    Args:
        count: Of the values with those that are none, which stand before all others.
    """
    places = np.concatenate([one, other])
    missing, other_missing = count - len(one), other_count - len(other)
    gap = abs(missing / count - other_missing / other_count)
    if not len(places):
        return gap
    up_to = missing + np.searchsorted(one, places, "right")
    other_up_to = other_missing + np.searchsorted(other, places, "right")
    return max(gap, float(np.abs(up_to / count - other_up_to / other_count).max()))


def _moved_share(now: pa.ChunkedArray, before: pa.ChunkedArray) -> float:
    one, other = _shares(now), _shares(before)
    values = one.keys() | other.keys()
    return sum(abs(one.get(key, 0) - other.get(key, 0)) for key in values) / 2


def _shares(column: pa.ChunkedArray) -> dict[str, float]:
    values, counts = pc.value_counts(column).flatten()
    # By their text: what is no number now may have been one before.
    pairs = zip(map(repr, values.to_pylist()), counts.to_pylist(), strict=True)
    return {value: count / len(column) for value, count in pairs}
