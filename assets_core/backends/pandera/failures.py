"""What Pandera found, as failures: one for each check of each column.

A check is called what it asks for, with its bounds. Text that comes from the data, as in
examples and in what a check raised, is short and on one line, however long or hostile it
is; whoever shows it in HTML still has to escape it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from pandera.errors import SchemaError, SchemaErrorReason

from assets_core.backends.pandera.cases import SHOWN, cases_of, is_of_table
from assets_core.backends.pandera.rows import rows_of
from assets_core.backends.pandera.text import shortened
from assets_core.protocols.validator import Failure

if TYPE_CHECKING:
    import pyarrow as pa

_WIDTH = 160
_PLAIN_NAMES = {"field_uniqueness": "unique"}
_NAMES_A_COLUMN = {
    SchemaErrorReason.ADD_MISSING_COLUMN_NO_DEFAULT,
    SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME,
    SchemaErrorReason.COLUMN_NOT_IN_SCHEMA,
    SchemaErrorReason.COLUMN_NOT_ORDERED,
}


def failures_of(
    errors: Iterable[SchemaError], frame: Any, table: pa.Table
) -> tuple[Failure, ...]:
    """Return the failures of a frame, which was made of a table."""
    found: dict[tuple[str, str], Failure] = {}
    for error in errors:
        column = _column_of(error)
        cases = cases_of(error, column, frame, table)
        rows = rows_of(error, column, frame, table)
        failure = Failure(
            column, _check_of(error, column), cases.rows, cases.examples, rows
        )
        key = (failure.column, failure.check)
        found[key] = _together(found[key], failure) if key in found else failure
    return tuple(found.values())


def _together(first: Failure, second: Failure) -> Failure:
    # One rule stated twice has the same rows, and two of one name those of both.
    examples = tuple(dict.fromkeys(first.examples + second.examples))[:SHOWN]
    if first.rows is not None and second.rows is not None:
        rows = np.union1d(first.rows, second.rows)
        return Failure(first.column, first.check, len(rows), examples, rows)
    counts = [one.count for one in (first, second) if one.count is not None]
    return Failure(first.column, first.check, max(counts, default=None), examples)


def _column_of(error: SchemaError) -> str:
    if error.reason_code in _NAMES_A_COLUMN:
        return str(error.failure_cases)
    if is_of_table(error):
        # Polars' columns are converted by the schema as a whole.
        coerced = error.reason_code is SchemaErrorReason.DATATYPE_COERCION
        named = list(getattr(error.failure_cases, "columns", ())) if coerced else []
        return str(named[0]) if len(named) == 1 else ""
    name = error.schema.name if error.column_name is None else error.column_name
    return "" if name is None else str(name)


def _check_of(error: SchemaError, column: str) -> str:
    check = error.check
    if error.reason_code is SchemaErrorReason.WRONG_FIELD_NAME:
        return "column_in_dataframe"  # an index is stored as the column of its name
    if error.reason_code is SchemaErrorReason.DATATYPE_COERCION and is_of_table(error):
        asked = error.schema.columns.get(column, error.schema).dtype
        return shortened(f"coerce_dtype('{asked}')", _WIDTH)
    if check is None or isinstance(check, str):
        name = getattr(error.reason_code, "value", "") if check is None else check
        return shortened(_PLAIN_NAMES.get(name, name), _WIDTH)
    name = _statement(check, error.check_index)
    if error.reason_code is not SchemaErrorReason.CHECK_ERROR:
        return shortened(name, _WIDTH)
    return f"{shortened(name, _WIDTH // 2)} (raised {_raised(str(error.failure_cases))})"


def _raised(told: str) -> str:
    r"""Return an exception as Pandera tells it, on one line.

    >>> _raised('ValueError("no such day\nsee above")')
    'ValueError: no such day'
    """
    name, _, said = told.partition('("')
    line = said.partition("\n")[0].removesuffix('")')
    return shortened(f"{name}: {line}" if line else name.removesuffix("()"), _WIDTH // 2)


def _statement(check: Any, index: int | None) -> str:
    """Return what a check asks for, as `in_range(0, 60)`."""
    name = str(check.name)
    if name == "<lambda>":
        name = f"check {(index or 0) + 1} (lambda)"
    if check.error is not None:
        said = str(check.error)
        return said if check.is_builtin_check(name) or name in said else f"{name}: {said}"
    bounds = ", ".join(f"{key}={value!r}" for key, value in check.statistics.items())
    return f"{name}({bounds})" if bounds else name
