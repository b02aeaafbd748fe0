"""What one transaction of the metadata store writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple

from assets_core.backends.sqlite import rows
from assets_core.backends.sqlite.cells import place, release
from assets_core.backends.sqlite.collecting import take_back
from assets_core.errors import ClaimLostError
from assets_core.model.keys import AssetKey
from assets_core.model.packed_heads import chunk_of, pack_heads
from assets_core.model.records import (
    CheckRecord,
    Commit,
    Materialization,
    Publication,
)
from assets_core.model.versions import CodeVersion, digest


def move_heads(write: sqlite3.Connection, commits: Sequence[Commit]) -> None:
    """Let cells show other results, if each still shows what its claim saw."""
    chunks: dict[tuple[str, AssetKey, int], list[Commit]] = {}
    for commit in commits:
        env, cell = commit.claim.env, commit.claim.cell
        place_of = (env, cell.asset, chunk_of(cell.partition))
        chunks.setdefault(place_of, []).append(commit)
    for place_of, moved in chunks.items():
        _move_chunk(write, place_of, moved)


def _move_chunk(
    write: sqlite3.Connection, place_of: tuple[str, AssetKey, int], commits: list[Commit]
) -> None:
    found = write.execute(
        "SELECT generation, digest, count, body FROM heads"
        " WHERE env = ? AND asset = ? AND chunk = ?",
        place_of,
    ).fetchone()
    generation, heads = (found[0], rows.heads_from_row(*found[1:])) if found else (0, {})
    for commit in commits:
        cell = commit.claim.cell
        now = heads.get(cell.partition)
        if (now and now.materialization) != commit.before:
            raise ClaimLostError(
                f"The head of '{cell}' moved while a new result was being made",
                fix="nothing was lost: run the command again to decide afresh",
            )
        heads[cell.partition] = commit.head
    body = pack_heads(heads)
    write.execute(
        "INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*place_of, generation + 1, digest(body), len(heads), body),
    )


def write_commits(
    write: sqlite3.Connection, commits: Sequence[Commit]
) -> tuple[Publication | None, ...]:
    """Insert results and move heads; return what to publish."""
    for commit in commits:
        if not release(write, commit.claim):
            raise ClaimLostError(
                f"Another run took '{commit.claim.cell}' over while this one computed it",
                fix="nothing was lost: its result is shown; run again to see it",
            )
    move_heads(write, commits)
    versions = {one.digest: one for commit in commits for one in commit.versions}
    insert_versions(write, versions.values())
    return tuple(_write_commit(write, commit) for commit in commits)


def _write_commit(write: sqlite3.Connection, commit: Commit) -> Publication | None:
    claim, cell = commit.claim, commit.claim.cell
    shown = commit.head.materialization
    if commit.materialization is not None:
        insert_result(write, commit.materialization)
    take_back(write, claim, shown)
    write.execute(
        "INSERT OR IGNORE INTO validations VALUES (?, ?)", (shown, commit.validated)
    )
    write.execute(
        "DELETE FROM failures WHERE env = ? AND asset = ? AND partition = ?",
        (claim.env, *place(cell)),
    )
    write_checks(write, shown, commit.run_id, commit.checks, commit.head.at)
    if not commit.publish:
        return None
    made = write.execute(
        "INSERT INTO publications (env, asset, partition) VALUES (?, ?, ?)",
        (claim.env, cell.asset, cell.partition),
    )
    return Publication(int(made.lastrowid or 0), claim.env, cell)


def insert_versions(write: sqlite3.Connection, versions: Iterable[CodeVersion]) -> None:
    """Remember versions that a result or a validation refers to."""
    write.executemany(
        "INSERT OR IGNORE INTO code_versions VALUES (?, ?)",
        [(code.digest, rows.code_to_json(code)) for code in versions],
    )


def insert_result(write: sqlite3.Connection, made: Materialization) -> None:
    """Insert a result."""
    write.execute(
        "INSERT INTO materializations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made.id,
            made.cell.asset,
            made.cell.partition,
            made.recipe,
            made.committed_at,
            made.run_id,
            *astuple(made.stored),
            rows.materialization_to_json(made),
        ),
    )


def write_checks(
    write: sqlite3.Connection,
    materialization: str,
    run_id: str,
    checks: Sequence[CheckRecord],
    at: float,
) -> None:
    """Remember what checks found on a result."""
    write.executemany(
        "INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?, ?)",
        [
            (
                materialization,
                check.check,
                run_id,
                at,
                rows.to_json(rows.check_to_json(check)),
            )
            for check in checks
        ],
    )
