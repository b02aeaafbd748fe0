"""What is shown of rows that differ: as they were and as they are, and not all of them."""

from __future__ import annotations

from assets_core.catalogue.views.differences import difference_view, differences_view
from assets_core.model.keys import AssetKey
from assets_core.workspace.differences import (
    AssetDifference,
    Differences,
    RowCounts,
    RowExample,
)

ORDERS = AssetKey("orders")


def orders(*examples: RowExample, key: tuple[str, ...] = ("id",)) -> AssetDifference:
    """Return how a table differs of which a thousand rows of each kind do."""
    counts = RowCounts(1000, 1, 1000, {"price": 1000})
    return AssetDifference(ORDERS, "changed", None, 0, (), counts, key, examples)


def test_a_changed_row_is_shown_as_it_was_and_as_it_is() -> None:
    """By its key, with the columns that changed and no other."""
    before = {"id": 7, "price": 1.5, "name": "same"}
    after = {**before, "price": 2.25}
    body = difference_view(
        orders(RowExample("", "changed", before, after, ("price",)))
    ).body

    assert "Rows changed, 1 of 1,000" in body
    assert "1.5</span></span> → <span" in body
    assert "2.25" in body
    assert "same" not in body


def test_numbers_that_differ_in_their_last_digits_show_them() -> None:
    """A change from 0.3 to 0.3 would be a riddle."""
    example = RowExample("", "changed", {"price": 0.3}, {"price": 0.1 + 0.2}, ("price",))
    body = difference_view(orders(example, key=())).body

    assert "0.30000000000000004" in body


def test_rows_that_are_new_or_gone_are_shown_with_their_partition() -> None:
    """Of each kind there is a table of its own; all rows of a kind are not called some."""
    found = orders(
        RowExample("2024-01-01", "added", None, {"id": 1}),
        RowExample("2024-01-02", "removed", {"id": 2}, None),
    )
    body = difference_view(found).body
    folded = differences_view(Differences([found])).body

    assert body.index("Rows added, 1 of 1,000") < body.index("2024-01-01")
    assert "Rows removed<" in body
    assert "rows of orders" in folded
    assert "2024-01-02" in folded
