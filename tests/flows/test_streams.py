"""Streams that need not fit into memory: checked, hashed and written batch by batch."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assets_core import Workspace
from assets_core.running.streaming import HELD
from tests.flows.quarantine_project import STORES, aside, findings
from tests.flows.small_project import SETTINGS, Project
from tests.flows.stream_project import run_stream

SIZE, MEMORY = 1_000_000_000, 150_000_000
if os.environ.get("ASSETS_TEST_SIZE") == "nightly":
    SIZE, MEMORY = 10_000_000_000, 1_000_000_000

ROWS = 200_000
"""So many rows with a long text are more than is held in memory."""

MakeStream = Callable[..., Project]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a stream is made of, and how it is declared."""

    column: str = "pa_schema.Column(int, pa_schema.Check.ge(0))"
    option: str = ', on_invalid="quarantine"'
    body: str = "batches()"
    bad: int = 1000
    rows: int = ROWS
    more: str = ""
    settings: str = ""


@pytest.fixture
def stream(project: Project) -> MakeStream:
    """Return a maker of a project whose one asset is a stream."""

    def make(**given: Any) -> Project:
        asked = Options(**given)
        project.write(
            f"""
            import numpy as np
            import pandera.pandas as pa_schema
            from assets_core import Quarantine, StaticPartitions

            ROWS, BAD = {asked.rows} // 10, {asked.bad} // 10
            RULES = pa_schema.DataFrameSchema({{"n": {asked.column}}})

            def batches():
                for part in range(10):
                    n = np.arange(ROWS) + part * ROWS
                    n[:BAD] = -1 - n[:BAD]
                    yield pa.record_batch({{"n": n, "text": ["long " * 40] * ROWS}})

            @asset(schema=RULES{asked.option})
            def orders():
                return {asked.body}

            {asked.more}
            """,
            settings=SETTINGS + asked.settings,
        )
        return project

    return make


def test_a_stream_ten_times_the_memory_goes_through(tmp_path: Path) -> None:
    """Validated, parted, hashed and stored, whatever its length."""
    found = run_stream(tmp_path, SIZE)

    assert found["aside"] > SIZE // 5_000_000
    assert found["grown"] < MEMORY


@pytest.mark.parametrize("store", ["parquet", "duckdb views"])
def test_a_stream_is_stored_as_the_table_that_it_is(stream: MakeStream, store: str) -> None:
    """Nobody can tell later how it came: rows, order and data version are the same."""
    project = stream(settings=STORES[store])
    (streamed,) = project.run().steps
    rows, refused = project.read("orders"), aside(project)
    assert ROWS * 200 > HELD

    stream(body="pa.Table.from_batches(batches())", settings=STORES[store])
    (whole,) = project.run().steps

    assert (streamed.rows, streamed.quarantined) == (ROWS - 1000, 1000)
    assert streamed.data_version == whole.data_version
    assert rows == project.read("orders")
    assert [row["n"] for row in refused] == [row["n"] for row in aside(project)]
    assert findings(project) == []


@pytest.mark.parametrize(
    ("column", "option", "more", "said"),
    [
        ("pa_schema.Column(int, unique=True)", "", "", "unique of column 'n'"),
        (
            "pa_schema.Column(int, pa_schema.Check(lambda s: s.mean() > 0, name='mean'))",
            "",
            "",
            "check mean of column 'n'",
        ),
        (
            "pa_schema.Column(int, pa_schema.Check(lambda s: s < s.max(), name='below'))",
            "",
            "",
            "check below of column 'n', which compares rows",
        ),
        (
            (
                "pa_schema.Column(int, pa_schema.Check("
                "lambda s: ~s.duplicated(keep=False), name='once'))"
            ),
            "",
            "",
            "check once of column 'n', which compares rows",
        ),
        (
            (
                "pa_schema.Column(int, pa_schema.Check("
                "lambda s: s.diff().fillna(0) < 2, name='close'))"
            ),
            "",
            "",
            "check close of column 'n', which compares rows",
        ),
        ("pa_schema.Column(int)", ", ordered=False", "", "ordered=False"),
        (
            "pa_schema.Column(int)",
            "",
            "some = check('orders', name='some')(lambda orders: True)",
            "check 'some'",
        ),
    ],
)
def test_what_needs_all_rows_of_a_large_stream_is_named(
    stream: MakeStream, column: str, option: str, more: str, said: str
) -> None:
    """Passed over in silence, it would count as passed."""
    project = stream(column=column, option=option, more=more)

    error = project.error("orders", project.run())

    assert "needs all rows at once" in error
    assert said in error


def test_a_small_stream_is_checked_as_a_whole(stream: MakeStream) -> None:
    """It fits into memory, so nothing has to be given up."""
    project = stream(
        column="pa_schema.Column(int, unique=True)", rows=100, bad=0, option=""
    )

    assert project.ended() == {"orders": "computed"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"bad": ROWS // 2}, "100,000 of 200,000 rows would be put aside"),
        ({"option": ""}, "breaks greater_than_or_equal_to(0) in 1,000 rows"),
        ({"column": "pa_schema.Column(str)"}, "dtype"),
        ({"body": "(1 / 0 if n > 7 else b for n, b in enumerate(batches()))"}, "division"),
    ],
)
def test_a_stream_that_is_refused_leaves_nothing(
    stream: MakeStream, options: dict[str, object], said: str
) -> None:
    """Neither what passed nor what did not, nor what was written until then."""
    project = stream(**options)

    assert said in project.error("orders", project.run())

    with Workspace.open(project.folder) as workspace:
        assert workspace.tools.store.heads("main") == {}
        assert not any(one.leftovers() for one in workspace.tools.io.values())


def test_a_stream_may_pass_on_the_columns_that_it_reads(stream: MakeStream) -> None:
    """It is in memory no more when it is asked where its columns come from."""
    project = stream(
        bad=0,
        more="""
            @asset
            def passed(orders: pa.Table):
                return pa.RecordBatchReader.from_batches(orders.schema, orders.to_batches())
            """,
    )

    assert project.ended() == {"orders": "computed", "passed": "computed"}


def test_a_partition_may_be_a_stream(stream: MakeStream) -> None:
    """Its batches carry the partition column, which is not stored."""
    project = stream(
        option=', on_invalid="quarantine", partitions=StaticPartitions(["eu"])',
        body="(b.append_column('partition', pa.array(['eu'] * len(b))) for b in batches())",
    )

    (step,) = project.run().steps

    assert (step.status, step.rows, step.quarantined) == ("computed", ROWS - 1000, 1000)
    assert {row["_partition"] for row in aside(project)} == {"eu"}


def test_a_store_of_whole_tables_takes_a_stream_as_one(stream: MakeStream) -> None:
    """Then it has to fit into memory, as it always had to."""
    project = stream(settings=STORES["duckdb"])

    (step,) = project.run().steps

    assert (step.status, step.rows) == ("computed", ROWS - 1000)
