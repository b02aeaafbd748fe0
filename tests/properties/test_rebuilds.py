"""Whatever a project has lived through, its metadata store comes back as it was (G14)."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from assets_core import RunFailed, Workspace
from assets_core.errors import AssetsError
from assets_core.model.keys import AssetKey, Cell
from assets_core.workspace import upkeeping

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
SEEDS = range(int(os.environ.get("REBUILD_SEEDS", "200" if NIGHTLY else "3")))
STEPS = 12
KEYS = ("numbers", "total", "days")
DAYS = ("mon", "tue")
SETTINGS = """
modules = ["pipeline"]
[executor]
type = "inline"
[retention]
versions = 1
days = 0
grace_hours = 0
[io.data]
type = "parquet"
[io.lake]
type = "parquet"
root = "lake"
publish = "none"
"""
CODE = """
from pathlib import Path

import pyarrow as pa

from assets_core import DynamicPartitions, asset, check, source

values = source("values", path="values.txt")


@asset
def numbers(values: Path) -> pa.Table:
    return pa.table({"n": [int(word) for word in values.read_text().split()]})


@asset(io="lake")
def total(numbers: pa.Table) -> pa.Table:
    if len(numbers) == 3:
        raise ValueError("three")
    return pa.table({"total": [sum(numbers["n"].to_pylist())]})


@asset(io="lake", partitions=DynamicPartitions("days"))
def days(context, numbers: pa.Table) -> pa.Table:
    return numbers


@check("numbers", blocking=False)
def is_short(numbers: pa.Table) -> bool:
    return len(numbers) < 3
"""


class Life:
    """A project and a source of chance."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)  # noqa: S311 - for a test
        (folder / "assets.toml").write_text(SETTINGS)
        (folder / "pipeline.py").write_text(CODE)
        self.set_values()

    def set_values(self) -> None:
        """Change the source."""
        words = map(str, range(self.chance.randrange(1, 5)))
        (self.folder / "values.txt").write_text(" ".join(words))

    def step(self) -> None:
        """Do anything."""
        doing: list[Callable[[Workspace], object]] = [
            self._run,
            self._run,
            lambda _: self.set_values(),
            self._roll_back,
            self._pin,
            lambda workspace: workspace.gc(),
            lambda workspace: workspace.add_partitions("days", self.chance.choice(DAYS)),
            lambda workspace: workspace.delete_partitions("days", self.chance.choice(DAYS)),
        ]
        with Workspace.open(self.folder) as workspace:
            self.chance.choice(doing)(workspace)

    def _run(self, workspace: Workspace) -> None:
        with suppress(RunFailed):  # of three numbers there is no total
            workspace.materialize(force=self.chance.random() < 0.2)

    def _version(self, workspace: Workspace) -> str | None:
        found = workspace.tools.store.history(Cell(AssetKey("numbers")))
        return self.chance.choice(found).id if found else None

    def _roll_back(self, workspace: Workspace) -> None:
        version = self._version(workspace)
        release = self.chance.random() < 0.5
        with suppress(AssetsError):  # it is not held, or its data was collected
            workspace.rollback(
                "numbers", to=None if release else version, release=release or not version
            )

    def _pin(self, workspace: Workspace) -> None:
        version, name = self._version(workspace), self.chance.choice("ab")
        with suppress(AssetsError):  # as above
            if self.chance.random() < 0.3:
                upkeeping.unpinned(workspace, "numbers", name, None)
            elif version:
                upkeeping.pinned(workspace, "numbers", version, name, None)

    def state(self) -> dict[str, Any]:
        """Return all that has to come back."""
        with Workspace.open(self.folder) as workspace:
            store = workspace.tools.store
            cells = [*map(Cell, map(AssetKey, KEYS))]
            cells += [Cell(AssetKey("days"), day) for day in DAYS]
            history = [made for cell in cells for made in store.history(cell, 1000)]
            plan = workspace.plan()
            return {
                "heads": store.heads("main"),
                "history": history,
                "checks": {made.id: store.checks(made.id) for made in history},
                "reusable": store.reusable(cells),
                "keys": store.dynamic_keys(["days"]),
                "pins": store.keeping.pins(),
                "plan": [(step.cell, step.action) for step in plan.steps],
                "held": plan.held,
            }

    def lose(self) -> None:
        """Delete the metadata store and build it again."""
        for path in (self.folder / ".assets").glob("metadata.db*"):
            path.unlink()
        with Workspace.open(self.folder) as workspace:
            found = upkeeping.rebuilt(workspace, dry_run=False)
            assert found.problems == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_store_that_is_lost_at_any_moment_comes_back(tmp_path: Path, seed: int) -> None:
    """Heads, history, checks, keys, pins, and what is left to do."""
    life = Life(tmp_path, seed)
    with Workspace.open(tmp_path) as workspace:
        life._run(workspace)
    for _ in range(STEPS):
        life.step()
        if life.chance.random() < 0.3:
            before = life.state()
            life.lose()
            assert life.state() == before
