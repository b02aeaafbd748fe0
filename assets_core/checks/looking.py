"""What ready-made checks do with a table, and what they say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets_core.checks.drift import distance
from assets_core.errors import UsageError
from assets_core.model.assets import CheckResult
from assets_core.running.context import CheckContext

SHOWN = 5  # examples that are kept with what was found
COUNT = "rows"


def row_count(rows: pa.Table, *, at_least: int | None, at_most: int | None) -> CheckResult:
    """Compare the number of rows."""
    count = len(rows)
    wanted = [f"at least {at_least:,}"] if at_least is not None else []
    wanted += [f"at most {at_most:,}"] if at_most is not None else []
    few = at_least is not None and count < at_least
    many = at_most is not None and count > at_most
    message = _rows(count)
    if few or many:
        message = f"it has {message}, and should have {' and '.join(wanted)}"
    bounds = {"at_least": at_least, "at_most": at_most}
    return CheckResult(not few and not many, message, {COUNT: count, **bounds})


def unique(rows: pa.Table, *, columns: tuple[str, ...]) -> CheckResult:
    """Look for values that come more than once."""
    _refuse_nested(rows)
    counted = _counted(rows.drop_null(), columns)
    twice = counted.filter(pc.greater(counted[_free(columns)], 1))
    repeated = pc.sum(twice[_free(columns)]).as_py() or 0
    found = {COUNT: len(rows), "repeated": repeated, "values": len(twice)}
    if not len(twice):
        return _passed(_rows(len(rows)), found)
    examples = _examples(twice, columns)
    message = f"{_rows(repeated)} share their {_listed(columns)} with another, such as "
    return _failed(message + _shown(examples), {**found, "examples": examples})


def references(
    rows: pa.Table,
    there: pa.Table,
    *,
    columns: tuple[str, ...],
    other: str,
    others: tuple[str, ...],
) -> CheckResult:
    """Look for values that the other table does not have."""
    _refuse_nested(rows)
    _refuse_nested(there)
    own = _counted(rows.drop_null(), columns)
    known = there.drop_null().select(others).rename_columns(columns)
    try:
        shared = pa.unify_schemas(
            [own.select(columns).schema, known.schema], promote_options="permissive"
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise UsageError(
            f"{_listed(columns)} holds {_types(own.select(columns))}, and {_listed(others)}"
            f" of '{other}' {_types(known)}: they are never equal"
        ) from error
    own = own.cast(shared.append(own.schema.field(_free(columns))))
    lost = own.join(known.cast(shared), list(columns), join_type="left anti")
    missing = pc.sum(lost[_free(columns)]).as_py() or 0
    found = {COUNT: len(rows), "missing": missing, "values": len(lost)}
    if not missing:
        return _passed(_rows(len(rows)), found)
    examples = _examples(lost.sort_by([(name, "ascending") for name in columns]), columns)
    have = "has" if missing == 1 else "have"
    message = (
        f"{_rows(missing)} {have} a {_listed(columns)} that is no {_listed(others)} of"
        f" '{other}', such as {_shown(examples)}"
    )
    return _failed(message, {**found, "examples": examples})


def fresh(
    rows: pa.Table, context: CheckContext, *, column: str, within: timedelta
) -> CheckResult:
    """Compare the newest time with the clock."""
    kind = rows.schema.field(column).type
    if not (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        raise UsageError(f"'{column}' holds {kind}, and no times")
    if pa.types.is_timestamp(kind):  # Python has no nanoseconds
        kind = pa.timestamp("us", kind.tz)
    newest = _moment(pc.max(rows[column].cast(kind, safe=False)).as_py())
    if newest is None:
        return _failed(f"'{column}' has no time in {_rows(len(rows))}")
    age = context.now - newest
    found = {"newest": newest.isoformat(), "seconds": age.total_seconds()}
    message = f"the newest '{column}' is {newest:%Y-%m-%d %H:%M:%S} UTC"
    if age > within:
        message += f", {_span(age)} ago, and may be {_span(within)}"
    return CheckResult(age <= within, message, found)


def _passed(message: str, found: Mapping[str, Any] = MappingProxyType({})) -> CheckResult:
    return CheckResult(passed=True, message=message, metadata=found)


def _failed(message: str, found: Mapping[str, Any] = MappingProxyType({})) -> CheckResult:
    return CheckResult(passed=False, message=message, metadata=found)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value is None:
        return None
    moment: datetime = value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def no_drift(
    rows: pa.Table, context: CheckContext, *, column: str, at_most: float
) -> CheckResult:
    """Compare a column with what it was in the version before."""
    before = context.previous_table([column])
    if before is None:
        return _passed("there is no version before to compare with")
    if column not in before.column_names:
        return _passed(f"the version before has no column '{column}'")
    _refuse_nested(rows)
    _refuse_nested(before.select([column]))
    if not len(rows) or not len(before):
        same = len(rows) == len(before)
        message = f"it has {_rows(len(rows))}, and the version before {_rows(len(before))}"
        return CheckResult(same, message, {COUNT: len(rows), "before": len(before)})
    measure, far = distance(rows[column], before[column])
    found = {
        "distance": round(far, 6),
        "measure": measure,
        COUNT: len(rows),
        "before": len(before),
    }
    message = f"'{column}' has moved by {far:.3f}"
    if far > at_most:
        message += f", and may by {at_most:g}"
    return CheckResult(far <= at_most, message, found)


def _counted(rows: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return each combination of values, and last how many rows have it."""
    counted = rows.group_by(list(columns), use_threads=False).aggregate([([], "count_all")])
    return counted.rename_columns([*columns, _free(columns)])


def _free(columns: Sequence[str]) -> str:
    """Return a name that none of the columns has."""
    name = "count"
    while name in columns:
        name += "_"
    return name


def _refuse_nested(rows: pa.Table) -> None:
    for field in rows.schema:
        if pa.types.is_nested(field.type):
            raise UsageError(
                f"'{field.name}' holds {field.type}, whose values cannot be compared"
            )


def _examples(found: pa.Table, columns: Sequence[str]) -> list[Any]:
    """Return a few values as JSON can hold them: alone, or by column where several are."""
    rows = found.select(list(columns)).slice(0, SHOWN).to_pylist()
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return [row[columns[0]] for row in plain] if len(columns) == 1 else plain


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | str | type(None)) else str(value)


def _shown(examples: Sequence[Any]) -> str:
    return ", ".join(
        " ".join(f"{name}={value}" for name, value in one.items())
        if isinstance(one, dict)
        else str(one)
        for one in examples[:3]
    )


def _listed(columns: Sequence[str]) -> str:
    return " and ".join(f"'{name}'" for name in columns)


def _types(table: pa.Table) -> str:
    return ", ".join(map(str, table.schema.types))


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _span(length: timedelta) -> str:
    seconds = length.total_seconds()
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
