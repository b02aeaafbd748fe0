"""What one transaction of the metadata store writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple

from assets_core.backends.sqlite import rows
from assets_core.backends.sqlite.cells import place, release
from assets_core.backends.sqlite.collecting import take_back
from assets_core.errors import ClaimLostError
from assets_core.model.keys import Cell
from assets_core.model.records import (
    ONLY_CELL,
    CheckRecord,
    Commit,
    Head,
    Materialization,
    Publication,
    pack_heads,
)
from assets_core.model.versions import CodeVersion, digest


def move_head(
    write: sqlite3.Connection, env: str, cell: Cell, before: str | None, head: Head
) -> None:
    """Let a cell show another result, if it still shows what the claim saw."""
    found = write.execute(
        "SELECT generation, digest, body FROM heads"
        " WHERE env = ? AND asset = ? AND chunk = 0",
        (env, cell.asset),
    ).fetchone()
    generation, heads = (found[0], rows.heads_from_row(*found[1:])) if found else (0, {})
    now = heads.get(ONLY_CELL)
    if (now and now.materialization) != before:
        raise ClaimLostError(
            f"The head of '{cell}' moved while a new result was being made",
            fix="nothing was lost: run the command again to decide afresh",
        )
    body = pack_heads({**heads, ONLY_CELL: head})
    write.execute(
        "INSERT OR REPLACE INTO heads VALUES (?, ?, 0, ?, ?, ?)",
        (env, cell.asset, generation + 1, digest(body), body),
    )


def write_commit(write: sqlite3.Connection, commit: Commit) -> Publication | None:
    """Insert the result and move the head; return what to publish."""
    claim, cell = commit.claim, commit.claim.cell
    if not release(write, claim):
        raise ClaimLostError(
            f"Another run took '{cell}' over while this one computed it",
            fix="nothing was lost: its result is shown; run again to see it",
        )
    move_head(write, claim.env, cell, commit.before, commit.head)
    shown = commit.head.materialization
    insert_versions(write, commit.versions)
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
