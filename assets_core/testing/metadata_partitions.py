"""What every metadata store promises of partitions, as tests: many cells at once."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from assets_core.errors import ClaimLostError, CollectedError, StoreError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    Claim,
    Materialization,
    Owner,
    Publication,
    RunRequest,
    StepError,
    StepRecord,
)
from assets_core.model.versions import InputVersion, digest
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

DAYS = [
    Cell(AssetKey("daily"), f"{date(2023, 12, 15) + timedelta(day)}") for day in range(60)
]
NAMED = [
    Cell(AssetKey("named"), name)
    for name in ("eu", "us", "New York", "é", "😀", "2024-01|eu", "A", "a", "0", "-")
]
HOURS = [
    Cell(AssetKey("hourly"), f"2024-01-{day:02}T{hour:02}:00")
    for day in range(1, 4)
    for hour in range(24)
]


def attempts_for(cells: Sequence[Cell], first: int = 0) -> dict[Cell, str]:
    """Return an attempt for each cell."""
    return {cell: f"{number:032x}" for number, cell in enumerate(cells, first)}


def results_of(cells: Sequence[Cell], first: int = 0) -> list[Materialization]:
    """Return a result for each cell."""
    return [make_result(number, cell) for number, cell in enumerate(cells, first)]


class PartitionsSuite(StoreSuite):
    """Many cells are claimed, committed and noted together, and each stands for itself."""

    def _claim_together(
        self, store: MetadataStore, cells: Sequence[Cell], owner: Owner | None = None
    ) -> tuple[Claim, ...]:
        taken = store.claim_all("main", attempts_for(cells), owner or self.live_owner())
        assert isinstance(taken, tuple)
        return taken

    def _commit_together(
        self,
        store: MetadataStore,
        results: Sequence[Materialization],
        before: Sequence[Materialization | None] = (),
        *,
        publish: bool = False,
    ) -> tuple[Publication | None, ...]:
        claims = self._claim_together(store, [made.cell for made in results])
        shown = before or [None] * len(results)
        return store.commit_all(
            [
                make_commit(claim, made, old.id if old else None, publish=publish)
                for claim, made, old in zip(claims, results, shown, strict=True)
            ]
        )

    # Claims.

    def test_several_cells_are_claimed_at_once(self, store: MetadataStore) -> None:
        """In the order in which they were asked for, each with a fence of its own."""
        claims = self._claim_together(store, NAMED)

        assert [claim.cell for claim in claims] == NAMED
        assert [claim.attempt for claim in claims] == [*attempts_for(NAMED).values()]
        assert len({claim.fence for claim in claims}) == len(NAMED)
        assert set(store.claims()) == set(claims)

    def test_all_cells_are_claimed_or_none(self, store: MetadataStore) -> None:
        """Two runs that each had half of a batch would wait for each other for ever."""
        other = self.live_owner()
        held = take_claim(store, other, "f" * 32, NAMED[-1])

        found = store.claim_all("main", attempts_for(NAMED), self.live_owner())

        assert found == other
        assert store.claims() == (held,)

    def test_no_cell_is_claimed_at_once_as_well(self, store: MetadataStore) -> None:
        """A batch of nothing is nothing."""
        assert store.claim_all("main", {}, self.live_owner()) == ()
        assert store.commit_all([]) == ()
        store.release_all([])

        assert store.claims() == ()

    def test_a_dead_process_keeps_no_cell_of_a_batch(self, store: MetadataStore) -> None:
        """Whatever it had of it, its claims end as those of single cells do."""
        lost = self._claim_together(store, NAMED[:3], self.dead_owner())

        claims = self._claim_together(store, NAMED)

        assert set(store.claims()) == set(claims)
        assert min(claim.fence for claim in claims) > max(claim.fence for claim in lost)

    def test_partitions_of_one_asset_are_claimed_apart(self, store: MetadataStore) -> None:
        """Another partition, another environment, and the asset as a whole are free."""
        owner, cell = self.live_owner(), NAMED[0]
        take_claim(store, owner, "a" * 32, cell)

        take_claim(store, owner, "b" * 32, NAMED[1])
        take_claim(store, owner, "c" * 32, Cell(cell.asset))
        take_claim(store, owner, "d" * 32, cell, "dev")

        assert store.claim("main", cell, "e" * 32, owner) == owner
        assert {claim.attempt[0] for claim in store.claims()} == {"a", "b", "c", "d"}

    def test_several_claims_are_given_back_at_once(self, store: MetadataStore) -> None:
        """Those that were lost meanwhile stay with whoever has them now."""
        dead = self._claim_together(store, NAMED, self.dead_owner())
        taken = take_claim(store, self.live_owner(), "f" * 32, NAMED[3])

        store.release_all(dead)
        store.release_all(dead)

        assert store.claims() == (taken,)

    # Heads.

    @pytest.mark.parametrize("cells", [DAYS, HOURS, NAMED], ids=["days", "hours", "names"])
    def test_every_partition_has_a_head_of_its_own(
        self, store: MetadataStore, cells: list[Cell]
    ) -> None:
        """However a store keeps them together, each is found by itself and with all."""
        results = results_of(cells)

        self._commit_together(store, results)

        assert store.heads("main") == {made.cell: make_head(made) for made in results}
        for made in results:
            assert store.head("main", made.cell) == make_head(made)
        assert store.head("main", Cell(cells[0].asset)) is None
        assert store.head("main", Cell(cells[0].asset, "2024-01-01T99:00")) is None
        assert store.head("dev", cells[0]) is None

    @pytest.mark.parametrize("cells", [DAYS, HOURS, NAMED], ids=["days", "hours", "names"])
    def test_moving_one_head_leaves_the_others(
        self, store: MetadataStore, cells: list[Cell]
    ) -> None:
        """A store that writes many together writes those that did not move as they were."""
        results = results_of(cells)
        self._commit_together(store, results)
        expected = {made.cell: make_head(made) for made in results}

        for number in (0, len(cells) // 2, len(cells) - 1):
            later = make_result(10_000 + number, cells[number])
            show_result(store, self.live_owner(), later, results[number])
            expected[later.cell] = make_head(later)

            assert store.heads("main") == expected

    def test_a_head_says_what_time_it_stands_for(self, store: MetadataStore) -> None:
        """Under the same key another zone means another day; and none is not midnight."""
        windows = [None, (0, 86400), (-86400, 0), (-(2**40), 2**40)]
        for number, (cell, window) in enumerate(zip(NAMED, windows, strict=False)):
            made = make_result(number, cell)
            head = make_head(made)._replace(window=window, rows=2**40, held=bool(number))
            show_result(store, self.live_owner(), made, head=head)

            assert store.head("main", cell) == head
            assert store.heads("main")[cell] == head

    def test_heads_of_some_assets_can_be_asked_for(self, store: MetadataStore) -> None:
        """A step that reads one asset does not read the heads of a thousand."""
        cells = [*NAMED[:2], *DAYS[:2], ORDERS]
        self._commit_together(store, results_of(cells))
        keys = [cell.asset for cell in (NAMED[0], ORDERS)]

        assert set(store.heads("main", keys)) == {*NAMED[:2], ORDERS}
        assert set(store.heads("main", {AssetKey("daily")})) == set(DAYS[:2])
        assert store.heads("main", []) == store.heads("dev", keys) == {}
        assert set(store.heads("main")) == set(cells)

    def test_heads_of_cells_are_those_and_no_others(self, store: MetadataStore) -> None:
        """However many there are, in whatever order, and of whatever assets."""
        cells = [*NAMED, ORDERS, *DAYS]
        self._commit_together(store, results_of(cells[::2]))
        every = store.heads("main")
        assert store.heads_of("main", cells) == every
        assert store.heads_of("main", cells[:3]) == {
            cell: every[cell] for cell in cells[:3] if cell in every
        }
        assert store.heads_of("main", []) == store.heads_of("dev", cells) == {}

    # Commits.

    def test_several_results_are_committed_at_once(self, store: MetadataStore) -> None:
        """Each has its head, its record, its note; and their claims are given back."""
        results = results_of([*DAYS[:3], *NAMED[:2], ORDERS])

        notes = self._commit_together(store, results, publish=True)

        assert [note and note.cell for note in notes] == [made.cell for made in results]
        assert store.pending_publications("main") == notes
        found = store.materializations(made.id for made in results)
        assert found == {made.id: made for made in results}
        assert store.claims() == ()

    def test_a_batch_in_which_one_claim_is_lost_commits_nothing(
        self, store: MetadataStore
    ) -> None:
        """Nor does it give the other claims back, with which it may be tried again."""
        results = results_of(NAMED)
        claims = self._claim_together(store, NAMED)
        store.release(claims[-1])
        before = set(store.claims())

        with pytest.raises(ClaimLostError, match="named"):
            store.commit_all(
                [
                    make_commit(claim, made, None, publish=True)
                    for claim, made in zip(claims, results, strict=True)
                ]
            )

        self._nothing_came_of(store, results)
        assert set(store.claims()) == before

    @pytest.mark.parametrize("cells", [DAYS[:20], NAMED], ids=["one month", "names"])
    def test_a_batch_in_which_one_head_moved_commits_nothing(
        self, store: MetadataStore, cells: list[Cell]
    ) -> None:
        """Compare and swap holds for all of them together."""
        first = make_result(100, cells[-1])
        show_result(store, self.live_owner(), first)
        results = results_of(cells)

        with pytest.raises(ClaimLostError):
            self._commit_together(store, results, publish=True)

        assert store.heads("main") == {first.cell: make_head(first)}
        assert store.materializations(made.id for made in results) == {}
        assert store.pending_publications("main") == ()

    def test_a_batch_in_which_one_result_cannot_be_kept_commits_nothing(
        self, store: MetadataStore
    ) -> None:
        """A database error in the middle is no half batch: an id that is there is one."""
        first = make_result(100, ORDERS)
        show_result(store, self.live_owner(), first)
        results = results_of(NAMED)

        with pytest.raises(StoreError):
            self._commit_together(
                store, [*results[:-1], replace(results[-1], id=first.id)], publish=True
            )

        assert store.heads("main") == {ORDERS: make_head(first)}
        assert store.materializations(made.id for made in results) == {}
        assert store.pending_publications("main") == ()

    def test_a_batch_in_which_bytes_are_being_deleted_commits_nothing(
        self, store: MetadataStore
    ) -> None:
        """The step is tried again as a whole once they are gone."""
        results = results_of(NAMED)
        claims = self._claim_together(store, NAMED)
        gone = (results[4].stored.storage, results[4].stored.location)
        at = 2_000_000_000.0
        store.condemn([gone], at, at)
        assert store.begin_deletion([gone], self.live_owner()) == (gone,)

        with pytest.raises(CollectedError):
            store.commit_all(
                [
                    make_commit(claim, made, None, publish=True)
                    for claim, made in zip(claims, results, strict=True)
                ]
            )

        self._nothing_came_of(store, results)

    def _nothing_came_of(
        self, store: MetadataStore, results: Sequence[Materialization]
    ) -> None:
        assert store.heads("main") == {}
        assert store.materializations(made.id for made in results) == {}
        assert store.pending_publications("main") == ()

    # Results.

    def test_partitions_have_histories_of_their_own(self, store: MetadataStore) -> None:
        """`assets show` of one day tells of that day."""
        first, second = results_of(NAMED[:2]), results_of(NAMED[:2], 10)
        self._commit_together(store, first)
        self._commit_together(store, second, first)

        assert store.history(NAMED[0]) == (second[0], first[0])
        assert store.history(Cell(NAMED[0].asset)) == ()

    @pytest.mark.parametrize("count", [1, 49, 50, 51, 60])
    def test_only_results_of_the_cells_that_are_asked_for_are_offered(
        self, store: MetadataStore, count: int
    ) -> None:
        """A result of one day never stands in for another; few or many are asked for."""
        older, newer = (
            results_of(DAYS),
            [
                make_result(number, cell, recipe=make_result(number - 100).recipe)
                for number, cell in enumerate(DAYS, 100)
            ],
        )
        self._commit_together(store, older)
        self._commit_together(store, newer, older)

        found = store.reusable([*DAYS[:count], NAMED[0]])

        assert {made.materialization.id for made in found.values()} == {
            made.id for made in newer[:count]
        }
        assert {key for key, _ in found} == set(DAYS[:count])
        assert store.reusable([Cell(DAYS[0].asset)]) == {}

    def test_a_result_says_which_partitions_it_was_made_from(
        self, store: MetadataStore
    ) -> None:
        """One input may be a month of days, or none of them."""
        parts = tuple((cell.partition or "", digest(str(cell))) for cell in DAYS)
        inputs = (
            InputVersion("days", Cell(DAYS[0].asset), "pandas", digest("1"), None, parts),
            InputVersion("none", Cell(DAYS[0].asset), "arrow", digest("2"), ("n",), ()),
            InputVersion("day", DAYS[0], "arrow", digest("3"), None, None),
        )
        made = make_result(1, NAMED[0], inputs=inputs)

        show_result(store, self.live_owner(), made)

        assert store.materializations([made.id])[made.id].inputs == inputs

    # What happened.

    def test_the_ends_of_several_steps_are_noted_at_once(
        self, store: MetadataStore
    ) -> None:
        """With the failures of those that failed, and of no others."""
        owner, error = self.live_owner(), StepError("ValueError", "no such day")
        store.begin_run(
            "1" * 32, "main", RunRequest(("daily",), partitions="all"), owner, 1.0
        )
        store.record_step("1" * 32, "main", StepRecord(DAYS[1], "failed", error=error), 1.5)
        steps = [
            StepRecord(DAYS[0], "failed", error=error),
            StepRecord(DAYS[1], "skipped"),
            StepRecord(DAYS[2], "blocked", error=StepError("Blocked", "'x' failed")),
            StepRecord(CUSTOMERS, "computed", rows=3),
        ]

        store.record_steps("1" * 32, "main", steps, 2.0)
        store.record_steps("1" * 32, "main", [], 3.0)

        found = store.run("1" * 32)
        assert found is not None
        assert found.request.partitions == "all"
        assert {step.cell: step for step in found.steps} == {
            step.cell: step for step in steps
        }
        assert store.failures("main") == {DAYS[0]: ("1" * 32, error)}

    def test_a_commit_of_many_clears_their_failures(self, store: MetadataStore) -> None:
        """And those of no other partition."""
        error = StepError("ValueError", "no such day")
        store.begin_run("1" * 32, "main", RunRequest(("daily",)), self.live_owner(), 1.0)
        steps = [StepRecord(cell, "failed", error=error) for cell in DAYS[:3]]
        store.record_steps("1" * 32, "main", steps, 2.0)

        self._commit_together(store, results_of(DAYS[:2]))

        assert [*store.failures("main")] == [DAYS[2]]
