"""What the store remembers, as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.policies import Freshness, Retry
from assets_core.model.records import StepRecord, StepStatus, count_statuses
from assets_core.testing.examples import make_result


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
