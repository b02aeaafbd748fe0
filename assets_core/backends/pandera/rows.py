"""Which rows break a check, by their places in the table that was given.

Labels of a pandas index count for nothing: those of a named index may come twice. What
Pandera leaves out of an answer, as nulls, is put back in before rows are counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandera.constants import CHECK_OUTPUT_KEY
from pandera.errors import SchemaError, SchemaErrorReason

Places = NDArray[np.int64]


def rows_of(error: SchemaError, column: str, frame: Any, table: pa.Table) -> Places | None:
    """Return the places of the rows that an error is about, None if it is about none."""
    found = None
    if error.reason_code is SchemaErrorReason.DATATYPE_COERCION:
        found = _not_converted(error, frame, table)
    elif error.reason_code is SchemaErrorReason.DATAFRAME_CHECK:
        found = _not_passed(error, column, frame, table)
    elif error.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS:
        known = column in table.column_names
        found = np.flatnonzero(_nulls(table.column(column))) if known else None
    return found if found is not None and len(found) else None


def _not_passed(
    error: SchemaError, column: str, frame: Any, table: pa.Table
) -> Places | None:
    nulls = _nulls(table.column(column)) if column in table.column_names else None
    # Pandera asks about the values that are there, and about nothing else.
    asked = np.empty(0, np.int64) if nulls is None else np.flatnonzero(~nulls)
    found = error.check_output
    if isinstance(found, pd.Series):
        return _labelled(found, frame, asked)
    passed = _answers(found, frame)
    if passed is None:
        return None
    if len(passed) == table.num_rows:
        return np.flatnonzero(~passed)
    return asked[~passed] if len(asked) == len(passed) else None


def _labelled(found: pd.Series[Any], frame: pd.DataFrame, asked: Places) -> Places | None:
    """Return what did not pass; an answer in another order is known by its labels."""
    broken = ~np.asarray(found, np.bool_)
    index = frame.index
    if index.dtype != found.index.dtype:
        try:
            index = index.astype(found.index.dtype)  # the schema has converted it too
        except (TypeError, ValueError):
            return None
    if found.index.equals(index):
        return np.flatnonzero(broken)
    if len(asked) == len(found) and found.index.equals(index[asked]):
        return asked[broken]
    return _places(found.index[broken], index)


def _places(labels: pd.Index[Any], index: pd.Index[Any]) -> Places | None:
    """Return the places of some labels, None where they do not tell one row from another.

    >>> _places(pd.Index([7]), pd.Index([5, 7])).tolist()
    [1]
    """
    if not index.is_unique:
        return None
    places = np.unique(index.get_indexer(labels).astype(np.int64))
    return None if (places < 0).any() else places


def _nulls(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_null(column, nan_is_null=True).to_numpy()
    return found


def _answers(found: Any, frame: Any) -> NDArray[np.bool_] | None:
    """Return for each row that was asked about whether it passed."""
    if hasattr(found, "get_column") and CHECK_OUTPUT_KEY in found.columns:
        return np.asarray(found.get_column(CHECK_OUTPUT_KEY).to_numpy(), np.bool_)
    if not isinstance(frame, pa.Table) or not hasattr(found, "alias"):
        return None
    import narwhals.stable.v1 as nw  # noqa: PLC0415 - there if a schema over Arrow is

    answers = nw.from_native(frame).select(found.alias(CHECK_OUTPUT_KEY)).to_native()
    return np.asarray(answers.column(0).fill_null(True).to_numpy(), np.bool_)  # noqa: FBT003 - Arrow's


def _not_converted(error: SchemaError, frame: Any, table: pa.Table) -> Places | None:
    cases = error.failure_cases
    if isinstance(cases, pd.DataFrame) and "index" in cases:
        labels = cases["index"]
        return None if labels.hasnans else _places(pd.Index(labels), frame.index)
    passed = _answers(error.check_output, frame)
    if passed is None or len(passed) != table.num_rows:
        return None
    return np.flatnonzero(~passed)
