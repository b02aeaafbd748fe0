"""This project, and the bare loop, written as the other tools are."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.peers.peer import (
    Files,
    Peer,
    days_text,
    function_text,
    large_text,
    layer_files,
    marked_layers,
    work,
)
from tests.benchmarks.projects import LAYERS, Layered
from tests.benchmarks.rows_partitions import BARE, BATCH, SCRIPTS, SINGLE

HERE = Path(__file__).resolve().parents[1]
SHOP = {"assets.toml": 'modules = ["shop"]\n'}
HEAD = "from assets_core import asset\n"
MARK = "@asset\n"
LOAD = """\
from assets_core import Workspace

with Workspace.open() as workspace:
    print(len(workspace.graph_of_assets.nodes))
"""
LOOP = """\
import sys
from pathlib import Path

sys.path.insert(0, {here!r})
from bare_loop import functions_in, run

found = functions_in(Path.cwd())
if sys.argv[1] == "load":
    print(len(found))
else:
    run(found, Path("data"))
"""
LARGE = """

from pathlib import Path

Path("data").mkdir()
events().to_parquet("data/events.parquet")
totals(pd.read_parquet("data/events.parquet")).to_parquet("data/totals.parquet")
"""


def layers(layered: Layered) -> Files:
    """Return a project of the layers."""
    modules = ", ".join(f'"layer_{layer}"' for layer in range(LAYERS))
    files = marked_layers(layered, HEAD, MARK)
    return {**files, "assets.toml": f"modules = [{modules}]\n", "load.py": LOAD}


def large(rows: int) -> Files:
    """Return a project of two assets."""
    text = large_text(rows, HEAD, MARK)
    return {"shop.py": text, **SHOP}


def days(count: int) -> Files:
    """Return assets that are called for each day."""
    return {"shop.py": _without_the_call(days_text(count) + SCRIPTS[SINGLE]), **SHOP}


def days_at_once(count: int) -> Files:
    """Return assets that are called once for all days."""
    return {"shop.py": _without_the_call(days_text(count) + SCRIPTS[BATCH]), **SHOP}


def _without_the_call(script: str) -> str:
    return script.partition("\nmaterialize(")[0]


def bare_layers(layered: Layered) -> Files:
    """Return the same functions alone."""
    head = "import pandas as pd\nfrom helpers import mixed, seed\n"
    files = layer_files(
        layered, head, lambda name, above: function_text(layered, name, above, "")
    )
    return {**files, "work.py": LOOP.format(here=str(HERE))}


def bare_large(rows: int) -> Files:
    """Return the same functions, called in a row."""
    return {"work.py": large_text(rows) + LARGE}


def bare_days(count: int) -> Files:
    """Return the loop over days."""
    return {"work.py": days_text(count) + SCRIPTS[BARE]}


OURS = Peer(
    name="ours",
    title=f"assets-core {version('assets-core')}",
    packages=(),
    layers=layers,
    days=days,
    days_at_once=days_at_once,
    large=large,
    commands={
        "run": ("assets", "materialize"),
        "again": ("assets", "materialize"),
        "load": ("python", "load.py"),
    },
    looks_at="code with helpers, config, versions of inputs' data; stored files",
    leaves_out="nothing: data is hashed, checked and recorded, files are synced",
)
LOOP_ALONE = Peer(
    name="bare",
    title="bare loop",
    packages=(),
    layers=bare_layers,
    days=bare_days,
    days_at_once=bare_days,
    large=bare_large,
    commands=work("run", "load"),
    looks_at="nothing",
    leaves_out="everything but calling functions and writing files",
)
