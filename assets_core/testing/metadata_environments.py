"""What every metadata store promises of environments and of what they showed, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assets_core.errors import ClaimLostError, StoreError, UsageError
from assets_core.model.environments import HeadMove
from assets_core.model.keys import Cell
from assets_core.model.records import Head, Materialization, RunRequest
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

BOTH = frozenset({ORDERS.asset, CUSTOMERS.asset})


def move(made: Materialization, before: Materialization | None) -> HeadMove:
    """Return the move of a cell to a result."""
    return HeadMove(made.cell, make_head(before) if before else None, make_head(made))


class EnvironmentsSuite(StoreSuite):
    """Environments are named sets of heads; each move of a head is remembered."""

    def test_there_is_main_before_anything_is_made(self, store: MetadataStore) -> None:
        """A project that was just cloned has it."""
        (main,) = store.environments.all()

        assert (main.name, main.origin, main.dropping) == ("main", "", False)
        assert store.environments.find("main") == main
        assert store.environments.find("dev") is None

    def test_a_new_environment_shows_what_the_other_shows(
        self, store: MetadataStore
    ) -> None:
        """Whatever it is: partitions, and cells that are held."""
        first, held = make_result(1), make_result(2, cell=Cell(CUSTOMERS.asset, "eu"))
        show_result(store, self.live_owner(), first)
        show_result(
            store, self.live_owner(), held, head=make_head(held)._replace(held=True)
        )

        made = store.environments.create("dev", "main")

        assert (made.name, made.origin, made.unpublished) == ("dev", "main", True)
        assert [one.name for one in store.environments.all()] == ["main", "dev"]
        assert store.heads("dev") == store.heads("main")
        assert store.heads_digests("dev") == store.heads_digests("main")
        assert store.environments.sizes() == {"main": 2, "dev": 2}

    def test_one_made_from_nothing_shows_nothing(self, store: MetadataStore) -> None:
        """Whoever wants to see that everything can be made from scratch."""
        show_result(store, self.live_owner(), make_result(1))

        store.environments.create("clean", "")

        assert store.heads("clean") == {}

    def test_an_environment_is_made_once(self, store: MetadataStore) -> None:
        """And from one that is there."""
        store.environments.create("dev", "main")

        with pytest.raises(UsageError, match="already"):
            store.environments.create("dev", "main")
        with pytest.raises(UsageError, match="nope"):
            store.environments.create("other", "nope")
        assert [one.name for one in store.environments.all()] == ["main", "dev"]

    def test_nobody_works_where_there_is_no_environment(self, store: MetadataStore) -> None:
        """A run that had it open when it was dropped leaves no heads behind."""
        with pytest.raises(UsageError, match="dev"):
            store.claim("dev", ORDERS, "a" * 32, self.live_owner())

    def test_work_in_one_moves_nothing_in_another(self, store: MetadataStore) -> None:
        """That is what they are for."""
        old, new = make_result(1), make_result(2)
        show_result(store, self.live_owner(), old)
        store.environments.create("dev", "main")

        show_result(store, self.live_owner(), new, old, env="dev")

        assert store.head("main", ORDERS) == make_head(old)
        assert store.head("dev", ORDERS) == make_head(new)

    def test_promotion_moves_all_heads_and_says_what_to_publish(
        self, store: MetadataStore
    ) -> None:
        """A changed one, and one that the target did not have."""
        old, new, other = make_result(1), make_result(2), make_result(3, cell=CUSTOMERS)
        self._show_in_dev(store, old, new)
        show_result(store, self.live_owner(), other, env="dev")

        notes = store.environments.promote(
            "dev", "main", [move(new, old), move(other, None)]
        )

        assert store.heads("main") == store.heads("dev")
        assert {(note.env, note.cell) for note in notes} == {
            ("main", ORDERS),
            ("main", CUSTOMERS),
        }
        assert store.pending_publications("main") == notes
        assert len({note.id for note in notes}) == len(notes)

    def test_a_cell_that_is_to_show_nothing_loses_its_head(
        self, store: MetadataStore
    ) -> None:
        """As where a call yields a partition no more."""
        made = make_result(1)
        show_result(store, self.live_owner(), made)
        store.environments.create("dev", "")

        store.environments.promote("dev", "main", [HeadMove(ORDERS, make_head(made), None)])

        assert store.heads("main") == {}
        assert store.environments.heads_at("main", time.time() + 60) == {}

    @pytest.mark.parametrize("which", ["source", "target"])
    def test_promotion_of_what_moved_meanwhile_changes_nothing(
        self, store: MetadataStore, which: str
    ) -> None:
        """Not even what did not move: all of it or nothing."""
        old, new, later = make_result(1), make_result(2), make_result(3)
        other = make_result(4, cell=CUSTOMERS)
        self._show_in_dev(store, old, new)
        show_result(store, self.live_owner(), other, env="dev")
        moves = [move(other, None), move(new, old)]
        moved_in, before = ("dev", new) if which == "source" else ("main", old)
        show_result(store, self.live_owner(), later, before, env=moved_in)
        shown = store.heads("main")

        with pytest.raises(StoreError, match="nothing was changed"):
            store.environments.promote("dev", "main", moves)

        assert store.heads("main") == shown
        assert store.pending_publications("main") == ()

    def test_promotion_does_not_take_a_cell_from_a_living_run(
        self, store: MetadataStore
    ) -> None:
        """The run would have worked for nothing."""
        old, new = make_result(1), make_result(2)
        self._show_in_dev(store, old, new)
        take_claim(store, self.live_owner(), "a" * 32)

        with pytest.raises(StoreError, match="computing"):
            store.environments.promote("dev", "main", [move(new, old)])

        assert store.head("main", ORDERS) == make_head(old)

    def test_whoever_is_dead_cannot_commit_after_a_promotion(
        self, store: MetadataStore
    ) -> None:
        """It may have been taken for dead, and go on."""
        old, new, late = make_result(1), make_result(2), make_result(3)
        self._show_in_dev(store, old, new)
        claim = take_claim(store, self.dead_owner(), "a" * 32)

        store.environments.promote("dev", "main", [move(new, old)])

        with pytest.raises(ClaimLostError):
            store.commit(make_commit(claim, late, new.id))
        assert store.head("main", ORDERS) == make_head(new)

    def test_two_environments_have_in_common_what_was_copied_and_promoted(
        self, store: MetadataStore
    ) -> None:
        """From there on each goes its way."""
        old, new, later = make_result(1), make_result(2), make_result(3)
        self._show_in_dev(store, old, new)
        base = store.environments.base

        assert base("dev", "main", BOTH) == {ORDERS: make_head(old)}
        store.environments.promote("dev", "main", [move(new, old)])
        show_result(store, self.live_owner(), later, new, env="dev")

        assert base("dev", "main", BOTH) == base("main", "dev", BOTH)
        assert base("dev", "main", BOTH) == {ORDERS: make_head(new)}
        assert base("dev", "main", []) == base("dev", "other", BOTH) == {}

    def test_one_made_from_another_has_in_common_what_that_one_had(
        self, store: MetadataStore
    ) -> None:
        """Though it never showed it, and though that one is dropped."""
        old, new = make_result(1), make_result(2)
        self._show_in_dev(store, old, new)

        store.environments.create("dev2", "dev")

        base = store.environments.base
        assert base("dev2", "dev", BOTH) == {ORDERS: make_head(new)}
        assert base("dev2", "main", BOTH) == {ORDERS: make_head(old)}
        store.environments.begin_drop("dev")
        store.environments.end_drop("dev")
        assert base("dev2", "main", BOTH) == {ORDERS: make_head(old)}
        shown = store.environments.heads_at("dev2", time.time() + 60)
        assert shown == {ORDERS: make_head(new)}
        assert store.environments.showed("dev2", BOTH) == {ORDERS: frozenset({new.id})}

    def test_what_was_shown_is_remembered(self, store: MetadataStore) -> None:
        """Whoever moved the head, and in whichever environment."""
        old, new = make_result(1), make_result(2)
        times = [time.time()]
        show_result(store, self.live_owner(), old)
        times.append(self._pause())
        store.environments.create("dev", "main")
        show_result(store, self.live_owner(), new, old, env="dev")
        times.append(self._pause())
        store.environments.promote("dev", "main", [move(new, old)])
        times.append(self._pause())

        def at(env: str, when: float) -> Head | None:
            return store.environments.heads_at(env, when).get(ORDERS)

        shown = [at("main", when) for when in times]
        assert shown == [None, make_head(old), make_head(old), make_head(new)]
        assert [at("dev", when) for when in times[1:3]] == [None, make_head(new)]
        assert store.environments.heads_at("main", times[3], [CUSTOMERS.asset]) == {}
        ids = {ORDERS: frozenset({old.id, new.id})}
        assert store.environments.showed("dev", BOTH) == ids

    def test_moves_of_long_ago_are_forgotten(self, store: MetadataStore) -> None:
        """What was shown since then is still known, and what was in common."""
        results = [make_result(number) for number in range(1, 5)]
        before = None
        for made in results:
            show_result(store, self.live_owner(), made, before)
            before = made
        store.environments.create("dev", "main")
        limit = self._pause()
        latest = make_result(9)
        show_result(store, self.live_owner(), latest, before)

        assert store.environments.forget_moves(limit) == len(results) - 1

        (main, _) = store.environments.all()
        assert main.since == limit
        shown = store.environments.heads_at("main", limit)
        assert shown == {ORDERS: make_head(results[-1])}
        assert store.environments.heads_at("main", self._pause()) == store.heads("main")
        assert store.environments.base("dev", "main", BOTH) == shown
        assert store.environments.forget_moves(limit) == 0

    def test_a_dropped_environment_leaves_nothing(self, store: MetadataStore) -> None:
        """Nor does another of its name that is made later know of it."""
        old, new = make_result(1), make_result(2)
        self._show_in_dev(store, old, new, publish=True)
        take_claim(store, self.dead_owner(), "c" * 32, CUSTOMERS, "dev")
        run = RunRequest(())
        store.begin_run("r" * 32, "dev", run, self.dead_owner(), 1.0)

        store.environments.begin_drop("dev")
        found = store.environments.find("dev")
        assert found is not None
        assert found.dropping
        with pytest.raises(UsageError, match="dropped"):
            store.claim("dev", ORDERS, "a" * 32, self.live_owner())
        store.environments.begin_drop("dev")  # by whoever brings it to its end
        store.environments.end_drop("dev")

        assert store.environments.find("dev") is None
        assert store.heads("dev") == {}
        assert (store.claims(), store.runs()) == ((), ())
        assert store.pending_publications("dev") == ()
        assert store.environments.base("dev", "main", BOTH) == {}
        assert store.environments.heads_at("dev", time.time() + 60) == {}
        assert store.heads("main") == {ORDERS: make_head(old)}
        store.environments.create("dev", "")
        assert store.environments.base("dev", "main", BOTH) == {}

    @pytest.mark.parametrize("does", ["computes a cell", "runs"])
    def test_an_environment_in_which_somebody_works_is_not_dropped(
        self, store: MetadataStore, does: str
    ) -> None:
        """The process is named."""
        store.environments.create("dev", "main")
        if does == "runs":
            store.begin_run("r" * 32, "dev", RunRequest(()), self.live_owner(), 1.0)
        else:
            take_claim(store, self.live_owner(), "a" * 32, env="dev")

        with pytest.raises(StoreError, match="works in 'dev'"):
            store.environments.begin_drop("dev")

        assert [one.dropping for one in store.environments.all()] == [False, False]

    def test_runs_are_listed_by_environment(self, store: MetadataStore) -> None:
        """Or all of them."""
        store.environments.create("dev", "main")
        for number, env in enumerate(("main", "dev", "main")):
            run = (f"{number:032x}", env, RunRequest(()), self.live_owner())
            store.begin_run(*run, float(number))

        assert [int(run.id, 16) for run in store.runs(env="main")] == [2, 0]
        assert [int(run.id, 16) for run in store.runs(env="dev")] == [1]
        assert [int(run.id, 16) for run in store.runs()] == [2, 1, 0]
        assert [int(run.id, 16) for run in store.runs(1, "main")] == [2]

    def test_environments_outlive_whoever_made_them(self, tmp_path: Path) -> None:
        """And two that have the store open see the same."""
        store, other = self.opener(tmp_path)(), self.opener(tmp_path)()
        made = store.environments.create("dev", "main")
        other.environments.paths_follow("dev")
        store.close()

        found = other.environments.find("dev")
        assert found is not None
        assert (found.created_at, found.unpublished) == (made.created_at, False)
        other.close()

    def test_paths_that_do_not_follow_yet_are_noted_once(
        self, store: MetadataStore
    ) -> None:
        """Whoever says it second leaves no notes again."""
        show_result(store, self.live_owner(), make_result(1))
        store.environments.create("dev", "main")

        store.environments.paths_follow("dev", [ORDERS])
        store.environments.paths_follow("dev", [ORDERS, CUSTOMERS])

        (note,) = store.pending_publications("dev")
        assert (note.env, note.cell) == ("dev", ORDERS)
        store.published([note])
        assert store.pending_publications("dev") == ()

    def _show_in_dev(
        self,
        store: MetadataStore,
        old: Materialization,
        new: Materialization,
        *,
        publish: bool = False,
    ) -> None:
        """Let `dev` be made from `main`, and show something newer."""
        show_result(store, self.live_owner(), old)
        store.environments.create("dev", "main")
        show_result(store, self.live_owner(), new, old, env="dev", publish=publish)

    @staticmethod
    def _pause() -> float:
        """Return a time that is later than what was done, and earlier than what follows."""
        time.sleep(0.01)
        now = time.time()
        time.sleep(0.01)
        return now
