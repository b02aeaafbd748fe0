"""What every metadata store promises of its state, as tests.

Whoever remembers that nothing was to be done trusts it: as long as the state is the same,
no plan can be another.
"""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from pathlib import Path

from assets_core.model.keys import AssetKey
from assets_core.model.records import FileIdentity, Observation, RunRequest
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.examples import make_result, show_result, take_claim
from assets_core.testing.metadata_suite import StoreSuite

MANY = 1000


class StateSuite(StoreSuite):
    """A digest of all that plans read, which is not there while anything is unfinished."""

    def test_nothing_unfinished_has_a_state(self, store: MetadataStore) -> None:
        """It is the same each time it is asked for, and not that of another store."""
        finish(store)

        assert store.state("main") is not None
        assert store.state("main") == store.state("main")

    def test_runs_leave_the_state_as_it_is(self, store: MetadataStore) -> None:
        """That somebody looked and found nothing to do is nothing to plan for."""
        finish(store)
        before = store.state("main")

        store.begin_run("a" * 32, "main", RunRequest(()), self.live_owner(), 1.0)
        store.end_run("a" * 32, "success", {}, 2.0)

        assert store.state("main") == before

    def test_a_head_that_another_process_moves_is_another_state(
        self, store: MetadataStore, tmp_path: Path
    ) -> None:
        """Whoever has the store open sees what others do."""
        finish(store)
        before = store.state("main")

        other = self.opener(tmp_path)()
        show_result(other, self.live_owner(), make_result(1))
        other.close()

        assert store.state("main") is None  # its path has to follow
        finish(store)
        assert store.state("main") not in {before, None}

    def test_keys_of_lists_are_part_of_the_state(self, store: MetadataStore) -> None:
        """A new customer is something to do; also one that comes back."""
        finish(store)
        seen = [store.state("main")]
        for change in (store.add_dynamic_keys, store.delete_dynamic_keys):
            change("customers", ["zoe"])
            finish(store)
            seen.append(store.state("main"))

        assert len({*seen}) == len(seen)

    def test_what_was_seen_of_sources_is_part_of_the_state(
        self, store: MetadataStore
    ) -> None:
        """Another version of a source makes what reads it stale."""
        finish(store)
        before = store.state("main")

        identity = FileIdentity(1, 2, 3, 4, 5)
        store.observe([Observation(AssetKey("prices"), "prices.csv", identity, "v1")])

        assert store.state("main") not in {before, None}

    def test_a_claim_is_unfinished(self, store: MetadataStore) -> None:
        """Somebody is at work, or was killed at it."""
        finish(store)
        claim = take_claim(store, self.live_owner(), "a" * 32)
        assert store.state("main") is None

        store.release(claim)

        assert store.state("main") is not None

    def test_an_environment_that_is_not_there_has_no_state(
        self, store: MetadataStore
    ) -> None:
        """Whoever asks for it is told so by others."""
        finish(store)

        assert store.state("nowhere") is None


def finish(store: MetadataStore) -> None:
    """Say that all paths have followed, and that all is written to the journals."""
    for env in ("main",):
        store.published(store.pending_publications(env))
    store.keeping.written(store.keeping.due(MANY))
