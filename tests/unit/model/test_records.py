"""What the store remembers, as values, and heads as the bytes of a chunk."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.policies import Freshness, Retry
from assets_core.model.records import (
    Head,
    StepRecord,
    StepStatus,
    count_statuses,
    pack_heads,
    unpack_heads,
)
from assets_core.testing.examples import make_result

DIGESTS = st.binary(min_size=16, max_size=16).map(bytes.hex)
HEADS = st.builds(
    Head,
    DIGESTS,
    DIGESTS,
    DIGESTS,
    DIGESTS,
    st.floats(allow_nan=False),
    st.booleans(),
)


def make_head(materialization: str, recipe: str = "0" * 32) -> Head:
    """Return a head."""
    return Head(materialization, recipe, "0" * 32, "0" * 32, 0.0)


@given(st.dictionaries(st.integers(-(2**63), 2**63 - 1), HEADS, max_size=5))
def test_heads_come_back_from_their_bytes(heads: dict[int, Head]) -> None:
    """Ordinals may be instants of any time; every head is read in every plan."""
    assert unpack_heads(pack_heads(heads)) == heads


def test_the_same_heads_are_the_same_bytes() -> None:
    """The digest of a chunk is compared, so the order in which they came cannot count."""
    one, other = make_head("a" * 32), make_head("b" * 32)

    assert pack_heads({1: one, 2: other}) == pack_heads({2: other, 1: one})


def test_half_a_head_is_no_head() -> None:
    """A chunk that was cut off must not look like one with fewer heads."""
    body = pack_heads({0: make_head("a" * 32)})

    with pytest.raises(struct.error):
        unpack_heads(body[:-1])


@pytest.mark.parametrize("wrong", ["", "0" * 30, "0" * 31, "0" * 64, "zz" * 16])
def test_what_is_no_digest_is_not_packed(wrong: str) -> None:
    """Better no commit than a head that points nowhere."""
    with pytest.raises(ValueError, match=r"hexadecimal|no digest"):
        pack_heads({0: make_head("0" * 32, recipe=wrong)})


def test_the_version_of_a_column_is_found_by_name() -> None:
    """An asset that declares which columns it reads is compared by these alone."""
    made = make_result(1)

    assert made.column_version("id") == made.columns[0].version
    assert made.column_version("ID") is None


def test_steps_are_counted_by_how_they_ended() -> None:
    """Every way is in the counts, so that scripts find each key."""
    ends: list[StepStatus] = ["computed", "computed", "failed", "blocked"]
    steps = [StepRecord(Cell(AssetKey("a")), status) for status in ends]

    counts = count_statuses(steps, fresh=3)

    assert counts == {
        "computed": 2,
        "revalidated": 0,
        "reused": 0,
        "skipped": 0,
        "failed": 1,
        "blocked": 1,
        "canceled": 0,
        "fresh": 3,
    }


def test_values_say_whether_they_are_equal() -> None:
    """Records are compared, put into sets and never changed."""
    made = make_result(1)

    assert made == make_result(1)
    assert replace(made, rows=2) != made
    with pytest.raises(AttributeError):
        made.rows = 2  # type: ignore[misc]


def test_pauses_double() -> None:
    """A service that is down is asked less and less."""
    assert [Retry(3, wait=0.5).pause(failures) for failures in range(3)] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(("times", "wait"), [(0, 1.0), (-1, 1.0), (1, -0.5)])
def test_a_policy_of_no_repetition_is_refused(times: int, wait: float) -> None:
    """It is told where it is written, not when it is needed."""
    with pytest.raises(ValueError, match="at least one repetition"):
        Retry(times, wait=wait)


@pytest.mark.parametrize("age", [timedelta(0), timedelta(seconds=-1)])
def test_an_age_of_nothing_is_refused(age: timedelta) -> None:
    """Whatever was made would already be too old."""
    with pytest.raises(ValueError, match="above zero"):
        Freshness(age)
