"""The status of many partitions as a small bar and as ranges. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets_core.catalogue.words import short_ranges
from assets_core.interfaces.cli.layout import status_word
from assets_core.model.partition_ranges import ranges_of
from assets_core.workspace.status import WORST_FIRST, Standing

BAR_WIDTH = 20
_SIGNS = {"missing": "·", "failed": "✗", "stale": "▒", "held": "=", "fresh": "█"}


def bar(words: Sequence[str], width: int = BAR_WIDTH) -> str:
    """Return a bar in which each place shows the worst status of its partitions.

    >>> bar(["fresh", "fresh", "stale", "missing"], 4), bar(["fresh"] * 90, 4)
    ('██▒·', '████')
    """
    count = min(width, len(words))
    shown = []
    for place in range(count):
        part = set(words[place * len(words) // count : (place + 1) * len(words) // count])
        shown.append(next(_SIGNS[word] for word in WORST_FIRST if word in part))
    return "".join(shown)


def fresh_of(counts: Mapping[str, int]) -> str:
    """Return how many partitions are fresh, of how many.

    >>> fresh_of({"fresh": 3, "total": 4})
    '3 of 4 fresh'
    """
    if not counts["total"]:
        return "none yet"
    return f"{counts['fresh']:,} of {counts['total']:,} fresh"


def partition_lines(standing: Standing) -> list[str]:
    """Return a line for each status that a partition has, with which they are."""
    keys, places, words = standing
    lines = []
    for word in WORST_FIRST:
        positions = [at for at, one in zip(places, words, strict=True) if one == word]
        if positions:
            ranges = short_ranges(ranges_of(keys, positions))
            lines.append(f"{status_word(word, 8)}  {len(positions):>6,}  {ranges}")
    return lines
