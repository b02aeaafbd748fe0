"""What every metadata store promises to many threads and processes at once, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from assets_core.model.keys import AssetKey, Cell
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.crowd import (
    commit_own_cells,
    compete,
    in_processes,
    in_threads,
    take_turns,
    with_store,
)
from assets_core.testing.examples import ORDERS, make_result, show_result
from assets_core.testing.metadata_suite import StoreSuite

THREADS, PROCESSES, CELLS = 8, 8, 25


class CrowdsSuite(StoreSuite):
    """Nobody is told 'locked', nothing is lost, and one cell has one winner."""

    def test_many_threads_commit_their_cells(self, store: MetadataStore) -> None:
        """An executor with many jobs has one store."""
        work = partial(commit_own_cells, self.live_owner(), CELLS, store)

        cells = [cell for many in in_threads(THREADS, work) for cell in many]

        assert len(cells) == THREADS * CELLS
        assert store.heads("main").keys() == set(cells)
        assert store.pending_publications("main") == ()

    def test_one_of_many_threads_is_the_first(self, store: MetadataStore) -> None:
        """Each of them computed the cell from the same state; one result is shown."""
        won = in_threads(THREADS, partial(compete, self.live_owner(), store))

        assert won.count(True) == 1
        assert store.history(ORDERS) == (make_result(won.index(True)),)

    def test_a_claim_is_held_by_one_thread_at_a_time(self, store: MetadataStore) -> None:
        """However many ask, and however often."""
        in_threads(THREADS, partial(take_turns, self.live_owner(), 5, store))

        assert len(store.history(ORDERS, limit=1_000)) == THREADS * 5
        assert store.claims() == ()

    def test_many_processes_commit_their_cells(self, tmp_path: Path) -> None:
        """They all open a store that is not there yet, at the same moment."""
        opener = self.opener(tmp_path)
        work = partial(commit_own_cells, self.live_owner(), CELLS)

        found = in_processes(PROCESSES, partial(with_store, opener, work))

        store = opener()
        cells = {cell for many in found for cell in many}
        assert len(cells) == PROCESSES * CELLS
        heads = store.heads("main")
        assert heads.keys() == cells
        assert store.stored(head.materialization for head in heads.values()).keys() == {
            head.materialization for head in heads.values()
        }
        assert store.problems() == ()
        store.close()

    def test_one_of_many_processes_is_the_first(self, tmp_path: Path) -> None:
        """Two people press the button at once: the cell has one new result, not two."""
        opener = self.opener(tmp_path)
        work = partial(compete, self.live_owner())

        won = in_processes(PROCESSES, partial(with_store, opener, work))

        store = opener()
        assert won.count(True) == 1
        assert store.history(ORDERS) == (make_result(won.index(True)),)
        assert store.claims() == ()
        store.close()

    def test_many_processes_commit_one_cell_in_turn(self, tmp_path: Path) -> None:
        """Whoever waits for the claim and looks again loses nothing and breaks nothing."""
        opener = self.opener(tmp_path)
        work = partial(take_turns, self.live_owner(), 10)

        in_processes(PROCESSES, partial(with_store, opener, work))

        store = opener()
        assert len(store.history(ORDERS, limit=1_000)) == PROCESSES * 10
        assert store.claims() == ()
        store.close()

    def test_a_head_that_can_be_seen_has_its_result(
        self, store: MetadataStore, tmp_path: Path
    ) -> None:
        """A reader never sees half a commit, while another writes as fast as it can."""
        other, ended = self.opener(tmp_path)(), threading.Event()

        def write(_: int) -> None:
            try:
                for number in range(CELLS):
                    cell = Cell(AssetKey(f"asset_{number}"))
                    show_result(store, self.live_owner(), make_result(number, cell))
            finally:
                ended.set()

        def read(_: int) -> int:
            seen = 0
            while not ended.is_set():
                shown = {head.materialization for head in other.heads("main").values()}
                assert other.materializations(shown).keys() == shown
                seen = max(seen, len(shown))
            return seen

        in_threads(2, lambda number: write(number) if number else read(number))

        assert len(other.heads("main")) == CELLS
        other.close()
