"""A project of very many assets, all of which show a result, and what a command does."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell
from tests.benchmarks.cells import commits
from tests.benchmarks.counting import counted

SETTINGS = 'name = "many"\nmodules = ["many"]\n[executor]\ntype = "inline"\n'
HEAD = '"""Very many assets."""\nimport pandas as pd\nfrom assets_core import asset\n'
ASSET = '''

@asset(group="g{group}", owners=["o{owner}@example.com"], tags=["t{tag}"])
def a{number}({inputs}) -> pd.DataFrame:
    """Return table {number}, made of what came before it."""
    return pd.DataFrame({{"id": [1, 2, 3], "n": [1, 2, 5], "name": ["x", "y", "z"]}})
'''


def write_many(folder: Path, count: int) -> Path:
    """Write a project of so many assets, each of which shows the same three rows."""
    folder.mkdir()
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "many.py").write_text(HEAD + "".join(_asset(one) for one in range(count)))
    with Workspace.open(folder) as workspace:
        workspace.materialize("a0")
        store, keys = workspace.tools.store, workspace.keys()
        (like,) = store.history(Cell(AssetKey("a0")))
        assets = workspace.graph_of_assets.assets
        rest = [one for one in assets if one.key != "a0"]
        store.commit_all(
            [each for one in rest for each in commits(workspace, one, keys, like)]
        )
    return folder


def _asset(number: int) -> str:
    above = sorted({number // 2, (number - 1) // 3, number - 7} & set(range(number)))
    return ASSET.format(
        number=number,
        group=number % 40,
        owner=number % 15,
        tag=number % 9,
        inputs=", ".join(f"a{one}: pd.DataFrame" for one in above),
    )


@dataclass(frozen=True)
class Wrote:
    """What `assets docs generate` did.

    Attributes:
        told: Its own document.
        statements: How many statements of SQL it sent.
        read: How many files under `.assets` it opened to read.
        wrote: How many of these it opened to write.
        seconds: How long the whole process took.
    """

    told: dict[str, Any]
    statements: int
    read: int
    wrote: int
    seconds: float


def generate_counted(folder: Path) -> Wrote:
    """Let a process of its own write the catalogue, and count what it does."""
    began = time.perf_counter()
    found = counted(folder, "docs", "generate", "--json")
    seconds = time.perf_counter() - began
    return Wrote(json.loads(found.told), found.statements, found.read, found.wrote, seconds)
