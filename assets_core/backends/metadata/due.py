"""Notes of what is not in a journal yet, written in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Sequence

from assets_core.backends.metadata.cells import next_fences, place
from assets_core.backends.metadata.connection import Write
from assets_core.model.keys import Cell
from assets_core.model.records import Commit, Head

INSERT = "INSERT INTO journal_due VALUES (?, ?, ?, ?, ?, ?)"


def note_commits(write: Write, commits: Sequence[Commit]) -> None:
    """Note that cells show other results, or have passed other checks."""
    note_heads(write, [(one.claim.env, one.claim.cell, one.head) for one in commits])


def note_heads(write: Write, moved: Sequence[tuple[str, Cell, Head | None]]) -> None:
    """Note what cells show in an environment, or that they show nothing."""
    numbers = next_fences(write, len(moved))
    write.executemany(
        INSERT,
        [
            (
                *(number, "cell", env, *place(cell)),
                "" if head is None else head.materialization,
            )
            for number, (env, cell, head) in zip(numbers, moved, strict=True)
        ],
    )


def note(write: Write, kind: str, *, env: str = "", name: str = "") -> None:
    """Note that something else has changed.

    Args:
        kind: `checks` of a result, `keys` of a list, `pins`, `envs` for which environments
            there are, `env` for all heads of one, `dropped` for none any more, or `all`.
        env: Of which environment.
        name: Of which result or list.
    """
    write.execute(INSERT, (next_fences(write, 1)[0], kind, env, "", "", name))
