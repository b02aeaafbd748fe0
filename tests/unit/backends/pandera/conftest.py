"""The three libraries whose frames a schema can check, in Pandera's words for each."""

from __future__ import annotations

import importlib
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

INT = {"pandas": int, "polars": pl.Int64, "pyarrow": pa.int64()}
FLOAT = {"pandas": float, "polars": pl.Float64, "pyarrow": pa.float64()}
TEXT = {"pandas": str, "polars": pl.String, "pyarrow": pa.string()}


class Library:
    """One library of frames, with Pandera's words for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pandera = importlib.import_module(f"pandera.{name}")
        self.int, self.float, self.text = INT[name], FLOAT[name], TEXT[name]

    def schema(self, columns: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return a DataFrameSchema."""
        return self.pandera.DataFrameSchema(columns or {}, **options)

    def column(self, dtype: Any = None, checks: Any = None, **options: Any) -> Any:
        """Return a Column."""
        return self.pandera.Column(dtype, checks, **options)

    def greater(self, left: str, right: str, **options: Any) -> Any:
        """Return a check that one column is greater than another, in each row."""

        def over_pandas(frame: pd.DataFrame) -> Any:
            return frame[left] > frame[right]

        def over_polars(data: Any) -> Any:
            return data.lazyframe.select(pl.col(left) > pl.col(right))

        def over_arrow(data: Any) -> Any:
            return pc.greater(data.table[left], data.table[right])

        ask = {"pandas": over_pandas, "polars": over_polars, "pyarrow": over_arrow}
        return self.pandera.Check(ask[self.name], name=f"{left}_exceeds_{right}", **options)


@pytest.fixture(params=["pandas", "polars", "pyarrow"])
def library(request: pytest.FixtureRequest) -> Library:
    """Return each library in turn."""
    if request.param == "pyarrow":
        pytest.importorskip(
            "narwhals", reason="Pandera checks Arrow tables through Narwhals"
        )
    return Library(request.param)


@pytest.fixture
def over_pandas() -> Library:
    """Return pandas."""
    return Library("pandas")
