"""The metadata store in a database: `MetadataStore` over a `Connection`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assets_core.backends.metadata import (
    claiming,
    collecting,
    growing,
    happening,
    histories,
    rows,
    summing,
)
from assets_core.backends.metadata.cells import release
from assets_core.backends.metadata.claiming import IsAlive
from assets_core.backends.metadata.connection import Connection
from assets_core.backends.metadata.environments import SQLEnvironments, refuse_unknown
from assets_core.backends.metadata.journaling import SQLKeeping
from assets_core.backends.metadata.reusing import passed_by, reusable_among
from assets_core.backends.metadata.writing import check_again, write_commits
from assets_core.files import crash_point
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
from assets_core.protocols.metadata import Reusable

LEASE_SECONDS = 30.0
"""How long the claim of a process of another host is believed after it was renewed."""


class SQLStore:
    """Remembers heads, results, runs and checks in tables."""

    def __init__(self, connection: Connection, is_alive: IsAlive) -> None:
        self._db = connection
        self._is_alive = is_alive
        self.keeping = SQLKeeping(connection)
        self.environments = SQLEnvironments(connection, is_alive)

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    # What planning reads, in bulk.

    def heads(
        self, env: str, assets: Collection[AssetKey] | None = None
    ) -> dict[Cell, Head]:
        """Return the heads of an environment: of some assets, or all."""
        return summing.heads(self._db, env, assets)

    def heads_of(self, env: str, cells: Iterable[Cell]) -> dict[Cell, Head]:
        """Return the heads of some cells; those that show nothing are left out."""
        return summing.heads_of(self._db, env, cells)

    def heads_digests(self, env: str) -> dict[AssetKey, Digest]:
        """Return for each asset with heads one digest of them all."""
        return summing.heads_digests(self._db, env)

    def state(self, env: str) -> Digest | None:
        """Return one digest of all that plans read; None while anything is unfinished."""
        return summing.state(self._db, env)

    def summaries(self, env: str, assets: Iterable[AssetKey]) -> dict[AssetKey, Summary]:
        """Return what was found of assets when all their partitions were fresh."""
        return summing.summaries(self._db, env, assets)

    def keep_summaries(self, env: str, summaries: Mapping[AssetKey, Summary]) -> None:
        """Remember what was found of assets whose partitions are all fresh."""
        if self._db.read_only:
            return  # who may only read finds it again each time
        with self._db.transaction(durable=False) as write:
            summing.keep(write, env, summaries)

    def materializations(self, ids: Iterable[str]) -> dict[str, Materialization]:
        """Return results by id; unknown ids are left out."""
        found = self._db.rows_among(rows.SELECT_MADE + " WHERE id IN (…)", ids)
        return {row[0]: rows.materialization_from_row(row) for row in found}

    def stored(self, ids: Iterable[str]) -> dict[str, StoredData]:
        """Return where the bytes of results are, by id."""
        found = self._db.rows_among(
            "SELECT id, storage, location, bytes, checksum FROM materializations"
            " WHERE id IN (…)",
            ids,
        )
        return {row[0]: rows.stored_from_row(row[1:]) for row in found}

    def code_versions(self, digests: Iterable[Digest]) -> dict[Digest, CodeVersion]:
        """Return code versions by digest; unknown ones are left out."""
        found = self._db.rows_among(
            "SELECT digest, body FROM code_versions WHERE digest IN (…)", digests
        )
        return {key: rows.code_from_row(key, body) for key, body in found}

    def reusable(self, cells: Iterable[Cell]) -> dict[tuple[Cell, Digest], Reusable]:
        """Return the latest result of each recipe that these cells ever had."""
        return reusable_among(self._db, cells)

    def quarantines(
        self, assets: Collection[AssetKey] | None = None
    ) -> tuple[QuarantineRecord, ...]:
        """Return the results beside which rows are kept, oldest first."""
        return happening.quarantines(self._db, assets)

    def failures(self, env: str) -> dict[Cell, tuple[str, StepError]]:
        """Return cells whose last attempt failed, with the run and the error."""
        return happening.failures(self._db, env)

    def observations(self) -> dict[AssetKey, Observation]:
        """Return what was last seen of each source."""
        return happening.observations(self._db)

    def observe(self, observations: Sequence[Observation]) -> None:
        """Remember what was seen of sources."""
        if observations and not self._db.read_only:
            with self._db.transaction(durable=False) as write:
                happening.observe(write, observations)

    # How a result becomes real.

    def claim(self, env: str, cell: Cell, attempt: str, owner: Owner) -> Claim | Owner:
        """Take the right to commit a cell, or return who has it."""
        taken = self.claim_all(env, {cell: attempt}, owner)
        return taken[0] if isinstance(taken, tuple) else taken

    def claim_all(
        self, env: str, attempts: Mapping[Cell, str], owner: Owner
    ) -> tuple[Claim, ...] | Owner:
        """Take several cells at once, or none of them and return who has one."""
        with self._db.transaction(durable=False) as write:
            refuse_unknown(write, env)
            now = self._db.now()
            until = now + LEASE_SECONDS
            for holder in claiming.holders(write, env, attempts):
                if claiming.holds(self._is_alive, *holder, now):
                    return holder[0]
            return claiming.take(write, env, attempts, owner, until)

    def renew(self, owner: Owner) -> None:
        """Extend the leases of all claims of a process, which is alive."""
        with self._db.transaction(durable=False) as write:
            claiming.renew(write, owner, self._db.now() + LEASE_SECONDS)

    def release(self, claim: Claim) -> None:
        """Give a claim back; does nothing if it was taken over."""
        self.release_all([claim])

    def release_all(self, claims: Iterable[Claim]) -> None:
        """Give several claims back in one transaction."""
        with self._db.transaction(durable=False) as write:
            release(write, list(claims))

    def head(self, env: str, cell: Cell) -> Head | None:
        """Return the head of one cell, as it is now."""
        return self.heads_of(env, [cell]).get(cell)

    def commit(self, commit: Commit) -> Publication | None:
        """Insert the result and move the head at once; return what to publish."""
        return self.commit_all([commit])[0]

    def commit_all(self, commits: Sequence[Commit]) -> tuple[Publication | None, ...]:
        """Do what `commit` does for several cells: all or nothing."""
        with self._db.transaction() as write:
            crash_point("commit.begun")
            publications = write_commits(write, commits, self._db.now())
            crash_point("commit.written")
        crash_point("commit.done")
        return publications

    def pending_publications(self, env: str) -> tuple[Publication, ...]:
        """Return stable paths that still have to follow their heads."""
        return happening.publications(self._db, env)

    def published(self, publications: Iterable[Publication]) -> None:
        """Strike off stable paths that have followed."""
        with self._db.transaction(durable=False) as write:
            write.executemany(
                "DELETE FROM publications WHERE id = ?", [(one.id,) for one in publications]
            )

    # What happened.

    def begin_run(
        self, run_id: str, env: str, request: RunRequest, owner: Owner, at: float
    ) -> None:
        """Remember that a run begins."""
        with self._db.transaction(durable=False) as write:
            until = self._db.now() + LEASE_SECONDS
            happening.begin_run(write, (run_id, env), request, owner, at, until)

    def record_step(self, run_id: str, env: str, step: StepRecord, at: float) -> None:
        """Remember how a step ended."""
        self.record_steps(run_id, env, [step], at)

    def record_steps(
        self, run_id: str, env: str, steps: Sequence[StepRecord], at: float
    ) -> None:
        """Remember how several steps ended, in one transaction."""
        with self._db.transaction(durable=False) as write:
            happening.record_steps(write, run_id, env, steps, at)

    def end_run(
        self, run_id: str, status: RunStatus, counts: Mapping[str, int], at: float
    ) -> None:
        """Remember how a run ended."""
        with self._db.transaction(durable=False) as write:
            happening.end_run(write, run_id, status, counts, at)

    def forget_runs(self, keep: int) -> tuple[str, ...]:
        """Forget all but the latest runs, and all but the latest ones of backfills."""
        return happening.forget_runs(self._db, keep)

    def runs(self, limit: int = 50, env: str | None = None) -> tuple[RunRecord, ...]:
        """Return the latest runs, of one environment or of all, without their steps."""
        found = happening.run_rows(self._db, limit, env)
        return tuple(self._run(row, ()) for row in found)

    def backfill_runs(self, backfill: str | None = None) -> tuple[RunRecord, ...]:
        """Return the runs of all backfills, or of one, newest first, without steps."""
        found = happening.backfill_rows(self._db, backfill)
        return tuple(self._run(row, ()) for row in found)

    def ended_steps(self, run_id: str) -> dict[StepStatus, int]:
        """Return how many steps of a run have ended in each way until now."""
        return happening.ended_steps(self._db, run_id)

    def costs(self, assets: Iterable[AssetKey]) -> dict[AssetKey, Cost]:
        """Return what a cell of each asset takes; assets never built are left out."""
        return happening.costs(self._db, assets)

    def run(self, run_id: str) -> RunRecord | None:
        """Return one run with its steps."""
        found = self._db.rows(rows.SELECT_RUN + " WHERE id = ?", [run_id])
        if not found:
            return None
        return self._run(found[0], happening.steps_of(self._db, run_id))

    def _run(self, row: tuple[Any, ...], steps: tuple[StepRecord, ...]) -> RunRecord:
        record = rows.run_from_row(row, steps)
        if record.status == "running" and not self._may_live(record.owner):
            return replace(record, status="failed")  # its process is gone: it was killed
        return record

    def _may_live(self, owner: Owner) -> bool:
        return self._is_alive(owner) is not False  # of another host nobody can know

    def history(self, cell: Cell, limit: int = 20) -> tuple[Materialization, ...]:
        """Return the results of a cell, newest first."""
        found = self._db.rows(
            rows.SELECT_MADE + " WHERE asset = ? AND partition IS ?"
            " ORDER BY committed_at DESC, id DESC LIMIT ?",
            [cell.asset, cell.partition, limit],
        )
        return tuple(rows.materialization_from_row(row) for row in found)

    def histories(
        self, assets: Iterable[AssetKey], limit: int = 20
    ) -> dict[AssetKey, tuple[Materialization, ...]]:
        """Return the latest results of assets, of whichever partition, newest first."""
        return histories.latest(self._db, assets, limit)

    def passed(self, materialization: str) -> frozenset[Digest]:
        """Return every validation that a result has passed."""
        found = passed_by(self._db, [materialization])
        return frozenset(found.get(materialization, ()))

    def checks(self, materialization: str) -> tuple[CheckRecord, ...]:
        """Return what the checks last found on a result."""
        return tuple(
            histories.checks_of(self._db, [materialization]).get(materialization, ())
        )

    def checks_of(self, materializations: Iterable[str]) -> dict[str, list[CheckRecord]]:
        """Return what the checks last found on results; those without are left out."""
        return histories.checks_of(self._db, materializations)

    def record_checks(
        self, materialization: str, run_id: str, checks: Sequence[CheckRecord], at: float
    ) -> None:
        """Remember what checks found on a stored result."""
        if self._db.read_only:
            return  # what was found is told, and not kept
        with self._db.transaction() as write:
            check_again(write, materialization, run_id, checks, at)

    # Growing lists of partitions.

    def dynamic_keys(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the keys of growing lists, in the order in which they were added."""
        return growing.keys_of(self._db, names)

    def add_dynamic_keys(self, name: str, keys: Iterable[str]) -> int:
        """Add keys to a growing list; return how many it did not have."""
        with self._db.transaction() as write:
            return growing.add(write, name, keys)

    def delete_dynamic_keys(self, name: str, keys: Iterable[str]) -> int:
        """Take keys out of a growing list; return how many it had."""
        with self._db.transaction() as write:
            return growing.delete(write, name, keys)

    # Garbage collection.

    def results(self) -> tuple[KeptResult, ...]:
        """Return all results, oldest first, with where their bytes are."""
        return collecting.results(
            self._db.rows(
                "SELECT id, asset, partition, storage, location, bytes, committed_at"
                " FROM kept_bytes ORDER BY committed_at, id"
            )
        )

    def shown(self) -> frozenset[str]:
        """Return the results that any head in any environment names, or a pin."""
        chunks = self._db.rows("SELECT body, count FROM heads")
        named = collecting.named_by((body, count) for body, count in chunks)
        return frozenset(named | {pin.materialization for pin in self.keeping.pins()})

    def condemn(self, places: Iterable[Place], since: float, at: float) -> int:
        """Condemn bytes, but for those that are needed; return how many are new."""
        with self._db.transaction() as write:
            return collecting.condemn(write, places, since, at)

    def condemned(self) -> tuple[Condemned, ...]:
        """Return all bytes that are condemned, being deleted, or just deleted."""
        return collecting.condemned(
            self._db.rows("SELECT storage, location, state, at, owner FROM condemned")
        )

    def begin_deletion(self, places: Iterable[Place], owner: Owner) -> tuple[Place, ...]:
        """Say that condemned bytes are going to be deleted; return those that may be."""
        with self._db.transaction() as write:
            return collecting.begin_deletion(write, places, owner)

    def end_deletion(self, places: Iterable[Place]) -> None:
        """Say that bytes are gone."""
        with self._db.transaction() as write:
            collecting.end_deletion(write, places)

    def take_over_deletions(self, owner: Owner) -> tuple[Place, ...]:
        """Return what a process was deleting that is no longer alive; it is ours now."""
        dead = [
            one
            for one in self.condemned()
            if one.state == "deleting" and one.owner and not self._may_live(one.owner)
        ]
        if not dead:
            return ()
        with self._db.transaction() as write:
            return collecting.take_over(write, dead, owner)

    # Its own health.

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim that somebody holds."""
        return tuple(claim for claim, _ in claiming.all_claims(self._db))

    def dead_claims(self) -> tuple[Claim, ...]:
        """Return the claims of processes that are no longer alive."""
        return claiming.dead_claims(self._db, self._is_alive, self._db.now())

    def drop_dead_claims(self) -> tuple[Claim, ...]:
        """Give back the claims of processes that are no longer alive."""
        claiming.drop(self._db, dead := self.dead_claims())
        return dead

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the database itself, in sentences."""
        return self._db.problems()
