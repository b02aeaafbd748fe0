"""Hamilton: plain functions are the graph, and its cache keeps what they return."""

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

CACHED = "from hamilton.function_modifiers import cache\n"
MARK = '@cache(format="parquet")\n'
WORK = """\
import sys
from importlib import import_module
from pathlib import Path

from hamilton import base, driver

MODULES = [import_module(name) for name in {modules}]


def main(verb):
    builder = driver.Builder().with_modules(*MODULES).with_cache()
    dr = builder.with_adapters(base.DictResult()).build()
    names = [one.name for one in dr.list_available_variables() if not one.is_external_input]
    if verb == "load":
        print(len(names))
        return
    wanted = names if verb == "dump" else {wanted}
    found = dr.execute(wanted)
    if verb == "dump":
        Path("tables").mkdir()
        for name, frame in found.items():
            frame.to_parquet(f"tables/{{name}}.parquet")


main(sys.argv[1])
"""
FUNCTIONS_OF_DAYS = """
from hamilton.function_modifiers import cache


@cache(format="parquet")
def first(day: str) -> pd.DataFrame:
    return functions.rows(pd.Timestamp(day))


@cache(format="parquet")
def second(first: pd.DataFrame) -> pd.DataFrame:
    return functions.doubled(first)


@cache(format="parquet")
def third(second: pd.DataFrame) -> pd.DataFrame:
    return functions.summed(second, ["kind"])
"""
WORK_OF_DAYS = """\
import sys
from pathlib import Path

import functions
import pandas as pd
import shop
from hamilton import base, driver

NAMES = ["first", "second", "third"]


def main(verb):
    builder = driver.Builder().with_modules(shop).with_cache()
    dr = builder.with_adapters(base.DictResult()).build()
    tables = {name: [] for name in NAMES}
    for at in pd.date_range("2023-01-01", periods=functions.DAYS):
        day = str(at.date())
        found = dr.execute(NAMES if verb == "dump" else NAMES[-1:], inputs={"day": day})
        for name in NAMES if verb == "dump" else ():
            tables[name].append(found[name].assign(date=day))
    for name in NAMES if verb == "dump" else ():
        Path("tables").mkdir(exist_ok=True)
        pd.concat(tables[name], ignore_index=True).to_parquet(f"tables/{name}.parquet")


main(sys.argv[1])
"""


def layers(layered: Layered) -> Files:
    """Return a project that asks for the whole last layer."""
    modules = [f"layer_{layer}" for layer in range(LAYERS)]
    last = f'[name for name in names if name.startswith("a{LAYERS - 1}_")]'
    files = marked_layers(layered, CACHED, MARK)
    return {**files, "work.py": WORK.format(modules=modules, wanted=last)}


def days(count: int) -> Files:
    """Return a project that executes its driver once a day."""
    head = "import functions\nimport pandas as pd\n"
    return {
        "functions.py": days_text(count),
        "shop.py": head + FUNCTIONS_OF_DAYS,
        "work.py": WORK_OF_DAYS,
    }


def large(rows: int) -> Files:
    """Return a project that asks for the totals."""
    return {
        "shop.py": large_text(rows, CACHED, MARK),
        "work.py": WORK.format(modules=["shop"], wanted='["totals"]'),
    }


PEER = Peer(
    name="hamilton",
    title="Hamilton",
    packages=("sf-hamilton==1.90.0", *PANDAS, "packaging==26.3"),
    layers=layers,
    days=days,
    large=large,
    commands=work("run", "again", "load", "dump"),
    variables={"HAMILTON_TELEMETRY_ENABLED": "false"},
    looks_at="code of each function, hash of its inputs' data",
    leaves_out="syncs nothing; keeps a cache, no history of runs; helpers do not count",
)
