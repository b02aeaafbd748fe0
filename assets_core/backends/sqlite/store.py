"""The metadata store in one SQLite file: `MetadataStore` over a `Connection`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, replace
from pathlib import Path
from typing import Any

from assets_core.backends.sqlite import claiming, collecting, rows
from assets_core.backends.sqlite.cells import cell_at, place, release
from assets_core.backends.sqlite.claiming import IsAlive
from assets_core.backends.sqlite.connection import Connection
from assets_core.backends.sqlite.reusing import reusable_among
from assets_core.backends.sqlite.writing import write_checks, write_commit
from assets_core.files import crash_point
from assets_core.model.garbage import Condemned, KeptResult, Place
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    ONLY_CELL,
    CheckRecord,
    Claim,
    Commit,
    Head,
    Materialization,
    Observation,
    Owner,
    Publication,
    RunRecord,
    RunRequest,
    RunStatus,
    StepError,
    StepRecord,
    StoredData,
)
from assets_core.model.versions import CodeVersion, Digest
from assets_core.protocols.metadata import Reusable

LEASE_SECONDS = 30.0
"""How long the claim of a process of another host is believed after it was renewed."""


def open_sqlite(
    path: Path, is_alive: IsAlive, now: Callable[[], float] = time.time
) -> SQLiteStore:
    """Open the metadata store in a file, making or upgrading it.

    Args:
        path: The file.
        is_alive: Whether a process is alive; None if that cannot be seen from here.
        now: Seconds since 1970, for the leases of processes of other hosts.
    """
    return SQLiteStore(Connection(path), is_alive, now)


class SQLiteStore:
    """Remembers heads, results, runs and checks in SQLite."""

    def __init__(
        self, connection: Connection, is_alive: IsAlive, now: Callable[[], float]
    ) -> None:
        self._db = connection
        self._is_alive = is_alive
        self._now = now

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    # What planning reads, in bulk.

    def heads(self, env: str) -> dict[Cell, Head]:
        """Return every head of an environment."""
        found: dict[Cell, Head] = {}
        for asset, recorded, body in self._db.rows(
            "SELECT asset, digest, body FROM heads WHERE env = ?", [env]
        ):
            for head in rows.heads_from_row(recorded, body).values():
                found[Cell(AssetKey(asset))] = head
        return found

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

    def reusable(self, assets: Iterable[AssetKey]) -> dict[tuple[Cell, Digest], Reusable]:
        """Return the latest result of each recipe that these assets ever had."""
        return reusable_among(self._db, assets)

    def failures(self, env: str) -> dict[Cell, tuple[str, StepError]]:
        """Return cells whose last attempt failed, with the run and the error."""
        return {
            cell_at(asset, partition): (run_id, StepError(kind, message))
            for asset, partition, run_id, kind, message in self._db.rows(
                "SELECT asset, partition, run_id, type, message FROM failures"
                " WHERE env = ?",
                [env],
            )
        }

    def observations(self) -> dict[AssetKey, Observation]:
        """Return what was last seen of each source."""
        return {
            AssetKey(source): Observation(
                AssetKey(source), path, rows.identity_from_json(identity), version
            )
            for source, path, identity, version in self._db.rows(
                "SELECT source, path, identity, version FROM observations"
            )
        }

    def observe(self, observations: Sequence[Observation]) -> None:
        """Remember what was seen of sources."""
        if not observations:
            return
        with self._db.transaction(durable=False) as write:
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

    # How a result becomes real.

    def claim(self, env: str, cell: Cell, attempt: str, owner: Owner) -> Claim | Owner:
        """Take the right to commit a cell, or return who has it."""
        now = self._now()
        with self._db.transaction(durable=False) as write:
            holder = claiming.held_by(write, env, cell)
            if holder and claiming.holds(self._is_alive, *holder, now):
                return holder[0]
            until = now + LEASE_SECONDS
            return claiming.take(write, (env, cell), attempt, owner, until)

    def renew(self, owner: Owner) -> None:
        """Extend the leases of all claims of a process, which is alive."""
        with self._db.transaction(durable=False) as write:
            claiming.renew(write, owner, self._now() + LEASE_SECONDS)

    def release(self, claim: Claim) -> None:
        """Give a claim back; does nothing if it was taken over."""
        with self._db.transaction(durable=False) as write:
            release(write, claim)

    def head(self, env: str, cell: Cell) -> Head | None:
        """Return the head of one cell, as it is now."""
        found = self._db.rows(
            "SELECT digest, body FROM heads WHERE env = ? AND asset = ? AND chunk = 0",
            [env, cell.asset],
        )
        return rows.heads_from_row(*found[0]).get(ONLY_CELL) if found else None

    def commit(self, commit: Commit) -> Publication | None:
        """Insert the result and move the head at once; return what to publish."""
        with self._db.transaction() as write:
            crash_point("commit.begun")
            publication = write_commit(write, commit)
            crash_point("commit.written")
        crash_point("commit.done")
        return publication

    def pending_publications(self, env: str) -> tuple[Publication, ...]:
        """Return stable paths that still have to follow their heads."""
        return tuple(
            Publication(id_, env, Cell(AssetKey(asset), partition))
            for id_, asset, partition in self._db.rows(
                "SELECT id, asset, partition FROM publications WHERE env = ? ORDER BY id",
                [env],
            )
        )

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
            write.execute(
                "INSERT INTO runs VALUES (?, ?, 'running', ?, NULL, ?, ?, '{}')",
                (
                    run_id,
                    env,
                    at,
                    rows.to_json(asdict(request)),
                    rows.to_json(asdict(owner)),
                ),
            )

    def record_step(self, run_id: str, env: str, step: StepRecord, at: float) -> None:
        """Remember how a step ended."""
        with self._db.transaction(durable=False) as write:
            write.execute(
                "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?)",
                (run_id, *place(step.cell), at, rows.step_to_json(step)),
            )
            if step.status == "failed" and step.error is not None:
                message = rows.to_text(step.error.message)
                write.execute(
                    "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?)",
                    (env, *place(step.cell), run_id, step.error.type, message),
                )
            elif step.status == "skipped":
                write.execute(
                    "DELETE FROM failures WHERE env = ? AND asset = ? AND partition = ?",
                    (env, *place(step.cell)),
                )

    def end_run(
        self, run_id: str, status: RunStatus, counts: Mapping[str, int], at: float
    ) -> None:
        """Remember how a run ended."""
        with self._db.transaction(durable=False) as write:
            write.execute(
                "UPDATE runs SET status = ?, ended_at = ?, counts = ? WHERE id = ?",
                (status, at, rows.to_json(dict(counts)), run_id),
            )

    def forget_runs(self, keep: int) -> tuple[str, ...]:
        """Forget all but the latest runs with their steps; return the ids of those gone."""
        old = self._db.rows(
            "SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT -1 OFFSET ?",
            [keep],
        )
        if old:
            with self._db.transaction() as write:
                write.executemany("DELETE FROM steps WHERE run_id = ?", old)
                write.executemany("DELETE FROM runs WHERE id = ?", old)
        return tuple(id_ for (id_,) in old)

    def runs(self, limit: int = 50) -> tuple[RunRecord, ...]:
        """Return the latest runs, newest first, without their steps."""
        found = self._db.rows(
            rows.SELECT_RUN + " ORDER BY started_at DESC, id DESC LIMIT ?", [limit]
        )
        return tuple(self._run(row, ()) for row in found)

    def run(self, run_id: str) -> RunRecord | None:
        """Return one run with its steps."""
        found = self._db.rows(rows.SELECT_RUN + " WHERE id = ?", [run_id])
        if not found:
            return None
        steps = self._db.rows(
            "SELECT asset, partition, body FROM steps WHERE run_id = ? ORDER BY at",
            [run_id],
        )
        return self._run(
            found[0],
            tuple(
                rows.step_from_row(asset, part or None, body) for asset, part, body in steps
            ),
        )

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

    def checks(self, materialization: str) -> tuple[CheckRecord, ...]:
        """Return what the checks last found on a result."""
        return tuple(
            rows.read_row("checks", body, rows.check_from_json)
            for (body,) in self._db.rows(
                "SELECT body FROM checks WHERE materialization = ? ORDER BY name",
                [materialization],
            )
        )

    def record_checks(
        self, materialization: str, run_id: str, checks: Sequence[CheckRecord], at: float
    ) -> None:
        """Remember what checks found on a stored result."""
        with self._db.transaction() as write:
            write_checks(write, materialization, run_id, checks, at)

    # Garbage collection.

    def results(self) -> tuple[KeptResult, ...]:
        """Return all results, oldest first, with where their bytes are."""
        return collecting.results(
            self._db.rows(
                "SELECT id, asset, partition, storage, location, bytes, committed_at"
                " FROM materializations ORDER BY committed_at, id"
            )
        )

    def shown(self) -> frozenset[str]:
        """Return the results that any head in any environment names."""
        bodies = self._db.rows("SELECT body FROM heads")
        return frozenset(collecting.named_by(bodies))

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
        return claiming.dead_claims(self._db, self._is_alive, self._now())

    def drop_dead_claims(self) -> tuple[Claim, ...]:
        """Give back the claims of processes that are no longer alive."""
        dead = self.dead_claims()
        claiming.drop(self._db, dead)
        return dead

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong with the database itself, in sentences."""
        found = [
            text for (text,) in self._db.rows("PRAGMA integrity_check") if text != "ok"
        ]
        return tuple(f"the metadata store is damaged: {text}" for text in found)
