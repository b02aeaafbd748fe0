"""Draws histories by seed, lives them, and counts what has happened in them."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import get_args

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.properties.histories.driving import live
from tests.properties.histories.edit import Kind
from tests.properties.histories.history import History
from tests.properties.histories.killing import KilledRuns
from tests.properties.histories.project import SHAPES
from tests.properties.histories.strategies import histories
from tests.properties.histories.writing import FIRST_ROW, MAKES

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
HISTORIES = 5_000 if NIGHTLY else 70
"""How many histories one file lives; there are two, for two cores."""

PARTS = 5
FAR = 1_000_000  # more than the seeds that one part needs
FIRST_SEED = random.SystemRandom().randrange(1000) * 100 * FAR if NIGHTLY else 0
"""Other histories every night, always the same ones otherwise."""

STATUSES = ("computed", "reused", "revalidated", "skipped", "failed", "blocked")
REASONS = (
    *("never_built", "output_missing", "code_changed", "config_changed", "inputs_added"),
    *("inputs_removed", "input_changed", "schema_changed", "opaque", "upstream_will_run"),
)
MUST_OCCUR = (
    *(f"edit: {kind}" for kind in get_args(Kind)),
    *(f"step: {status}" for status in STATUSES),
    *(f"reason: {kind}" for kind in REASONS),
    *(f"shape: {shape}" for shape in SHAPES),
    *(f"reads: {form}" for form in FIRST_ROW),
    *(f"gives: {form}" for form in MAKES),
    *("runs: all", "runs: some", "runs: forced", "runs: no upstream", "runs: killed"),
    *("runs: second environment", "environment: create", "environment: promote"),
    *("environment: heads promoted", "environment: drop"),
)


def live_many(count: int, first_seed: int) -> Counter[str]:
    """Live so many histories, each drawn from a seed of its own; return what was seen.

    Hypothesis draws one history for each seed, without any memory of the others, so that
    they differ as much as they can. It makes one that fails small, and tells it.
    """
    tally: Counter[str] = Counter()
    number = first_seed
    with KilledRuns() as killer:

        @settings(
            max_examples=2,  # the first one is always the smallest there is
            phases=(Phase.generate, Phase.shrink),
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(histories())
        def one(history: History | None) -> None:
            if history is not None:
                live(history, killer, tally)

        while tally["histories"] < count:
            seed(number)(one)()
            number += 1
    return tally


def summary(tally: Counter[str], first_seed: int) -> str:
    """Return what was seen, in a few lines that can be quoted."""
    groups: dict[str, list[str]] = {}
    for name, count in sorted(tally.items()):
        group, colon, rest = name.partition(": ")
        groups.setdefault(group if colon else "", []).append(
            f"{count:,} {rest if colon else name}"
        )
    lines = [f"histories from seed {first_seed}"]
    lines += [
        f"  {f'{group}: ' if group else ''}{', '.join(groups[group])}" for group in groups
    ]
    return "\n".join(lines)
