"""Carry out one step: decide again, load, call, check, store, commit, publish.

The verdict of the plan may rest on guesses. Here the versions of all inputs are known,
so it is asked once more, under a claim that no other run can have at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from assets_core.errors import (
    AssetsError,
    CollectedError,
    CorruptDataError,
    MissingDataError,
)
from assets_core.files import crash_point
from assets_core.model.records import Claim, Materialization, StepRecord
from assets_core.planning.plan import Verdict
from assets_core.planning.planner import decide
from assets_core.running.accepting import Beside, checked
from assets_core.running.attempt import Attempt, Job, look, may_publish, take_claims
from assets_core.running.committing import (
    Result,
    Showing,
    commit,
    record_of,
    store_result,
    store_table,
)
from assets_core.running.computing import Computed
from assets_core.running.deleting import wait_for_deletion
from assets_core.running.filing import copied, path_of
from assets_core.running.heads import absent_among
from assets_core.running.publishing import lacks_path
from assets_core.running.reading import (
    read_materialization,
    read_quarantined,
    verify_stored,
)
from assets_core.running.tools import Tools
from assets_core.running.yielding import act_on_call

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
        records = act(decided_under(tools, jobs, claims))
    except BaseException:
        give_up(tools, jobs, claims)
        raise
    left = [
        (job, claim)
        for job, claim, record in zip(jobs, claims, records, strict=True)
        if record.status in {"skipped", "failed"}
    ]
    if left:
        give_up(tools, *zip(*left, strict=True))
    return records


def decided_under(
    tools: Tools, jobs: Sequence[Job], claims: Sequence[Claim]
) -> list[Decided]:
    """Decide again about cells whose claims were taken."""
    crash_point("claim.taken")
    return [(attempt, _decided(attempt)) for attempt in look(tools, jobs, claims)]


def give_up(tools: Tools, jobs: Sequence[Job], claims: Sequence[Claim]) -> None:
    """Give claims back, and throw away the files that were written under them."""
    for job, claim in zip(jobs, claims, strict=True):
        if job.asset.file is not None:
            tools.io_of(job.asset).drop_leftover(claim.attempt)
    tools.store.release_all(claims)


def _decided(attempt: Attempt) -> Verdict:
    job, known = attempt.job, attempt.known
    verdict = decide(job.expected, attempt.making, known, forced=job.forced)
    if verdict.action is None or verdict.made is None:
        return verdict
    # What lies on another machine is looked for once it is about to be shown.
    stored = verdict.made.stored
    if not absent_among(attempt.tools, [stored], far=True):
        return verdict
    missing = {**known.missing}
    last = known.last(job.cell)
    if last is not None and last.made == verdict.made:
        missing[job.cell] = stored.location
    known = replace(known, absent=known.absent | {stored.location}, missing=missing)
    return decide(job.expected, attempt.making, known, forced=job.forced)


def _act_alone(decided: Sequence[Decided]) -> Sequence[StepRecord]:
    ((attempt, verdict),) = decided
    if attempt.job.asset.yields:
        why = reasons_of(verdict) or (UNCHANGED,)
        return [act_on_call(attempt, verdict.action, verdict.made, why)]
    done = act(attempt, verdict)
    return [done or store_result(attempt, compute(attempt, verdict), "computed")]


def act(attempt: Attempt, verdict: Verdict) -> StepRecord | None:
    """Do what a verdict asks for; None if the cell has to be computed."""
    found = to_show(attempt, verdict)
    return commit([found])[0] if isinstance(found, Showing) else found


def to_show(
    attempt: Attempt, verdict: Verdict, beside: Beside = MappingProxyType({})
) -> Showing | StepRecord | None:
    """Return what is to be shown as a verdict asks for it; nobody sees it yet.

    Or the record of a step that has nothing to do; None if the cell has to be computed.

    Args:
        beside: What is to be shown of other assets together with it.
    """
    reasons = reasons_of(verdict)
    made = verdict.made
    if verdict.action is None:
        why = HELD if attempt.known.holds(attempt.job.cell) else UNCHANGED
        return record_of(attempt.job.cell, "skipped", attempt.shown, (why,))
    may_publish(attempt)
    if verdict.action == "compute" or made is None:
        return None
    manager, how = attempt.manager, attempt.job.asset.publish
    if made.stored.storage != manager.storage or lacks_path(manager, made.stored, how):
        return _copy(attempt, made, reasons, beside)
    if verdict.action == "revalidate":
        return _revalidate(attempt, made, reasons, beside)
    try:
        verify_stored(attempt.tools, made)
    except AssetsError:
        # What was kept is damaged or gone: it answers nothing any more.
        return None
    return Showing(attempt, made, "reused", (), new=False, why=reasons)


def reasons_of(verdict: Verdict) -> tuple[str, ...]:
    """Return why something is done, in sentences."""
    return tuple(str(reason) for reason in verdict.reasons)


def compute(attempt: Attempt, verdict: Verdict) -> Result:
    """Call the function for one cell."""
    return Computed([attempt]).result(0, reasons_of(verdict))


def _revalidate(
    attempt: Attempt, made: Materialization, reasons: tuple[str, ...], beside: Beside
) -> Showing | None:
    try:
        path = None if attempt.job.asset.file is None else path_of(attempt.tools, made)
        table = read_materialization(attempt.tools, made)
    except (MissingDataError, CorruptDataError):
        return None  # there is nothing to validate
    found = checked(attempt, table, path, beside, made)
    if found.refused is not None:
        return None  # what is stored has no place for more of these
    return Showing(attempt, made, "revalidated", found.checks, new=False, why=reasons)


def _copy(
    attempt: Attempt, made: Materialization, reasons: tuple[str, ...], beside: Beside
) -> Showing | None:
    """Write a result again in the place where it is kept now; compute nothing."""
    try:
        table = read_materialization(attempt.tools, made)
        aside = read_quarantined(attempt.tools, made)
        path = None if attempt.job.asset.file is None else copied(attempt, made)
    except AssetsError:
        return None
    job = attempt.job
    found = checked(attempt, table, path, beside, made)
    if found.refused is not None:
        return None
    moved = replace(
        made,
        id=attempt.claim.attempt,
        validation=job.expected.validation.digest,
        run_id=job.run_id,
        reasons=reasons,
    )
    return store_table(attempt, Result(table, moved, found.checks, aside), "reused")
