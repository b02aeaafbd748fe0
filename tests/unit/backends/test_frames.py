"""Which library a value belongs to, and what must not be returned at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import dataset

from assets_core.backends.frames import ArrowFrames
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import NO_TABLES, Form
from assets_core.protocols.frames import Frames

FRAMES: Frames = ArrowFrames()
TABLE = pa.table({"n": [1, 2, None], "s": ["a", None, "c"]})
FORMS = [form for form in Form if form not in {*NO_TABLES, Form.SQL}]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_goes_out_and_comes_back(form: Form) -> None:
    """A function gets what its annotation says, and may return it again."""
    with FRAMES.opened() as frames:
        value = frames.load(TABLE, form, "orders")

        assert FRAMES.form_of(value) is form
        back = FRAMES.to_arrow(value)
    assert back.num_rows == 3
    assert back.column("s").to_pylist() == ["a", None, "c"]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_can_be_had_outside_of_steps(form: Form) -> None:
    """A notebook asks for one table, and for nothing to be closed."""
    value = FRAMES.from_arrow(TABLE, form, "orders")

    assert FRAMES.to_arrow(value).column("s").to_pylist() == ["a", None, "c"]


def test_a_table_is_no_path() -> None:
    """Only the file of a source has a path that a function may open."""
    with FRAMES.opened() as frames, pytest.raises(UnsupportedDataError, match="'orders'"):
        frames.load(TABLE, Form.PATH, "orders")


def batches() -> Iterator[pa.RecordBatch]:
    """Yield two batches."""
    yield pa.record_batch({"n": [1, 2]})
    yield pa.record_batch({"n": [3]})


class Foreign:
    """What another library would give: nothing of ours but the stream."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return a stream of a table."""
        return TABLE.__arrow_c_stream__(requested_schema)


ARROW_VALUES = {
    "table": (TABLE, 3),
    "batch": (pa.record_batch({"n": [1]}), 1),
    "reader": (TABLE.to_reader(), 3),
    "generator": (batches(), 3),
    "list of batches": (list(batches()), 3),
    "tuple of tables": ((TABLE, TABLE), 6),
    "foreign stream": (Foreign(), 3),
}


@pytest.mark.parametrize(("value", "rows"), ARROW_VALUES.values(), ids=ARROW_VALUES)
def test_whatever_speaks_arrow_is_a_table(value: Any, rows: int) -> None:
    """A function may return one table or yield it piece by piece."""
    table = FRAMES.to_arrow(value)

    assert isinstance(table, pa.Table)
    assert table.num_rows == rows


async def not_called() -> None:
    """Do nothing, later."""


REFUSED = {
    "nothing": (None, "Nothing was returned", "return a pandas"),
    "dict": ({"n": [1]}, "A dict was returned", "DataFrame(value)"),
    "rows": ([{"n": 1}], "A list of dict was returned", "DataFrame(rows)"),
    "frames": ([pd.DataFrame({"n": [1]})], "list of pandas.DataFrame", "pandas.concat"),
    "empty list": ([], "An empty list was returned", "has the columns"),
    "number": (3, "An int was returned", "return a pandas"),
    "text": ("text", "A str was returned", "return a pandas"),
    "path": (Path("file.csv"), "PosixPath was returned", "return a pandas"),
    "numpy": (np.zeros((2, 2)), "A numpy.ndarray was returned", "columns="),
    "series": (pd.Series([1]), "A pandas.Series was returned", "value.to_frame()"),
    "index": (pd.Index([1]), "A pandas.Index was returned", "pandas.DataFrame"),
    "polars series": (pl.Series([1]), "A polars.Series was returned", "value.to_frame()"),
    "polars expression": (pl.col("a"), "A polars.Expr was returned", "polars.DataFrame"),
    "array": (pa.array([1]), "Array was returned", "return a pandas"),
    "dataset": (dataset.dataset(TABLE), "A pyarrow.InMemoryDataset", "value.to_table()"),
    "chunked array": (pa.chunked_array([[1]]), "A pyarrow.ChunkedArray", "pyarrow.table"),
}


@pytest.mark.parametrize(("value", "problem", "fix"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused_with_the_way_to_one(
    value: Any, problem: str, fix: str
) -> None:
    """The first thing that a new user does wrong is to return something else."""
    with pytest.raises(UnsupportedDataError) as caught:
        FRAMES.to_arrow(value)

    assert problem in caught.value.problem
    assert fix in caught.value.fix
    assert FRAMES.form_of(value) is None


def test_a_coroutine_is_refused() -> None:
    """An `async` function was called, and nobody waits for it."""
    value = not_called()
    with pytest.raises(UnsupportedDataError, match="coroutine"):
        FRAMES.to_arrow(value)
    value.close()


def test_batches_of_other_columns_are_refused_with_the_difference() -> None:
    """Which batch is wrong, and in what, is the first thing one asks."""
    other_type = [pa.record_batch({"n": [1]}), pa.record_batch({"n": [1.5]})]
    other_name = [pa.record_batch({"n": [1]}), pa.record_batch({"m": [1]})]

    with pytest.raises(
        UnsupportedDataError, match=r"Part 1 .*'n' is double instead of int64"
    ):
        FRAMES.to_arrow(other_type)
    with pytest.raises(UnsupportedDataError, match=r"Part 1 .*m instead of n"):
        FRAMES.to_arrow(other_name)
    with pytest.raises(UnsupportedDataError, match=r"Part 1 .* is an int and no table"):
        FRAMES.to_arrow([pa.record_batch({"n": [1]}), 5])


def test_a_failure_of_the_users_generator_is_the_users() -> None:
    """A traceback into the user's code says more than any message of ours."""

    def failing() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"n": [1]})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        FRAMES.to_arrow(failing())


def run(code: str) -> str:
    """Return what a new interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_is_loaded_before_it_is_needed() -> None:
    """Every command loads the chooser; most need none of the libraries."""
    loaded = run(
        "import sys, assets_core.backends.frames as f;"
        "print(*{'pandas', 'polars', 'duckdb', 'pyarrow', 'numpy'} & set(sys.modules))"
    )
    after_arrow = run(
        "import sys, pyarrow as pa, assets_core.backends.frames as f;"
        "f.ArrowFrames().to_arrow(pa.Table.from_arrays([pa.nulls(1)], ['n']));"
        "print(*{'pandas', 'polars', 'duckdb'} & set(sys.modules))"
    )

    assert loaded == ""
    assert after_arrow == ""


def test_a_missing_library_is_named_with_the_command_to_install_it() -> None:
    """An extra that is not installed is no reason for a traceback."""
    code = (
        "import sys, pyarrow as pa; sys.modules['polars'] = None\n"
        "from assets_core.backends.frames import ArrowFrames\n"
        "from assets_core.errors import ConfigurationError\n"
        "from assets_core.model.assets import NO_TABLES, Form\n"
        "try: ArrowFrames().from_arrow(pa.table({'n': [1]}), Form.POLARS, 'x')\n"
        "except ConfigurationError as error: print(error)"
    )

    assert "pip install 'assets-core[polars]'" in run(code)


def test_a_subclass_is_what_it_is_made_from() -> None:
    """Typed frames of Pandera and frames of geopandas are frames of pandas."""

    class Special(pd.DataFrame):
        """A frame of another library."""

    assert FRAMES.form_of(Special({"n": [1]})) is Form.PANDAS
    assert FRAMES.to_arrow(Special({"n": [1]})).to_pydict() == {"n": [1]}
