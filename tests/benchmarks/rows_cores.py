"""The rows about several cores: a run with two jobs against one, in each executor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import Row, Sample, alternate, expect, program, run_program
from tests.benchmarks.projects import Layered, forget
from tests.benchmarks.rows_many import Many

EXECUTORS = ("threads", "processes")
CALLS = 16
"""How many functions are bound by the processor, none of which reads another."""

_SCALED = 1 / 1.7
"""What two jobs may take of the time of one."""

_HEAD = """\
import pyarrow as pa

from assets_core import asset


def digits(number):
    found = number
    for step in range({steps}):
        found = (found * 31 + step) % 1_000_003
    return pa.table({{"number": [number], "found": [found]}})

"""
_CALL = """
@asset
def call_{number}() -> pa.Table:
    return digits({number})

"""


def scaled(folder: Path, steps: int, assets: int, times: int) -> Iterator[Row]:
    """Measure functions that keep a core busy in Python, and many small assets.

    Args:
        steps: How many steps of a loop in Python each of the busy functions makes.
    """
    busy = folder / "busy"
    busy.mkdir(parents=True)
    calls = "".join(_CALL.format(number=number) for number in range(CALLS))
    (busy / "busy.py").write_text(_HEAD.format(steps=steps) + calls)
    (busy / "assets.toml").write_text('modules = ["busy"]\n')
    work = f"{CALLS} functions of {steps:,} steps of pure Python"
    yield from _rows("busy", work, busy, CALLS, times)
    small = Many(folder / "small", Layered(assets))
    small.write()
    work = f"{assets:,} small assets, all computed, durable"
    yield from _rows("small", work, small.folder / "ours", assets, times)


def _rows(name: str, work: str, place: Path, count: int, times: int) -> Iterator[Row]:
    samples = alternate(
        {
            f"{executor}-{jobs}": partial(_run, place, executor, jobs, count)
            for executor in EXECUTORS
            for jobs in (1, 2)
        },
        times,
    )
    for executor in EXECUTORS:
        yield Row(
            name=f"cores-{name}-{executor}",
            work=f"{work}: {executor}, two jobs",
            reference="the same with one job",
            ours=samples[f"{executor}-2"],
            bare=samples[f"{executor}-1"],
            checked="each computed once",
            budget=_SCALED,
        )
    yield Row(
        name=f"cores-{name}-both",
        work=f"{work}: processes, two jobs",
        reference="threads, two jobs",
        ours=samples["processes-2"],
        bare=samples["threads-2"],
        checked="each computed once",
    )


def _run(place: Path, executor: str, jobs: int, count: int) -> Sample:
    """Compute everything, from nothing."""
    forget(place)
    sample = run_program(
        [
            *(program("assets"), "--project", place, "materialize", "--json"),
            *("--executor", executor, "--jobs", jobs),
        ],
        place,
    )
    steps = [step["status"] for step in sample.document()["steps"]]
    expect("steps", steps, ["computed"] * count)
    return replace(sample, output="")
