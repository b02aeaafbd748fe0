"""What the core asks of the database that remembers heads, results, runs and checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from assets_core.frozen import frozen
from assets_core.model.garbage import Condemned, KeptResult, Place
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    CheckRecord,
    Claim,
    Commit,
    Cost,
    Head,
    Materialization,
    Observation,
    Owner,
    Publication,
    QuarantineRecord,
    RunRecord,
    RunRequest,
    RunStatus,
    StepError,
    StepRecord,
    StepStatus,
    StoredData,
)
from assets_core.model.summary import Summary
from assets_core.model.versions import CodeVersion, Digest
from assets_core.protocols.environments import Environments
from assets_core.protocols.keeping import Keeping


@frozen
class Reusable:
    """A result that can be shown again, and the validations it has passed."""

    materialization: Materialization
    validated: frozenset[Digest]


class MetadataStore(Protocol):
    """Remembers. Its transaction is the moment at which a result becomes real.

    Whatever a method has written survives `kill -9`. What `commit` has written survives
    loss of power as well; so does all that was written before it. Methods may be called by
    many threads, and by many processes at once.
    """

    @property
    def keeping(self) -> Keeping:
        """Return the part that only upkeep uses."""
        ...

    @property
    def environments(self) -> Environments:
        """Return the part of it that remembers environments, and what they showed."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...

    # What planning reads, in bulk.

    def heads(
        self, env: str, assets: Collection[AssetKey] | None = None
    ) -> dict[Cell, Head]:
        """Return the heads of an environment: of some assets, or all."""
        ...

    def heads_of(self, env: str, cells: Iterable[Cell]) -> dict[Cell, Head]:
        """Return the heads of some cells; those that show nothing are left out."""
        ...

    def heads_digests(self, env: str) -> dict[AssetKey, Digest]:
        """Return for each asset with heads one digest of them all."""
        ...

    def state(self, env: str) -> Digest | None:
        """Return one digest of all that the plans of an environment read.

        That is its heads, the keys of growing lists, what was seen of sources, and whose
        store it is. None while something is claimed, to be published, deleted or written
        to a journal: then whoever comes next has something to finish.
        """
        ...

    def summaries(self, env: str, assets: Iterable[AssetKey]) -> dict[AssetKey, Summary]:
        """Return what was found of assets when all their partitions were fresh."""
        ...

    def keep_summaries(self, env: str, summaries: Mapping[AssetKey, Summary]) -> None:
        """Remember what was found of assets whose partitions are all fresh."""
        ...

    def materializations(self, ids: Iterable[str]) -> dict[str, Materialization]:
        """Return results by id; unknown ids are left out."""
        ...

    def stored(self, ids: Iterable[str]) -> dict[str, StoredData]:
        """Return where the bytes of results are, by id; unknown ids are left out."""
        ...

    def code_versions(self, digests: Iterable[Digest]) -> dict[Digest, CodeVersion]:
        """Return code versions by digest; unknown ones are left out."""
        ...

    def reusable(self, cells: Iterable[Cell]) -> dict[tuple[Cell, Digest], Reusable]:
        """Return the latest result of each recipe that these cells ever had."""
        ...

    def quarantines(
        self, assets: Collection[AssetKey] | None = None
    ) -> tuple[QuarantineRecord, ...]:
        """Return the results of some assets, or all, beside which rows are kept.

        Whether any head shows them or not, oldest first.
        """
        ...

    def failures(self, env: str) -> dict[Cell, tuple[str, StepError]]:
        """Return cells whose last attempt failed, with the run and the error."""
        ...

    def observations(self) -> dict[AssetKey, Observation]:
        """Return what was last seen of each source."""
        ...

    def observe(self, observations: Sequence[Observation]) -> None:
        """Remember what was seen of sources."""
        ...

    # How a result becomes real.

    def claim(self, env: str, cell: Cell, attempt: str, owner: Owner) -> Claim | Owner:
        """Take the right to commit a cell, or return who has it.

        A claim of the same host whose owner is no longer alive is taken over, and so is
        one of another host whose lease has ended.

        Raises:
            UsageError: There is no such environment, or it is being dropped.
        """
        ...

    def claim_all(
        self, env: str, attempts: Mapping[Cell, str], owner: Owner
    ) -> tuple[Claim, ...] | Owner:
        """Take several cells at once, or none of them and return who has one.

        Args:
            attempts: The attempt for each cell.
        """
        ...

    def renew(self, owner: Owner) -> None:
        """Extend the leases of all claims of a process, which is alive."""
        ...

    def release(self, claim: Claim) -> None:
        """Give a claim back; does nothing if it was taken over."""
        ...

    def release_all(self, claims: Iterable[Claim]) -> None:
        """Give several claims back in one transaction."""
        ...

    def head(self, env: str, cell: Cell) -> Head | None:
        """Return the head of one cell, as it is now."""
        ...

    def commit(self, commit: Commit) -> Publication | None:
        """Insert the result and move the head, in one transaction; return what to publish.

        The claim is given back with it, and a growing list gets the keys that it is to
        have. A cell that is to show nothing any more loses its head.

        Raises:
            ClaimLostError: The fence or the head is no longer what the claim saw.
            CollectedError: Garbage collection is deleting the bytes, or has done so
                since the claim was taken.
        """
        ...

    def commit_all(self, commits: Sequence[Commit]) -> tuple[Publication | None, ...]:
        """Do what `commit` does for several cells, in one transaction: all or nothing."""
        ...

    def pending_publications(self, env: str) -> tuple[Publication, ...]:
        """Return stable paths that still have to follow their heads."""
        ...

    def published(self, publications: Iterable[Publication]) -> None:
        """Strike off stable paths that have followed."""
        ...

    # What happened.

    def begin_run(
        self, run_id: str, env: str, request: RunRequest, owner: Owner, at: float
    ) -> None:
        """Remember that a run begins."""
        ...

    def record_step(self, run_id: str, env: str, step: StepRecord, at: float) -> None:
        """Remember how a step ended."""
        ...

    def record_steps(
        self, run_id: str, env: str, steps: Sequence[StepRecord], at: float
    ) -> None:
        """Remember how several steps ended, in one transaction."""
        ...

    def end_run(
        self, run_id: str, status: RunStatus, counts: Mapping[str, int], at: float
    ) -> None:
        """Remember how a run ended."""
        ...

    def forget_runs(self, keep: int) -> tuple[str, ...]:
        """Forget all but the latest runs with their steps; return the ids of those gone.

        Runs of backfills are counted for themselves, so that no number of other runs makes
        one forgotten. Results, heads and checks stay: no status ever changes by it.
        """
        ...

    def runs(self, limit: int = 50, env: str | None = None) -> tuple[RunRecord, ...]:
        """Return the latest runs, newest first, without their steps.

        Args:
            env: Of which environment; of all by default.
        """
        ...

    def backfill_runs(self, backfill: str | None = None) -> tuple[RunRecord, ...]:
        """Return the runs of all backfills, or of one, newest first, without their steps.

        However many other runs there were.
        """
        ...

    def ended_steps(self, run_id: str) -> dict[StepStatus, int]:
        """Return how many steps of a run have ended in each way until now."""
        ...

    def costs(self, assets: Iterable[AssetKey]) -> dict[AssetKey, Cost]:
        """Return what a cell of each asset takes; assets never built are left out."""
        ...

    def run(self, run_id: str) -> RunRecord | None:
        """Return one run with its steps."""
        ...

    def history(self, cell: Cell, limit: int = 20) -> tuple[Materialization, ...]:
        """Return the results of a cell, newest first."""
        ...

    def histories(
        self, assets: Iterable[AssetKey], limit: int = 20
    ) -> dict[AssetKey, tuple[Materialization, ...]]:
        """Return the latest results of assets, of whichever partition, newest first.

        Assets that were never made are left out.
        """
        ...

    def passed(self, materialization: str) -> frozenset[Digest]:
        """Return every validation that a result has passed."""
        ...

    def checks(self, materialization: str) -> tuple[CheckRecord, ...]:
        """Return what the checks last found on a result."""
        ...

    def checks_of(self, materializations: Iterable[str]) -> dict[str, list[CheckRecord]]:
        """Return what the checks last found on results; those without are left out."""
        ...

    def record_checks(
        self, materialization: str, run_id: str, checks: Sequence[CheckRecord], at: float
    ) -> None:
        """Remember what checks found on a stored result."""
        ...

    # Growing lists of partitions.

    def dynamic_keys(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the keys of growing lists, in the order in which they were added."""
        ...

    def add_dynamic_keys(self, name: str, keys: Iterable[str]) -> int:
        """Add keys to a growing list; return how many it did not have.

        A key that was deleted takes its old place again.
        """
        ...

    def delete_dynamic_keys(self, name: str, keys: Iterable[str]) -> int:
        """Take keys out of a growing list; return how many it had."""
        ...

    # Garbage collection: condemned, being deleted, deleted.

    def results(self) -> tuple[KeptResult, ...]:
        """Return all results, oldest first, with where their bytes are."""
        ...

    def shown(self) -> frozenset[str]:
        """Return the results that any head in any environment names, or a pin."""
        ...

    def condemn(self, places: Iterable[Place], since: float, at: float) -> int:
        """Condemn bytes, but for those that are needed; return how many are new.

        Needed is what any head names, and what a result uses that is younger than `since`.
        """
        ...

    def condemned(self) -> tuple[Condemned, ...]:
        """Return all bytes that are condemned, being deleted, or just deleted."""
        ...

    def begin_deletion(self, places: Iterable[Place], owner: Owner) -> tuple[Place, ...]:
        """Say that condemned bytes are going to be deleted; return those that may be.

        What a head names by now is no longer condemned.
        """
        ...

    def end_deletion(self, places: Iterable[Place]) -> None:
        """Say that bytes are gone. Commits by claims that are older are refused."""
        ...

    def take_over_deletions(self, owner: Owner) -> tuple[Place, ...]:
        """Return what a process was deleting that is no longer alive; it is ours now."""
        ...

    # Its own health.

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim that somebody holds."""
        ...

    def dead_claims(self) -> tuple[Claim, ...]:
        """Return the claims of processes of this host that are no longer alive."""
        ...

    def drop_dead_claims(self) -> tuple[Claim, ...]:
        """Give back the claims of processes of this host that are no longer alive."""
        ...

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the database itself, in sentences."""
        ...
