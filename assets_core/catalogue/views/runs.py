"""A run: how it ended, and how far it is while it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import (
    Presented,
    Right,
    code,
    most,
    quiet,
    said,
    status,
    table,
)
from assets_core.catalogue.views.checks import checks_table
from assets_core.catalogue.words import (
    bytes_text,
    count_text,
    counts_text,
    rows_text,
    seconds_text,
    time_text,
)
from assets_core.frozen import frozen
from assets_core.model.records import RunRecord, StepRecord
from assets_core.running.result import RunResult
from assets_core.shown import shown
from assets_core.workspace.handle import Runs

MOST = 60
"""How many lines one table shows."""

SHORT = 12


@shown
@frozen
class Progress:
    """How far a run is.

    Attributes:
        planned: How many steps it has.
        running: What is being made now.
        done: How many steps ended in each way.
        status: Empty while it goes on.
        told: What went wrong so far, in sentences.
    """

    run_id: str
    planned: int
    running: tuple[str, ...] = ()
    done: Mapping[str, int] = field(default_factory=dict)
    status: str = ""
    seconds: float = 0.0
    told: tuple[str, ...] = ()


def result_view(result: RunResult) -> Presented:
    """Return what a run did, asset by asset."""
    counts = counts_text(result.counts) or "nothing to do"
    title = (
        f"run {result.run_id[:SHORT]} {result.status}: {counts} in"
        f" {seconds_text(result.seconds)}"
    )
    body = [
        *(quiet(said(one)) for one in result.not_yet),
        _steps(result.steps),
        *_failures(result.steps),
        checks_table([check for step in result.steps for check in step.checks]),
    ]
    return Presented(title, joined(body))


def run_view(record: RunRecord) -> Presented:
    """Return what is remembered of one run."""
    counts = counts_text(record.counts)
    title = f"run {record.id[:SHORT]} {record.status}: {counts or 'nothing yet'}"
    asked = " ".join(record.request.selection) or "everything"
    body = [
        quiet(f"asked for {asked} at {time_text(record.started_at)} UTC"),
        _steps(record.steps),
        *_failures(record.steps),
    ]
    return Presented(title, joined(body))


def runs_view(runs: Runs) -> Presented:
    """Return several runs, newest first."""
    heads = ("run", "status", "began (UTC)", "took", "asked for", "did")
    rows = [_run_row(one) for one in runs[:MOST]]
    body = [table(heads, rows), most(runs, MOST, "runs")]
    return Presented(count_text(len(runs), "run") if runs else "no runs yet", joined(body))


def progress_view(progress: Progress) -> Presented:
    """Return how far a run is."""
    ended = sum(progress.done.values())
    title = f"{ended:,} of {progress.planned:,} steps"
    if progress.status:
        counts = counts_text(progress.done) or "nothing to do"
        took = seconds_text(progress.seconds)
        title = f"run {progress.run_id[:SHORT]} {progress.status}: {counts} in {took}"
    bar = element("progress", max=max(progress.planned, 1), value=ended, aria_label=title)
    now = ", ".join(progress.running[:4])
    body = [
        None if progress.status else bar,
        quiet("making ", now) if now else None,
        *(element("p", said(one)) for one in progress.told[:MOST]),
    ]
    return Presented(title, joined(body))


def _run_row(record: RunRecord) -> list[object]:
    took = None if record.ended_at is None else record.ended_at - record.started_at
    return [
        code(record.id[:SHORT]),
        status(record.status),
        time_text(record.started_at),
        Right("" if took is None else seconds_text(took)),
        " ".join(record.request.selection) or "everything",
        counts_text(record.counts),
    ]


def _steps(steps: Sequence[StepRecord]) -> Markup | None:
    groups: dict[tuple[str, str], list[StepRecord]] = {}
    for step in steps:
        groups.setdefault((step.cell.asset, step.status), []).append(step)
    heads = ("asset", "partitions", "", "rows", "size", "took", "because")
    rows = [_row(key, word, found) for (key, word), found in list(groups.items())[:MOST]]
    return joined([table(heads, rows), most(list(groups), MOST, "lines")])


def _row(key: str, word: str, steps: Sequence[StepRecord]) -> list[object]:
    first = steps[0]
    parts = first.cell.partition or ""
    if len(steps) > 1:
        parts = f"{len(steps):,} from {parts}"
    return [
        code(key),
        parts,
        status(word),
        Right(rows_text(_sum(one.rows for one in steps))),
        Right(bytes_text(_sum(one.bytes for one in steps))),
        Right(seconds_text(sum(one.seconds for one in steps))),
        "; ".join(first.reasons),
    ]


def _failures(steps: Sequence[StepRecord]) -> Iterable[Markup]:
    failed = [step for step in steps if step.error is not None]
    for step in failed[:MOST]:
        error = step.error
        assert error is not None  # noqa: S101 - the others are left out
        yield element("p", element("b", str(step.cell)), " failed")
        yield element("pre", said(f"{error.type}: {error.message}"))


def _sum(values: Iterable[int | None]) -> int | None:
    known = [one for one in values if one is not None]
    return sum(known) if known else None
