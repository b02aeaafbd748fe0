"""Dagster: assets in one process, kept by the Parquet IO manager of its documentation."""

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

HEAD = "from dagster import asset\n"
MARK = '@asset(code_version="1")\n'
STORING = """\
import pandas as pd
from dagster import UPathIOManager
from upath import UPath


class PandasParquetIOManager(UPathIOManager):
    extension = ".parquet"

    def dump_to_path(self, context, obj, path):
        with path.open("wb") as file:
            obj.to_parquet(file)

    def load_from_path(self, context, path):
        with path.open("rb") as file:
            return pd.read_parquet(file)


RESOURCES = {"io_manager": PandasParquetIOManager(UPath("data"))}
"""
WORK = """\
import sys
from importlib import import_module

from dagster import DagsterInstance, Definitions, load_assets_from_modules, materialize
from storing import RESOURCES

ASSETS = load_assets_from_modules([import_module(name) for name in {modules}])


def stale(instance):
    # What its web interface calls "unsynced"; there is no public function for it.
    from dagster._core.definitions.data_version import (
        CachingStaleStatusResolver,
        StaleStatus,
    )
    from dagster._core.loader import LoadingContextForTest

    graph = Definitions(ASSETS, resources=RESOURCES).resolve_asset_graph()
    asked = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    keys = graph.get_all_asset_keys()
    return sum(asked.get_status(key) != StaleStatus.FRESH for key in keys)


def main(verb):
    if verb == "load":
        defs = Definitions(ASSETS, resources=RESOURCES)
        print(len(defs.resolve_asset_graph().get_all_asset_keys()))
        return
    with DagsterInstance.get() as instance:
        if verb == "again":
            print("stale:", stale(instance))
        else:
            materialize(ASSETS, resources=RESOURCES, instance=instance)


main(sys.argv[1])
"""
DAYS = """\
import functions
import pandas as pd
from dagster import DagsterInstance, DailyPartitionsDefinition, asset, materialize
from storing import RESOURCES

END = str(pd.Timestamp(functions.END).date())
ALL = DailyPartitionsDefinition("2023-01-01", end_date=END)


@asset(partitions_def=ALL)
def first(context) -> pd.DataFrame:
    return functions.rows(pd.Timestamp(context.partition_key))


@asset(partitions_def=ALL)
def second(first: pd.DataFrame) -> pd.DataFrame:
    return functions.doubled(first)


@asset(partitions_def=ALL)
def third(second: pd.DataFrame) -> pd.DataFrame:
    return functions.summed(second, ["kind"])


with DagsterInstance.get() as instance:
    for day in ALL.get_partition_keys():
        materialize(
            [first, second, third],
            partition_key=day,
            resources=RESOURCES,
            instance=instance,
        )
"""
SETTINGS = {"home/dagster.yaml": "telemetry:\n  enabled: false\n", "storing.py": STORING}


def layers(layered: Layered) -> Files:
    """Return an asset for each function."""
    modules = [f"layer_{layer}" for layer in range(LAYERS)]
    files = marked_layers(layered, HEAD, MARK)
    return {**files, **SETTINGS, "work.py": WORK.format(modules=modules)}


def days(count: int) -> Files:
    """Return assets with a partition for each day, and a run for each."""
    return {**SETTINGS, "functions.py": days_text(count), "work.py": DAYS}


def large(rows: int) -> Files:
    """Return two assets."""
    text = large_text(rows, HEAD, MARK)
    return {**SETTINGS, "shop.py": text, "work.py": WORK.format(modules=["shop"])}


PEER = Peer(
    name="dagster",
    title="Dagster",
    packages=("dagster==1.13.29", *PANDAS),
    layers=layers,
    days=days,
    large=large,
    commands=work("run", "again", "load"),
    nothing="stale: 0",
    variables={"DAGSTER_HOME": "{folder}/home", "DAGSTER_DISABLE_TELEMETRY": "1"},
    looks_at="versions of code, given by hand, and of data, made of them",
    leaves_out="syncs no file, hashes no data; code that changed is not noticed by itself",
)
