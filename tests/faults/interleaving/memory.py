"""A metadata store in memory, each call of which is one step.

It promises what the real one does: it passes the published contract, as far as
that is not about files and processes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assets_core.errors import ClaimLostError, CollectedError
from assets_core.model.garbage import Condemned, KeptResult, Place
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    Claim,
    Commit,
    Head,
    Materialization,
    Owner,
    Publication,
    StoredData,
)
from assets_core.model.versions import Digest
from assets_core.protocols.metadata import Reusable

Step = Callable[[str], None]
"""Called before each step, with its name; may stop the caller for a while, or for good."""


@dataclass
class Memory:
    """What is stored."""

    heads: dict[tuple[str, Cell], Head] = field(default_factory=dict)
    results: dict[str, Materialization] = field(default_factory=dict)
    validated: dict[str, set[Digest]] = field(default_factory=dict)
    claims: dict[tuple[str, Cell], Claim] = field(default_factory=dict)
    fence: int = 0
    publications: dict[int, Publication] = field(default_factory=dict)
    last_publication: int = 0
    marks: dict[Place, tuple[Condemned, int]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    lists: dict[str, dict[str, bool]] = field(default_factory=dict)  # which are there
    staged: dict[str, bytes] = field(default_factory=dict)
    paths: dict[Cell, str] = field(default_factory=dict)
    base: dict[Cell, Head] = field(default_factory=dict)  # of main and dev
    dev: bool = True  # whether dev is there to be used
    moves: list[int] = field(default_factory=list)  # fences, in the order of commits


class MemoryStore:
    """The metadata store."""

    environments: Any

    def __init__(
        self, memory: Memory, is_alive: Callable[[Owner], bool | None], step: Step
    ) -> None:
        self._is = memory
        self._is_alive = is_alive
        self._step = step

    def close(self) -> None:
        """Do nothing."""

    def __getattr__(self, name: str) -> Any:
        """Answer what has no part in the protocol: notes of runs, sources, checks."""
        if name in {"failures", "observations", "code_versions"}:
            return lambda *_: {}
        if name in {"checks", "dead_claims", "drop_dead_claims", "record_steps"}:
            return lambda *_: ()
        raise AttributeError(name)

    # Claims and heads.

    def claim(self, env: str, cell: Cell, attempt: str, owner: Owner) -> Claim | Owner:
        """Take a cell, or return who has it."""
        taken = self.claim_all(env, {cell: attempt}, owner)
        return taken[0] if isinstance(taken, tuple) else taken

    def claim_all(
        self, env: str, attempts: Mapping[Cell, str], owner: Owner
    ) -> tuple[Claim, ...] | Owner:
        """Take several cells at once, or none of them and return who has one."""
        self._step("claim")
        for cell in attempts:
            held = self._is.claims.get((env, cell))
            if held is not None and self._is_alive(held.owner):
                return held.owner
        return tuple(
            self._take(env, cell, attempt, owner) for cell, attempt in attempts.items()
        )

    def _take(self, env: str, cell: Cell, attempt: str, owner: Owner) -> Claim:
        self._is.fence += 1
        claim = Claim(env, cell, attempt, self._is.fence, owner)
        self._is.claims[env, cell] = claim
        return claim

    def release(self, claim: Claim) -> None:
        """Give a claim back."""
        self.release_all([claim])

    def release_all(self, claims: Iterable[Claim]) -> None:
        """Give several claims back at once."""
        self._step("release")
        for claim in claims:
            self._release(claim)

    def _release(self, claim: Claim) -> None:
        if self._is.claims.get((claim.env, claim.cell)) == claim:
            del self._is.claims[claim.env, claim.cell]

    def claims(self) -> tuple[Claim, ...]:
        """Return every claim."""
        return tuple(self._is.claims.values())

    def head(self, env: str, cell: Cell) -> Head | None:
        """Return one head."""
        return self.heads_of(env, [cell]).get(cell)

    def heads_of(self, env: str, cells: Iterable[Cell]) -> dict[Cell, Head]:
        """Return some heads."""
        self._step("head")
        return {one: head for one, head in self.heads(env).items() if one in set(cells)}

    def heads(
        self, env: str, assets: Collection[AssetKey] | None = None
    ) -> dict[Cell, Head]:
        """Return all heads, or those of some assets."""
        return {
            cell: head
            for (one, cell), head in self._is.heads.items()
            if one == env and (assets is None or cell.asset in assets)
        }

    def materializations(self, ids: Iterable[str]) -> dict[str, Materialization]:
        """Return results by id."""
        return {id_: self._is.results[id_] for id_ in ids if id_ in self._is.results}

    def stored(self, ids: Iterable[str]) -> dict[str, StoredData]:
        """Return where results are."""
        return {id_: made.stored for id_, made in self.materializations(ids).items()}

    def reusable(self, cells: Iterable[Cell]) -> dict[tuple[Cell, Digest], Reusable]:
        """Return results that can be shown again."""
        self._step("reusable")
        wanted = set(cells)
        return {
            (made.cell, made.recipe): Reusable(made, frozenset(self._is.validated[id_]))
            for id_, made in self._is.results.items()
            if made.cell in wanted
        }

    def commit(self, commit: Commit) -> Publication | None:
        """Insert the result and move the head at once."""
        return self.commit_all([commit])[0]

    def commit_all(self, commits: Sequence[Commit]) -> tuple[Publication | None, ...]:
        """Insert the results and move the heads at once: all or nothing."""
        self._step("commit")
        for commit in commits:
            self._may_commit(commit)
        return tuple(map(self._commit, commits))

    def _may_commit(self, commit: Commit) -> None:
        claim = commit.claim
        shown = self._is.heads.get((claim.env, claim.cell))
        if self._is.claims.get((claim.env, claim.cell)) != claim:
            raise ClaimLostError("taken over")
        if (shown and shown.materialization) != commit.before:
            raise ClaimLostError("the head moved")
        place = self._place(commit)
        if place in self._is.marks:
            mark, fence = self._is.marks[place]
            if mark.state == "deleting" or (
                mark.state == "deleted" and claim.fence <= fence
            ):
                raise CollectedError("being deleted", where=place[1])

    def _place(self, commit: Commit) -> Place:
        assert commit.head is not None, "no interleaving takes a head away"
        made = commit.materialization or self._is.results[commit.head.materialization]
        return made.stored.storage, made.stored.location

    def _commit(self, commit: Commit) -> Publication | None:
        claim, head = commit.claim, commit.head
        assert head is not None
        result = commit.materialization or self._is.results[head.materialization]
        self._is.marks.pop(self._place(commit), None)
        self._release(claim)
        self._is.results[result.id] = result
        self._is.validated.setdefault(result.id, set()).add(commit.validated)
        self._is.heads[claim.env, claim.cell] = head
        self._is.moves.append(claim.fence)
        if not commit.publish:
            return None
        self._is.last_publication += 1
        note = Publication(self._is.last_publication, claim.env, claim.cell)
        self._is.publications[note.id] = note
        return note

    def pending_publications(self, env: str) -> tuple[Publication, ...]:
        """Return paths that have to follow."""
        return tuple(note for note in self._is.publications.values() if note.env == env)

    def published(self, publications: Iterable[Publication]) -> None:
        """Strike off paths that have followed."""
        self._step("published")
        for note in publications:
            self._is.publications.pop(note.id, None)

    # Growing lists.

    def dynamic_keys(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the keys of growing lists."""
        lists = {name: self._is.lists.get(name, {}) for name in names}
        return {
            name: tuple(key for key, there in keys.items() if there)
            for name, keys in lists.items()
        }

    def add_dynamic_keys(self, name: str, keys: Iterable[str]) -> int:
        """Add keys to a growing list."""
        self._step("add_dynamic_keys")
        return self._set(name, keys, there=True)

    def delete_dynamic_keys(self, name: str, keys: Iterable[str]) -> int:
        """Take keys out of a growing list."""
        self._step("delete_dynamic_keys")
        known = self._is.lists.get(name, {})
        return self._set(name, [key for key in keys if key in known], there=False)

    def _set(self, name: str, keys: Iterable[str], *, there: bool) -> int:
        known = self._is.lists.setdefault(name, {})
        others = {key for key in keys if known.get(key, False) is not there}
        known.update(dict.fromkeys((key for key in keys if key in others), there))
        return len(others)

    # Garbage collection.

    def results(self) -> tuple[KeptResult, ...]:
        """Return all results."""
        self._step("results")
        return tuple(
            KeptResult(
                made.id,
                made.cell,
                (made.stored.storage, made.stored.location),
                made.stored.bytes,
                made.committed_at,
            )
            for made in self._is.results.values()
        )

    def shown(self) -> frozenset[str]:
        """Return what heads name."""
        self._step("shown")
        return frozenset(head.materialization for head in self._is.heads.values())

    def _places(self) -> set[Place]:
        stored = [
            self._is.results[head.materialization].stored
            for head in self._is.heads.values()
        ]
        return {(one.storage, one.location) for one in stored}

    def condemn(self, places: Iterable[Place], since: float, at: float) -> int:
        """Condemn what is not needed."""
        self._step("condemn")
        young = {
            (made.stored.storage, made.stored.location)
            for made in self._is.results.values()
            if made.committed_at > since
        }
        new = set(places) - self._places() - young - self._is.marks.keys()
        for place in new:
            self._is.marks[place] = (Condemned(place, "condemned", at), 0)
        return len(new)

    def condemned(self) -> tuple[Condemned, ...]:
        """Return all marks."""
        self._step("condemned")
        return tuple(mark for mark, _ in self._is.marks.values())

    def begin_deletion(self, places: Iterable[Place], owner: Owner) -> tuple[Place, ...]:
        """Mark as being deleted."""
        self._step("begin_deletion")
        begun = []
        for place in sorted(set(places)):
            mark = self._is.marks.get(place)
            if mark is None or mark[0].state != "condemned":
                continue
            if place in self._places():
                del self._is.marks[place]
                continue
            self._is.marks[place] = (
                replace(mark[0], state="deleting", owner=owner),
                0,
            )
            begun.append(place)
        return tuple(begun)

    def end_deletion(self, places: Iterable[Place]) -> None:
        """Mark as deleted, and forget what no claim is old enough for."""
        self._step("end_deletion")
        for place in self._is.marks.keys() & set(places):
            mark, _ = self._is.marks[place]
            done = replace(mark, state="deleted", owner=None)
            self._is.marks[place] = (done, self._is.fence)
        oldest = min((claim.fence for claim in self._is.claims.values()), default=None)
        self._is.marks = {
            place: (mark, fence)
            for place, (mark, fence) in self._is.marks.items()
            if mark.state != "deleted" or (oldest is not None and fence >= oldest)
        }

    def take_over_deletions(self, owner: Owner) -> tuple[Place, ...]:
        """Take over deletions of dead processes."""
        self._step("take_over_deletions")
        dead = [
            (place, mark)
            for place, (mark, _) in self._is.marks.items()
            if mark.state == "deleting"
            and mark.owner
            and self._is_alive(mark.owner) is False
        ]
        for place, mark in dead:
            self._is.marks[place] = (replace(mark, owner=owner), 0)
        return tuple(place for place, _ in dead)
