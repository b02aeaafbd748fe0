"""A project that is disturbed at one point after the other, and a look at what is left."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from assets_core import Workspace
from assets_core.model.keys import Cell
from assets_core.upkeep.doctor import examine
from assets_core.versioning.data_version import data_version
from tests.faults.calls.databases import Databases
from tests.faults.calls.lakes import Lake
from tests.faults.calls.projects import Graph, write_project
from tests.faults.calls.traced import Ended, TracedRuns

KILLED = -9
VALUES = {"first run": "1 2 3", "update": "4 5"}


@dataclass
class Sweep:
    """A project that is disturbed at one point after the other.

    Attributes:
        phase: What is disturbed: the first run, or one after a change of the source.
        metadata: Where its metadata store is, if that is PostgreSQL.
        lake: Where its tables lie, if that is a bucket.
        seen: What a run that was killed has left to be seen.
    """

    runs: TracedRuns
    folder: Path
    graph: Graph
    storage: str
    phase: str
    metadata: Databases | None = None
    lake: Lake | None = None
    before: Path = field(init=False)
    seen: list[Cell] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        write_project(self.folder, self.graph, self.storage)
        if self.lake is not None:
            with (self.folder / "assets.toml").open("a") as file:
                file.write(self.lake.settings)
        if self.metadata is not None:
            self.metadata.reset()
            self.metadata.name_it(self.folder)
        if self.phase == "update":
            assert self.runs.run_untraced(self.folder).is_whole
            (self.folder / "values.txt").write_text(VALUES["update"])
            (self.folder / "calls.log").unlink()
            if self.metadata is not None:
                self.metadata.keep()
            if self.lake is not None:
                self.lake.keep()
        self.before = self.folder.with_name("before")
        shutil.copytree(self.folder, self.before, symlinks=True)

    def points(self) -> list[tuple[str, int]]:
        """Return every call and its number, as an undisturbed run makes them."""
        counts = self.runs.count(self.folder)
        return [(call, n) for call in sorted(counts) for n in range(1, counts[call] + 1)]

    def disturb(self, call: str, number: int, how: str) -> Ended:
        """Run once more from the beginning, disturbed at one point."""
        self.reset()
        return self.trace(call, number, how)

    def trace(self, call: str, number: int, how: str) -> Ended:
        """Run, disturbed at one point."""
        inject = f"inject={call}:{how}:when={number}"
        return self.runs.run(self.folder, ("-e", f"trace={call}", "-e", inject))

    def reset(self) -> None:
        """Let everything be as it was before the run."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.before, self.folder, symlinks=True, dirs_exist_ok=True)
        if self.metadata is not None:
            self.metadata.reset()
        if self.lake is not None:
            self.lake.proxy.reset()
            self.lake.reset()

    def is_whole(self) -> None:
        """Check what a run that was killed has left, and what the next one makes of it."""
        self.nothing_is_torn()
        self.converges()
        self.nothing_seen_ran_again()

    def told(self, kills: int) -> str:
        """Return what a sweep has shown once it came to its end."""
        beside = "PostgreSQL" if self.metadata else "SQLite"
        what = f"{self.storage} and {beside}, {self.phase}"
        return f"{what}: {kills:,} kills, 0 torn, 0 lost, 0 unconverged"

    def nothing_is_torn(self) -> None:
        """Check that a reader sees whole versions: of now, or of before."""
        versions = {phase: self.graph.rows(values) for phase, values in VALUES.items()}
        self.seen = []
        with Workspace.open(self.folder) as workspace:
            for cell in workspace.tools.store.heads("main"):
                found = rows_of(workspace, cell)
                of = [phase for phase, each in versions.items() if each[cell] == found]
                assert of
                if of == [self.phase]:
                    self.seen.append(cell)

    def converges(self) -> None:
        """Check that the next run ends where an undisturbed one does."""
        with Workspace.open(self.folder) as workspace:
            workspace.materialize()
            expected = self.graph.rows(VALUES[self.phase])
            heads = workspace.tools.store.heads("main")
            assert {cell: rows_of(workspace, cell) for cell in expected} == expected
            assert {cell: heads[cell].data_version for cell in expected} == {
                cell: data_version(pa.table({"n": rows})).digest
                for cell, rows in expected.items()
            }
            assert not workspace.plan().steps
            findings = examine(workspace.tools, workspace.graph_of_assets, "main").findings
            assert findings == ()

    def nothing_seen_ran_again(self) -> None:
        """Check that only what was in flight was computed again, and that once."""
        calls = (self.folder / "calls.log").read_text().split()
        assert all(calls.count(name) <= 2 for name in calls)
        assert all(calls.count(self.graph.called(cell)) == 1 for cell in self.seen)


def rows_of(workspace: Workspace, cell: Cell) -> list[int]:
    """Return what a cell holds."""
    table = workspace.load_arrow(cell.asset, partition=cell.partition)
    rows: list[int] = table["n"].to_pylist()
    return rows
