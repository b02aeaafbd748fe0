"""Which rules of a schema need all rows at once, so that no stream can be checked by them.

Uniqueness says so itself, and any parser may be one. What a check of the user's own does
is known only when it is asked: one that answers once for many rows is about all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from assets_core.backends.pandera.schemas import index_of, unique_sets

_WHOLE_BY_NAME = {"unique_values_eq"}


def uniqueness(schema: Any) -> Iterator[str]:
    """Yield the sets of columns of a DataFrameSchema that have to be unique."""
    for name, column in schema.columns.items():
        if column.unique:
            yield f"unique of column '{name}'"
    index = index_of(schema)
    if index is not None and getattr(index, "unique", False):
        yield f"unique of index '{index.name}'"
    for names in unique_sets(schema):
        yield f"unique of {', '.join(names)}"


def parsers(schema: Any) -> Iterator[str]:
    """Yield the parsers of a DataFrameSchema; any may look at all the rows it is given."""
    for where, part in _parts(schema):
        for parser in part.parsers:
            name = "" if parser.name in {None, "<lambda>"} else f" {parser.name}"
            yield f"parser{name} of {where}"


def _parts(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield what in a DataFrameSchema has rules, each with what it is called."""
    for name, column in schema.columns.items():
        yield f"column '{name}'", column
    index = index_of(schema)
    if index is not None:
        yield f"index '{index.name}'", index
    yield "the table", schema


def watch_checks(schema: Any, found: set[str]) -> None:
    """Let the checks of a copy of a DataFrameSchema tell when they answer for all rows."""
    parts = [(f"column '{name}'", column) for name, column in schema.columns.items()]
    for where, part in [*parts, ("the table", schema)]:
        for check in part.checks:
            label = f"check {check.name} of {where}"
            if check.groupby is not None or check.name in _WHOLE_BY_NAME:
                found.add(label)
            elif not check.element_wise and not check.is_builtin_check(check.name):
                check._check_fn = _watched(check._check_fn, label, found)  # noqa: SLF001 - Pandera's


def _watched(
    function: Callable[..., Any], label: str, found: set[str]
) -> Callable[..., Any]:
    def watched(given: Any, *more: Any, **bounds: Any) -> Any:
        answer = function(given, *more, **bounds)
        rows = _rows(getattr(given, "lazyframe", given))
        if rows is not None and rows > 1 and _rows(answer) != rows:
            found.add(label)
        return answer

    return watched


def _rows(value: Any) -> int | None:
    """Return how many rows something has; 1 for an answer about all, None if unknown."""
    if isinstance(value, bool | np.bool_ | pa.Scalar):
        return 1
    if isinstance(value, pd.Series | pd.DataFrame | pa.Array | pa.ChunkedArray):
        return len(value)
    collect = getattr(value, "collect", None)
    if collect is not None:
        return len(collect())
    return len(value) if hasattr(value, "__len__") else None
