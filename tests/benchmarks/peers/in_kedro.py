"""Kedro: nodes over a catalog of Parquet files."""

from __future__ import annotations

from tests.benchmarks.peers.peer import (
    PANDAS,
    Files,
    Peer,
    days_text,
    large_text,
    marked_layers,
)
from tests.benchmarks.projects import LAYERS, Layered

PROJECT = """\
[tool.kedro]
package_name = "shop"
project_name = "shop"
kedro_init_version = "1.7.0"
source_dir = "src"
"""
CATALOG = """\
"{name}":
  type: pandas.ParquetDataset
  filepath: data/{name}.parquet
"""
CATALOG_OF_DAYS = """\
"{name}":
  type: partitions.PartitionedDataset
  path: data/{name}
  dataset: pandas.ParquetDataset
  filename_suffix: .parquet
"""
REGISTRY = """\
from kedro.pipeline import Pipeline, node
{imports}


def register_pipelines():
    return {{
        "__default__": Pipeline(
            [
{nodes}
            ]
        )
    }}
"""
NODE = "                node({function}, {inputs}, {output!r}),"
DAYS = """
def first():
    days = pd.date_range("2023-01-01", periods=DAYS)
    return {str(day.date()): rows(day) for day in days}


def second(first):
    return {day: doubled(load()) for day, load in first.items()}


def third(second):
    return {day: summed(load(), ["kind"]) for day, load in second.items()}
"""
LOAD = """\
from pathlib import Path

from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project

bootstrap_project(Path.cwd())
print(len(pipelines["__default__"].nodes))
"""


def project(
    modules: Files, nodes: list[tuple[str, list[str], str]], catalog: str = CATALOG
) -> Files:
    """Return the folders of a project, with so many nodes."""
    imported = [path.removesuffix(".py") for path in modules]
    lines = [
        NODE.format(function=function, inputs=inputs or None, output=output)
        for function, inputs, output in nodes
    ]
    imports = "".join(f"\nfrom shop import {name}" for name in imported)
    return {
        "pyproject.toml": PROJECT,
        "conf/base/catalog.yml": catalog,
        "conf/local/credentials.yml": "",
        "src/shop/__init__.py": "",
        "src/shop/settings.py": "",
        "src/shop/pipeline_registry.py": REGISTRY.format(
            imports=imports, nodes="\n".join(lines)
        ),
        **{f"src/shop/{path}": text for path, text in modules.items()},
        "load.py": LOAD,
    }


def layers(layered: Layered) -> Files:
    """Return a node for each function of our own project."""
    modules = marked_layers(layered, "", "")
    for layer in range(LAYERS):
        path = f"layer_{layer}.py"
        modules[path] = modules[path].replace("from helpers", "from shop.helpers")
    nodes = [
        (f"layer_{name[1 : name.index('_')]}.{name}", list(above), name)
        for name, above in layered.graph().items()
    ]
    return project(modules, nodes)


def days(count: int) -> Files:
    """Return nodes over datasets with a file for each day."""
    nodes = [
        ("functions.first", [], "first"),
        ("functions.second", ["first"], "second"),
        ("functions.third", ["second"], "third"),
    ]
    return project({"functions.py": days_text(count) + DAYS}, nodes, CATALOG_OF_DAYS)


def large(rows: int) -> Files:
    """Return two nodes."""
    nodes = [("functions.events", [], "events"), ("functions.totals", ["events"], "totals")]
    return project({"functions.py": large_text(rows)}, nodes)


PEER = Peer(
    name="kedro",
    title="Kedro",
    packages=("kedro==1.7.0", "kedro-datasets==9.6.0", *PANDAS),
    layers=layers,
    days_at_once=days,
    large=large,
    commands={
        "run": ("kedro", "run"),
        "again": ("kedro", "run", "--only-missing-outputs"),
        "load": ("python", "load.py"),
    },
    variables={"DO_NOT_TRACK": "1", "KEDRO_DISABLE_TELEMETRY": "1"},
    looks_at="whether every file exists",
    leaves_out="syncs nothing, records nothing, compares neither code nor data",
)
