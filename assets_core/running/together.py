"""Partitions that become real together, with the call that made them.

They, the keys of their list and the call become real in one transaction: whoever looks
sees all of what one call has made, or all of what the call before it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assets_core.errors import AssetsError, SchemaError
from assets_core.model.events import Warned
from assets_core.model.keys import Cell
from assets_core.model.partitions import lists_of
from assets_core.model.records import Claim, Commit, Head, Materialization, StepRecord
from assets_core.running.attempt import Attempt, take_claims
from assets_core.running.committing import Showing, commit_of, record_of
from assets_core.running.publishing import publish_all

_SHOWN = 5  # cells in one sentence


@dataclass(slots=True)
class Together:
    """The partitions that one call makes, and the claims on them.

    Attributes:
        attempt: That at the call.
        shown: What the partitions are to show, by key.
        refused: What their schemas and checks do not let pass.
    """

    attempt: Attempt
    reasons: tuple[str, ...]
    claims: dict[str, Claim] = field(default_factory=dict)
    shown: dict[str, Showing] = field(default_factory=dict)
    refused: list[SchemaError] = field(default_factory=list)

    def cell(self, key: str) -> Cell:
        """Return the cell of a key."""
        return Cell(self.attempt.job.asset.key, key)

    def part(self, key: str) -> Attempt:
        """Return the attempt at one partition; without a claim of its own, under ours."""
        cell = self.cell(key)
        return replace(
            self.attempt,
            job=replace(self.attempt.job, cell=cell, windows=()),
            claim=self.claims.get(key, self.attempt.claim),
            before=self.attempt.known.heads.get(cell),
        )

    def claim(self, keys: Iterable[str]) -> None:
        """Take the cells of some keys; only a rollback can have one of them."""
        jobs = [self.part(key).job for key in keys if key not in self.claims]
        if jobs:
            claims = take_claims(self.attempt.tools, jobs)
            self.claims |= {str(claim.cell.partition): claim for claim in claims}

    def release(self) -> None:
        """Give back the claims that no commit has given back."""
        if self.claims:
            self.attempt.tools.store.release_all(self.claims.values())

    def heads(self) -> dict[Cell, Head]:
        """Return what the cells of the asset show at this moment."""
        job = self.attempt.job
        return self.attempt.tools.store.heads(job.env, [job.asset.key])

    def held(self) -> dict[str, Head]:
        """Return the partitions of the list that were rolled back, and are left alone."""
        job = self.attempt.job
        if job.forced:
            return {}
        of_list = {*job.keys[job.asset.key], *self.shown}
        return {
            str(cell.partition): head
            for cell, head in self.heads().items()
            if head.held and cell.partition in of_list
        }

    def refuse(self) -> None:
        """Raise what does not pass, of all partitions in one error."""
        if not self.refused:
            return
        first, *others = self.refused
        if others:
            failures = tuple(one for error in self.refused for one in error.failures)
            cells = list(dict.fromkeys(Cell(one.asset, one.partition) for one in failures))
            named = ", ".join(f"'{cell}'" for cell in cells[:_SHOWN])
            more = f" and {len(cells) - _SHOWN} more" if len(cells) > _SHOWN else ""
            _, _, found = first.problem.partition(": ")
            first = SchemaError(
                f"The data of {named}{more} was refused: {found}", fix=first.fix
            )
            first.failures = failures
        raise first

    def commit(self, call: Showing) -> StepRecord:
        """Let all be shown, and the list have these keys; take away what is not shown."""
        job, tools = self.attempt.job, self.attempt.tools
        gone = [key for key in job.keys[job.asset.key] if key not in self.shown]
        self.claim(gone)
        heads, held = self.heads(), self.held()
        (name,) = lists_of(job.asset.partitions)
        keys = tuple(sorted({*self.shown, *held}))
        commits = [replace(commit_of(call), publish=False, keys=(name, keys))]
        for key in self.shown.keys() - held.keys():
            one = self.shown[key]
            attempt = replace(one.attempt, before=heads.get(self.cell(key)))
            commits.append(commit_of(one._replace(attempt=attempt)))
        for key in gone:
            before = heads.get(self.cell(key))
            if before is not None and key not in held:
                commits.append(_shows_nothing(self.claims[key], before, job.run_id))
        notes = tools.store.commit_all(commits)
        for commit in commits[1:]:
            del self.claims[str(commit.claim.cell.partition)]
        try:
            publish_all(tools, [job.asset], [note for note in notes if note is not None])
        except AssetsError as error:
            # The data is committed and safe, and the notes for its paths are kept.
            tools.notify(Warned(f"{error}\n  The next run tries it again"))
        return self._record(call)

    def _record(self, call: Showing) -> StepRecord:
        shown = self.shown.values()
        checks = tuple(
            one
            for each in shown
            for one in each.checks
            if not one.passed or one.metadata.get("quarantined")
        )
        cell = self.attempt.job.cell
        return replace(
            record_of(cell, call.status, call.made, self.reasons, checks),
            rows=sum(one.made.rows for one in shown),
            bytes=sum(one.made.stored.bytes for one in shown),
            quarantined=sum(aside.rows for one in shown if (aside := one.made.quarantined)),
        )


def moved(
    attempt: Attempt, made: Materialization, reasons: tuple[str, ...]
) -> Materialization:
    """Return the record of a result that is written again where it is kept now."""
    return replace(
        made,
        id=attempt.claim.attempt,
        validation=attempt.job.expected.validation.digest,
        run_id=attempt.job.run_id,
        reasons=reasons,
    )


def _shows_nothing(claim: Claim, before: Head, run_id: str) -> Commit:
    """Return the change by which a cell shows nothing any more."""
    return Commit(
        claim=claim,
        head=None,
        before=before.materialization,
        materialization=None,
        versions=(),
        validated="",
        checks=(),
        publish=True,
        run_id=run_id,
    )
