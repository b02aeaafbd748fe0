"""What every metadata store promises of partitions that become real with their list."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from dataclasses import replace

import pytest

from assets_core.errors import ClaimLostError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Commit, Owner
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.examples import (
    make_commit,
    make_result,
    show_result,
    take_claim,
)
from assets_core.testing.metadata_suite import StoreSuite

CALL = Cell(AssetKey("cut"))
PARTS = [Cell(AssetKey("cut"), key) for key in ("a", "b", "c")]


class YieldedSuite(StoreSuite):
    """A commit may give a list its keys, and may take a head away."""

    @pytest.fixture
    def owner(self) -> Owner:
        """Return a process that is alive."""
        return self.live_owner()

    def commits(self, store: MetadataStore, owner: Owner, keys: str) -> list[Commit]:
        """Return the commits of a call that yields some keys, one letter each."""
        cells = [CALL, *(Cell(CALL.asset, key) for key in keys)]
        made = [make_result(number, cell) for number, cell in enumerate(cells, 1)]
        claims = [take_claim(store, owner, one.id, one.cell) for one in made]
        call, *parts = [
            make_commit(claim, one, None) for claim, one in zip(claims, made, strict=True)
        ]
        return [replace(call, keys=("cuts", tuple(keys))), *parts]

    def test_a_list_gets_its_keys_with_the_results(
        self, store: MetadataStore, owner: Owner
    ) -> None:
        """Whoever sees one of them sees all."""
        store.commit_all(self.commits(store, owner, "ab"))

        assert store.dynamic_keys(["cuts"]) == {"cuts": ("a", "b")}
        assert set(store.heads("main")) == {CALL, *PARTS[:2]}

    def test_a_list_has_the_keys_that_it_was_given_and_no_others(
        self, store: MetadataStore, owner: Owner
    ) -> None:
        """In this order, whatever it held before; others are as if they were deleted."""
        store.add_dynamic_keys("cuts", ["z", "b"])
        store.add_dynamic_keys("others", ["z"])

        store.commit_all(self.commits(store, owner, "cb"))

        assert store.dynamic_keys(["cuts", "others"]) == {
            "cuts": ("c", "b"),
            "others": ("z",),
        }
        assert store.add_dynamic_keys("cuts", ["z", "c"]) == 1
        assert set(store.dynamic_keys(["cuts"])["cuts"]) == {"c", "b", "z"}

    def test_a_list_may_be_left_empty(self, store: MetadataStore, owner: Owner) -> None:
        """A call that yields nothing."""
        store.add_dynamic_keys("cuts", ["a"])

        store.commit_all(self.commits(store, owner, ""))

        assert store.dynamic_keys(["cuts"]) == {"cuts": ()}

    def test_a_commit_that_is_refused_leaves_the_list(
        self, store: MetadataStore, owner: Owner
    ) -> None:
        """All or nothing."""
        store.add_dynamic_keys("cuts", ["z"])
        call, *parts = self.commits(store, owner, "ab")
        store.release(parts[-1].claim)

        with pytest.raises(ClaimLostError):
            store.commit_all([call, *parts])

        assert store.dynamic_keys(["cuts"]) == {"cuts": ("z",)}
        assert store.heads("main") == {}

    def test_a_head_is_taken_away(self, store: MetadataStore, owner: Owner) -> None:
        """The result stays and may be shown again; its stable path has to follow."""
        made = [make_result(number, cell) for number, cell in enumerate(PARTS, 1)]
        for one in made:
            show_result(store, owner, one)
        before = store.heads_digests("main")

        note = self.take_away(store, owner, PARTS[0], made[0].id)

        assert set(store.heads("main")) == set(PARTS[1:])
        assert store.head("main", PARTS[0]) is None
        assert store.heads_digests("main") != before
        assert store.materializations([made[0].id]) == {made[0].id: made[0]}
        assert [one.cell for one in store.pending_publications("main")] == [PARTS[0]]
        assert note == store.pending_publications("main")[0]
        assert made[0].id not in store.shown()
        assert store.claims() == ()
        show_result(store, owner, replace(made[0], id="f" * 32))
        assert set(store.heads("main")) == set(PARTS)

    def test_the_last_head_is_taken_away(self, store: MetadataStore, owner: Owner) -> None:
        """As if nothing had ever been shown."""
        made = make_result(1, CALL)
        show_result(store, owner, made)

        self.take_away(store, owner, CALL, made.id)

        assert store.heads("main") == {}
        assert store.heads_digests("main") == {}
        assert store.shown() == frozenset()

    def test_a_head_that_moved_is_not_taken_away(
        self, store: MetadataStore, owner: Owner
    ) -> None:
        """Whoever takes it away has seen another."""
        made = make_result(1, CALL)
        show_result(store, owner, made)

        with pytest.raises(ClaimLostError):
            self.take_away(store, owner, CALL, "e" * 32)

        assert set(store.heads("main")) == {CALL}

    def take_away(
        self, store: MetadataStore, owner: Owner, cell: Cell, shown: str
    ) -> object:
        """Let a cell show nothing any more."""
        claim = take_claim(store, owner, "d" * 32, cell)
        commit = Commit(claim, None, shown, None, (), "", (), publish=True, run_id="")
        return store.commit(commit)
