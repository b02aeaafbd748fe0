"""Between the values of the model and the JSON that rows hold.

Rows are not trusted: somebody may have edited the file. What does not fit becomes a
`StoreError` that names the table, never a wrong value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar, cast, get_args

from assets_core.backends.metadata import exact
from assets_core.errors import StoreError
from assets_core.model.garbage import State
from assets_core.model.hiding import hide, hide_in
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.packed_heads import unpack_heads
from assets_core.model.queries import ColumnOrigin, How
from assets_core.model.records import (
    Backfill,
    CheckRecord,
    Column,
    FileIdentity,
    Head,
    Materialization,
    Owner,
    Quarantined,
    RunRecord,
    RunRequest,
    RunStatus,
    StepError,
    StepRecord,
    StepStatus,
    StoredData,
)
from assets_core.model.versions import CodeVersion, Component, InputVersion, digest

T = TypeVar("T")


SELECT_MADE = (
    "SELECT id, asset, partition, recipe, committed_at, run_id,"
    " storage, location, bytes, checksum, body FROM materializations"
)
"""The columns of a result's row, in the order in which they are read."""

SELECT_RUN = (
    "SELECT id, env, status, started_at, ended_at, request, owner, counts FROM runs"
)
"""The columns of a run's row, in the order in which they are read."""


def to_json(value: Any) -> str:
    """Return compact JSON; what is not JSON is written as its text.

    Free text has to be hidden before: what is JSON already has names and numbers in it.

    In ASCII: a text may hold half a character, as names of files do, and SQLite may not.
    """
    return json.dumps(value, separators=(",", ":"), default=lambda one: hide(str(one)))


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of a value as they are, which `asdict` would copy."""
    return {one.name: getattr(value, one.name) for one in fields(value)}


def to_text(value: str) -> str:
    """Return a text that databases can hold: half characters and NUL are spelled out."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", r"\x00")


UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def read_row(table: str, body: str, build: Callable[[Any], T], which: str = "") -> T:
    """Return the value in a row, or say that the row is damaged, and which one it is."""
    try:
        return build(json.loads(body))
    except UNREADABLE as error:
        raise StoreError(
            f"The metadata store has a row in '{table}' that cannot be read"
            f"{which and f', {which}'}: {error}",
            fix="run 'assets doctor'; if somebody edited the file, restore a backup",
        ) from error


def materialization_to_json(made: Materialization) -> str:
    """Return everything of a result that has no column of its own."""
    body = fields_of(made)
    for name in ("id", "cell", "recipe", "committed_at", "run_id", "stored"):
        del body[name]
    body["inputs"] = [
        [
            *(one.parameter, one.cell.asset, one.cell.partition),
            *(one.form, one.data_version, one.columns),
            *([] if one.parts is None else [one.parts]),
        ]
        for one in made.inputs
    ]
    body["columns"] = [[one.name, one.type, one.version] for one in made.columns]
    body["reasons"] = hide_in(made.reasons)
    body["metadata"] = hide_in(made.metadata, keys=True)
    aside = body.pop("quarantined")
    if aside is not None:
        columns = [list(one) for one in aside.columns]
        body["quarantined"] = [aside.rows, columns, *fields_of(aside.stored).values()]
    if made.origins is None:
        del body["origins"]
    else:
        body["origins"] = [list(fields_of(one).values()) for one in made.origins]
    return to_json(body)


def materialization_from_row(row: tuple[Any, ...]) -> Materialization:
    """Return the result in a row of `SELECT_MADE`."""
    id_, asset, partition, recipe, committed_at, run_id, *stored, body = row

    def build(data: dict[str, Any]) -> Materialization:
        return Materialization(
            id=exact.text(id_),
            cell=_cell(asset, partition),
            recipe=exact.text(recipe),
            code=exact.text(data["code"]),
            validation=exact.text(data["validation"]),
            config=exact.named_texts(data["config"]),
            inputs=tuple(_input(one) for one in exact.listed(data["inputs"])),
            data_version=exact.text(data["data_version"]),
            columns=tuple(
                Column(*exact.texts(one)) for one in exact.listed(data["columns"])
            ),
            rows=exact.whole(data["rows"]),
            stored=_stored(stored),
            run_id=exact.text(run_id),
            committed_at=exact.number(committed_at),
            seconds=exact.number(data["seconds"]),
            reasons=exact.texts(data["reasons"]),
            metadata=exact.named(data["metadata"]),
            made_with=exact.named_texts(data["made_with"]),
            origins=_origins(data["origins"]) if "origins" in data else None,
            quarantined=_quarantined(data.get("quarantined")),
        )

    return read_row("materializations", body, build, _which(row))


