"""What one transaction of the metadata store writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple

from assets_core.backends.metadata import growing, rows
from assets_core.backends.metadata.cells import next_fences, place, release
from assets_core.backends.metadata.collecting import take_back
from assets_core.backends.metadata.connection import Write
from assets_core.backends.metadata.due import note, note_commits
from assets_core.backends.metadata.moves import Chunk, Log
from assets_core.backends.metadata.statements import among, by_chunk, put
from assets_core.errors import ClaimLostError
from assets_core.model.keys import AssetKey
from assets_core.model.packed_heads import chunk_of, pack_heads
from assets_core.model.records import (
    CheckRecord,
    Claim,
    Commit,
    Head,
    Materialization,
    Publication,
)
from assets_core.model.versions import CodeVersion, digest

Chunks = dict[Chunk, tuple[int, dict[str | None, Head]]]
"""Generation and heads of chunks."""

_CHUNKS = "SELECT asset, chunk, generation, digest, count, body FROM heads WHERE env = ?"


def move_heads(write: Write, commits: Sequence[Commit], now: float) -> None:
    """Let cells show other results, if each still shows what its claim saw."""
    chunks: dict[Chunk, list[Commit]] = {}
    for commit in commits:
        env, cell = commit.claim.env, commit.claim.cell
        place_of = (env, cell.asset, chunk_of(cell.partition))
        chunks.setdefault(place_of, []).append(commit)
    there = read_chunks(write, chunks)
    for place_of, moved in chunks.items():
        _move_chunk(there[place_of][1], moved)
    write_chunks(write, there)
    Log(write, now).note(
        (place_of, _why(moved[0]), {one.claim.cell.partition: one.head for one in moved})
        for place_of, moved in chunks.items()
    )


def _why(commit: Commit) -> str:
    """Return the word for what has moved a head."""
    if commit.materialization is not None:
        return "computed"
    if commit.head is None:
        return "taken away"
    return "rolled back" if commit.head.held else "shown again"


def _move_chunk(heads: dict[str | None, Head], commits: list[Commit]) -> None:
    for commit in commits:
        cell = commit.claim.cell
        now = heads.get(cell.partition)
        if (now and now.materialization) != commit.before:
            raise ClaimLostError(
                f"The head of '{cell}' moved while a new result was being made",
                fix="nothing was lost: run the command again to decide afresh",
            )
        heads.pop(cell.partition, None)
        if commit.head is not None:
            heads[cell.partition] = commit.head


def read_chunks(write: Write, places: Iterable[Chunk]) -> Chunks:
    """Return chunks, also those that are not there: these hold nothing yet."""
    found: Chunks = {place_of: (0, {}) for place_of in places}
    by_env: dict[str, list[tuple[AssetKey, int]]] = {}
    for env, asset, chunk in found:
        by_env.setdefault(env, []).append((asset, chunk))
    for env, wanted in by_env.items():
        for part, values, first in by_chunk(wanted):
            for asset, chunk, generation, *packed in among(
                write,
                f"{_CHUNKS} AND {part}",
                values,
                (env, first),
            ):
                found[env, asset, chunk] = (generation, rows.heads_from_row(*packed))
    return found


def write_chunks(write: Write, chunks: Chunks) -> None:
    """Write chunks anew that were read before; one without heads is none."""
    write.executemany(
        "DELETE FROM heads WHERE env = ? AND asset = ? AND chunk = ?",
        [place_of for place_of, (_, heads) in chunks.items() if not heads],
    )
    packed = (
        (place_of, generation + 1, len(heads), pack_heads(heads))
        for place_of, (generation, heads) in chunks.items()
        if heads
    )
    write.executemany(
        put("heads", "env asset chunk", "generation digest count body"),
        (
            (*place_of, generation, digest(body), count, body)
            for place_of, generation, count, body in packed
        ),
    )


def write_commits(
    write: Write, commits: Sequence[Commit], now: float
) -> tuple[Publication | None, ...]:
    """Insert results and move heads; return what to publish."""
    if not release(write, [commit.claim for commit in commits]):
        raise ClaimLostError(
            f"Another run took {_named(commits)} over while this one computed it",
            fix="nothing was lost: run again, which shows its result or makes one",
        )
    move_heads(write, commits, now)
    versions = {one.digest: one for commit in commits for one in commit.versions}
    insert_versions(write, versions.values())
    _show(write, [(one, one.head) for one in commits if one.head is not None])
    write.executemany(
        "DELETE FROM failures WHERE env = ? AND asset = ? AND partition = ?",
        [(one.claim.env, *place(one.claim.cell)) for one in commits],
    )
    for commit in commits:
        if commit.keys is not None:
            growing.replace(write, *commit.keys)
    note_commits(write, commits)
    return _publications(write, commits)


def _named(commits: Sequence[Commit]) -> str:
    if len(commits) == 1:
        return f"'{commits[0].claim.cell}'"
    return f"one of {len(commits)} cells such as '{commits[0].claim.cell}'"


def _publications(
    write: Write, commits: Sequence[Commit]
) -> tuple[Publication | None, ...]:
    count = sum(commit.publish for commit in commits)
    # Numbers are not given twice: who strikes a note off later means this one.
    numbers = iter(next_fences(write, count) if count else ())
    notes = tuple(
        Publication(next(numbers), one.claim.env, one.claim.cell) if one.publish else None
        for one in commits
    )
    write.executemany(
        "INSERT INTO publications (id, env, asset, partition) VALUES (?, ?, ?, ?)",
        [(one.id, one.env, one.cell.asset, one.cell.partition) for one in notes if one],
    )
    return notes


def _show(write: Write, shown: Sequence[tuple[Commit, Head]]) -> None:
    insert_results(write, [one.materialization for one, _ in shown if one.materialization])
    take_back(write, _by_claim(shown))
    write.executemany(
        "INSERT INTO validations VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(head.materialization, one.validated) for one, head in shown],
    )
    for commit, head in shown:
        if commit.checks:
            write_checks(write, head.materialization, commit.run_id, commit.checks, head.at)


def _by_claim(shown: Sequence[tuple[Commit, Head]]) -> dict[str, Claim]:
    """Return the oldest claim by which each result is shown."""
    newest_first = sorted(shown, key=lambda pair: -pair[0].claim.fence)
    return {head.materialization: one.claim for one, head in newest_first}


def insert_versions(write: Write, versions: Iterable[CodeVersion]) -> None:
    """Remember versions that a result or a validation refers to."""
    write.executemany(
        "INSERT INTO code_versions VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(code.digest, rows.code_to_json(code)) for code in versions],
    )


def insert_results(write: Write, results: Sequence[Materialization]) -> None:
    """Insert results, and where the rows are that were put aside."""
    write.executemany(
        "INSERT INTO materializations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                made.id,
                made.cell.asset,
                made.cell.partition,
                made.recipe,
                made.committed_at,
                made.run_id,
                *rows.fields_of(made.stored).values(),
                rows.materialization_to_json(made),
            )
            for made in results
        ),
    )
    write.executemany(
        "INSERT INTO quarantines VALUES (?, ?, ?, ?, ?)",
        [
            (made.id, aside.rows, *astuple(aside.stored)[:3])
            for made in results
            if (aside := made.quarantined) is not None
        ],
    )


def check_again(
    write: Write,
    materialization: str,
    run_id: str,
    checks: Sequence[CheckRecord],
    at: float,
) -> None:
    """Remember what checks found on a result that was stored before."""
    write_checks(write, materialization, run_id, checks, at)
    note(write, "checks", name=materialization)


def write_checks(
    write: Write,
    materialization: str,
    run_id: str,
    checks: Sequence[CheckRecord],
    at: float,
) -> None:
    """Remember what checks found on a result."""
    write.executemany(
        put("checks", "materialization name", "run_id at body"),
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
