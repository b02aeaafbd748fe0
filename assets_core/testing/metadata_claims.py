"""What every metadata store promises of claims and publications, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets_core.errors import ClaimLostError
from assets_core.model.records import Publication
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_commit,
    make_head,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_suite import StoreSuite

FIRST, SECOND = "a" * 32, "b" * 32


class ClaimsSuite(StoreSuite):
    """One process at a time may commit a cell; one that lost its claim changes nothing."""

    def test_a_claim_says_what_it_is_for(self, store: MetadataStore) -> None:
        """Doctor and tidying up find the attempt that a staged file belongs to."""
        owner = self.live_owner()

        claim = take_claim(store, owner, FIRST)

        assert (claim.env, claim.cell, claim.attempt) == ("main", ORDERS, FIRST)
        assert claim.owner == owner
        assert store.claims() == (claim,)

    def test_who_has_a_cell_is_answered(self, store: MetadataStore) -> None:
        """The other run says for whom it waits."""
        owner = self.live_owner()
        take_claim(store, owner, FIRST)

        assert store.claim("main", ORDERS, SECOND, owner) == owner

    def test_asking_for_a_claim_that_others_have_changes_nothing(
        self, store: MetadataStore
    ) -> None:
        """Somebody who waits asks many times."""
        claim = take_claim(store, self.live_owner(), FIRST)
        made = make_result(1)

        store.claim("main", ORDERS, SECOND, self.live_owner())
        store.commit(make_commit(claim, made, None))

        assert store.head("main", ORDERS) == make_head(made)

    def test_other_cells_and_environments_are_free(self, store: MetadataStore) -> None:
        """A claim is on one cell in one environment."""
        owner = self.live_owner()
        take_claim(store, owner, "a" * 32)

        take_claim(store, owner, "b" * 32, CUSTOMERS)
        take_claim(store, owner, "c" * 32, ORDERS, "dev")

        assert {claim.attempt[0] for claim in store.claims()} == {"a", "b", "c"}

    def test_a_released_claim_can_be_taken(self, store: MetadataStore) -> None:
        """And its fence is higher, so that the two cannot be taken for each other."""
        first = take_claim(store, self.live_owner(), FIRST)

        store.release(first)
        second = take_claim(store, self.live_owner(), SECOND)

        assert second.fence > first.fence

    def test_releasing_twice_is_releasing_once(self, store: MetadataStore) -> None:
        """Both the step and whoever cleans up after it may give the claim back."""
        first = take_claim(store, self.live_owner(), FIRST)
        store.release(first)
        second = take_claim(store, self.live_owner(), SECOND)

        store.release(first)

        assert store.claims() == (second,)

    def test_a_commit_gives_the_claim_back(self, store: MetadataStore) -> None:
        """In the same transaction: whoever waits may go on at once."""
        show_result(store, self.live_owner(), make_result(1))

        assert store.claims() == ()

    def test_a_commit_without_a_claim_commits_nothing(self, store: MetadataStore) -> None:
        """A zombie that wakes up after it gave up cannot change a head."""
        claim, made = take_claim(store, self.live_owner(), FIRST), make_result(1)
        store.release(claim)

        with pytest.raises(ClaimLostError, match="'orders'"):
            store.commit(make_commit(claim, made, None, publish=True))

        assert store.heads("main") == {}
        assert store.materializations([made.id]) == {}
        assert store.pending_publications("main") == ()

    def test_a_claim_that_was_taken_again_is_another_claim(
        self, store: MetadataStore
    ) -> None:
        """The same attempt with an old fence is a zombie like any other."""
        old, made = take_claim(store, self.live_owner(), FIRST), make_result(1)
        store.release(old)
        new = take_claim(store, self.live_owner(), FIRST)

        with pytest.raises(ClaimLostError):
            store.commit(make_commit(old, made, None))

        assert store.claims() == (new,)

    def test_the_claim_of_a_dead_process_is_taken_over(self, store: MetadataStore) -> None:
        """After `kill -9` nobody has to wait, and nobody has to clean up by hand."""
        dead = take_claim(store, self.dead_owner(), FIRST)

        claim = take_claim(store, self.live_owner(), SECOND)

        assert claim.fence > dead.fence
        assert store.claims() == (claim,)

    def test_whoever_lost_a_claim_commits_nothing(self, store: MetadataStore) -> None:
        """It was only stopped, not dead: when it goes on, its cell is another's."""
        lost, late = take_claim(store, self.dead_owner(), FIRST), make_result(1)
        claim, made = take_claim(store, self.live_owner(), SECOND), make_result(2)

        with pytest.raises(ClaimLostError):
            store.commit(make_commit(lost, late, None))

        store.commit(make_commit(claim, made, None))
        assert store.history(ORDERS) == (made,)

    def test_whoever_lost_a_claim_cannot_give_it_back(self, store: MetadataStore) -> None:
        """That would let a third one in beside the second."""
        lost = take_claim(store, self.dead_owner(), FIRST)
        claim = take_claim(store, self.live_owner(), SECOND)

        store.release(lost)

        assert store.claims() == (claim,)

    def test_claims_of_dead_processes_are_known_and_given_back(
        self, store: MetadataStore
    ) -> None:
        """What a killed run leaves is tidied up by the next one, and listed by doctor."""
        dead = take_claim(store, self.dead_owner(), FIRST)
        alive = take_claim(store, self.live_owner(), SECOND, CUSTOMERS)

        assert store.dead_claims() == (dead,)
        assert store.drop_dead_claims() == (dead,)

        assert store.claims() == (alive,)
        assert store.dead_claims() == store.drop_dead_claims() == ()

    def test_a_claim_outlives_the_connection_that_took_it(self, tmp_path: Path) -> None:
        """It belongs to the process; only death or giving it back ends it."""
        store = self.opener(tmp_path)()
        claim = take_claim(store, self.live_owner(), FIRST)
        store.close()

        again = self.opener(tmp_path)()

        assert again.claims() == (claim,)
        again.close()


