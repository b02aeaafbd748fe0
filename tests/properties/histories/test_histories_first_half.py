"""Half of the histories; the second half is a file of its own, for another core."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.properties.histories.living import (
    FAR,
    FIRST_SEED,
    HISTORIES,
    MUST_OCCUR,
    PARTS,
    live_many,
    summary,
)

SEEDS = [FIRST_SEED + part * FAR for part in range(PARTS)]
SEEN: Counter[str] = Counter()
pytestmark = pytest.mark.sweep


@pytest.mark.parametrize("part", range(PARTS))
def test_every_history_ends_in_what_a_clean_rebuild_leaves(part: int) -> None:
    """The most valuable test: never a wrong "fresh", never a needless computation."""
    SEEN.update(live_many(HISTORIES // PARTS, SEEDS[part]))


def test_everything_that_can_happen_has_happened(
    record_property: Callable[[str, object], None],
) -> None:
    """A kind of edit or asset that is never drawn would be proved by nothing."""
    if SEEN["histories"] < HISTORIES:
        pytest.skip("only some of the histories were lived")
    record_property("told", summary(SEEN, SEEDS[0]))

    assert [name for name in MUST_OCCUR if not SEEN[name]] == []
