"""Test a table before anyone can see it: its schema first, then its checks.

A check that did not look at the data never counts as passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from assets_core.errors import DataError, SchemaError, UsageError
from assets_core.model.assets import Asset, Check, CheckResult, Input
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord
from assets_core.protocols.validator import Failure, Validated, Validator
from assets_core.running.context import CheckContext
from assets_core.running.quarantine import Parted, part_rows
from assets_core.running.scanning import refuse_unknown
from assets_core.running.slices import with_columns
from assets_core.versioning.canonical import canonical_table

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA = "schema"
SHOWN = 5  # failures in one sentence; all are recorded
EXAMPLES = 5  # of one failure


class Applied(NamedTuple):
    """What a schema made of a table.

    Attributes:
        table: The rows that it lets pass, as they have to be stored.
        parted: The rows that were taken out, if some were.
    """

    table: pa.Table
    checks: tuple[CheckRecord, ...]
    parted: Parted | None = None


@dataclass(slots=True)
class Tally:
    """What a schema found on a table, or on all batches of a stream together.

    Attributes:
        rows: How many rows it looked at.
        aside: How many of them were taken out.
        broken: The rules that rows were taken out for.
        left: What was wrong with the others.
    """

    rows: int = 0
    aside: int = 0
    broken: dict[tuple[str, str], Failure] = field(default_factory=dict)
    left: dict[tuple[str, str], Failure] = field(default_factory=dict)

    def add(self, parted: Parted | None, rows: int) -> None:
        """Count a table, or one batch more."""
        self.rows += rows
        if parted is None:
            return
        self.aside += len(parted.places)
        for failures, found in (
            ([one.failure for one in parted.broken], self.broken),
            (parted.left.failures, self.left),
        ):
            for one in failures:
                key = one.column, one.check
                found[key] = _added(found[key], one) if key in found else one


def _added(first: Failure, second: Failure) -> Failure:
    counts = [one.count for one in (first, second) if one.count is not None]
    examples = tuple(dict.fromkeys(first.examples + second.examples))[:EXAMPLES]
    return replace(first, count=sum(counts) if counts else None, examples=examples)


def part_by_schema(
    validator: Validator, asset: Asset, table: pa.Table, parts: Mapping[str, str]
) -> tuple[pa.Table, Parted | None]:
    """Return the rows that a schema lets pass, as they have to be stored, and the others.

    Args:
        parts: The value of each partition column; the schema sees those that it names.
    """
    if asset.schema is None:
        return table, None
    named = validator.columns(asset.schema) if parts else ()
    seen = {name: text for name, text in parts.items() if name in named}

    def validate(rows: pa.Table) -> Validated:
        return validator.validate(asset.schema, with_columns(rows, seen))

    aside = asset.quarantine is not None
    parted = part_rows(validate, table) if aside else Parted(validate(table), ())
    kept = [name for name in parted.left.table.column_names if name not in seen]
    return canonical_table(parted.left.table.select(kept)), parted


def apply_schema(
    validator: Validator,
    asset: Asset,
    cell: Cell,
    table: pa.Table,
    parts: Mapping[str, str],
) -> Applied:
    """Return the table as it has to be stored, and what its schema found."""
    passed, parted = part_by_schema(validator, asset, table, parts)
    if parted is None:
        return Applied(passed, ())
    tally = Tally()
    tally.add(parted, table.num_rows)
    record = schema_record(asset, cell, tally)
    return Applied(passed, (record,), parted if parted.broken else None)


def schema_record(asset: Asset, cell: Cell, tally: Tally) -> CheckRecord:
    """Return what is remembered of a schema."""
    limits, aside = asset.quarantine, tally.aside
    over = limits is not None and not limits.allows(aside, tally.rows)
    failures = list((tally.left or tally.broken).values())
    message = "; ".join(_sentence(failure) for failure in failures[:SHOWN])
    message += f"; and {len(failures) - SHOWN} more" if len(failures) > SHOWN else ""
    metadata: dict[str, Any] = {"failures": [_failure_of(one) for one in failures]}
    if aside and not tally.left:
        message = f"{aside:,} of {tally.rows:,} rows " + (
            f"would be put aside, and at most {limits} may be: {message}"
            if over
            else f"in quarantine: {message}"
        )
        metadata["too_many" if over else "quarantined"] = aside
    return CheckRecord(
        asset=cell.asset,
        partition=cell.partition,
        check=SCHEMA,
        passed=not tally.left and not over,
        blocking=asset.on_invalid != "warn",
        message=message,
        metadata=metadata,
    )


def _failure_of(failure: Failure) -> dict[str, Any]:
    """Return a failure as it is remembered: without the places of all rows."""
    told = asdict(replace(failure, rows=None))
    del told["rows"]
    return told


def _sentence(failure: Failure) -> str:
    place = f"column '{failure.column}'" if failure.column else "the table"
    many = "row" if failure.count == 1 else "rows"
    rows = "" if failure.count is None else f" in {failure.count:,} {many}"
    examples = f", such as {', '.join(failure.examples[:3])}" if failure.examples else ""
    return f"{place} breaks {failure.check}{rows}{examples}"


def run_check(
    check: Check, cell: Cell, context: CheckContext, load: Callable[[Input], Any]
) -> CheckRecord:
    """Call one check. A check that raises has not passed."""
    given = {"context": context} if check.takes_context else {}
    try:
        given |= {one.parameter: load(one) for one in check.inputs}
        result = _as_result(check.function(**given))
    except DataError:
        raise
    except UsageError as error:
        said = "; ".join(part for part in (error.problem, error.fix) if part)
        result = CheckResult(passed=False, message=said)
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


def seen_by(given: Input, table: pa.Table) -> pa.Table:
    """Return the columns that a check reads of the table that it tests.

    Raises:
        UsageError: There is no such column.
    """
    if given.columns is None:
        return table
    refuse_unknown(given.upstream, given.columns, table.schema)
    return table.select(list(given.columns))


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
    too_many = any("too_many" in check.metadata for check in failed)
    error = SchemaError(
        f"The data of '{cell}' was refused{', as ' if too_many else ': '}{found}",
        fix="mend the data or the rule; until then everyone sees the previous version",
    )
    error.failures = tuple(failed)
    raise error
