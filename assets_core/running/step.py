"""Carry out one step: decide again, load, call, check, store, commit, publish.

The verdict of the plan may rest on guesses. Here the versions of all inputs are known,
so it is asked once more, under a claim that no other run can have at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assets_core.errors import AssetsError, CollectedError, MissingDataError, SourceError
from assets_core.files import crash_point
from assets_core.model.assets import Input, Source
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord, Materialization, StepRecord
from assets_core.planning.planner import Verdict, decide
from assets_core.protocols.frames import StepFrames
from assets_core.running.attempt import Attempt, Job, look, take_claim
from assets_core.running.calling import Call, call_function
from assets_core.running.checking import apply_schema, refuse, run_check
from assets_core.running.committing import new_result, record_of, show_result, store_result
from assets_core.running.deleting import wait_for_deletion
from assets_core.running.reading import read_head, read_materialization
from assets_core.running.tools import Tools
from assets_core.versioning.canonical import canonical_table, in_canonical_order

if TYPE_CHECKING:
    import pyarrow as pa


TRIES = 3
"""How often a step is tried whose stored data is deleted while it goes on."""

UNCHANGED = "its inputs came out unchanged"
HELD = "it was rolled back while this run went on"


def run_step(tools: Tools, job: Job) -> StepRecord:
    """Carry out one step and return how it ended. Raises what stood in the way."""
    started = tools.clock.elapsed()
    record = _beside_collections(tools, job)
    return replace(record, seconds=tools.clock.elapsed() - started)


def _beside_collections(tools: Tools, job: Job) -> StepRecord:
    for _ in range(TRIES - 1):
        try:
            return _try_step(tools, job)
        except CollectedError as error:
            # Garbage collection was faster: the data it deletes has to be made again.
            wait_for_deletion(tools, error.where)
    return _try_step(tools, job)


def _try_step(tools: Tools, job: Job) -> StepRecord:
    claim = take_claim(tools, job)
    try:
        crash_point("claim.taken")
        attempt = look(tools, job, claim)
        verdict = decide(
            job.expected, attempt.inputs, job.cell, attempt.known, forced=job.forced
        )
        record = _act(attempt, verdict)
    except BaseException:
        tools.store.release(claim)
        raise
    if record.status == "skipped":
        tools.store.release(claim)
    return record


def _act(attempt: Attempt, verdict: Verdict) -> StepRecord:
    reasons = tuple(str(reason) for reason in verdict.reasons)
    made = verdict.made
    if verdict.action is None:
        why = HELD if attempt.known.holds(attempt.job.cell) else UNCHANGED
        return record_of(attempt.job.cell, "skipped", attempt.shown, (why,))
    _may_publish(attempt)
    if verdict.action == "compute" or made is None:
        return _compute(attempt, reasons)
    if made.stored.storage != attempt.manager.storage:
        return _copy(attempt, made, reasons)
    if verdict.action == "revalidate":
        return _revalidate(attempt, made, reasons)
    try:
        attempt.manager.verify(attempt.job.cell, made.stored)
    except AssetsError:
        # What was kept is damaged or gone: it answers nothing any more.
        return _compute(attempt, reasons)
    return show_result(attempt, made, (), "reused", reasons)


def _may_publish(attempt: Attempt) -> None:
    """Refuse to go on if what is not ours lies at the stable path."""
    job, manager, shown = attempt.job, attempt.manager, attempt.shown
    ours = shown is not None and shown.stored.storage == manager.storage
    manager.may_publish(job.cell, how=job.asset.publish, ours=ours, env=job.env)


def _compute(attempt: Attempt, reasons: tuple[str, ...]) -> StepRecord:
    job, tools = attempt.job, attempt.tools
    started = tools.clock.elapsed()
    call = Call(job.run_id, job.asset, _previous(attempt))
    with tools.frames.opened() as frames:
        arguments = {
            given.parameter: _load(attempt, frames, given) for given in job.asset.inputs
        }
        # Read out while the frames are open: a lazy result still needs its inputs.
        table = tools.frames.to_arrow(call_function(tools, call, arguments))
    table = canonical_table(table)
    if not job.asset.ordered:
        table = in_canonical_order(table)
    _same_sources(attempt)
    table, checks = _check(attempt, table)
    made = replace(
        new_result(attempt, table, reasons),
        seconds=tools.clock.elapsed() - started,
        metadata=call.metadata,
        made_with={**tools.made_with, **dict(job.expected.code.packages), **call.uses},
    )
    return store_result(attempt, table, made, checks, "computed")


def _revalidate(
    attempt: Attempt, made: Materialization, reasons: tuple[str, ...]
) -> StepRecord:
    _, checks = _check(attempt, read_materialization(attempt.tools, made))
    return show_result(attempt, made, checks, "revalidated", reasons)


def _copy(attempt: Attempt, made: Materialization, reasons: tuple[str, ...]) -> StepRecord:
    """Write a result again in the place where it is kept now; compute nothing."""
    try:
        table = read_materialization(attempt.tools, made)
    except AssetsError:
        return _compute(attempt, reasons)
    job = attempt.job
    _, checks = _check(attempt, table)
    moved = replace(
        made,
        id=attempt.claim.attempt,
        validation=job.expected.validation.digest,
        run_id=job.run_id,
        reasons=reasons,
    )
    return store_result(attempt, table, moved, checks, "reused")


def _check(attempt: Attempt, table: pa.Table) -> tuple[pa.Table, tuple[CheckRecord, ...]]:
    """Return the table as it has to be stored; raise if a blocking check does not pass."""
    job, tools = attempt.job, attempt.tools
    table, records = apply_schema(tools.validator, job.asset, job.cell, table)
    refuse(job.cell, records)
    if job.checks:
        with tools.frames.opened() as frames:

            def load(given: Input) -> Any:
                if given.upstream != job.asset.key:
                    found = read_head(tools, job.env, given.upstream, given.columns)
                else:
                    found = table if given.columns is None else table.select(given.columns)
                return frames.load(found, given.form, given.parameter)

            records += tuple(run_check(check, job.cell, load) for check in job.checks)
    refuse(job.cell, records)
    return table, records


def _load(attempt: Attempt, frames: StepFrames, given: Input) -> Any:
    node = attempt.job.graph.nodes[given.upstream]
    if isinstance(node, Source):
        return attempt.tools.source_path(node)
    made = attempt.made[given.upstream]
    try:
        table = read_materialization(attempt.tools, made, given.columns)
    except MissingDataError as error:
        if attempt.known.holds(Cell(given.upstream)):
            error.fix = f"assets materialize {given.upstream} --force"
        raise
    return frames.load(table, given.form, given.parameter)


def _previous(attempt: Attempt) -> Callable[[], Any]:
    made = attempt.shown

    def previous() -> Any:
        return (
            None if made is None else read_materialization(attempt.tools, made).to_pandas()
        )

    return previous


def _same_sources(attempt: Attempt) -> None:
    """Refuse a result whose sources changed while it was computed."""
    for source, before in attempt.observed:
        if attempt.tools.sources.observe(source, before).version != before.version:
            raise SourceError(
                f"Source '{source.key}' changed while '{attempt.job.cell}' was computed",
                fix="run again when whatever writes the file has finished",
                where=before.path,
            )
