"""What every metadata store promises of results and heads, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets_core.errors import ClaimLostError, StoreError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization
from assets_core.model.versions import digest
from assets_core.protocols.metadata import MetadataStore, Reusable
from assets_core.testing.examples import (
    CODE,
    CUSTOMERS,
    ORDERS,
    VALIDATION,
    make_commit,
    make_head,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_suite import StoreSuite


class ResultsSuite(StoreSuite):
    """A commit is the moment at which a result becomes real: all of it, or nothing."""

    def test_a_new_store_knows_nothing(self, store: MetadataStore) -> None:
        """Where nothing happened, everything is `never_built`, and nothing raises."""
        assert store.heads("main") == {}
        assert store.head("main", ORDERS) is None
        assert store.reusable([ORDERS]) == {}
        assert store.history(ORDERS) == ()
        assert store.failures("main") == {}
        assert store.pending_publications("main") == ()
        assert store.runs() == ()

    def test_a_commit_shows_the_result(self, store: MetadataStore) -> None:
        """Planning compares digests of the head; explaining reads the whole record."""
        made = make_result(1)

        show_result(store, self.live_owner(), made)

        assert store.heads("main") == {ORDERS: make_head(made)}
        assert store.head("main", ORDERS) == make_head(made)
        assert store.materializations([made.id]) == {made.id: made}

    def test_where_the_bytes_are_is_found_alone(self, store: MetadataStore) -> None:
        """Planning asks this of every head, so it does not read whole records."""
        made = make_result(1)
        show_result(store, self.live_owner(), made)

        assert store.stored([made.id]) == {made.id: made.stored}

    def test_a_commit_brings_the_code_versions(self, store: MetadataStore) -> None:
        """A reason names the helper that changed: the components of then are needed."""
        show_result(store, self.live_owner(), make_result(1))

        found = store.code_versions([CODE.digest, VALIDATION.digest])

        assert found == {CODE.digest: CODE, VALIDATION.digest: VALIDATION}

    def test_unknown_ids_are_left_out(self, store: MetadataStore) -> None:
        """An id may come from a list that is older than the last clean-up."""
        made = make_result(1)
        show_result(store, self.live_owner(), made)

        assert [*store.materializations([made.id, "0" * 32])] == [made.id]
        assert [*store.stored(["0" * 32, made.id])] == [made.id]
        assert store.code_versions(["0" * 32]) == {}

    def test_any_number_of_ids_is_answered_at_once(self, store: MetadataStore) -> None:
        """A plan over thousands of assets asks once, and databases have limits."""
        made = make_result(1)
        show_result(store, self.live_owner(), made)
        unknown = [f"{number:032x}" for number in range(100, 40_000)]

        for place in (0, 498, 499, 500, 999, 1_000, len(unknown)):
            ids = [*unknown[:place], made.id, *unknown[place:]]
            assert [*store.stored(ids)] == [made.id]

    def test_the_same_id_asked_twice_is_answered_once(self, store: MetadataStore) -> None:
        """Two heads may show one result."""
        made = make_result(1)
        show_result(store, self.live_owner(), made)

        assert [*store.materializations([made.id, made.id])] == [made.id]

    def test_a_second_commit_takes_the_place_of_the_first(
        self, store: MetadataStore
    ) -> None:
        """The head moves; the first result stays for reuse and history."""
        first, second = make_result(1), make_result(2)
        show_result(store, self.live_owner(), first)

        show_result(store, self.live_owner(), second, first)

        assert store.heads("main") == {ORDERS: make_head(second)}
        assert [*store.materializations([first.id, second.id])] == [first.id, second.id]

    def test_a_head_can_move_to_a_result_that_is_there(self, store: MetadataStore) -> None:
        """This is what reuse, roll-back and revalidation do: no new result."""
        first, second = make_result(1), make_result(2)
        show_result(store, self.live_owner(), first)
        show_result(store, self.live_owner(), second, first)

        show_result(store, self.live_owner(), first, second, materialization=None)

        assert store.head("main", ORDERS) == make_head(first)
        assert store.history(ORDERS) == (second, first)

    def test_a_held_head_stays_held(self, store: MetadataStore) -> None:
        """A cell that was rolled back on purpose is left out of runs."""
        made = make_result(1)
        held = make_head(made)._replace(held=True)

        show_result(store, self.live_owner(), made, head=held)

        assert store.heads("main") == {ORDERS: held}

    def test_environments_do_not_see_each_other(self, store: MetadataStore) -> None:
        """Work in 'dev' moves the heads of 'dev' only."""
        first, second = make_result(1), make_result(2)
        show_result(store, self.live_owner(), first)

        show_result(store, self.live_owner(), second, env="dev")

        assert store.heads("main") == {ORDERS: make_head(first)}
        assert store.heads("dev") == {ORDERS: make_head(second)}

    def test_cells_do_not_see_each_other(self, store: MetadataStore) -> None:
        """Keys that are alike are still two keys."""
        cells = [Cell(AssetKey(name)) for name in ("a", "A1", "a/b", "a_b", "a-b", "é")]
        for number, cell in enumerate(cells):
            show_result(store, self.live_owner(), make_result(number, cell))

        assert store.heads("main") == {
            cell: make_head(make_result(number, cell)) for number, cell in enumerate(cells)
        }

    def test_what_was_committed_is_there_after_opening_again(self, tmp_path: Path) -> None:
        """The state of a project outlives the process that made it."""
        made = make_result(1)
        store = self.opener(tmp_path)()
        show_result(store, self.live_owner(), made)
        store.close()

        again = self.opener(tmp_path)()

        assert again.heads("main") == {ORDERS: make_head(made)}
        assert again.materializations([made.id]) == {made.id: made}
        again.close()

    def test_two_that_have_it_open_see_the_same(
        self, store: MetadataStore, tmp_path: Path
    ) -> None:
        """A notebook and a command line work on one project at the same time."""
        other = self.opener(tmp_path)()
        made = make_result(1)

        show_result(store, self.live_owner(), made)

        assert other.heads("main") == {ORDERS: make_head(made)}
        other.close()

    def test_a_commit_is_refused_when_the_head_moved(self, store: MetadataStore) -> None:
        """Compare and swap: a decision that rests on an old head changes nothing."""
        first, second, late = (make_result(number) for number in (1, 2, 3))
        show_result(store, self.live_owner(), first)
        show_result(store, self.live_owner(), second, first)

        with pytest.raises(ClaimLostError, match="'orders'"):
            show_result(store, self.live_owner(), late, first)

        self._shows_only(store, second, without=late)

    def test_a_commit_is_refused_when_there_is_a_head_at_last(
        self, store: MetadataStore
    ) -> None:
        """The first result of a cell wins, too, against one that saw none."""
        first, late = make_result(1), make_result(2)
        show_result(store, self.live_owner(), first)

        with pytest.raises(ClaimLostError):
            show_result(store, self.live_owner(), late, None)

        self._shows_only(store, first, without=late)

    def test_a_commit_is_refused_when_the_head_is_gone(self, store: MetadataStore) -> None:
        """What was expected to be shown is not shown."""
        late = make_result(2)

        with pytest.raises(ClaimLostError):
            show_result(store, self.live_owner(), late, make_result(1))

        assert store.heads("main") == {}
        assert store.materializations([late.id]) == {}

    def test_a_refused_commit_leaves_nothing_of_itself(self, store: MetadataStore) -> None:
        """A database error in the middle is no half commit: the same id is a mistake."""
        made = make_result(1)
        show_result(store, self.live_owner(), made)
        claim = take_claim(store, self.live_owner(), "a" * 32)
        wrong = replace(make_result(2), id=made.id)

        with pytest.raises(StoreError):
            store.commit(make_commit(claim, wrong, made.id, publish=True))

        assert store.head("main", ORDERS) == make_head(made)
        assert store.materializations([made.id]) == {made.id: made}
        assert store.pending_publications("main") == ()

    def test_no_two_notes_for_paths_ever_have_the_same_number(
        self, store: MetadataStore
    ) -> None:
        """So nobody who is late strikes off the note of another commit."""
        numbers = []
        before = None
        for number in range(1, 4):
            made = make_result(number)
            claim = take_claim(store, self.live_owner(), f"{number:032x}")
            note = store.commit(make_commit(claim, made, before, publish=True))
            assert note is not None
            numbers.append(note.id)
            store.published([note])
            before = made.id

        assert len(set(numbers)) == len(numbers)

    def test_the_latest_result_of_each_recipe_can_be_reused(
        self, store: MetadataStore
    ) -> None:
        """The same recipe made twice: what is fresher is shown again."""
        recipe = digest("the same")
        old, new = (make_result(number, recipe=recipe) for number in (1, 2))
        other = make_result(3)
        self._show_all(store, old, new, other)

        found = store.reusable([ORDERS])

        passed = frozenset({VALIDATION.digest})
        assert found == {
            (ORDERS, recipe): Reusable(new, passed),
            (ORDERS, other.recipe): Reusable(other, passed),
        }

    def test_only_results_of_the_assets_that_are_asked_for_are_offered(
        self, store: MetadataStore
    ) -> None:
        """A result never stands in for another asset's."""
        show_result(store, self.live_owner(), make_result(1))
        show_result(store, self.live_owner(), make_result(2, CUSTOMERS))

        assert {cell for cell, _ in store.reusable([CUSTOMERS])} == {CUSTOMERS}
        assert store.reusable([]) == {}

    def test_a_result_of_another_environment_can_be_reused(
        self, store: MetadataStore
    ) -> None:
        """Environments cost no computing: what one has made, all can show."""
        made = make_result(1)
        show_result(store, self.live_owner(), made, env="dev")

        assert (ORDERS, made.recipe) in store.reusable([ORDERS])

    def test_every_validation_that_a_result_has_passed_is_known(
        self, store: MetadataStore
    ) -> None:
        """Going back to an earlier schema does not validate the same data once more."""
        made, later = make_result(1), digest("a stricter schema")
        show_result(store, self.live_owner(), made)

        show_result(
            store, self.live_owner(), made, made, materialization=None, validated=later
        )

        reusable = store.reusable([ORDERS])[ORDERS, made.recipe]
        assert reusable.validated == store.passed(made.id) == {VALIDATION.digest, later}

    def _show_all(self, store: MetadataStore, *results: Materialization) -> None:
        before = None
        for made in results:
            show_result(store, self.live_owner(), made, before)
            before = made

    def _shows_only(
        self, store: MetadataStore, made: Materialization, *, without: Materialization
    ) -> None:
        heads: dict[Cell, Head] = {made.cell: make_head(made)}
        assert store.heads("main") == heads
        assert store.materializations([without.id]) == {}
        assert without not in store.history(without.cell)
