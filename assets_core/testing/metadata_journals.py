"""What every metadata store promises of journals and pins, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from assets_core.errors import UsageError
from assets_core.protocols.keeping import Line, Pin, Rebuilt, Written
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.examples import (
    CUSTOMERS,
    ORDERS,
    make_check,
    make_head,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_suite import StoreSuite

OLD, NEW, OTHER = make_result(1), make_result(2), make_result(3, CUSTOMERS)
MANY = 1000


def _written(lines: Iterable[Line], epoch: int = 1) -> list[Written]:
    return [
        Written(epoch, f"line {number}", f"{line.text}\n".encode())
        for number, line in enumerate(lines, 1)
    ]


class JournalsSuite(StoreSuite):
    """What changes is due until it is written, and a store is built again from it."""

    def _fill(self, store: MetadataStore) -> None:
        owner = self.live_owner()
        show_result(store, owner, OLD)
        show_result(store, owner, NEW, OLD)
        show_result(store, owner, OTHER, head=make_head(OTHER)._replace(held=True))
        store.record_checks(NEW.id, NEW.run_id, [make_check("later")], 5.0)
        store.add_dynamic_keys("customers", ["zoe", "adam"])
        store.delete_dynamic_keys("customers", ["zoe"])
        claim = take_claim(store, owner, "c" * 32)
        store.keeping.pin(Pin("paper", ORDERS, OLD.id, 7.0), claim)
        store.release(claim)

    def _open(self, folder: Path) -> MetadataStore:
        folder.mkdir()
        return self.opener(folder)()

    def _same(self, one: MetadataStore, other: MetadataStore) -> None:
        cells = [ORDERS, CUSTOMERS]
        assert one.heads("main") == other.heads("main")
        assert [one.history(cell) for cell in cells] == [
            other.history(cell) for cell in cells
        ]
        assert one.reusable(cells) == other.reusable(cells)
        assert one.checks(NEW.id) == other.checks(NEW.id)
        assert one.keeping.pins() == other.keeping.pins()
        assert one.dynamic_keys(["customers"]) == other.dynamic_keys(["customers"])
        digests = [OLD.code, OLD.validation]
        assert one.code_versions(digests) == other.code_versions(digests)

    def test_a_store_is_built_again_from_all_that_was_written(
        self, store: MetadataStore, tmp_path: Path
    ) -> None:
        """Line after line, as changes come."""
        lines = list(store.keeping.everything())
        store.keeping.written(store.keeping.due(MANY))
        self._fill(store)
        lines += store.keeping.lines(store.keeping.due(MANY))
        other = self._open(tmp_path / "other")
        try:
            assert other.keeping.rebuild(_written(lines), dry_run=False) == Rebuilt(
                3, 2, ()
            )
            self._same(other, store)
        finally:
            other.close()

    def test_a_store_is_built_again_from_everything(
        self, store: MetadataStore, tmp_path: Path
    ) -> None:
        """As when a journal is written anew; and it goes on from there."""
        self._fill(store)
        other = self._open(tmp_path / "other")
        try:
            lines = _written(store.keeping.everything())
            other.keeping.rebuild(lines[::-1], dry_run=False)
            self._same(other, store)
            show_result(other, self.live_owner(), make_result(4), NEW)
        finally:
            other.close()

    def test_the_storages_are_those_that_lines_are_about(
        self, store: MetadataStore
    ) -> None:
        """A journal is written where data lies, and it is asked for before the lines."""
        assert store.keeping.storages() == frozenset()
        self._fill(store)
        told = {line.storage for line in store.keeping.everything() if line.storage}
        assert store.keeping.storages() == told

    def test_what_was_written_is_no_longer_due(self, store: MetadataStore) -> None:
        """And what was not stays so."""
        self._fill(store)
        first, *rest = store.keeping.due(MANY)

        store.keeping.written([first])

        assert list(store.keeping.due(MANY)) == rest
        numbers = [one.number for one in (first, *rest)]
        assert numbers == sorted(set(numbers))

    def test_what_could_not_be_written_is_said_again(self, store: MetadataStore) -> None:
        """All of it, the versions of code as well; once written they are not repeated."""
        self._fill(store)
        dues = store.keeping.due(MANY)

        lost = [one.text for one in store.keeping.lines(dues)]
        again = [one.text for one in store.keeping.lines(dues)]
        store.keeping.written(dues)
        later = [one.text for one in store.keeping.lines(dues)]

        assert again == lost
        assert any('["code"' in text for text in lost)
        assert not any('["code"' in text for text in later)

    def test_a_store_with_results_is_not_built_again(self, store: MetadataStore) -> None:
        """It is not lost."""
        self._fill(store)
        before = store.heads("main")

        with pytest.raises(UsageError):
            store.keeping.rebuild((), dry_run=False)

        assert store.heads("main") == before

    def test_a_later_store_counts_more(self, store: MetadataStore, tmp_path: Path) -> None:
        """Whatever its numbers are."""
        show_result(store, self.live_owner(), OLD)
        show_result(store, self.live_owner(), NEW, OLD)
        newest = _written(store.keeping.everything(), epoch=1)
        later = self._open(tmp_path / "later")
        again = self._open(tmp_path / "again")
        try:
            show_result(later, self.live_owner(), OLD)
            lines = [*_written(later.keeping.everything(), epoch=2), *newest]
            again.keeping.rebuild(lines, dry_run=False)
            assert again.heads("main") == later.heads("main")
        finally:
            later.close()
            again.close()

    def test_a_store_has_one_name_for_its_journals(self, store: MetadataStore) -> None:
        """The first that is chosen."""
        assert store.keeping.journal_name(lambda: "one") == "one"
        assert store.keeping.journal_name(lambda: "two") == "one"

    def test_a_pin_is_there_until_it_is_released(self, store: MetadataStore) -> None:
        """One name means one result."""
        show_result(store, self.live_owner(), OLD)
        claim = take_claim(store, self.live_owner(), "c" * 32)
        pin = Pin("paper", ORDERS, OLD.id, 7.0)

        store.keeping.pin(pin, claim)
        store.keeping.pin(pin, claim)

        with pytest.raises(UsageError):
            store.keeping.pin(Pin("paper", ORDERS, NEW.id, 7.0), claim)
        assert store.keeping.pins() == (pin,)
        assert store.keeping.unpin(pin)
        assert not store.keeping.unpin(pin)
        assert store.keeping.pins() == ()