def _which(row: Sequence[Any]) -> str:
    id_, asset, partition = row[:3]
    return f"version {id_} of '{asset}{f'[{partition}]' if partition else ''}'"


def codes_of(row: Sequence[Any]) -> list[str]:
    """Return the code versions that a row of `SELECT_MADE` names."""

    def build(data: dict[str, Any]) -> list[str]:
        return [exact.text(data["code"]), exact.text(data["validation"])]

    return read_row("materializations", str(row[-1]), build, _which(row))


def stored_from_row(row: tuple[Any, ...]) -> StoredData:
    """Return where the bytes of a result are, from four of its columns."""
    return read_row("materializations", "[]", lambda _: _stored(list(row)))


def _stored(row: list[Any]) -> StoredData:
    storage, location, size, checksum = row
    return StoredData(
        exact.text(storage), exact.text(location), exact.whole(size), exact.text(checksum)
    )


def _quarantined(data: Any) -> Quarantined | None:
    if data is None:
        return None
    rows, columns, *stored = exact.listed(data)
    named = (exact.texts(one) for one in exact.listed(columns))
    return Quarantined(
        exact.whole(rows), tuple((name, kind) for name, kind in named), _stored(stored)
    )


def _cell(asset: Any, partition: Any) -> Cell:
    return Cell(AssetKey(exact.text(asset)), exact.text_or_none(partition))


def _input(data: list[Any]) -> InputVersion:
    parameter, asset, partition, form, version, columns, *parts = exact.listed(data)
    read = None if columns is None else exact.texts(columns)
    return InputVersion(
        exact.text(parameter),
        _cell(asset, partition),
        exact.text(form),
        exact.text(version),
        read,
        tuple(_part(one) for one in exact.listed(parts[0])) if parts else None,
    )


def _origins(data: Any) -> tuple[ColumnOrigin, ...]:
    return tuple(_origin(*exact.texts(one)) for one in exact.listed(data))


def _origin(column: str, upstream: str, origin: str, how: str = "exact") -> ColumnOrigin:
    if how not in get_args(How):
        raise ValueError(f"{how!r} is no way to know an origin")
    return ColumnOrigin(column, upstream, origin, cast("How", how))


def _part(data: Any) -> tuple[str, str]:
    key, version = exact.texts(data)
    return key, version


def code_to_json(code: CodeVersion) -> str:
    """Return a code version as JSON, without its digest."""
    return to_json(
        {
            "components": [
                [one.kind, one.name, one.digest, hide(one.text)] for one in code.components
            ],
            "opaque": hide_in(code.opaque),
            "packages": code.packages,
        }
    )


def code_from_row(key: str, body: str) -> CodeVersion:
    """Return the code version in a row."""

    def build(data: dict[str, Any]) -> CodeVersion:
        components = tuple(
            Component(*exact.texts(one)) for one in exact.listed(data["components"])
        )
        packages = tuple(
            (name, version) for name, version in map(exact.texts, data["packages"])
        )
        return CodeVersion(key, components, exact.texts(data["opaque"]), packages)

    return read_row("code_versions", body, build)


def check_to_json(check: CheckRecord) -> dict[str, Any]:
    """Return what a check found, as a value for JSON."""
    return asdict(check.without_secrets())  # the user's check wrote it


def check_from_json(data: Mapping[str, Any]) -> CheckRecord:
    """Return what `check_to_json` was given."""
    return CheckRecord(
        AssetKey(exact.text(data["asset"])),
        exact.text_or_none(data["partition"]),
        exact.text(data["check"]),
        exact.yes_or_no(data["passed"]),
        exact.yes_or_no(data["blocking"]),
        exact.text(data["message"]),
        exact.named(data["metadata"]),
    )


def step_to_json(step: StepRecord) -> str:
    """Return how a step ended."""
    body = fields_of(step)
    del body["cell"], body["calling"]
    error = step.error
    body["error"] = error and {**asdict(error), "message": hide(error.message)}
    body["reasons"] = hide_in(step.reasons)
    body["checks"] = [check_to_json(check) for check in step.checks]
    return to_json(body)


