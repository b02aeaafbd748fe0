"""The rows about partitions: a year of days, and assets of very many cells."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import (
    Point,
    Profile,
    Row,
    Sample,
    alternate,
    expect,
    median,
    run_program,
)
from tests.benchmarks.profiles import durable_writes, profiled

HERE = Path(__file__).parent
SINGLE, BATCH, BARE = "single", "batch", "bare"
ONE_CALL, ONE_CALL_FILES = "one-call", "one-call-files"
UNPUBLISHED = " without paths"
"""After the name of a script: the same with publish="none"."""
ASSETS = 3

COMMON = """
import sys
from pathlib import Path

import numpy as np
import pandas as pd

DAYS = {days}
END = str(pd.Timestamp("2023-01-01") + pd.Timedelta(days=DAYS))


def rows(day):
    rng = np.random.default_rng(day.day_of_year)
    kinds, values = rng.integers(0, 5, 100), rng.random(100)
    return pd.DataFrame({{"id": np.arange(100), "value": values, "kind": kinds}})


def doubled(frame):
    return frame.assign(twice=frame["value"] * 2)


def summed(frame, by):
    return frame.groupby(by, as_index=False)["twice"].sum()

"""

SCRIPTS = {
    BARE: """
def path(name, day):
    found = Path("data", name, f"date={day.date()}")
    found.mkdir(parents=True)
    return found / "data.parquet"


for day in pd.date_range("2023-01-01", periods=DAYS):
    first, second = path("first", day), path("second", day)
    rows(day).to_parquet(first)
    doubled(pd.read_parquet(first)).to_parquet(second)
    summed(pd.read_parquet(second), ["kind"]).to_parquet(path("third", day))
""",
    SINGLE: """
from assets_core import DailyPartitions, asset, materialize

ALL = DailyPartitions("2023-01-01", END)


@asset(partitions=ALL)
def first(context) -> pd.DataFrame:
    return rows(pd.Timestamp(context.partition.key))


@asset(partitions=ALL)
def second(first: pd.DataFrame) -> pd.DataFrame:
    return doubled(first)


@asset(partitions=ALL)
def third(second: pd.DataFrame) -> pd.DataFrame:
    return summed(second, ["kind"])


materialize([first, second, third])
""",
    BATCH: """
from assets_core import DailyPartitions, asset, materialize

ALL = DailyPartitions("2023-01-01", END)


