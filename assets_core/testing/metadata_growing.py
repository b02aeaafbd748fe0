"""What every metadata store promises of growing lists of partitions, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from pathlib import Path

from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.metadata_suite import StoreSuite


class GrowingSuite(StoreSuite):
    """A list grows at its end, and a key keeps its place, also while it is deleted."""

    def test_a_list_of_which_nothing_is_known_is_empty(self, store: MetadataStore) -> None:
        """A project that was just cloned has no customers yet."""
        assert store.dynamic_keys(["customers"]) == {"customers": ()}
        assert store.dynamic_keys([]) == {}

    def test_keys_are_listed_in_the_order_in_which_they_came(
        self, store: MetadataStore
    ) -> None:
        """Not in that of the alphabet: the position of a key never changes."""
        first = ["zoe", "adam"]
        assert store.add_dynamic_keys("customers", first) == len(first)
        assert store.add_dynamic_keys("customers", ["mia"]) == 1
        assert store.add_dynamic_keys("customers", []) == 0

        assert store.dynamic_keys(["customers"]) == {"customers": ("zoe", "adam", "mia")}

    def test_keys_that_are_there_are_not_added_again(self, store: MetadataStore) -> None:
        """A sensor tells all that it sees, each time; only the new ones are counted."""
        store.add_dynamic_keys("customers", ["zoe", "adam"])

        assert store.add_dynamic_keys("customers", ["adam", "mia", "mia", "zoe"]) == 1
        assert store.dynamic_keys(["customers"])["customers"] == ("zoe", "adam", "mia")

    def test_a_deleted_key_is_not_listed(self, store: MetadataStore) -> None:
        """Those that are not there cannot be deleted, or be deleted twice."""
        store.add_dynamic_keys("customers", ["zoe", "adam", "mia"])

        assert store.delete_dynamic_keys("customers", ["adam", "adam", "nobody"]) == 1
        assert store.delete_dynamic_keys("customers", ["adam"]) == 0
        assert store.delete_dynamic_keys("customers", []) == 0

        assert store.dynamic_keys(["customers"])["customers"] == ("zoe", "mia")

    def test_a_key_that_comes_back_takes_its_old_place(self, store: MetadataStore) -> None:
        """What was made of it before is found again; and it counts as new."""
        store.add_dynamic_keys("customers", ["zoe", "adam", "mia"])
        store.delete_dynamic_keys("customers", ["zoe", "adam"])

        again = ["new", "adam", "zoe"]
        assert store.add_dynamic_keys("customers", again) == len(again)

        assert store.dynamic_keys(["customers"])["customers"] == (
            *("zoe", "adam", "mia", "new"),
        )

    def test_deleting_the_last_keys_gives_their_places_to_nobody(
        self, store: MetadataStore
    ) -> None:
        """Whoever comes after them comes after them, also when they come back."""
        store.add_dynamic_keys("customers", ["zoe", "adam"])
        store.delete_dynamic_keys("customers", ["zoe", "adam"])

        store.add_dynamic_keys("customers", ["mia"])
        store.add_dynamic_keys("customers", ["adam"])

        assert store.dynamic_keys(["customers"])["customers"] == ("adam", "mia")

    def test_lists_have_keys_of_their_own(self, store: MetadataStore) -> None:
        """The same key may be in two; and lists are asked for together."""
        store.add_dynamic_keys("customers", ["a", "b"])
        store.add_dynamic_keys("shops", ["b", "a"])
        store.delete_dynamic_keys("shops", ["a"])

        assert store.dynamic_keys(["shops", "customers", "shops", "none"]) == {
            "shops": ("b",),
            "customers": ("a", "b"),
            "none": (),
        }

    def test_a_key_may_be_any_text(self, store: MetadataStore) -> None:
        """Keys that are alike are still two keys."""
        keys = ("New York", "é", "e\u0301", "😀", "A", "a", "1", "01", "null", "it's")

        assert store.add_dynamic_keys("é 😀", keys) == len(keys)

        assert store.dynamic_keys(["é 😀"]) == {"é 😀": keys}

    def test_a_list_may_be_long(self, store: MetadataStore) -> None:
        """Many thousand customers, half of them added twice."""
        keys = [f"customer {number}" for number in range(20_000)]
        store.add_dynamic_keys("customers", keys[::2])

        assert store.add_dynamic_keys("customers", keys) == len(keys) // 2

        assert store.dynamic_keys(["customers"])["customers"] == (*keys[::2], *keys[1::2])

    def test_a_list_outlives_whoever_filled_it(self, tmp_path: Path) -> None:
        """And two that have the store open see the same."""
        store, other = self.opener(tmp_path)(), self.opener(tmp_path)()
        store.add_dynamic_keys("customers", ["zoe", "adam"])

        assert other.delete_dynamic_keys("customers", ["zoe"]) == 1
        store.close()

        assert other.dynamic_keys(["customers"]) == {"customers": ("adam",)}
        other.close()
