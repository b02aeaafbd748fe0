"""However a project with partitions came to be, it is what a clean rebuild makes of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.histories.surroundings import a_folder
from tests.properties.partitions.expecting import ALL, REGIONS, Expecting
from tests.properties.partitions.rebuilding import DAYS, Lived, Shown

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
EXAMPLES = 500 if NIGHTLY else 40

Edit = tuple[str, str, int]
Asked = tuple[str, str, str]
"""An asset, the text about its partitions, and the cells that it means, as one text."""


def _asked() -> list[Asked]:
    texts: list[Asked] = [("", "", "|".join(ALL)), ("whole", "", "whole")]
    for key in ("day", "trail"):
        texts += [
            (key, DAYS[1], f"{key}[{DAYS[1]}]"),
            (key, f"{DAYS[2]}..", "|".join(f"{key}[{day}]" for day in DAYS[2:])),
            (key, "2024-01", "|".join(f"{key}[{day}]" for day in DAYS[:2])),
        ]
    texts += [
        ("month", "2024-02", "month[2024-02]"),
        (
            "both",
            f"date={DAYS[0]},{DAYS[3]} region=us",
            f"both[date={DAYS[0]} region=us]|both[date={DAYS[3]} region=us]",
        ),
        (
            "both",
            "date=2024-02",
            "|".join(
                f"both[date={day} region={one}]" for day in DAYS[2:] for one in REGIONS
            ),
        ),
    ]
    return texts


edits: st.SearchStrategy[Edit] = st.one_of(
    st.tuples(st.just("value"), st.sampled_from(DAYS), st.integers(0, 3)),
    st.tuples(
        st.just("code"),
        st.sampled_from(("day", "month", "trail", "both", "whole")),
        st.integers(1, 3),
    ),
    st.tuples(st.just("delete"), st.sampled_from(ALL), st.just(0)),
    st.tuples(st.just("zone"), st.sampled_from(("UTC", "Asia/Tokyo")), st.just(0)),
    st.tuples(st.just("batch"), st.sampled_from(("1", "2", '"all"')), st.just(0)),
)
rounds = st.lists(
    st.tuples(st.lists(edits, max_size=3), st.sampled_from(_asked())),
    min_size=1,
    max_size=4,
)

DO: dict[str, Callable[[Lived, str, int], None]] = {
    "value": lambda lived, which, to: lived.values.update({which: to}),
    "code": lambda lived, which, to: lived.code.update({which: to}),
    "zone": lambda lived, which, to: setattr(lived, "zone", which),
    "batch": lambda lived, which, to: setattr(lived, "batch", which),
}


def change(lived: Lived, expecting: Expecting, edit: Edit) -> None:
    """Make one edit."""
    what, which, to = edit
    if what != "delete":
        DO[what](lived, which, to)
    elif which in expecting.heads:
        key, _, rest = which.partition("[")
        lived.delete(key, rest.rstrip("]") or None)
        expecting.delete(which)


def run(lived: Lived, expecting: Expecting, asked: Asked) -> None:
    """Run, and compare what was computed with what had to be."""
    selected, partitions, cells = asked
    found = lived.run(*filter(None, [selected]), partitions=partitions or None)
    must, may = expecting.run(lived, cells.split("|"))
    assert must <= found, f"not computed: {must - found}"
    assert found <= may, f"computed for nothing: {found - may}"


def rebuilt(lived: Lived, folder: Path, known: dict[str, Shown]) -> Shown:
    """Return what the project makes in an empty folder."""
    name = f"{lived.values} {lived.code} {lived.zone}"
    if name not in known:
        clean = Lived(folder, lived.values, lived.code, "1", lived.zone)
        clean.run()
        known[name] = clean.shown()
    return known[name]


def test_any_history_ends_where_a_clean_rebuild_does() -> None:
    """Edits, deletions, other zones and batches, some partitions now and others later."""
    known: dict[str, Shown] = {}

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(rounds)
    def lives(history: list[tuple[list[Edit], Asked]]) -> None:
        with a_folder() as folder:
            lived, expecting = Lived(folder / "lived"), Expecting()
            lived.write()
            for many, asked in history:
                for edit in many:
                    change(lived, expecting, edit)
                run(lived, expecting, asked)
            run(lived, expecting, _asked()[0])
            assert lived.stale() == 0
            assert lived.shown() == rebuilt(lived, folder / "clean", known)

    lives()
