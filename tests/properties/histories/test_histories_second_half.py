"""Half of the histories; the first half is a file of its own, for another core.

There it is asked as well whether everything that can happen has happened.
"""

from __future__ import annotations

import pytest

from tests.properties.histories.living import (
    FAR,
    FIRST_SEED,
    HISTORIES,
    PARTS,
    live_many,
)

SEEDS = [FIRST_SEED + part * FAR for part in range(PARTS, 2 * PARTS)]
pytestmark = pytest.mark.sweep


@pytest.mark.parametrize("part", range(PARTS))
def test_every_history_ends_in_what_a_clean_rebuild_leaves(part: int) -> None:
    """The most valuable test: never a wrong "fresh", never a needless computation."""
    live_many(HISTORIES // PARTS, SEEDS[part])
