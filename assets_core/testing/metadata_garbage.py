"""What every metadata store promises of garbage collection, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets_core.errors import CollectedError
from assets_core.model.garbage import KeptResult, Place
from assets_core.model.records import Materialization, Owner
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

AT = 1_800_000_000.5
"""Later than every result: nothing is young."""

OLD, NEW = make_result(1), make_result(2)
LOOSE: Place = ("parquet:data", ".objects/that no result names")


def place_of(made: Materialization) -> Place:
    """Return where the bytes of a result are."""
    return made.stored.storage, made.stored.location


def states(store: MetadataStore) -> dict[Place, str]:
    """Return how the marked bytes stand."""
    return {mark.place: mark.state for mark in store.condemned()}


def like(made: Materialization, number: int) -> Materialization:
    """Return another result that has the same bytes."""
    return make_result(number, stored=made.stored)


class GarbageSuite(StoreSuite):
    """What is needed is never given free, and what was given free is never shown."""

    def _replaced(self, store: MetadataStore) -> None:
        """Show a result, then another one in its place."""
        show_result(store, self.live_owner(), OLD)
        show_result(store, self.live_owner(), NEW, OLD)

    def _condemned(self, store: MetadataStore) -> None:
        """The same, with the first one condemned."""
        self._replaced(store)
        assert store.condemn([place_of(OLD)], AT, AT) == 1

    def _deleting(self, store: MetadataStore, owner: Owner | None = None) -> None:
        """The same, with the first one being deleted."""
        self._condemned(store)
        begun = store.begin_deletion([place_of(OLD)], owner or self.live_owner())
        assert begun == (place_of(OLD),)

    def test_all_results_are_told_oldest_first(self, store: MetadataStore) -> None:
        """Whatever shows them: only so can the latest of each cell be kept."""
        other = make_result(3, CUSTOMERS)
        show_result(store, self.live_owner(), other, env="dev")
        self._replaced(store)

        assert store.results() == tuple(
            KeptResult(
                made.id, made.cell, place_of(made), made.stored.bytes, made.committed_at
            )
            for made in (OLD, NEW, other)
        )

    def test_what_is_shown_is_told_of_all_environments(self, store: MetadataStore) -> None:
        """Work in 'dev' would lose its data to a collection in 'main' else."""
        self._replaced(store)
        other = make_result(3, CUSTOMERS)
        show_result(store, self.live_owner(), other, env="dev")

        assert store.shown() == {NEW.id, other.id}

    def test_nothing_is_condemned_by_itself(self, store: MetadataStore) -> None:
        """Only who knows the retention may say what is not needed."""
        self._replaced(store)

        assert store.condemned() == ()

    def test_what_is_condemned_says_since_when(self, store: MetadataStore) -> None:
        """The grace is counted from there."""
        self._condemned(store)

        (mark,) = store.condemned()

        assert (mark.place, mark.state, mark.at) == (place_of(OLD), "condemned", AT)
        assert mark.owner is None

    def test_condemning_again_changes_nothing(self, store: MetadataStore) -> None:
        """A collection every minute would put the end of the grace off for ever else."""
        self._condemned(store)

        assert store.condemn([place_of(OLD), place_of(OLD)], AT, AT + 60) == 0

        assert [mark.at for mark in store.condemned()] == [AT]

    @pytest.mark.parametrize("env", ["main", "dev"])
    def test_what_a_head_names_is_not_condemned(
        self, store: MetadataStore, env: str
    ) -> None:
        """In whatever environment; it may have begun to after whoever asks has looked."""
        show_result(store, self.live_owner(), OLD, env=env)

        assert store.condemn([place_of(OLD)], AT, AT) == 0
        assert store.condemned() == ()

    def test_bytes_that_another_result_shows_are_not_condemned(
        self, store: MetadataStore
    ) -> None:
        """Equal tables share their bytes."""
        self._replaced(store)
        show_result(store, self.live_owner(), like(OLD, 3), NEW)

        assert store.condemn([place_of(OLD)], AT, AT) == 0

    def test_what_a_young_result_uses_is_not_condemned(self, store: MetadataStore) -> None:
        """It was committed after whoever asks has looked; its bytes may be old ones."""
        self._replaced(store)
        show_result(store, self.live_owner(), young := like(OLD, 3), NEW)
        show_result(store, self.live_owner(), make_result(4), young)

        assert store.condemn([place_of(OLD)], young.committed_at - 1, AT) == 0
        assert store.condemn([place_of(OLD)], young.committed_at, AT) == 1

    def test_bytes_that_no_result_names_can_be_condemned(
        self, store: MetadataStore
    ) -> None:
        """A run was killed between sealing and committing."""
        assert store.condemn([LOOSE], AT, AT) == 1
        assert store.begin_deletion([LOOSE], self.live_owner()) == (LOOSE,)

    def test_a_commit_takes_condemned_bytes_back(self, store: MetadataStore) -> None:
        """The same content has come again, or somebody rolled back to it."""
        self._condemned(store)

        show_result(store, self.live_owner(), OLD, NEW, materialization=None)

        assert store.condemned() == ()
        assert store.begin_deletion([place_of(OLD)], self.live_owner()) == ()

    def test_a_new_result_takes_condemned_bytes_back(self, store: MetadataStore) -> None:
        """It was made anew, and its bytes came out as those that lay there."""
        self._condemned(store)

        show_result(store, self.live_owner(), like(OLD, 3), NEW)

        assert store.condemned() == ()

    def test_a_refused_commit_takes_nothing_back(self, store: MetadataStore) -> None:
        """It changes nothing at all."""
        self._condemned(store)
        claim = take_claim(store, self.live_owner(), "a" * 32)
        store.release(claim)

        with pytest.raises(Exception, match="'orders'"):
            store.commit(make_commit(claim, OLD, NEW.id, materialization=None))

        assert states(store) == {place_of(OLD): "condemned"}

    def test_only_what_is_condemned_can_be_deleted(self, store: MetadataStore) -> None:
        """Nothing is deleted in one step: whoever reads has the grace to finish."""
        self._replaced(store)

        places = [place_of(OLD), place_of(NEW), LOOSE]

        assert store.begin_deletion(places, self.live_owner()) == ()
        assert store.condemned() == ()

    def test_a_deletion_says_who_is_at_it(self, store: MetadataStore) -> None:
        """If that process dies, another one goes on."""
        self._deleting(store)

        (mark,) = store.condemned()

        assert (mark.state, mark.owner, mark.at) == ("deleting", self.live_owner(), AT)

    def test_a_deletion_begins_once(self, store: MetadataStore) -> None:
        """Two collections at once do not both delete the same bytes."""
        self._deleting(store)

        assert store.begin_deletion([place_of(OLD)], self.live_owner()) == ()

    def test_a_commit_of_bytes_that_are_being_deleted_changes_nothing(
        self, store: MetadataStore
    ) -> None:
        """Whether they are still there nobody can know."""
        self._deleting(store)
        claim = take_claim(store, self.live_owner(), "a" * 32)
        again = like(OLD, 3)

        with pytest.raises(CollectedError, match="'orders'") as refused:
            store.commit(make_commit(claim, again, NEW.id, publish=True))

        assert refused.value.where == OLD.stored.location
        assert store.head("main", ORDERS) == make_head(NEW)
        assert store.materializations([again.id]) == {}
        assert store.pending_publications("main") == ()
        assert store.claims() == (claim,)
        assert states(store) == {place_of(OLD): "deleting"}

    def test_a_claim_that_is_older_than_the_end_of_a_deletion_is_refused(
        self, store: MetadataStore
    ) -> None:
        """It may have found the bytes there a moment before they went."""
        self._condemned(store)
        claim = take_claim(store, self.live_owner(), "a" * 32)
        store.begin_deletion([place_of(OLD)], self.live_owner())
        store.end_deletion([place_of(OLD)])

        with pytest.raises(CollectedError):
            store.commit(make_commit(claim, OLD, NEW.id, materialization=None))

        assert store.head("main", ORDERS) == make_head(NEW)
        assert store.claims() == (claim,)

    def test_a_claim_of_another_cell_is_refused_as_well(self, store: MetadataStore) -> None:
        """Cells with the same content share their bytes."""
        self._condemned(store)
        other = make_result(3, CUSTOMERS, stored=OLD.stored)
        claim = take_claim(store, self.live_owner(), "a" * 32, CUSTOMERS, "dev")
        store.begin_deletion([place_of(OLD)], self.live_owner())
        store.end_deletion([place_of(OLD)])

        with pytest.raises(CollectedError, match="'raw/customers'"):
            store.commit(make_commit(claim, other, None))

        assert store.heads("dev") == {}

    def test_an_older_claim_may_commit_other_bytes(self, store: MetadataStore) -> None:
        """Collecting beside a long run costs it nothing."""
        self._condemned(store)
        claim = take_claim(store, self.live_owner(), "a" * 32)
        store.begin_deletion([place_of(OLD)], self.live_owner())
        store.end_deletion([place_of(OLD)])

        store.commit(make_commit(claim, make_result(3), NEW.id))

        assert store.head("main", ORDERS) == make_head(make_result(3))

    def test_a_claim_that_is_younger_than_the_end_of_a_deletion_may_commit(
        self, store: MetadataStore
    ) -> None:
        """Whatever it has found, it found after; so it has written the bytes itself."""
        self._deleting(store)
        older = take_claim(store, self.live_owner(), "a" * 32, CUSTOMERS)
        store.end_deletion([place_of(OLD)])
        assert states(store) == {place_of(OLD): "deleted"}

        show_result(store, self.live_owner(), like(OLD, 3), NEW)

        assert store.condemned() == ()
        assert store.claims() == (older,)

    def test_a_deletion_is_forgotten_when_no_older_claim_is_left(
        self, store: MetadataStore
    ) -> None:
        """The list does not grow for ever."""
        claim = take_claim(store, self.live_owner(), "a" * 32, CUSTOMERS)
        self._deleting(store)
        store.end_deletion([place_of(OLD)])
        assert states(store) == {place_of(OLD): "deleted"}

        store.release(claim)
        store.end_deletion([])

        assert store.condemned() == ()

    def test_a_deletion_is_forgotten_at_once_where_nobody_has_a_claim(
        self, store: MetadataStore
    ) -> None:
        """There is nobody it could be about."""
        self._deleting(store)

        store.end_deletion([place_of(OLD)])

        assert store.condemned() == ()

    def test_what_was_written_again_can_be_condemned_again(
        self, store: MetadataStore
    ) -> None:
        """A run wrote the deleted bytes once more and was killed before it committed."""
        claim = take_claim(store, self.live_owner(), "a" * 32, CUSTOMERS)
        self._deleting(store)
        store.end_deletion([place_of(OLD)])
        assert store.condemn([place_of(OLD)], AT, AT + 1) == 0

        store.release(claim)

        assert store.condemn([place_of(OLD)], AT, AT + 2) == 1
        assert states(store) == {place_of(OLD): "condemned"}

    def test_only_a_deletion_that_was_begun_can_end(self, store: MetadataStore) -> None:
        """Said of anything else it means nothing."""
        self._condemned(store)

        store.end_deletion([place_of(OLD), place_of(NEW), LOOSE])

        assert states(store) == {place_of(OLD): "condemned"}

    def test_the_deletion_of_a_live_process_is_left_to_it(
        self, store: MetadataStore
    ) -> None:
        """It may be about to delete what somebody else would have written anew by then."""
        self._deleting(store)

        assert store.take_over_deletions(self.live_owner()) == ()
        assert states(store) == {place_of(OLD): "deleting"}

    def test_the_deletion_of_a_dead_process_is_taken_over_once(
        self, store: MetadataStore
    ) -> None:
        """How far it came nobody knows, so it is done again; deleting twice is no harm."""
        self._deleting(store, self.dead_owner())

        assert store.take_over_deletions(self.live_owner()) == (place_of(OLD),)
        assert store.take_over_deletions(self.live_owner()) == ()

        (mark,) = store.condemned()
        assert (mark.state, mark.owner) == ("deleting", self.live_owner())

    def test_what_is_only_condemned_is_not_taken_over(self, store: MetadataStore) -> None:
        """Nobody has begun with it."""
        self._condemned(store)

        assert store.take_over_deletions(self.live_owner()) == ()

    def test_the_same_location_in_another_storage_is_another_place(
        self, store: MetadataStore
    ) -> None:
        """Data that was moved lies in both, under the same name, and one may go."""
        moved = make_result(3, stored=replace(OLD.stored, storage="parquet:lake"))
        show_result(store, self.live_owner(), OLD)
        show_result(store, self.live_owner(), moved, OLD)

        assert store.condemn([place_of(OLD), place_of(moved)], AT, AT) == 1
        assert states(store) == {place_of(OLD): "condemned"}

    def test_marks_survive_opening_again(self, tmp_path: Path) -> None:
        """The two phases are two calls of a program, an hour or a week apart."""
        store = self.opener(tmp_path)()
        self._deleting(store, self.dead_owner())
        store.condemn([LOOSE], AT, AT + 1)
        before = store.condemned(), store.results(), store.shown()
        store.close()

        again = self.opener(tmp_path)()

        assert (again.condemned(), again.results(), again.shown()) == before
        assert again.take_over_deletions(self.live_owner()) == (place_of(OLD),)
        again.close()

    def test_the_end_of_a_deletion_survives_opening_again(self, tmp_path: Path) -> None:
        """A claim may be older than that, too."""
        store = self.opener(tmp_path)()
        self._condemned(store)
        claim = take_claim(store, self.live_owner(), "a" * 32)
        store.begin_deletion([place_of(OLD)], self.live_owner())
        store.end_deletion([place_of(OLD)])
        store.close()

        again = self.opener(tmp_path)()

        with pytest.raises(CollectedError):
            again.commit(make_commit(claim, OLD, NEW.id, materialization=None))
        again.close()

    def test_saying_that_one_is_alive_changes_no_claim(self, store: MetadataStore) -> None:
        """A process says it all the while, with claims and without."""
        owner = self.live_owner()
        store.renew(owner)
        claim = take_claim(store, owner, "a" * 32)

        store.renew(owner)

        assert store.claims() == (claim,)
        store.commit(make_commit(claim, OLD, None))
