"""Frames of Polars, eager and lazy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from assets_core.backends.frames_polars import form_of, from_arrow, to_arrow
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form

TABLE = pa.table({"n": pa.chunked_array([[1, 2], [3]]), "s": ["a", None, "c"]})


def test_a_lazy_frame_is_computed() -> None:
    """What is returned lazily has to become data before it is stored."""
    lazy = from_arrow(TABLE, Form.POLARS_LAZY, "orders").filter(pl.col("n") > 1)

    assert form_of(lazy) is Form.POLARS_LAZY
    assert to_arrow(lazy).column("n").to_pylist() == [2, 3]


def test_no_two_frames_share_what_can_be_changed() -> None:
    """Polars shares memory, and copies it before a change."""
    one, other = (from_arrow(TABLE, Form.POLARS, "orders") for _ in range(2))
    one[0, "n"] = 99
    one.drop_in_place("s")

    assert other.to_dict(as_series=False) == TABLE.to_pydict()
    assert TABLE.column("n").to_pylist() == [1, 2, 3]


def test_categories_come_as_their_text() -> None:
    """How Polars holds repeated text is not part of the data."""
    frame = pl.DataFrame(
        {
            "free": pl.Series(["a", "b"], dtype=pl.Categorical),
            "fixed": pl.Series(["x", "y"], dtype=pl.Enum(["y", "x"])),
        }
    )

    assert to_arrow(frame).to_pydict() == {"free": ["a", "b"], "fixed": ["x", "y"]}


UNFIT: dict[str, tuple[Callable[[], Any], str]] = {
    # Polars itself would hand over addresses of memory as bytes.
    "objects": (lambda: pl.Series([object()], dtype=pl.Object), "Python objects"),
    "wide integers": (lambda: pl.Series([1], dtype=pl.Int128), "Int128"),
    "wide integers in lists": (
        lambda: pl.Series([[1]], dtype=pl.List(pl.Int128)),
        "Int128",
    ),
    "wide integers in structs": (
        lambda: pl.Series([{"a": 1}], dtype=pl.Struct({"a": pl.Int128})),
        "Int128",
    ),
}


@pytest.mark.parametrize(("make", "why"), UNFIT.values(), ids=UNFIT)
def test_what_arrow_cannot_hold_is_refused_by_name(
    make: Callable[[], Any], why: str
) -> None:
    """The error names the column, before anything is written."""
    with pytest.raises(UnsupportedDataError, match=f"Column 'odd'.*{why}"):
        to_arrow(pl.DataFrame({"fine": [1], "odd": make()}))


@pytest.mark.parametrize(
    "kind",
    [
        pa.decimal256(50, 2),
        pa.large_list(pa.decimal256(50, 2)),
        pa.timestamp("us", "+05:30"),
    ],
    ids=str,
)
def test_what_polars_cannot_hold_is_refused_by_name(kind: pa.DataType) -> None:
    """For some of these Polars would print a traceback of its own and stop."""
    table = pa.table({"fine": [1], "odd": pa.nulls(1, kind)})

    with pytest.raises(UnsupportedDataError, match=r"'orders' .*column 'odd'") as caught:
        from_arrow(table, Form.POLARS, "orders")
    assert "pyarrow.Table" in caught.value.fix