class PublicationsSuite(StoreSuite):
    """A commit notes that a stable path has to follow, until somebody says it has."""

    def test_a_commit_that_has_to_be_published_says_so(self, store: MetadataStore) -> None:
        """Killed between commit and publishing, the next run knows what is left to do."""
        publication = show_result(store, self.live_owner(), make_result(1), publish=True)

        assert isinstance(publication, Publication)
        assert (publication.env, publication.cell) == ("main", ORDERS)
        assert store.pending_publications("main") == (publication,)

    def test_a_commit_without_a_stable_path_notes_nothing(
        self, store: MetadataStore
    ) -> None:
        """There is nothing to follow."""
        assert show_result(store, self.live_owner(), make_result(1)) is None
        assert store.pending_publications("main") == ()

    def test_what_was_published_is_struck_off(self, store: MetadataStore) -> None:
        """Saying it twice is saying it once: two processes may have done the same."""
        publication = show_result(store, self.live_owner(), make_result(1), publish=True)
        assert publication is not None

        store.published([publication])
        store.published([publication])
        store.published([])

        assert store.pending_publications("main") == ()

    @pytest.mark.parametrize("done", [0, 1], ids=["older", "newer"])
    def test_each_commit_has_a_note_of_its_own(
        self, store: MetadataStore, done: int
    ) -> None:
        """Striking off one must not hide that another publisher is not done."""
        first, second = make_result(1), make_result(2)
        show_result(store, self.live_owner(), first, publish=True)
        show_result(store, self.live_owner(), second, first, publish=True)
        notes = store.pending_publications("main")

        store.published([notes[done]])

        assert len({note.id for note in notes}) == len(notes)
        assert store.pending_publications("main") == (notes[1 - done],)

    def test_notes_are_kept_by_environment(self, store: MetadataStore) -> None:
        """A run in 'dev' does not touch the paths of 'main'."""
        made = make_result(1)
        show_result(store, self.live_owner(), made, publish=True)
        other = replace(made, id="c" * 32)
        show_result(store, self.live_owner(), other, env="dev", publish=True)

        assert [one.env for one in store.pending_publications("main")] == ["main"]
        assert [one.env for one in store.pending_publications("dev")] == ["dev"]
