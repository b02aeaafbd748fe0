"""A project with several versions of each table, and a clock that can be moved on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Materialization, StepRecord
from assets_core.testing import FakeClock
from assets_core.upkeep.gc import Collected
from tests.flows.small_project import SETTINGS, Project

HOUR, DAY = 3600.0, 86_400.0
NOTHING_ELSE = "[retention]\nversions = 0\ndays = 0\n"

BODY = """
values = source("values", path="values.txt")


@asset
def numbers(values: Path) -> pa.Table:
    return pa.table({"n": [int(word) for word in values.read_text().split()]})


@asset
def total(numbers: pa.Table) -> pa.Table:
    return pa.table({"total": [sum(numbers["n"].to_pylist())]})
"""


class Kept:
    """A project with two tables, of which each number of `values.txt` makes a version."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.folder: Path = project.folder
        project.write(BODY, settings=SETTINGS + NOTHING_ELSE)

    def set_values(self, text: str) -> None:
        """Change the source."""
        (self.folder / "values.txt").write_text(text)

    def make(self, *texts: str) -> None:
        """Make a version of each table from each of these sources."""
        for text in texts:
            self.set_values(text)
            assert set(self.project.ended().values()) <= {"computed", "reused", "skipped"}

    def keep(self, **retention: float) -> None:
        """Say what is kept beside what is shown."""
        given = {"versions": 0, "days": 0, **retention}
        lines = [f"{name} = {value}" for name, value in given.items()]
        text = "\n".join([SETTINGS, "[retention]", *lines, ""])
        (self.folder / "assets.toml").write_text(text)

    @contextlib.contextmanager
    def opened(self, hours: float = 0.0, **tools: Any) -> Iterator[Workspace]:
        """Open it as if some hours had gone by."""
        with Workspace.open(self.folder) as workspace:
            clock = FakeClock(time.time() + hours * HOUR)
            workspace.tools = replace(workspace.tools, **{"clock": clock, **tools})
            yield workspace

    def collect(self, hours: float = 0.0, *, dry_run: bool = False) -> Collected:
        """Collect garbage as if some hours had gone by."""
        with self.opened(hours) as workspace:
            return workspace.gc(dry_run=dry_run)

    def versions(self, key: str = "numbers") -> list[Materialization]:
        """Return the results of a table, oldest first."""
        with Workspace.open(self.folder) as workspace:
            history = workspace.tools.store.history(Cell(AssetKey(key)))
            return list(reversed(history))

    def path(self, made: Materialization) -> Path:
        """Return where the bytes of a result are."""
        return self.folder / "data" / made.stored.location

    def objects(self) -> set[str]:
        """Return the names of all stored files."""
        return {path.name for path in (self.folder / "data").glob(".objects/*/*.parquet")}

    def findings(self) -> list[str]:
        """Return what is wrong with what is stored, all of it looked at."""
        with Workspace.open(self.folder) as workspace:
            found = workspace.verify(deep=True).findings
            return [f"{one.asset}: {one.text}" for one in found]


class Before:
    """Something else, but that something happens before one of its methods is called."""

    def __init__(self, inner: Any, method: str, happens: Callable[[], object]) -> None:
        self._inner = inner
        self._method = method
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        """Return the method; what happens, happens once."""
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            happens, self._happens = self._happens, None
            if happens is not None:
                happens()
            return found(*arguments, **named)

        return call


def reasons(steps: tuple[StepRecord, ...], key: str) -> tuple[str, ...]:
    """Return why a step did what it did."""
    return next(step.reasons for step in steps if step.cell.asset == key)
