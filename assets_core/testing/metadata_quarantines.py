"""What every metadata store promises of rows in quarantine, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from dataclasses import replace

import pytest

from assets_core.errors import CollectedError
from assets_core.model.garbage import Place
from assets_core.model.records import (
    Materialization,
    Quarantined,
    QuarantineRecord,
    StoredData,
)
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_commit,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_suite import StoreSuite

AT = 1_800_000_000.5
BESIDE: Place = ("parquet:data", ".objects/beside")
ASIDE = Quarantined(
    3, (("id", "int64"), ("_check", "string")), StoredData(*BESIDE, 70, "cd" * 32)
)
OLD, NEW = make_result(1, quarantined=ASIDE), make_result(2)


class QuarantinesSuite(StoreSuite):
    """They come, stay and go with the result that they are kept beside."""

    def test_rows_in_quarantine_are_told_with_their_result(
        self, store: MetadataStore
    ) -> None:
        """Where they are, and what is in them."""
        show_result(store, self.live_owner(), OLD)

        assert store.materializations([OLD.id]) == {OLD.id: OLD}
        assert store.history(ORDERS) == (OLD,)

    def test_results_with_rows_in_quarantine_are_told_oldest_first(
        self, store: MetadataStore
    ) -> None:
        """Those of all assets, or of some; what has none is left out."""
        other = make_result(3, CUSTOMERS, quarantined=replace(ASIDE, rows=5))
        for made in (other, OLD):
            show_result(store, self.live_owner(), made)
        show_result(store, self.live_owner(), NEW, OLD)

        assert store.quarantines() == (_record(OLD, 3), _record(other, 5))
        assert store.quarantines([CUSTOMERS.asset]) == (_record(other, 5),)
        assert store.quarantines([]) == ()

    def test_bytes_of_both_are_told_to_garbage_collection(
        self, store: MetadataStore
    ) -> None:
        """What no result tells of would be deleted."""
        show_result(store, self.live_owner(), OLD)

        told = {(one.id, one.place, one.bytes) for one in store.results()}

        assert told == {
            (OLD.id, (OLD.stored.storage, OLD.stored.location), OLD.stored.bytes),
            (OLD.id, BESIDE, 70),
        }

    def test_rows_beside_what_is_shown_are_not_condemned(
        self, store: MetadataStore
    ) -> None:
        """And those beside what is shown no more are."""
        show_result(store, self.live_owner(), OLD)
        assert store.condemn([BESIDE], AT, AT) == 0

        show_result(store, self.live_owner(), NEW, OLD)

        assert store.condemn([BESIDE], OLD.committed_at - 1, AT) == 0
        assert store.condemn([BESIDE], AT, AT) == 1

    def test_showing_a_result_again_takes_its_rows_back(self, store: MetadataStore) -> None:
        """A result is not whole without them."""
        self._aside_condemned(store)

        show_result(store, self.live_owner(), OLD, NEW, materialization=None)

        assert store.condemned() == ()

    def test_a_result_whose_rows_are_being_deleted_cannot_be_shown(
        self, store: MetadataStore
    ) -> None:
        """Its own bytes may all be there."""
        self._aside_condemned(store)
        assert store.begin_deletion([BESIDE], self.live_owner()) == (BESIDE,)
        claim = take_claim(store, self.live_owner(), "a" * 32)

        with pytest.raises(CollectedError) as refused:
            store.commit(make_commit(claim, OLD, NEW.id, materialization=None))

        assert refused.value.where == BESIDE[1]

    def _aside_condemned(self, store: MetadataStore) -> None:
        show_result(store, self.live_owner(), OLD)
        show_result(store, self.live_owner(), NEW, OLD)
        assert store.condemn([BESIDE], AT, AT) == 1


def _record(made: Materialization, rows: int) -> QuarantineRecord:
    return QuarantineRecord(made.id, made.cell, rows, made.run_id, made.committed_at)
