"""What happened in runs, as one transaction writes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any, get_args

from assets_core.backends.metadata import exact, rows
from assets_core.backends.metadata.cells import cell_at, place
from assets_core.backends.metadata.connection import Connection, Write
from assets_core.backends.metadata.statements import put
from assets_core.model.hiding import hide
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    Cost,
    Observation,
    Owner,
    Publication,
    QuarantineRecord,
    RunRequest,
    RunStatus,
    StepError,
    StepRecord,
    StepStatus,
)

LATELY = 100
"""How many of the latest results tell what a cell takes."""


def ended_steps(db: Connection, run_id: str) -> dict[StepStatus, int]:
    """Return how many steps of a run have ended in each way."""
    found = db.rows(
        "SELECT json_extract(body, '$.status'), count(*) FROM steps WHERE run_id = ?"
        " GROUP BY 1",
        [run_id],
    )
    return {exact.among(status, get_args(StepStatus)): count for status, count in found}


def costs(db: Connection, assets: Iterable[AssetKey]) -> dict[AssetKey, Cost]:
    """Return what a cell of each asset takes."""
    found: dict[AssetKey, Cost] = {}
    for asset in assets:
        seconds, size = db.rows(
            "SELECT avg(CAST(json_extract(body, '$.seconds') AS DOUBLE PRECISION)),"
            " avg(bytes) FROM"
            " (SELECT body, bytes FROM materializations WHERE asset = ?"
            " ORDER BY rowid DESC LIMIT ?) AS latest",
            [asset, LATELY],
        )[0]
        if seconds is not None:
            found[asset] = Cost(float(seconds), float(size))
    return found


def record_steps(
    write: Write, run_id: str, env: str, steps: Sequence[StepRecord], at: float
) -> None:
    """Remember how steps ended, and which cells fail."""
    write.executemany(
        put("steps", "run_id asset partition", "at body"),
        [(run_id, *place(step.cell), at, rows.step_to_json(step)) for step in steps],
    )
    write.executemany(
        put("failures", "env asset partition", "run_id type message"),
        [
            (
                env,
                *place(step.cell),
                run_id,
                step.error.type,
                rows.to_text(hide(step.error.message)),
            )
            for step in steps
            if step.status == "failed" and step.error is not None
        ],
    )
    write.executemany(
        "DELETE FROM failures WHERE env = ? AND asset = ? AND partition = ?",
        [(env, *place(step.cell)) for step in steps if step.status == "skipped"],
    )


def begin_run(
    write: Write,
    run: tuple[str, str],
    request: RunRequest,
    owner: Owner,
    at: float,
    until: float,
) -> None:
    """Remember that a run begins, in an environment, and until when that is believed."""
    said = (rows.request_to_json(request), rows.to_json(asdict(owner)))
    write.execute(
        "INSERT INTO runs VALUES (?, ?, 'running', ?, NULL, ?, ?, '{}', ?, ?)",
        (*run, at, *said, request.backfill.id if request.backfill else None, until),
    )


def end_run(
    write: Write,
    run_id: str,
    status: RunStatus,
    counts: Mapping[str, int],
    at: float,
) -> None:
    """Remember how a run ended."""
    write.execute(
        "UPDATE runs SET status = ?, ended_at = ?, counts = ? WHERE id = ?",
        (status, at, rows.to_json(dict(counts)), run_id),
    )


def forget_runs(db: Connection, keep: int) -> tuple[str, ...]:
    """Forget all but the latest runs, and all but the latest ones of backfills."""
    old = db.rows(
        "SELECT id FROM (SELECT id, row_number() OVER"
        " (PARTITION BY backfill IS NULL ORDER BY started_at DESC, id DESC) AS place"
        " FROM runs) AS placed WHERE place > ?",
        [keep],
    )
    if old:
        with db.transaction() as write:
            write.executemany("DELETE FROM steps WHERE run_id = ?", old)
            write.executemany("DELETE FROM runs WHERE id = ?", old)
    return tuple(id_ for (id_,) in old)


def run_rows(db: Connection, limit: int, env: str | None) -> list[tuple[Any, ...]]:
    """Return the rows of the latest runs of one environment or of all, newest first."""
    one = "" if env is None else " WHERE env = ?"
    return db.rows(
        f"{rows.SELECT_RUN}{one} ORDER BY started_at DESC, id DESC LIMIT ?",
        [limit] if env is None else [env, limit],
    )


def publications(db: Connection, env: str) -> tuple[Publication, ...]:
    """Return stable paths that still have to follow their heads."""
    return tuple(
        Publication(id_, env, Cell(AssetKey(asset), partition))
        for id_, asset, partition in db.rows(
            "SELECT id, asset, partition FROM publications WHERE env = ? ORDER BY id",
            [env],
        )
    )


def backfill_rows(db: Connection, backfill: str | None) -> list[tuple[Any, ...]]:
    """Return the rows of the runs of all backfills, or of one, newest first."""
    one = "IS NOT NULL" if backfill is None else "= ?"
    return db.rows(
        f"{rows.SELECT_RUN} WHERE backfill {one} ORDER BY started_at DESC, id DESC",
        [] if backfill is None else [backfill],
    )


def steps_of(db: Connection, run_id: str) -> tuple[StepRecord, ...]:
    """Return the steps of a run, in the order in which they ended."""
    found = db.rows(
        "SELECT asset, partition, body FROM steps WHERE run_id = ? ORDER BY at", [run_id]
    )
    return tuple(
        rows.step_from_row(asset, part or None, body) for asset, part, body in found
    )


def failures(db: Connection, env: str) -> dict[Cell, tuple[str, StepError]]:
    """Return cells whose last attempt failed, with the run and the error."""
    return {
        cell_at(asset, partition): (run_id, StepError(kind, message))
        for asset, partition, run_id, kind, message in db.rows(
            "SELECT asset, partition, run_id, type, message FROM failures WHERE env = ?",
            [env],
        )
    }


def quarantines(
    db: Connection, assets: Collection[AssetKey] | None
) -> tuple[QuarantineRecord, ...]:
    """Return the results of some assets, or all, beside which rows are kept."""
    return tuple(
        QuarantineRecord(id_, Cell(AssetKey(asset), partition), count, run_id, at)
        for id_, asset, partition, count, run_id, at in db.rows(
            "SELECT m.id, m.asset, m.partition, q.rows, m.run_id, m.committed_at"
            " FROM quarantines q CROSS JOIN materializations m ON m.id = q.materialization"
            " ORDER BY m.committed_at, m.id"
        )
        if assets is None or asset in assets
    )


def observations(db: Connection) -> dict[AssetKey, Observation]:
    """Return what was last seen of each source."""
    return {
        AssetKey(source): Observation(
            AssetKey(source), path, rows.identity_from_json(identity), version
        )
        for source, path, identity, version in db.rows(
            "SELECT source, path, identity, version FROM observations"
        )
    }


def observe(write: Write, observations: Sequence[Observation]) -> None:
    """Remember what was seen of sources."""
    write.executemany(
        put("observations", "source", "path identity version"),
        [
            (
                *(one.source, rows.to_text(one.path)),
                *(rows.to_json(astuple(one.identity)), one.version),
            )
            for one in observations
        ],
    )
