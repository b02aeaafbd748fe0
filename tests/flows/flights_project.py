"""A copy of the flights project that a test may run, edit, and kill."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from assets_core import RunResult, Workspace
from assets_core.model.keys import Cell
from assets_core.model.records import MAIN

PROJECT = Path(__file__).parents[2] / "projects" / "flights"
FLIGHTS = "flights.csv.zip"


@dataclass
class Flights:
    """The project in a folder of its own."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> Flights:
        """Copy what belongs to the project, and nothing that was computed."""
        shutil.copytree(
            PROJECT,
            folder,
            ignore=shutil.ignore_patterns("__pycache__", ".assets", "data", "files"),
        )
        return cls(folder)

    def copied(self, folder: Path) -> Flights:
        """Copy the project with all that it has computed."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Flights(folder)

    def edit(self, module: str, old: str, new: str) -> None:
        """Replace a text that stands in a module once."""
        path = self.folder / "flights" / f"{module}.py"
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {module}"
        path.write_text(text.replace(old, new))

    def run(
        self, *selection: str, partitions: str | None = None, force: bool = False
    ) -> RunResult:
        """Open it afresh and materialize."""
        with Workspace.open(self.folder) as workspace:
            return workspace.materialize(
                selection or None, partitions=partitions, force=force
            )

    def run_and_kill(self, *selection: str, once: Callable[[], bool]) -> None:
        """Materialize in another process, and kill it at some moment."""
        command = [sys.executable, "-m", "assets_core", "materialize", "--yes", *selection]
        with subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL) as run:
            while not once():
                assert run.poll() is None, "it ended before it could be killed"
                time.sleep(0.01)
            run.kill()

    def versions(self) -> dict[Cell, str]:
        """Return the version of the data that each cell shows."""
        with Workspace.open(self.folder) as workspace:
            heads = workspace.tools.store.heads(MAIN)
            return {cell: head.data_version for cell, head in heads.items()}

    def shown(self, *keys: str) -> dict[str, str]:
        """Return a digest of the bytes at each stable path of some Parquet assets."""
        data = self.folder / "data"
        return {
            str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
            for key in keys
            for path in sorted((data / key).rglob("*.parquet"))
        }

    def days_shown(self, key: str) -> int:
        """Return how many days of an asset have a stable path."""
        return len(list((self.folder / "data" / key).glob("date=*/data.parquet")))


def computed(result: RunResult) -> dict[str, int]:
    """Return how many cells of each asset were computed."""
    cells = (step.cell for step in result.steps if step.status == "computed")
    return dict(Counter(cell.asset for cell in cells))


def computed_cells(result: RunResult, key: str) -> list[str]:
    """Return which cells of an asset were computed, in order."""
    return sorted(
        step.cell.partition or ""
        for step in result.steps
        if step.cell.asset == key and step.status == "computed"
    )


def changed(
    before: dict[Cell, str], after: dict[Cell, str], keys: Collection[str]
) -> list[str]:
    """Return which cells of some assets show other data than before, in order."""
    return sorted(
        str(cell)
        for cell in before.keys() | after.keys()
        if cell.asset in keys and before.get(cell) != after.get(cell)
    )


def delay_one_flight(published: Path, copy: Path, day: tuple[int, int, int]) -> None:
    """Copy the published files, and let the first flight of a day arrive an hour later."""
    shutil.copytree(published, copy)
    with zipfile.ZipFile(published / FLIGHTS) as archive:
        (name,) = archive.namelist()
        text = archive.read(name).decode()
    rows = list(csv.reader(io.StringIO(text)))
    head = rows[0]
    wanted = dict(zip(("year", "month", "day"), map(str, day), strict=True))
    row = next(
        row
        for row in rows[1:]
        if all(row[head.index(column)] == value for column, value in wanted.items())
    )
    delay = head.index("arr_delay")
    row[delay] = str(int(row[delay]) + 60)
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    with zipfile.ZipFile(copy / FLIGHTS, "w") as archive:
        archive.writestr(name, written.getvalue())