def request_to_json(request: RunRequest) -> str:
    """Return what a run was asked for."""
    return to_json({**asdict(request), "reason": hide(request.reason)})


def step_from_row(asset: str, partition: str | None, body: str) -> StepRecord:
    """Return how a step ended, from its row."""

    def build(data: dict[str, Any]) -> StepRecord:
        rows, size, error = data["rows"], data["bytes"], data["error"]
        return StepRecord(
            cell=_cell(asset, partition),
            status=exact.among(data["status"], get_args(StepStatus)),
            rows=None if rows is None else exact.whole(rows),
            bytes=None if size is None else exact.whole(size),
            data_version=exact.text_or_none(data["data_version"]),
            seconds=exact.number(data["seconds"]),
            error=None if error is None else StepError(**exact.named_texts(error)),
            reasons=exact.texts(data["reasons"]),
            materialization=exact.text_or_none(data["materialization"]),
            checks=tuple(check_from_json(one) for one in exact.listed(data["checks"])),
            quarantined=exact.whole(data.get("quarantined", 0)),
        )

    return read_row("steps", body, build)


def request_from_json(body: str) -> RunRequest:
    """Return what a run was asked for."""
    return read_row(
        "runs",
        body,
        lambda data: RunRequest(
            exact.texts(data["selection"]),
            exact.yes_or_no(data["force"]),
            exact.yes_or_no(data["upstream"]),
            exact.text(data["reason"]),
            exact.text(data["by"]),
            exact.text(data.get("partitions", "")),
            _backfill(data.get("backfill")),
        ),
    )


def _backfill(data: Any) -> Backfill | None:
    if data is None:
        return None
    return Backfill(
        exact.text(data["id"]),
        exact.text(data["batch"]),
        exact.yes_or_no(data["newest"]),
        exact.whole(data["cells"]),
    )


def run_from_row(row: tuple[Any, ...], steps: tuple[StepRecord, ...]) -> RunRecord:
    """Return the run in a row of `SELECT_RUN`."""
    id_, env, status, started_at, ended_at, request, owner, counts = row

    def build(data: Any) -> RunRecord:
        return RunRecord(
            id=exact.text(id_),
            env=exact.text(env),
            status=exact.among(status, get_args(RunStatus)),
            started_at=exact.number(started_at),
            ended_at=None if ended_at is None else exact.number(ended_at),
            request=request_from_json(request),
            owner=owner_from_json(owner),
            counts={name: exact.whole(one) for name, one in exact.named(data).items()},
            steps=steps,
        )

    return read_row("runs", counts, build)


def mark_from_text(text: str) -> State:
    """Return what garbage collection has done so far."""
    for state in get_args(State):
        if text == state:
            return cast("State", state)
    raise StoreError(
        f"The metadata store holds a row of 'condemned' that is not right: {text!r}",
        fix="restore it from a backup",
    )


def owner_from_json(body: str) -> Owner:
    """Return the process that a row names."""
    return read_row(
        "claims",
        body,
        lambda data: Owner(
            exact.text(data["host"]),
            exact.text(data["boot"]),
            exact.whole(data["pid"]),
            exact.text(data["started"]),
        ),
    )


def identity_from_json(body: str) -> FileIdentity:
    """Return the state of a source that a row names."""

    def build(data: Any) -> FileIdentity:
        size, modified, changed, inode, device = map(exact.whole, exact.listed(data)[:5])
        mark = exact.text(data[5]) if data[5:] else ""  # which older rows do not have
        return FileIdentity(size, modified, changed, inode, device, mark)

    return read_row("observations", body, build)


def heads_from_row(recorded: str, count: int, body: bytes) -> dict[str | None, Head]:
    """Return the heads of one chunk, whose digest was recorded with it."""
    try:
        same, heads = digest(body) == recorded, unpack_heads(body, count)
    except Exception as error:
        raise _damaged_head(str(error)) from error
    if not same:
        raise _damaged_head("it is not what was written")
    return heads


def _damaged_head(why: str) -> StoreError:
    return StoreError(
        f"The metadata store has a head that cannot be read: {why}",
        fix="run 'assets doctor'; if somebody edited the file, restore a backup",
    )
