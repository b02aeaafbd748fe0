"""The JSON documents of runs, from our values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assets_core.model.hiding import hide, hide_in
from assets_core.model.keys import Cell
from assets_core.model.records import RunRecord, StepRecord
from assets_core.running.result import RunResult
from assets_core.workspace.plain import instant
from assets_core.workspace.reports import Document, check_result


def materialize_report(result: RunResult) -> Document:
    """Return the document of `assets materialize`: every planned step."""
    return {
        "run_id": result.run_id,
        "env": result.env,
        "status": result.status,
        "steps": [step_report(step) for step in result.steps],
        "counts": result.counts,
        "not_yet": hide_in(result.not_yet),
        **(
            {"backfill_id": result.backfill, "chunks": result.chunks}
            if result.backfill
            else {}
        ),
    }


def step_report(step: StepRecord) -> Document:
    """Return how one step ended."""
    error = step.error
    return {
        "asset": step.cell.asset,
        "partition": step.cell.partition,
        "status": step.status,
        "rows": step.rows,
        "bytes": step.bytes,
        "data_version": step.data_version,
        "seconds": round(step.seconds, 6),
        "error": error and {"type": error.type, "message": hide(error.message)},
        "reasons": hide_in(step.reasons),
        "checks": [check_result(check) for check in step.checks],
        "quarantined": step.quarantined,
    }


def runs_report(records: Iterable[RunRecord], aside: Mapping[str, int]) -> list[Document]:
    """Return the document of `assets runs`.

    Args:
        aside: How many rows each run has put into quarantine.
    """
    return [_run(record, aside.get(record.id, 0)) for record in records]


def run_report(record: RunRecord, logs: Mapping[Cell, str]) -> Document:
    """Return the document of `assets runs RUN`.

    Args:
        logs: The path of the log of each step that has one.
    """
    aside = sum(step.quarantined for step in record.steps if step.status == "computed")
    steps = [{**step_report(step), "log": logs.get(step.cell)} for step in record.steps]
    return {**_run(record, aside), "steps": steps}


def _run(record: RunRecord, aside: int) -> Document:
    return {
        "run_id": record.id,
        "env": record.env,
        "status": record.status,
        "started_at": instant(record.started_at),
        "ended_at": instant(record.ended_at),
        "counts": dict(record.counts),
        "quarantined": aside,
        "by": record.request.by,
        "reason": hide(record.request.reason),
        "selection": list(record.request.selection),
        "partitions": record.request.partitions or None,
    }
