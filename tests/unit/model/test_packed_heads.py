"""Heads as the bytes of a chunk, and which chunk a cell belongs to."""

from __future__ import annotations

import struct
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.model.packed_heads import CHUNKS, chunk_of, pack_heads, unpack_heads
from assets_core.model.partitions.listed import key_problem
from assets_core.model.records import Head

KEYS = st.none() | st.text(max_size=12).filter(lambda text: not key_problem(text))
DIGESTS = st.binary(min_size=16, max_size=16).map(bytes.hex)
INSTANTS = st.integers(-(2**62), 2**62)
WINDOWS = st.tuples(INSTANTS, INSTANTS).filter(lambda window: window[0] < window[1])
HEADS = st.builds(
    Head,
    DIGESTS,
    DIGESTS,
    DIGESTS,
    DIGESTS,
    st.floats(allow_nan=False),
    st.booleans(),
    st.none() | WINDOWS,
    st.integers(0, 2**63 - 1),
)


def make_head(materialization: str, recipe: str = "0" * 32) -> Head:
    """Return a head."""
    return Head(materialization, recipe, "0" * 32, "0" * 32, 0.0)


@given(st.dictionaries(KEYS, HEADS, min_size=1, max_size=5))
def test_heads_come_back_from_their_bytes(heads: dict[str | None, Head]) -> None:
    """Keys may be any text, windows of any time; every head is read in every plan."""
    assert unpack_heads(pack_heads(heads), len(heads)) == heads


def test_a_window_at_the_beginning_of_1970_is_a_window() -> None:
    """No window is written as one from zero to zero, which is none."""
    heads: dict[str | None, Head] = {
        "1970-01-01": make_head("a" * 32)._replace(window=(0, 86400)),
        "1969-12-31": make_head("b" * 32)._replace(window=(-86400, 0)),
        "eu": make_head("c" * 32),
    }

    found = unpack_heads(pack_heads(heads), 3)

    assert [found[key].window for key in heads] == [(0, 86400), (-86400, 0), None]


@pytest.mark.parametrize("keys", [("eu", "us"), (None, "eu"), ("Z", "a"), ("é", "z")])
def test_the_same_heads_are_the_same_bytes(keys: tuple[str | None, str]) -> None:
    """The digest of a chunk is compared, so the order in which they came cannot count."""
    one, other = make_head("a" * 32), make_head("b" * 32)
    first, second = keys

    body = pack_heads({first: one, second: other})

    assert body == pack_heads({second: other, first: one})
    assert body != pack_heads({first: other, second: one})


def test_half_a_head_is_no_head() -> None:
    """A chunk that was cut off must not look like one with fewer heads."""
    body = pack_heads({None: make_head("a" * 32)})

    with pytest.raises(struct.error):
        unpack_heads(body[:-1], 1)


@pytest.mark.parametrize("count", [-2, -1, 0, 1, 3, 4, 2**62])
def test_a_chunk_with_another_number_of_heads_is_refused(count: int) -> None:
    """A head that is passed over is a cell that is computed again, or kept for ever."""
    heads: dict[str | None, Head] = {"eu": make_head("a" * 32), "us": make_head("b" * 32)}

    with pytest.raises((ValueError, struct.error)):
        unpack_heads(pack_heads(heads), count)


@pytest.mark.parametrize("wrong", ["", "0" * 30, "0" * 31, "0" * 64, "zz" * 16])
def test_what_is_no_digest_is_not_packed(wrong: str) -> None:
    """Better no commit than a head that points nowhere."""
    with pytest.raises(ValueError, match=r"hexadecimal|no digest"):
        pack_heads({None: make_head("0" * 32, recipe=wrong)})


@pytest.mark.parametrize(
    ("key", "chunk"),
    [
        (None, 0),
        ("2024-01", 202401),
        ("2024-01-31", 202401),
        ("2024-01-31T05:00", 20240131),
        ("2024-01-31T05:00+01:00", 20240131),
        ("2024-01-31|eu", 202401),
        ("2024-01-31|europe", 20240131),
        ("eu", 174),
        ("New York", 280),
        ("é", 1342),
    ],
)
def test_the_chunk_of_a_cell_never_changes(key: str | None, chunk: int) -> None:
    """What is stored is found by it; another number would hide every head there is."""
    assert chunk_of(key) == chunk


@given(KEYS)
def test_every_key_has_a_chunk(key: str | None) -> None:
    """Also one that begins like a month and is none."""
    assert chunk_of(key) == chunk_of(key) >= 0


@pytest.mark.parametrize(
    "text", ["\u0662\u0660\u0662\u0664-\u0660\u0661", "2024-01-²²T05:00", "2024-01-xxTyyyy"]
)
def test_what_only_looks_like_a_time_has_a_chunk_as_well(text: str) -> None:
    """Digits of other scripts, and letters where days would be."""
    assert chunk_of(text) >= 0


def test_a_chunk_is_neither_large_nor_are_there_many() -> None:
    """A commit writes one chunk again, and a plan reads all of them."""
    first = datetime(2015, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(hours=hour) for hour in range(10 * 365 * 24)]
    by_hour = Counter(chunk_of(f"{hour:%Y-%m-%dT%H:00}") for hour in hours)
    by_day = Counter(chunk_of(f"{hour:%Y-%m-%d}") for hour in hours[::24])
    by_name = Counter(chunk_of(f"customer {number}") for number in range(100_000))

    assert max(by_hour.values()) == 24
    assert max(by_day.values()) == 31
    assert max(by_name.values()) < 200
    assert len(by_name) == CHUNKS
