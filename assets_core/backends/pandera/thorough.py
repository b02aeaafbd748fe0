"""A copy of a schema that tells everything, in whatever library it checks.

Pandera keeps some of what it finds to itself, or stumbles over it:

- over Polars and Arrow, only the first unexpected or misplaced column is told, and over
  all libraries only the first set of columns that is not unique;
- its report of all failures cannot be made of values of several types, of bytes, or of
  many rows in reasonable time;
- over pandas, a comparison with a missing value of a nullable type passes even where
  `ignore_na=False` says that it must not, and cannot be told where another row fails.

The copy is used once, by one thread, and the user's schema is never changed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pandas as pd
from pandera.backends.base import CoreCheckResult
from pandera.errors import (
    FailureCaseMetadata,
    SchemaError,
    SchemaErrorReason,
    SchemaErrors,
)

from assets_core.backends.pandera.schemas import Library, index_of, unique_sets

SAMPLE = 50  # so many failing values are looked at for examples that differ


def thorough(schema: Any, library: Library) -> Any:
    """Return a copy of a DataFrameSchema that tells every failure."""
    made = copy.copy(schema)
    made.columns = {name: _column(column, library) for name, column in made.columns.items()}
    made.checks = [_check(check, library) for check in made.checks]
    if index_of(made) is not None:
        # Pandera looks a few failing rows up by their labels, which may come twice.
        parts = (made, *made.columns.values())
        for check in (check for part in parts for check in part.checks):
            check.n_failure_cases = None
    made.get_backend = _backend_of(made, library)
    return made


def unique_label(names: tuple[str, ...]) -> str:
    """Return what the check of a set of columns is called.

    >>> unique_label(("origin", "hour"))
    'unique(origin, hour)'
    """
    return f"unique({', '.join(names)})"


def _column(column: Any, library: Library) -> Any:
    made = copy.copy(column)
    made.checks = [_check(check, library) for check in made.checks]
    made.get_backend = _backend_of(made, library)
    return made


def _check(check: Any, library: Library) -> Any:
    made = copy.copy(check)
    # Over Arrow, Pandera tells how many rows fail only by listing them.
    made.n_failure_cases = None if library is Library.ARROW else SAMPLE
    if library is Library.PANDAS and not check.element_wise:
        made._check_fn = _settled(check)  # noqa: SLF001 - Pandera offers no other way
    return made


def _settled(check: Any) -> Callable[..., Any]:
    """Return a check's function, whose answer says yes or no for each row."""
    function, ignore_na = check._check_fn, check.ignore_na  # noqa: SLF001
    name = getattr(function, "__name__", "")

    def settled(given: Any, *samples: Any, **bounds: Any) -> Any:
        # What a check of Pandera's own does with pandas is known only when it is called.
        known = check.is_builtin_check(name)
        ask = check.get_builtin_check_fn(name) if known else function
        answer = ask(given, *samples, **bounds)
        if isinstance(answer, pd.DataFrame) and isinstance(given, pd.DataFrame):
            if ignore_na:
                answer = answer | given[list(answer.columns)].isna()
            answer = answer.all(axis="columns", skipna=ignore_na)
        if isinstance(answer, pd.Series) and answer.dtype != object and answer.hasnans:
            answer = answer.fillna(ignore_na)
        return answer

    return settled


def _backend_of(schema: Any, library: Library) -> Callable[..., Any]:
    """Return what Pandera calls to find the code that validates for a schema."""
    find = type(schema).get_backend

    def get_backend(check_obj: Any = None, check_type: type | None = None) -> Any:
        backend = find(check_obj, check_type)  # a new one each time
        backend.failure_cases_metadata = _no_report
        if hasattr(backend, "check_column_values_are_unique"):
            backend.check_column_values_are_unique = _every_set(backend)
        if hasattr(backend, "strict_filter_columns") and library is not Library.PANDAS:
            backend.strict_filter_columns = _every_column(backend)
        return backend

    return get_backend


def _no_report(schema_name: str, schema_errors: list[SchemaError]) -> FailureCaseMetadata:  # noqa: ARG001 - Pandera's
    return FailureCaseMetadata(failure_cases=None, message={}, error_counts={})


def _every_set(backend: Any) -> Callable[[Any, Any], list[CoreCheckResult]]:
    check = backend.check_column_values_are_unique

    def check_every_set(check_obj: Any, schema: Any) -> list[CoreCheckResult]:
        results = []
        present = set(_names(check_obj))
        for names in unique_sets(schema):
            missing = [name for name in names if name not in present]
            if missing:
                results.append(_not_there(names, missing))
                continue
            one = copy.copy(schema)
            one.unique = list(names)
            results.append(check(check_obj, one)._replace(check=unique_label(names)))
        return results

    return check_every_set


def _not_there(names: tuple[str, ...], missing: list[str]) -> CoreCheckResult:
    absent = f"no column {', '.join(map(repr, missing))}"
    return CoreCheckResult(
        passed=False,
        check=unique_label(names),
        reason_code=SchemaErrorReason.DUPLICATES,
        message=absent,
        failure_cases=absent,
    )


def _every_column(backend: Any) -> Callable[[Any, Any, Any], Any]:
    check = backend.strict_filter_columns

    def check_every_column(check_obj: Any, schema: Any, column_info: Any) -> Any:
        try:
            return check(check_obj, schema, column_info)
        except SchemaError as first:
            more = _unexpected(schema, column_info) + _misplaced(schema, column_info)
            # Narwhals wraps the frame, and Pandera finds no code for the wrapper.
            frame = getattr(check_obj, "to_native", lambda: check_obj)()
            raise SchemaErrors(
                schema=schema, schema_errors=more or [first], data=frame
            ) from None

    return check_every_column


def _unexpected(schema: Any, info: Any) -> list[SchemaError]:
    if schema.strict is not True:
        return []
    reason = SchemaErrorReason.COLUMN_NOT_IN_SCHEMA
    return [
        _about_column(schema, name, "column_in_schema", reason)
        for name in info.destuttered_column_names
        if name not in info.expanded_column_names
    ]


def _misplaced(schema: Any, info: Any) -> list[SchemaError]:
    if not schema.ordered:
        return []
    given = [
        name for name in info.destuttered_column_names if name in info.expanded_column_names
    ]
    reason = SchemaErrorReason.COLUMN_NOT_ORDERED
    return [
        _about_column(schema, name, "column_ordered", reason)
        for name, expected in zip(given, info.sorted_column_names, strict=True)
        if name != expected
    ]


def _about_column(
    schema: Any, name: str, check: str, reason: SchemaErrorReason
) -> SchemaError:
    message = f"column {name!r} breaks {check}"
    make: Any = SchemaError  # it has no types
    found: SchemaError = make(schema, None, message, name, check, reason_code=reason)
    return found


def _names(frame: Any) -> list[str]:
    described = getattr(frame, "collect_schema", None)
    return list(frame.columns) if described is None else list(described().names())
