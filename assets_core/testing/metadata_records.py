"""What every metadata store promises of runs, failures, checks and sources, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from dataclasses import replace

from assets_core.model.keys import AssetKey
from assets_core.model.records import (
    Backfill,
    FileIdentity,
    Observation,
    RunRecord,
    RunRequest,
    StepError,
    StepRecord,
    StepStatus,
)
from assets_core.model.versions import digest
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_check,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_suite import StoreSuite

REQUEST = RunRequest(
    ("+orders", "tag:daily"), force=True, upstream=False, reason="why", by="ada"
)
ERROR = StepError("ValueError", "ValueError: no such column\n  Fix: 'ü'")
AT = 1_700_000_000.5


def run_id(number: int) -> str:
    """Return the id of a run; later ones sort after earlier ones."""
    return f"{number:032x}"


def make_step(status: StepStatus) -> StepRecord:
    """Return how a step ended, with something in every field."""
    return StepRecord(
        cell=ORDERS,
        status=status,
        rows=7,
        bytes=2**40,
        data_version=digest("data"),
        seconds=0.25,
        error=ERROR if status == "failed" else None,
        reasons=("it was never built",),
        materialization="d" * 32,
        checks=(make_check("no_gaps"), make_check("positive", passed=False)),
    )


class RecordsSuite(StoreSuite):
    """What happened is remembered as it happened."""

    def _begin(self, store: MetadataStore, number: int = 1, env: str = "main") -> str:
        store.begin_run(run_id(number), env, REQUEST, self.live_owner(), AT + number)
        return run_id(number)

    def test_a_run_that_goes_on_is_running(self, store: MetadataStore) -> None:
        """`assets runs` in a second window shows what the first one does."""
        id_ = self._begin(store)

        assert store.run(id_) == RunRecord(
            id_, "main", "running", AT + 1, None, REQUEST, self.live_owner()
        )

    def test_a_run_that_ended_says_how(self, store: MetadataStore) -> None:
        """With its counts, so that the list of runs needs no steps."""
        id_ = self._begin(store)

        store.end_run(id_, "success", {"computed": 2, "fresh": 1}, AT + 9)

        (found,) = store.runs()
        assert (found.status, found.ended_at) == ("success", AT + 9)
        assert found.counts == {"computed": 2, "fresh": 1}

    def test_a_run_whose_process_died_has_failed(self, store: MetadataStore) -> None:
        """Nobody was left to write it down; it must not look as if it went on for ever."""
        store.begin_run(run_id(1), "main", REQUEST, self.dead_owner(), AT)

        found = store.run(run_id(1))

        assert found is not None
        assert found.status == store.runs()[0].status == "failed"

    def test_a_run_that_ended_before_its_process_stays_as_it_was(
        self, store: MetadataStore
    ) -> None:
        """A death after the end is no failure."""
        store.begin_run(run_id(1), "main", REQUEST, self.dead_owner(), AT)
        store.end_run(run_id(1), "success", {}, AT + 1)

        assert store.runs()[0].status == "success"

    def test_the_steps_of_a_run_are_found_with_it(self, store: MetadataStore) -> None:
        """Everything that `assets runs RUN` shows: rows, error, reasons, checks."""
        id_ = self._begin(store)
        steps = (make_step("failed"), StepRecord(CUSTOMERS, "canceled"))

        for number, step in enumerate(steps):
            store.record_step(id_, "main", step, AT + number)

        found = store.run(id_)
        assert found is not None
        assert found.steps == steps
        assert store.runs()[0].steps == ()

    def test_runs_are_listed_newest_first(self, store: MetadataStore) -> None:
        """And no more than were asked for."""
        for number in (2, 1, 3):
            self._begin(store, number)

        assert [run.id for run in store.runs()] == [run_id(3), run_id(2), run_id(1)]
        assert [run.id for run in store.runs(limit=2)] == [run_id(3), run_id(2)]

    def test_an_unknown_run_is_none(self, store: MetadataStore) -> None:
        """Whoever asks says what a run is called that does not exist."""
        assert store.run(run_id(1)) is None

    def test_old_runs_can_be_forgotten(self, store: MetadataStore) -> None:
        """A project that runs each minute keeps its store small; results stay."""
        made = make_result(1)
        show_result(store, self.live_owner(), made)
        for number in (1, 2, 3):
            store.record_step(self._begin(store, number), "main", make_step("skipped"), AT)

        gone = store.forget_runs(keep=1)

        assert set(gone) == {run_id(1), run_id(2)}
        assert [run.id for run in store.runs()] == [run_id(3)]
        assert store.run(run_id(1)) is None
        assert store.history(ORDERS) == (made,)

    def _backfill(self, store: MetadataStore, number: int, backfill: str) -> str:
        request = replace(REQUEST, backfill=Backfill(backfill, "all", cells=9))
        store.begin_run(run_id(number), "main", request, self.live_owner(), AT + number)
        return run_id(number)

    def test_the_runs_of_backfills_are_found_among_all(self, store: MetadataStore) -> None:
        """Newest first: those of one, or of all."""
        first, other = run_id(1), run_id(3)
        for number, backfill in ((1, first), (3, other), (4, first)):
            self._backfill(store, number, backfill)
        for number in (2, 5):
            self._begin(store, number)

        found = store.backfill_runs()

        assert [run.id for run in found] == [run_id(4), run_id(3), run_id(1)]
        assert [run.id for run in store.backfill_runs(first)] == [run_id(4), run_id(1)]
        assert found[0].request.backfill == Backfill(first, "all", cells=9)
        assert store.backfill_runs("nobody") == ()

    def test_a_backfill_is_not_forgotten_because_of_other_runs(
        self, store: MetadataStore
    ) -> None:
        """As many runs of backfills are kept as of all others."""
        for number in (1, 2, 3):
            self._backfill(store, number, run_id(number))
        for number in (4, 5, 6):
            self._begin(store, number)

        gone = store.forget_runs(keep=2)

        assert set(gone) == {run_id(1), run_id(4)}
        assert [run.id for run in store.backfill_runs()] == [run_id(3), run_id(2)]

    def test_a_failed_step_is_the_last_thing_known_of_its_cell(
        self, store: MetadataStore
    ) -> None:
        """The list of assets shows 'failed' until something better is known."""
        store.record_step(self._begin(store), "main", make_step("failed"), AT)

        assert store.failures("main") == {ORDERS: (run_id(1), ERROR)}
        assert store.failures("dev") == {}

    def test_a_second_failure_takes_the_place_of_the_first(
        self, store: MetadataStore
    ) -> None:
        """What has to be mended is what went wrong last."""
        other = StepError("KeyError", "'id'")
        store.record_step(self._begin(store, 1), "main", make_step("failed"), AT)

        step = replace(make_step("failed"), error=other)
        store.record_step(self._begin(store, 2), "main", step, AT)

        assert store.failures("main") == {ORDERS: (run_id(2), other)}

    def test_a_commit_clears_the_failure(self, store: MetadataStore) -> None:
        """In its own transaction, so that a cell is never shown failed and fresh."""
        store.record_step(self._begin(store), "main", make_step("failed"), AT)

        show_result(store, self.live_owner(), make_result(1))

        assert store.failures("main") == {}

    def test_a_commit_elsewhere_clears_nothing(self, store: MetadataStore) -> None:
        """Another cell, another environment: what failed there has still failed."""
        store.record_step(self._begin(store), "main", make_step("failed"), AT)

        show_result(store, self.live_owner(), make_result(1, CUSTOMERS))
        show_result(store, self.live_owner(), make_result(2), env="dev")

        assert [*store.failures("main")] == [ORDERS]

    def test_a_skipped_step_clears_the_failure(self, store: MetadataStore) -> None:
        """It was looked at under a claim, and nothing is wrong with it any more."""
        store.record_step(self._begin(store), "main", make_step("failed"), AT)

        store.record_step(self._begin(store, 2), "main", make_step("skipped"), AT)

        assert store.failures("main") == {}

    def test_a_step_that_was_not_tried_clears_nothing(self, store: MetadataStore) -> None:
        """Blocked or canceled says nothing about the asset itself."""
        store.record_step(self._begin(store), "main", make_step("failed"), AT)

        store.record_step(self._begin(store, 2), "main", make_step("blocked"), AT)
        store.record_step(self._begin(store, 3), "main", make_step("canceled"), AT)

        assert [*store.failures("main")] == [ORDERS]

    def test_a_message_may_hold_any_character(self, store: MetadataStore) -> None:
        """Messages quote names of files, which are bytes: half characters, even NUL."""
        step = replace(
            make_step("failed"), error=StepError("E", "no \udcff, no \x00 ü 漢 😀")
        )

        store.record_step(self._begin(store), "main", step, AT)

        _, error = store.failures("main")[ORDERS]
        assert error.message.startswith("no ")
        assert error.message.endswith("ü 漢 😀")

    def test_history_is_told_newest_first(self, store: MetadataStore) -> None:
        """Of one cell, and no more of it than was asked for."""
        results = [make_result(number) for number in range(1, 6)]
        before = None
        for made in results:
            show_result(store, self.live_owner(), made, before)
            before = made
        show_result(store, self.live_owner(), make_result(9, CUSTOMERS))

        assert store.history(ORDERS) == tuple(reversed(results))
        assert store.history(ORDERS, limit=2) == (results[4], results[3])

    def test_histories_are_asked_for_many_assets_at_once(
        self, store: MetadataStore
    ) -> None:
        """Of each so many, newest first; what was never made is left out."""
        results = [make_result(number) for number in range(1, 4)]
        for before, made in zip([None, *results], results, strict=False):
            show_result(store, self.live_owner(), made, before)
        other = make_result(9, CUSTOMERS)
        show_result(store, self.live_owner(), other)
        keys = [ORDERS.asset, CUSTOMERS.asset, AssetKey("never")]

        assert store.histories(keys, limit=2) == {
            ORDERS.asset: (results[2], results[1]),
            CUSTOMERS.asset: (other,),
        }

    def test_checks_are_asked_for_many_results_at_once(self, store: MetadataStore) -> None:
        """By result; one that had no checks is left out."""
        made, other = make_result(1), make_result(9, CUSTOMERS)
        check = make_check("a_gap", passed=False)
        show_result(store, self.live_owner(), made, checks=(check,))
        show_result(store, self.live_owner(), other)

        assert store.checks_of([made.id, other.id]) == {made.id: [check]}

    def test_what_checks_found_is_kept_with_the_result(self, store: MetadataStore) -> None:
        """By name, with the rows that broke them."""
        made = make_result(1)
        checks = (make_check("a_gap", passed=False), make_check("b_positive"))

        show_result(store, self.live_owner(), made, checks=checks)

        assert store.checks(made.id) == checks
        assert store.checks("0" * 32) == ()

    def test_checking_again_replaces_what_was_found(self, store: MetadataStore) -> None:
        """`assets check` tells how the stored data is now; other checks stay."""
        made = make_result(1)
        first = (make_check("gaps", passed=False), make_check("positive"))
        show_result(store, self.live_owner(), made, checks=first)

        store.record_checks(made.id, run_id(2), [make_check("gaps")], AT)

        assert store.checks(made.id) == (make_check("gaps"), make_check("positive"))

    def test_what_was_seen_of_a_source_is_kept(self, store: MetadataStore) -> None:
        """A large file is not read again as long as it is in the same state."""
        identity = FileIdentity(2**41, 2**62, 2**62 + 1, 2**63 - 1, 2**40)
        seen = Observation(AssetKey("rates"), "data/rates ü.csv", identity, digest("1"))

        store.observe([seen])

        assert store.observations() == {AssetKey("rates"): seen}

    def test_only_the_last_look_at_a_source_is_kept(self, store: MetadataStore) -> None:
        """And looking at nothing changes nothing."""
        key, identity = AssetKey("rates"), FileIdentity(1, 2, 3, 4, 5)
        store.observe([Observation(key, "a.csv", identity, digest("1"))])
        last = Observation(key, "b.csv", replace(identity, size=9), digest("2"))

        store.observe([last])
        store.observe([])

        assert store.observations() == {key: last}

    def test_a_healthy_store_has_no_problems(self, store: MetadataStore) -> None:
        """`assets doctor` says nothing where nothing is wrong."""
        show_result(store, self.live_owner(), make_result(1), publish=True)
        take_claim(store, self.live_owner(), "a" * 32)

        assert store.problems() == ()
