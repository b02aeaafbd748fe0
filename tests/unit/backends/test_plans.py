"""What the plan of a lazy frame says of where its columns come from."""

from __future__ import annotations

import time
from collections.abc import Callable

import polars as pl
import pyarrow as pa
import pytest

from assets_core.backends.frames import ArrowFrames
from assets_core.backends.plans import origins
from assets_core.backends.scans import scan
from assets_core.model.assets import Form
from assets_core.protocols.frames import Piece

FRAMES = ArrowFrames()
TABLE = pa.table({"a": [3, 1], "b": [2, 5], "s": ["x", "y"], "l": [[1], [2, 3]]})


def lazy(upstream: str) -> pl.LazyFrame:
    """Return a lazy frame of an asset, as a function gets it."""

    def to_frame(table: pa.Table) -> pl.DataFrame:
        frame: pl.DataFrame = FRAMES.from_arrow(table, Form.POLARS, "t")
        return frame

    piece = Piece(TABLE.schema, {}, len(TABLE), lambda: None, lambda names: TABLE)
    return scan([piece], TABLE.schema, to_frame, upstream)


T, U = lazy("t"), lazy("u")
A, B = pl.col("a"), pl.col("b")
PLANS: dict[str, tuple[Callable[[], pl.LazyFrame], dict[str, str]]] = {
    "all of it": (lambda: T, {"a": "t.a", "b": "t.b", "s": "t.s", "l": "t.l"}),
    "a filter": (lambda: T.filter(B > 2).select("a"), {"a": "t.a"}),
    "an order": (lambda: T.sort("b").select("a").head(1), {"a": "t.a"}),
    "other names": (lambda: T.rename({"a": "b", "b": "a"}).select("a"), {"a": "t.b"}),
    "a sum": (lambda: T.select(c=A + B * 2), {"c": "t.a t.b"}),
    "a constant": (lambda: T.select(c=pl.lit(1), n=pl.len()), {"c": "", "n": ""}),
    "a series": (lambda: T.select(c=A + pl.lit(pl.Series([1, 2]))), {"c": "?"}),
    "a choice": (lambda: T.select(c=pl.when(A > 1).then("s")), {"c": "t.a t.s"}),
    "a window": (lambda: T.select(c=A.sum().over("s", order_by="b")), {"c": "t.a t.b t.s"}),
    "groups": (
        lambda: T.group_by("s").agg(A.sum(), n=pl.len(), m=(A * B).max()),
        {"s": "t.s", "a": "t.a", "n": "", "m": "t.a t.b"},
    ),
    "a column in place of another": (lambda: T.with_columns(a=B).select("a"), {"a": "t.b"}),
    "a join": (
        lambda: T.join(U.with_columns(A - 1), on="a").select("a", "b", "b_right"),
        {"a": "t.a", "b": "t.b", "b_right": "u.b"},
    ),
    "a join to the left": (
        lambda: T.join(U.select("a", c="b"), on="a", how="left").select("a", "c"),
        {"a": "t.a", "c": "u.b"},
    ),
    "rows that are there": (
        lambda: T.join(U, on="a", how="semi").select("b"),
        {"b": "t.b"},
    ),
    "a full join": (
        lambda: T.join(U, on="a", how="full").select("a", "b"),
        {"a": "?", "b": "?"},
    ),
    "one below the other": (lambda: pl.concat([T, U]).select("a"), {"a": "t.a u.a"}),
    "rows once": (lambda: T.unique("a").select("b"), {"b": "t.b"}),
    "functions": (
        lambda: T.select(c=pl.col("s").str.to_uppercase(), d=A.shift(1).fill_null(B)),
        {"c": "t.s", "d": "t.a t.b"},
    ),
    "a function of the user": (
        lambda: T.select("a", c=B.map_elements(lambda one: one, return_dtype=pl.Int64)),
        {"a": "t.a", "c": "?"},
    ),
    "a frame that was there": (
        lambda: T.join(pl.LazyFrame({"a": [3], "z": [1]}), on="a").select("b", "z"),
        {"b": "t.b", "z": "?"},
    ),
    "a list taken apart": (lambda: T.explode("l").select("l"), {"l": "?"}),
    "all that the user does": (lambda: T.map_batches(lambda one: one), {}),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_tells_where_columns_come_from(name: str) -> None:
    """What is not certain is left open."""
    plan, wanted = PLANS[name]
    found = {
        column: "?" if made is None else " ".join(sorted(map(".".join, made)))
        for column, made in origins(plan()).items()
    }

    assert found == wanted
    if wanted:
        assert plan().collect().columns == list(wanted)


def test_a_result_that_is_there_says_nothing() -> None:
    """Whatever library it is of."""
    assert not FRAMES.origins(TABLE)
    assert not FRAMES.origins(T.collect())
    assert FRAMES.origins(T.select("a")) == {"a": frozenset({("t", "a")})}


def test_a_plan_that_cannot_work_says_nothing() -> None:
    """The error is that of computing it."""
    assert not origins(T.select("nothing"))


def test_asking_a_plan_takes_no_time() -> None:
    """Some thousandths of a second, for any result."""
    plan = T.join(U, on="a").group_by("s").agg(A.sum(), B.max())
    origins(plan)
    started = time.perf_counter()

    for _ in range(10):
        origins(plan)

    assert time.perf_counter() - started < 0.5
