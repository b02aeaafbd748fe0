"""Texts of strangers take work in proportion to their size, and no more (threat 13).

What Python does is counted, not timed. What one call of a compiled library does cannot be
counted: such texts are so long that more than linear work would not end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from assets_core.backends.metadata.rows import read_row
from assets_core.backends.sqlite.connection import file_system_among
from assets_core.errors import AssetsError, StoreError, UnusableKeyError
from assets_core.model.assets import Asset
from assets_core.model.graph import build_graph
from assets_core.model.hiding import hide, hide_in, keep_secret
from assets_core.model.keys import AssetKey, parse_key
from assets_core.model.masking import masked, place_of, variables_in
from assets_core.model.partition_ranges import positions_of, ranges_of
from assets_core.model.partitions import DailyPartitions, ListedKeys
from assets_core.model.selection import MAX_LENGTH, select

SHOP = build_graph([Asset(AssetKey("a" * 150), lambda: None)])
MILLION = 1_000_000
LATE = 250e9  # in the year 9892


def work(done: Callable[[], object]) -> int:
    """Return how many instructions of Python something takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        done()
    except AssetsError:
        pass  # what is wrong is told after as much work
    finally:
        sys.settrace(before)
    return count


def listed(count: int) -> ListedKeys:
    """Return so many keys."""
    return ListedKeys(tuple(f"key {number}" for number in range(count)))


READERS: dict[str, Callable[[int], object]] = {
    "alternatives": lambda n: select([" or ".join(["a*"] * n)], SHOP),
    "words without meaning": lambda n: select(["x+ " * n], SHOP),
    "negations": lambda n: select(["not " * n + "a*"], SHOP),
    "a list of partitions": lambda n: positions_of(
        ",".join(f"key {number}" for number in range(n)), listed(n), "a"
    ),
    "ranges of partitions": lambda n: ranges_of(listed(2 * n), range(0, 2 * n, 2)),
    "a mapping of texts": lambda n: hide_in({str(one): "x" for one in range(n)}, keys=True),
    "mounts": lambda n: file_system_among(b"1 2 3 / /a rw - ext4 x rw\n" * n, b"/a/b"),
    "parameters of a URL": lambda n: masked("?token=a&b=c" * n),
}


@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_about_twice_the_work(name: str) -> None:
    """At most two and a half times, which nothing quadratic does."""
    read = READERS[name]
    work(lambda: read(3))  # so that nothing is made for the first time

    assert work(lambda: read(400)) <= 2.5 * work(lambda: read(200))


@pytest.mark.parametrize(
    "text",
    ["?token", "://", "?", ";a_", "?token=", "a@", "://a@", "${", "x", "%2", "&key;"],
)
def test_texts_of_servers_are_masked_in_one_pass(text: str) -> None:
    """An answer of a web server may be made so that a search begins everywhere anew."""
    keep_secret(["hidden secret"])
    for function in (masked, place_of, variables_in, hide):
        function(text * 100_000)


def test_a_pattern_of_many_stars_ends() -> None:
    """It is matched without going back."""
    assert select(["*a" * 1000 + "*b"], SHOP) == frozenset()


@pytest.mark.parametrize("pattern", ["[" * 2000, "[!" * 1000, "[z-a]*" * 500, "[\\"])
def test_a_pattern_that_is_none_is_a_word(pattern: str) -> None:
    """Brackets that are not closed, and ranges that run backwards."""
    assert select([pattern], SHOP) == frozenset()


def test_texts_that_are_too_long_are_refused_before_they_are_read() -> None:
    """Of keys, and of selections."""
    assert work(lambda: select(["(" * MILLION], SHOP)) < 500
    with pytest.raises(UnusableKeyError, match="longer than 512 bytes"):
        parse_key("a/" * 300 + "a")
    assert MAX_LENGTH == 4 << 10


def test_millions_of_partitions_are_not_made_before_they_are_asked_for() -> None:
    """Eight thousand years of days cost what ten years cost, until somebody walks them."""
    few = DailyPartitions("2000-01-01", end="2010-01-01")
    many = DailyPartitions("1002-01-01", end="9899-01-01")

    found = many.keys(LATE)

    assert len(found) > 3 * MILLION
    assert found.position(found[MILLION]) == MILLION
    assert work(lambda: many.keys(LATE)) < 2 * work(lambda: few.keys(LATE)) + 1000


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, '{"a":' * 100_000, "9" * 100_000, '"' + "\\ud800" * 10_000, "nan"],
)
def test_rows_that_were_tampered_with_are_damaged_rows(body: str) -> None:
    """Nested without end, numbers without end, half characters (threat 11)."""
    with pytest.raises(StoreError, match="cannot be read"):
        read_row("facts", body, lambda value: value["there is no such thing"])
