"""How many rows break a check, and a few examples of what is in them.

Each library tells it in its own way: Pandera over pandas gives a frame of values and row
labels, over Polars and Arrow a frame of the rows or of one of their columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandera.constants import CHECK_OUTPUT_KEY
from pandera.errors import SchemaError, SchemaErrorReason

from assets_core.backends.pandera.schemas import unique_sets
from assets_core.backends.pandera.text import shortened, text_of
from assets_core.backends.pandera.thorough import SAMPLE, unique_label

SHOWN = 5


class Cases(NamedTuple):
    """How many rows break a check, None if it is not about rows, and examples."""

    rows: int | None = None
    examples: tuple[str, ...] = ()


class _Found(NamedTuple):
    """One error with all that its cases can be told from."""

    error: SchemaError
    column: str
    cases: Any
    frame: Any
    table: pa.Table


def is_of_table(error: SchemaError) -> bool:
    """Return whether an error is about the whole table, not about one column."""
    return hasattr(error.schema, "columns")


def cases_of(error: SchemaError, column: str, frame: Any, table: pa.Table) -> Cases:
    """Return the cases of an error about a frame, which was made of a table."""
    if error.reason_code not in _TELL:
        return Cases()
    found = _Found(error, column, error.failure_cases, frame, table)
    return _TELL[error.reason_code](found)


def _of_type(found: _Found) -> Cases:
    """A column has one type; only Python objects have one each."""
    kind = found.cases
    if isinstance(found.frame, pd.DataFrame) and found.column in found.frame.columns:
        kind = found.frame[found.column].dtype
        if pd.api.types.is_object_dtype(kind) and _is_frame(found.cases):
            return _of_values(found)
        if isinstance(kind, pd.CategoricalDtype):
            # Its name alone would not tell one from another.
            kind = f"category of {text_of(kind.categories[:SAMPLE].tolist())}"
    return Cases(None, () if _is_frame(kind) else (shortened(str(kind)),))


def _of_nulls(found: _Found) -> Cases:
    rows = _count(found)
    if found.column not in found.table.column_names:
        return Cases(rows)
    column = found.table.column(found.column)
    nan = pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py()
    return Cases(rows, ("null",) * bool(column.null_count) + ("NaN",) * bool(nan))


def _of_values(found: _Found) -> Cases:
    if not _is_frame(found.cases):
        return Cases()
    rows = _count(found)
    return Cases(rows, () if rows is None else _shown(map(text_of, _values(found.cases))))


def _of_repeated_values(found: _Found) -> Cases:
    if not isinstance(found.cases, pa.Table):
        return _of_values(found)
    # Over Arrow, each value is told once.
    repeated = pc.is_in(found.frame.column(found.column), value_set=found.cases.column(0))
    return Cases(pc.sum(repeated).as_py(), _of_values(found).examples)


def _of_check(found: _Found) -> Cases:
    if not is_of_table(found.error) or not _is_frame(found.cases):
        return _of_values(found)
    broken = _broken(found.error.check_output)
    if broken is None:
        return Cases(_height(found.cases), _shown(map(_row_text, _rows(found.cases))))
    if len(broken) != found.table.num_rows:
        return Cases(_count(found))
    places = np.flatnonzero(broken)[:SHOWN].tolist()
    rows = found.table.take(places).to_pylist()
    texts = [
        f"row {place}: {_row_text(row)}" for place, row in zip(places, rows, strict=True)
    ]
    return Cases(int(broken.sum()), _shown(texts))


def _of_repeated_rows(found: _Found) -> Cases:
    sets = {unique_label(names): names for names in unique_sets(found.error.schema)}
    names = list(sets[str(found.error.check)])
    cases = found.cases
    if isinstance(cases, str):
        return Cases(None, (shortened(cases),))
    if isinstance(cases, pd.DataFrame):
        # One line for each value; those of one row have its label in common.
        places = cases["index"].drop_duplicates()
        some = cases[cases["index"].isin(places.head(SAMPLE))]
        keys = [part["failure_case"] for _, part in some.groupby("index", sort=False)]
        return Cases(len(places), _shown(map(_key_text, keys)))
    count = _height(cases)
    if isinstance(cases, pa.Table):
        # Over Arrow, the values of several rows are told once.
        counts = found.frame.group_by(names).aggregate([([], "count_all")])["count_all"]
        count = pc.sum(pc.filter(counts, pc.greater(counts, 1))).as_py()
    return Cases(
        count, _shown(_key_text(row.values()) for row in _rows(cases.select(names)))
    )


_TELL: dict[SchemaErrorReason, Callable[[_Found], Cases]] = {
    SchemaErrorReason.DATAFRAME_CHECK: _of_check,
    SchemaErrorReason.DATATYPE_COERCION: _of_values,
    SchemaErrorReason.DUPLICATES: _of_repeated_rows,
    SchemaErrorReason.SERIES_CONTAINS_DUPLICATES: _of_repeated_values,
    SchemaErrorReason.SERIES_CONTAINS_NULLS: _of_nulls,
    SchemaErrorReason.WRONG_DATATYPE: _of_type,
}


def _is_frame(cases: Any) -> bool:
    return isinstance(cases, pd.DataFrame | pa.Table) or hasattr(cases, "to_series")


def _height(cases: Any) -> int:
    return int(cases.num_rows) if isinstance(cases, pa.Table) else len(cases)


def _count(found: _Found) -> int | None:
    """Return how many rows fail, None where a check answers once for all of them."""
    broken = _broken(found.error.check_output)
    if broken is None or isinstance(found.cases, pa.Table):
        return _height(found.cases)
    if not isinstance(found.frame, pd.DataFrame) and len(broken) != len(found.frame):
        return None
    return int(broken.sum())


def _broken(answers: Any) -> Any:
    """Return for each row whether a check failed, None if it did not say so."""
    if isinstance(answers, pd.Series):
        return ~answers.astype(bool).to_numpy()
    if hasattr(answers, "get_column") and CHECK_OUTPUT_KEY in answers.columns:
        return ~answers.get_column(CHECK_OUTPUT_KEY).to_numpy().astype(bool)
    return None


def _values(cases: Any) -> list[Any]:
    if isinstance(cases, pd.DataFrame):
        return cases["failure_case"].head(SAMPLE).tolist()
    column = cases.column(0) if isinstance(cases, pa.Table) else cases.to_series(0)
    some = column.slice(0, SAMPLE)
    return list(some.to_pylist() if isinstance(cases, pa.Table) else some.to_list())


def _rows(cases: Any) -> list[dict[str, Any]]:
    some = cases.slice(0, SAMPLE)
    return list(some.to_pylist() if isinstance(cases, pa.Table) else some.rows(named=True))


def _key_text(values: Iterable[Any]) -> str:
    return ", ".join(map(text_of, values))


def _row_text(row: dict[str, Any]) -> str:
    return ", ".join(f"{name}={text_of(value)}" for name, value in row.items())


def _shown(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the first few texts that differ, each of them short."""
    return tuple(dict.fromkeys(shortened(text) for text in texts))[:SHOWN]
