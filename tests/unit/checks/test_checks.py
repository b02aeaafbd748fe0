"""Ready-made checks over tables: what passes, what does not, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pyarrow as pa
import pytest

from assets_core import CheckContext, CheckResult, UsageError, checks

NOW = datetime(2024, 5, 2, 12, 0, tzinfo=UTC)
NUMBER, NO, LIST = cast("tuple[Any, Any, Any]", (5, "no", ["a"]))
HOUR = timedelta(hours=1)


def table(**columns: Any) -> pa.Table:
    """Return a table."""
    return pa.table(columns)


def context(before: pa.Table | None = None) -> CheckContext:
    """Return what a check may ask for."""

    def previous(columns: Sequence[str] | None) -> pa.Table | None:
        return before

    return CheckContext(NOW, previous)


@pytest.mark.parametrize(
    ("least", "most", "passed", "message"),
    [
        (1, None, True, "3 rows"),
        (3, 3, True, "3 rows"),
        (4, None, False, "it has 3 rows, and should have at least 4"),
        (None, 2, False, "it has 3 rows, and should have at most 2"),
        (1_000, 2_000, False, "it has 3 rows, and should have at least 1,000 and at most"),
    ],
)
def test_rows_are_counted(
    least: int | None, most: int | None, message: str, *, passed: bool
) -> None:
    """Both bounds are allowed themselves."""
    found = checks.row_count("t", at_least=least, at_most=most)(rows=table(a=[1, 2, 3]))

    assert found.passed is passed
    assert found.message.startswith(message)
    assert found.metadata["rows"] == 3


def test_no_rows_are_a_number_of_rows() -> None:
    """An empty table is allowed where nothing else is said."""
    empty = table(a=pa.array([], pa.int64()))

    assert checks.row_count("t", at_most=5)(rows=empty).passed
    assert not checks.row_count("t", at_least=1)(rows=empty).passed


@pytest.mark.parametrize(
    "rows",
    [
        table(a=[1, 2, 3]),
        table(a=pa.array([], pa.int64())),
        table(a=[None, None, 1]),
        table(a=pa.nulls(3)),
    ],
)
def test_values_that_come_once_are_unique(rows: pa.Table) -> None:
    """Nulls are no values that could be the same."""
    assert checks.unique("t", "a")(rows=rows).passed


def test_values_that_come_again_are_told_with_examples() -> None:
    """How many rows, and a few of them."""
    rows = table(a=[5, 7, 5, 9, 7, 5, None])
    found = checks.unique("t", "a")(rows=rows)

    assert not found.passed
    assert found.message == "5 rows share their 'a' with another, such as 5, 7"
    assert found.metadata == {"rows": 7, "repeated": 5, "values": 2, "examples": [5, 7]}


def test_several_columns_are_unique_together() -> None:
    """Each of them may repeat, and one may be called as the number is."""
    rows = table(count=[1, 1, 2], day=[date(2024, 1, 1)] * 3)
    assert (
        checks.unique("t", ["count", "count"])(rows=rows.select(["count"])).passed is False
    )
    found = checks.unique("t", ["count", "day"])(rows=rows)

    assert found.message == (
        "2 rows share their 'count' and 'day' with another, such as count=1 day=2024-01-01"
    )
    assert found.metadata["examples"] == [{"count": 1, "day": "2024-01-01"}]


def referring(rows: pa.Table, there: pa.Table) -> CheckResult:
    """Return what a check of references finds."""
    check = checks.references("orders", rows.column_names, "customers", there.column_names)
    found: CheckResult = check(rows=rows, there=there)
    return found


@pytest.mark.parametrize(
    ("own", "there"),
    [
        ([1, 2, 1, None], [2, 1, 3, 3]),
        (pa.array([1, 2], pa.int32()), pa.array([1, 2], pa.int64())),
        (pa.array([1, 2], pa.int16()), pa.array([1.0, 2.0])),
        (pa.array([], pa.int64()), [1]),
        (pa.array([], pa.int64()), pa.array([], pa.int64())),
        (pa.nulls(2, pa.string()), ["x"]),
        (pa.nulls(2), ["x"]),
        (["é", "日本"], ["日本", "é"]),
    ],
)
def test_what_is_there_is_found(own: Any, there: Any) -> None:
    """Whatever the width of numbers; a null refers to nothing."""
    assert referring(table(customer=own), table(id=there)).passed


def test_what_is_not_there_is_told_with_examples() -> None:
    """How many rows refer to nothing, and a few of them."""
    found = referring(table(customer=[9, 1, 7, 9]), table(id=[1, 2]))

    assert found.message == (
        "3 rows have a 'customer' that is no 'id' of 'customers', such as 7, 9"
    )
    assert found.metadata == {"rows": 4, "missing": 3, "values": 2, "examples": [7, 9]}
    one = referring(table(customer=[1]), table(id=pa.array([], pa.int64())))
    assert not one.passed
    assert one.message.startswith("1 row has a 'customer' that is no 'id'")


def test_several_columns_refer_together() -> None:
    """A pair has to be there as a pair."""
    there = table(shop=["a", "b"], number=[1, 2])

    assert referring(table(s=["b", "a"], n=[2, 1]), there).passed
    found = referring(table(s=["b", None], n=[1, 9]), there)
    assert found.metadata["examples"] == [{"s": "b", "n": 1}]


@pytest.mark.parametrize(
    "times",
    [
        pa.array([1714649400, None], pa.timestamp("s")),
        [datetime(2024, 5, 2, 11, tzinfo=UTC)],
        pa.array(
            [datetime(2024, 5, 2, 13, 30, tzinfo=UTC)], pa.timestamp("s", "Asia/Tokyo")
        ),
        pa.array([1714649400_000_000_123], pa.timestamp("ns")),
        pa.array([1714694400], pa.timestamp("s")),
    ],
)
def test_times_that_are_near_enough_are_fresh(times: Any) -> None:
    """Without a zone they are in UTC; the newest counts, also one that is still to come."""
    assert checks.fresh("t", "at", HOUR)(rows=table(at=times), context=context()).passed


def test_a_date_is_its_midnight() -> None:
    """It says no more."""
    rows = table(at=[date(2024, 5, 2), date(2024, 5, 1)])

    assert checks.fresh("t", "at", 12 * HOUR)(rows=rows, context=context()).passed
    found = checks.fresh("t", "at", 11 * HOUR)(rows=rows, context=context())
    assert found.message == (
        "the newest 'at' is 2024-05-02 00:00:00 UTC, 12 hours ago, and may be 11 hours"
    )
    assert found.metadata == {"newest": "2024-05-02T00:00:00+00:00", "seconds": 43200.0}


@pytest.mark.parametrize("values", [[], [None, None]])
def test_no_time_is_not_fresh(values: list[None]) -> None:
    """Nothing says that anything is new."""
    rows = table(at=pa.array(values, pa.timestamp("us")))
    found = checks.fresh("t", "at", HOUR)(rows=rows, context=context())

    assert (found.passed, "has no time in" in found.message) == (False, True)


def drift(now: Any, before: Any, at_most: float = 0.1) -> CheckResult:
    """Return what a check of drift finds."""
    check = checks.no_drift("t", "a", at_most=at_most)
    earlier = None if before is None else table(a=before)
    found: CheckResult = check(rows=table(a=now), context=context(earlier))
    return found


@pytest.mark.parametrize(
    ("now", "before", "distance"),
    [
        ([1, 2, 3, 4], [4, 3, 2, 1], 0),
        ([1, 2, 3, 4], [1, 2, 3, 5], 0.25),
        ([1, 2], [3.5, 4.5, 9], 1),
        ([1, 1, None, None], [1, 1, 1, None], 0.25),
        ([1.0, float("nan")], [1.0, None], 0),
        (pa.nulls(2, pa.int64()), pa.nulls(3, pa.int64()), 0),
        ([date(2024, 1, 1), date(2024, 1, 2)], [date(2024, 1, 2)] * 2, 0.5),
        ([HOUR, 2 * HOUR], [2 * HOUR, 3 * HOUR], 0.5),
        (["a", "b", "b", None], ["b", "b", "a", None], 0),
        (["a", "b"], ["b", "c"], 0.5),
        ([True, True], [False, False], 1),
        (["1", "2"], [1, 2], 1),
    ],
)
def test_a_distance_is_from_0_to_1(now: Any, before: Any, distance: float) -> None:
    """Numbers and times by their order, all else by the shares of its values."""
    found = drift(now, before, 0.99)

    assert found.metadata["distance"] == pytest.approx(distance)
    assert found.passed is (distance < 1)


def test_a_column_that_moved_says_how_far() -> None:
    """And how far it may."""
    found = drift([1, 2, 3, 4], [1, 2, 3, 5])

    assert not found.passed
    assert found.message == "'a' has moved by 0.250, and may by 0.1"
    assert drift([1, 2, 3, 4], [1, 2, 3, 5], 0.25).passed


def test_without_a_version_before_nothing_can_have_moved() -> None:
    """It says so."""
    assert drift([1], None) == CheckResult(
        passed=True, message="there is no version before to compare with"
    )
    earlier = context(table(b=[1]))
    found = checks.no_drift("t", "a")(rows=table(a=[1]), context=earlier)
    assert (found.passed, found.message) == (True, "the version before has no column 'a'")


def test_a_table_that_became_empty_has_moved() -> None:
    """Also one that was empty; two empty ones are alike."""
    none = pa.array([], pa.int64())

    assert not drift(none, [1]).passed
    assert drift([1], none).message == "it has 1 row, and the version before 0 rows"
    assert drift(none, none).passed


@pytest.mark.parametrize(
    ("look", "message"),
    [
        (
            lambda: checks.unique("t", "l")(rows=table(l=[[1]])),
            "'l' holds list<item: int64>",
        ),
        (
            lambda: drift([[1]], [[1]]),
            "'a' holds list<item: int64>, whose values cannot be",
        ),
        (
            lambda: referring(table(a=["1"]), table(id=[1])),
            "'a' holds string, and 'id' of 'customers' int64: they are never equal",
        ),
        (
            lambda: checks.fresh("t", "a", HOUR)(rows=table(a=[1]), context=context()),
            "'a' holds int64, and no times",
        ),
    ],
)
def test_values_that_cannot_be_compared_are_told(
    look: Callable[[], object], message: str
) -> None:
    """By column and type."""
    with pytest.raises(UsageError, match=re.escape(message)):
        look()


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        (checks.row_count("t"), "neither at_least= nor at_most="),
        (checks.row_count("t", at_least=-1), "have to be counts"),
        (checks.row_count("t", at_least=3, at_most=2), "more than at_most=2"),
        (checks.unique("t", []), "has no columns"),
        (checks.references("t", ["a"], "u", ["a", "b"]), "1 column, and 2 that"),
        (checks.references("t", ["a", "a"], "u", ["a", "b"]), "named twice"),
        (checks.fresh("t", "at", timedelta(0)), "no timedelta of some length"),
        (checks.no_drift("t", "a", at_most=1), "no number from 0 up to 1"),
        (checks.no_drift("t", "a", at_most=False), "no number from 0 up to 1"),
        (checks.row_count("t", at_least=True), "have to be counts"),
        (checks.row_count("t", at_least=1, blocking=NO), "blocking='no', which has to"),
        (checks.unique("t", NUMBER), "columns 5, which have to be"),
        (checks.unique("t", [NUMBER]), "columns [5], which have to be"),
        (checks.references("t", "a", "u", NUMBER), "columns 5, which have to be"),
        (checks.fresh("t", LIST, HOUR), "column=['a'], which has to be the name"),
        (checks.no_drift("t", LIST), "column=['a'], which has to be the name"),
        (checks.no_drift("t", "a", name=NUMBER), "name=5, which has to be text"),
    ],
)
def test_options_that_make_no_sense_are_told_with_their_place(
    check: Any, wrong: str
) -> None:
    """When the project loads, and with an example."""
    (problem,) = check.problems

    assert wrong in problem.problem
    assert f"checks.{check.name.partition('(')[0]}(" in problem.fix
    assert problem.where.startswith(__file__)


def test_checks_have_names_that_tell_them_apart() -> None:
    """By their columns; or as somebody calls them."""
    made = [
        checks.row_count("t", at_least=1),
        checks.unique("t", ["a", "b"]),
        checks.references("t", "a", "u", "b"),
        checks.fresh("t", "at", HOUR),
        checks.no_drift("t", "a", name="steady", blocking=False),
    ]

    assert [one.name for one in made] == [
        *("row_count", "unique(a, b)", "references(a)", "fresh(at)", "steady"),
    ]
    assert [one.blocking for one in made] == [True] * 4 + [False]
