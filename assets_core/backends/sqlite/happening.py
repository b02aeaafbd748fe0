"""What happened in runs, as one transaction writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from typing import Any, get_args

from assets_core.backends.sqlite import exact, rows
from assets_core.backends.sqlite.cells import cell_at, place
from assets_core.backends.sqlite.connection import Connection
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    Cost,
    Observation,
    Owner,
    RunRequest,
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
            "SELECT avg(json_extract(body, '$.seconds')), avg(bytes) FROM"
            " (SELECT body, bytes FROM materializations WHERE asset = ?"
            " ORDER BY rowid DESC LIMIT ?)",
            [asset, LATELY],
        )[0]
        if seconds is not None:
            found[asset] = Cost(float(seconds), float(size))
    return found


def record_steps(
    write: sqlite3.Connection, run_id: str, env: str, steps: Sequence[StepRecord], at: float
) -> None:
    """Remember how steps ended, and which cells fail."""
    write.executemany(
        "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?)",
        [(run_id, *place(step.cell), at, rows.step_to_json(step)) for step in steps],
    )
    write.executemany(
        "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                env,
                *place(step.cell),
                run_id,
                step.error.type,
                rows.to_text(step.error.message),
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
    write: sqlite3.Connection,
    run: tuple[str, str],
    request: RunRequest,
    owner: Owner,
    at: float,
) -> None:
    """Remember that a run begins, in an environment."""
    write.execute(
        "INSERT INTO runs VALUES (?, ?, 'running', ?, NULL, ?, ?, '{}')",
        (*run, at, rows.to_json(asdict(request)), rows.to_json(asdict(owner))),
    )


def forget_runs(db: Connection, keep: int) -> tuple[str, ...]:
    """Forget all but the latest runs with their steps; return the ids of those gone."""
    old = db.rows(
        "SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT -1 OFFSET ?", [keep]
    )
    if old:
        with db.transaction() as write:
            write.executemany("DELETE FROM steps WHERE run_id = ?", old)
            write.executemany("DELETE FROM runs WHERE id = ?", old)
    return tuple(id_ for (id_,) in old)


def run_rows(db: Connection, limit: int) -> list[tuple[Any, ...]]:
    """Return the rows of the latest runs, newest first."""
    return db.rows(rows.SELECT_RUN + " ORDER BY started_at DESC, id DESC LIMIT ?", [limit])


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


def observe(write: sqlite3.Connection, observations: Sequence[Observation]) -> None:
    """Remember what was seen of sources."""
    write.executemany(
        "INSERT OR REPLACE INTO observations VALUES (?, ?, ?, ?)",
        [
            (
                *(one.source, rows.to_text(one.path)),
                *(rows.to_json(astuple(one.identity)), one.version),
            )
            for one in observations
        ],
    )