@asset(partitions=ALL, batch="all")
def first(context) -> pd.DataFrame:
    keys = [day.key for day in context.partitions]
    frame = pd.concat([rows(pd.Timestamp(key)) for key in keys], ignore_index=True)
    return frame.assign(date=np.repeat(keys, len(frame) // len(keys)))


@asset(partitions=ALL, batch="all")
def second(first: pd.DataFrame) -> pd.DataFrame:
    return doubled(first)


@asset(partitions=ALL, batch="all")
def third(second: pd.DataFrame) -> pd.DataFrame:
    return summed(second, ["date", "kind"])


materialize([first, second, third])
""",
    ONE_CALL: """
keys = [str(day.date()) for day in pd.date_range("2023-01-01", periods=DAYS)]
first = pd.concat([rows(pd.Timestamp(key)) for key in keys], ignore_index=True)
first = first.assign(date=np.repeat(keys, len(first) // len(keys)))
second = doubled(first)
third = summed(second, ["date", "kind"])
""",
}
SCRIPTS[ONE_CALL_FILES] = f"""{SCRIPTS[ONE_CALL]}
import pyarrow as pa
import pyarrow.parquet as pq

for name, frame in (("first", first), ("second", second), ("third", third)):
    table = pa.Table.from_pandas(frame.drop(columns="date"), preserve_index=False)
    starts = np.searchsorted(frame["date"].to_numpy(), keys)
    for key, start, end in zip(keys, starts, [*starts[1:], len(frame)]):
        folder = Path("data", name, f"date={{key}}")
        folder.mkdir(parents=True)
        pq.write_table(table.slice(start, end - start), folder / "data.parquet")
"""
FLOORS = {
    ONE_CALL: "the functions, called once for all, nothing written",
    ONE_CALL_FILES: "these, and a file for each day by pyarrow alone, not synced",
}


def days(folder: Path, count: int, times: int) -> Iterator[Row]:
    """Measure three assets of so many days: a call for each day, and a call for all."""
    scripts = dict(SCRIPTS)
    for name in (SINGLE, BATCH):
        unpublished = SCRIPTS[name].replace(
            "partitions=ALL", 'partitions=ALL, publish="none"'
        )
        scripts[name + UNPUBLISHED] = unpublished
    done = dict.fromkeys(scripts, 0)

    def run(name: str) -> Sample:
        place = folder / f"{name}-{done[name]}"
        done[name] += 1
        place.mkdir(parents=True)
        script = place / "work.py"
        script.write_text(COMMON.format(days=count) + scripts[name])
        sample = run_program([sys.executable, script], place)
        if name == ONE_CALL:
            shutil.rmtree(place)
            return sample
        if not name.endswith(UNPUBLISHED):
            stored = sorted(
                path.stat().st_size > 0 for path in place.glob("data/*/*/data.parquet")
            )
            expect("stored partitions", stored, [True] * ASSETS * count)
        total = run_program([sys.executable, HERE / "sum_days.py", place / "data"], place)
        shutil.rmtree(place)
        return replace(sample, output=total.output)

    def looked_at(name: str) -> Profile:
        place = folder / f"{name}-looked-at"
        place.mkdir()
        script = place / "work.py"
        script.write_text(COMMON.format(days=count) + scripts[name])
        found = profiled([script], place)
        shutil.rmtree(place)
        return found

    samples = alternate({name: partial(run, name) for name in scripts}, times)
    summed_up = [many for name, many in samples.items() if name != ONE_CALL]
    outputs = {sample.output for many in summed_up for sample in many}
    expect("different sums", len(outputs), 1)
    work = f"{ASSETS} assets × {count} days"
    single = Row(
        name="days",
        work=f"{work}, one call a day",
        reference="bare pandas + pyarrow loop, no fsync",
        ours=samples[SINGLE],
        bare=samples[BARE],
        checked="a file for each day, and the same sums",
        budget=1.2,
        profile=looked_at(SINGLE),
        floor={
            "the bare loop, nothing durable": median(samples[BARE], "seconds"),
            f"{ASSETS * count:,} files of 4 kB, each synced": durable_writes(
                folder / "durable", ASSETS * count
            ),
        },
    )
    yield single
    yield replace(
        single,
        name="days-batch",
        work=f"{work}, one call for all",
        ours=samples[BATCH],
        budget=0.3,
        profile=looked_at(BATCH),
        floor={
            **single.floor,
            **{words: median(samples[name], "seconds") for name, words in FLOORS.items()},
        },
    )
    checked = "the same sums"
    for name, words, budget in (
        (SINGLE, "one call a day", 1.2),
        (BATCH, "one call for all", 0.3),
    ):
        yield replace(
            single,
            name=f"days-{name}-unpublished",
            work=f'{work}, {words}, publish="none"',
            ours=samples[name + UNPUBLISHED],
            checked=checked,
            budget=budget,
            profile=None,
        )


def cells(folder: Path, assets: int, count: int) -> Iterator[Row]:
    """Measure planning of so many cells; there is nothing to compare it with."""
    folder.mkdir(parents=True)
    sample = run_program(
        [sys.executable, HERE / "cells.py", str(assets), str(count)], folder
    )
    shutil.rmtree(folder)
    found = sample.document()
    for name, seconds in found["took"].items():
        size = f"; {found['bytes_per_cell']:,.0f} bytes of metadata a cell"
        yield Row(
            name=f"cells-{assets}x{count}-{name.replace(' ', '-')}",
            work=f"{assets:,} assets × {count:,} partitions: {name}",
            reference="nothing does it",
            ours=[Sample(seconds, found["busy"][name], found["peak_mb"])],
            bare=[],
            checked=f"the steps and the fresh cells{size if name == 'fill' else ''}",
            missing="there is no reference",
            point=Point("partitions", name, count) if assets == 1 else None,
        )
