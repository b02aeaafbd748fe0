"""Try a call on real inputs: nothing is claimed, stored or recorded.

It reads and calls as a run does, and checks what comes out. What it would have written
is thrown away.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assets_core.errors import SchemaError
from assets_core.frozen import frozen
from assets_core.model.records import CheckRecord, Claim, Materialization
from assets_core.running.attempt import Attempt, Job, look
from assets_core.running.computing import Computed
from assets_core.running.streaming import Written
from assets_core.running.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa


@frozen
class Outcome:
    """What a call has made of one cell.

    Attributes:
        table: Its rows; None of a stream that is too large for memory.
        rows: How many.
        made: The record that it would have; None if a blocking check did not pass.
        shown: What the cell shows now.
        refused: How many rows its schema would put aside.
        problem: Why it would not be stored; empty if it would be.
        reads: The ids of the results that it has read.
    """

    job: Job
    table: pa.Table | None
    rows: int
    checks: tuple[CheckRecord, ...]
    made: Materialization | None
    shown: Materialization | None
    refused: int = 0
    problem: str = ""
    reads: frozenset[str] = frozenset()


def try_out(tools: Tools, jobs: Sequence[Job]) -> tuple[list[Outcome], float]:
    """Return what one call makes of the cells of some jobs, and the seconds it took."""
    claims = [Claim(job.env, job.cell, tools.new_id(), 0, tools.owner) for job in jobs]
    with tempfile.TemporaryDirectory(prefix="assets-preview-") as logs:
        tools = replace(tools, logs=Path(logs))
        started = tools.clock.elapsed()
        attempts = look(tools, jobs, claims)
        try:
            computed = Computed(attempts)
            seconds = tools.clock.elapsed() - started
            read = frozenset(made.id for one in attempts for made in one.made.values())
            found = [
                replace(_outcome(computed, number), reads=read)
                for number in range(len(attempts))
            ]
            computed.discard()
            return found, seconds
        finally:
            for attempt in attempts:
                _clean(attempt)


def _outcome(computed: Computed, number: int) -> Outcome:
    attempt, table = computed.attempts[number], computed.tables[number]
    kept = None if isinstance(table, Written) else table
    try:
        result = computed.result(number, ("it was tried",))
    except SchemaError as error:
        failures = tuple(error.failures)
        return Outcome(
            attempt.job, kept, table.num_rows, failures, None, attempt.shown, 0, str(error)
        )
    stored = None if isinstance(result.table, Written) else result.table
    refused = 0 if result.refused is None else result.refused.num_rows
    return Outcome(
        attempt.job,
        stored,
        result.table.num_rows,
        result.checks,
        result.made,
        attempt.shown,
        refused,
    )


def _clean(attempt: Attempt) -> None:
    if attempt.job.asset.file is not None:
        attempt.manager.drop_leftover(attempt.claim.attempt)
