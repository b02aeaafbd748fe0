"""How reasons say themselves."""

from __future__ import annotations

import pytest

from assets_core.model.keys import AssetKey
from assets_core.model.versions import ComponentChange
from assets_core.planning.reasons import (
    CodeChanged,
    InputsAdded,
    NeverBuilt,
    OutputMissing,
    Reason,
    TooOld,
    UpstreamWillRun,
)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (NeverBuilt(), "it was never built"),
        (OutputMissing(".objects/1"), "its stored data is gone (.objects/1)"),
        (TooOld(59.4, 30), "it is 59 seconds old and may be 30 seconds old"),
        (TooOld(7199, 3600), "it is 120 minutes old and may be 60 minutes old"),
        (TooOld(7200, 3600), "it is 2 hours old and may be 60 minutes old"),
        (TooOld(400_000, 172_800), "it is 5 days old and may be 2 days old"),
    ],
    ids=str,
)
def test_a_reason_says_itself(reason: Reason, text: str) -> None:
    """In a sentence without a full stop, to stand in a table or after a colon."""
    assert str(reason) == text


def test_many_changes_are_one_sentence() -> None:
    """Each with its own words."""
    changes = (
        ComponentChange("function", "shop.clean", "changed"),
        ComponentChange("constant", "shop.LIMIT", "changed", "9", "10"),
        ComponentChange("helper", "shop.fix", "removed"),
    )

    assert str(CodeChanged(changes)) == (
        "function shop.clean changed; constant shop.LIMIT: 9 → 10; helper shop.fix removed"
    )


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "it now reads 'a0'"),
        (5, "it now reads 'a0', 'a1', 'a2', 'a3', 'a4'"),
        (7, "it now reads 'a0', 'a1', 'a2', 'a3', 'a4' and 2 more"),
    ],
)
def test_long_lists_are_cut_short(count: int, text: str) -> None:
    """A thousand names in a sentence help nobody; the count does."""
    assert str(InputsAdded(tuple(AssetKey(f"a{n}") for n in range(count)))) == text


def test_every_reason_has_a_kind_of_its_own() -> None:
    """Scripts tell reasons apart by it."""
    kinds = [reason.kind for reason in Reason.__args__]

    assert len(set(kinds)) == len(kinds) == 14
    assert UpstreamWillRun.kind == "upstream_will_run"
