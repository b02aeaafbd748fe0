"""Carry out one step: decide again, load, call, check, store, commit, publish.

The verdict of the plan may rest on guesses. Here the versions of all inputs are known,
so it is asked once more, under a claim that no other run can have at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from assets_core.errors import AssetsError, CollectedError
from assets_core.files import crash_point
from assets_core.model.records import Materialization, StepRecord
from assets_core.planning.planner import Verdict, decide
from assets_core.running.attempt import Attempt, Job, look, take_claims
from assets_core.running.committing import record_of, show_result, store_result
from assets_core.running.computing import Computed, checked
from assets_core.running.deleting import wait_for_deletion
from assets_core.running.reading import read_materialization
from assets_core.running.tools import Tools

TRIES = 3
"""How often a step is tried whose stored data is deleted while it goes on."""

UNCHANGED = "its inputs came out unchanged"
HELD = "it was rolled back while this run went on"

T = TypeVar("T")
Decided = tuple[Attempt, Verdict]


def run_step(tools: Tools, job: Job) -> StepRecord:
    """Carry out one step and return how it ended. Raises what stood in the way."""
    started = tools.clock.elapsed()
    (record,) = beside_collections(tools, lambda: under_claims(tools, [job], _act_alone))
    return replace(record, seconds=tools.clock.elapsed() - started)


def beside_collections(tools: Tools, work: Callable[[], T]) -> T:
    """Do something again whose stored data is deleted while it goes on."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except CollectedError as error:
            # Garbage collection was faster: the data it deletes has to be made again.
            wait_for_deletion(tools, error.where)
    return work()


def under_claims(
    tools: Tools,
    jobs: Sequence[Job],
    act: Callable[[Sequence[Decided]], Sequence[StepRecord]],
) -> Sequence[StepRecord]:
    """Decide again about some cells of one asset while nobody else can, and act."""
    claims = take_claims(tools, jobs)
    try:
        crash_point("claim.taken")
        attempts = look(tools, jobs, claims)
        records = act([(attempt, _decided(attempt)) for attempt in attempts])
    except BaseException:
        tools.store.release_all(claims)
        raise
    left = [
        claim
        for claim, record in zip(claims, records, strict=True)
        if record.status in {"skipped", "failed"}
    ]
    if left:
        tools.store.release_all(left)
    return records


def _decided(attempt: Attempt) -> Verdict:
    job = attempt.job
    return decide(job.expected, attempt.making, attempt.known, forced=job.forced)


def _act_alone(decided: Sequence[Decided]) -> Sequence[StepRecord]:
    ((attempt, verdict),) = decided
    return [act(attempt, verdict) or compute(attempt, verdict)]


def act(attempt: Attempt, verdict: Verdict) -> StepRecord | None:
    """Do what a verdict asks for; None if the cell has to be computed."""
    reasons = reasons_of(verdict)
    made = verdict.made
    if verdict.action is None:
        why = HELD if attempt.known.holds(attempt.job.cell) else UNCHANGED
        return record_of(attempt.job.cell, "skipped", attempt.shown, (why,))
    _may_publish(attempt)
    if verdict.action == "compute" or made is None:
        return None
    if made.stored.storage != attempt.manager.storage:
        return _copy(attempt, made, reasons)
    if verdict.action == "revalidate":
        return _revalidate(attempt, made, reasons)
    try:
        attempt.manager.verify(attempt.job.cell, made.stored)
    except AssetsError:
        # What was kept is damaged or gone: it answers nothing any more.
        return None
    return show_result(attempt, made, (), "reused", reasons)


def reasons_of(verdict: Verdict) -> tuple[str, ...]:
    """Return why something is done, in sentences."""
    return tuple(str(reason) for reason in verdict.reasons)


def _may_publish(attempt: Attempt) -> None:
    """Refuse to go on if what is not ours lies at the stable path."""
    job, manager, before = attempt.job, attempt.manager, attempt.before
    last = None if before is None else attempt.known.records.get(before.materialization)
    ours = last is not None and last.stored.storage == manager.storage
    manager.may_publish(
        job.cell,
        how=job.asset.publish,
        ours=ours,
        env=job.env,
        names=job.asset.partition_columns,
    )


def compute(attempt: Attempt, verdict: Verdict) -> StepRecord:
    """Call the function for one cell, and store what it returns."""
    table, made, checks = Computed([attempt]).result(0, reasons_of(verdict))
    return store_result(attempt, table, made, checks, "computed")


def _revalidate(
    attempt: Attempt, made: Materialization, reasons: tuple[str, ...]
) -> StepRecord:
    _, checks = checked(attempt, read_materialization(attempt.tools, made))
    return show_result(attempt, made, checks, "revalidated", reasons)


def _copy(
    attempt: Attempt, made: Materialization, reasons: tuple[str, ...]
) -> StepRecord | None:
    """Write a result again in the place where it is kept now; compute nothing."""
    try:
        table = read_materialization(attempt.tools, made)
    except AssetsError:
        return None
    job = attempt.job
    _, checks = checked(attempt, table)
    moved = replace(
        made,
        id=attempt.claim.attempt,
        validation=job.expected.validation.digest,
        run_id=job.run_id,
        reasons=reasons,
    )
    return store_result(attempt, table, moved, checks, "reused")
