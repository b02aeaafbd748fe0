"""Prefect: tasks of a flow whose results are kept by their inputs and their source."""

from __future__ import annotations

from tests.benchmarks.peers.peer import (
    PANDAS,
    Files,
    Peer,
    days_text,
    large_text,
    marked_layers,
    work,
)
from tests.benchmarks.projects import LAYERS, Layered

HEAD = """\
from prefect import task
from prefect.cache_policies import INPUTS, TASK_SOURCE
"""
MARK = "@task(cache_policy=INPUTS + TASK_SOURCE, persist_result=True)\n"
FLOW = """\
import sys
from pathlib import Path

from prefect import flow

{imports}


@flow
def whole(keep):
    found = {{}}
{calls}
    for name in found if keep else ():
        Path("tables").mkdir(exist_ok=True)
        found[name].to_parquet(f"tables/{{name}}.parquet")


if __name__ == "__main__":
    if sys.argv[1] == "load":
        print({count})
    else:
        whole(sys.argv[1] == "dump")
"""
DAYS = """\
import sys
from pathlib import Path

import functions
import pandas as pd
from prefect import flow, task
from prefect.cache_policies import INPUTS, TASK_SOURCE


@task(cache_policy=INPUTS + TASK_SOURCE, persist_result=True)
def first(day: str) -> pd.DataFrame:
    return functions.rows(pd.Timestamp(day))


@task(cache_policy=INPUTS + TASK_SOURCE, persist_result=True)
def second(first: pd.DataFrame) -> pd.DataFrame:
    return functions.doubled(first)


@task(cache_policy=INPUTS + TASK_SOURCE, persist_result=True)
def third(second: pd.DataFrame) -> pd.DataFrame:
    return functions.summed(second, ["kind"])


@flow
def whole(keep: bool):
    tables = {"first": [], "second": [], "third": []}
    for at in pd.date_range("2023-01-01", periods=functions.DAYS):
        day = str(at.date())
        one = first(day)
        two = second(one)
        three = third(two)
        if keep:
            for name, frame in zip(tables, (one, two, three), strict=True):
                tables[name].append(frame.assign(date=day))
    for name, frames in tables.items() if keep else ():
        Path("tables").mkdir(exist_ok=True)
        pd.concat(frames, ignore_index=True).to_parquet(f"tables/{name}.parquet")


if __name__ == "__main__":
    whole(sys.argv[1] == "dump")
"""


def layers(layered: Layered) -> Files:
    """Return a task for each function, and a flow that calls them."""
    calls = []
    for name, above in layered.graph().items():
        task = f"layer_{name[1 : name.index('_')]}.{name}"
        frames = ", ".join(f'found["{one}"]' for one in above)
        calls.append(f'    found["{name}"] = {task}({frames})')
    modules = [f"layer_{layer}" for layer in range(LAYERS)]
    flow = FLOW.format(
        imports="\n".join(f"import {module}" for module in modules),
        calls="\n".join(calls),
        count="sum(name[0] == 'a' for one in ("
        + ", ".join(modules)
        + ") for name in vars(one))",
    )
    return {**marked_layers(layered, HEAD, MARK), "work.py": flow}


def days(count: int) -> Files:
    """Return tasks that a flow calls for each day."""
    return {"functions.py": days_text(count), "work.py": DAYS}


def large(rows: int) -> Files:
    """Return two tasks."""
    calls = [
        '    found["events"] = shop.events()',
        '    found["totals"] = shop.totals(found["events"])',
    ]
    flow = FLOW.format(imports="import shop", calls="\n".join(calls), count=2)
    return {"shop.py": large_text(rows, HEAD, MARK), "work.py": flow}


PEER = Peer(
    name="prefect",
    title="Prefect",
    packages=("prefect==3.8.8", *PANDAS, "fastapi==0.139.0"),
    layers=layers,
    days=days,
    large=large,
    commands=work("run", "again", "load", "dump"),
    variables={
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": "{folder}/home",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    },
    looks_at="source of each task and hash of its inputs, as its flow is run",
    leaves_out="syncs no file, keeps pickles; helpers do not count",
)
