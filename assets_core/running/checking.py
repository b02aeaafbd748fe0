"""Test a table before anyone can see it: its schema first, then its checks.

A check that did not look at the data never counts as passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from assets_core.errors import DataError, SchemaError
from assets_core.model.assets import Asset, Check, CheckResult, Input
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord
from assets_core.protocols.validator import Failure, Validator
from assets_core.running.slices import with_columns
from assets_core.versioning.canonical import canonical_table

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA = "schema"
SHOWN = 5  # failures in one sentence; all are recorded


def apply_schema(
    validator: Validator,
    asset: Asset,
    cell: Cell,
    table: pa.Table,
    parts: Mapping[str, str],
) -> tuple[pa.Table, tuple[CheckRecord, ...]]:
    """Return the table as it has to be stored, and what its schema found.

    Args:
        parts: The value of each partition column; the schema sees those that it names.
    """
    if asset.schema is None:
        return table, ()
    named = validator.columns(asset.schema) if parts else ()
    seen = {name: text for name, text in parts.items() if name in named}
    validated = validator.validate(asset.schema, with_columns(table, seen))
    count = len(validated.failures)
    record = CheckRecord(
        asset=cell.asset,
        partition=cell.partition,
        check=SCHEMA,
        passed=not count,
        blocking=asset.on_invalid == "fail",
        message="; ".join(_sentence(failure) for failure in validated.failures[:SHOWN])
        + (f"; and {count - SHOWN} more" if count > SHOWN else ""),
        metadata={"failures": [asdict(failure) for failure in validated.failures]},
    )
    kept = [name for name in validated.table.column_names if name not in seen]
    return canonical_table(validated.table.select(kept)), (record,)


def _sentence(failure: Failure) -> str:
    place = f"column '{failure.column}'" if failure.column else "the table"
    many = "row" if failure.count == 1 else "rows"
    rows = "" if failure.count is None else f" in {failure.count:,} {many}"
    examples = f", such as {', '.join(failure.examples[:3])}" if failure.examples else ""
    return f"{place} breaks {failure.check}{rows}{examples}"


def run_check(check: Check, cell: Cell, load: Callable[[Input], Any]) -> CheckRecord:
    """Call one check. A check that raises has not passed."""
    try:
        found = check.function(**{given.parameter: load(given) for given in check.inputs})
        result = _as_result(found)
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        result = CheckResult(
            passed=False, message=f"it raised {type(error).__name__}: {error}"
        )
    return CheckRecord(
        cell.asset,
        cell.partition,
        check.name,
        result.passed,
        check.blocking,
        result.message,
        dict(result.metadata),
    )


def _as_result(found: Any) -> CheckResult:
    if isinstance(found, CheckResult):
        return replace(found, passed=bool(found.passed))
    # NumPy has a bool of its own.
    if isinstance(found, bool) or type(found).__name__ in {"bool", "bool_"}:
        return CheckResult(passed=bool(found))
    return CheckResult(
        passed=False,
        message=f"it returned {type(found).__name__}; return a bool or a CheckResult",
    )


def refuse(cell: Cell, checks: tuple[CheckRecord, ...]) -> None:
    """Raise `SchemaError` if a blocking check did not pass."""
    failed = [check for check in checks if check.blocking and not check.passed]
    if not failed:
        return
    found = "; ".join(
        check.message
        if check.check == SCHEMA
        else f"check '{check.check}': {check.message or 'not passed'}"
        for check in failed
    )
    error = SchemaError(
        f"The data of '{cell}' was refused: {found}",
        fix="mend the data or the rule; until then everyone sees the previous version",
    )
    error.failures = tuple(failed)
    raise error
