"""Killed or failed at any call of the system that changes something, nothing is lost.

G1, G2, G3 and G19: after SIGKILL the next run ends where an undisturbed one does and
repeats only what was in flight; after an error the run says what is wrong, by name, what
was there before is there still, and the next run converges.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pytest

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from tests.faults.calls.projects import CHAIN, STORAGES, Graph, random_graph, write_project
from tests.faults.calls.traced import Ended, TracedRuns

pytestmark = [pytest.mark.sweep, pytest.mark.needs("strace")]

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
EVERY = {"parquet": 6, "duckdb": 20, "views": 24}  # point is tried, by default
EVERY_ERROR = {"parquet": 75, "duckdb": 250, "views": 250}
GRAPHS = range(6) if NIGHTLY else range(1)
ERRORS = ("EIO", "ENOSPC", "EROFS", "EMFILE")
MEMORY = Path("/dev/shm")  # noqa: S108 - where syncing costs nothing
KILLED = -9
VALUES = {"first run": "1 2 3", "update": "4 5"}


@pytest.fixture(scope="module")
def runs() -> Iterator[TracedRuns]:
    """Return the server of traced runs."""
    with TracedRuns() as found:
        yield found


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder for a project, where its functions find their files."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        found = Path(name) / "project"
        found.mkdir()
        monkeypatch.chdir(found)
        yield found


@dataclass
class Sweep:
    """A project that is disturbed at one point after the other.

    Attributes:
        phase: What is disturbed: the first run, or one after a change of the source.
    """

    runs: TracedRuns
    folder: Path
    graph: Graph
    storage: str
    phase: str
    before: Path = field(init=False)

    def __post_init__(self) -> None:
        write_project(self.folder, self.graph, self.storage)
        if self.phase == "update":
            undisturbed = self.runs.run(self.folder, ("-e", "trace=none"))
            assert undisturbed == Ended(0, (), "")
            (self.folder / "values.txt").write_text(VALUES["update"])
            (self.folder / "calls.log").unlink()
        self.before = self.folder.with_name("before")
        shutil.copytree(self.folder, self.before, symlinks=True)

    def points(self) -> list[tuple[str, int]]:
        """Return every call and its number, as an undisturbed run makes them."""
        counts = self.runs.count(self.folder)
        return [(call, n) for call in sorted(counts) for n in range(1, counts[call] + 1)]

    def disturb(self, call: str, number: int, how: str) -> Ended:
        """Run once more from the beginning, disturbed at one point."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.before, self.folder, symlinks=True, dirs_exist_ok=True)
        inject = f"inject={call}:{how}:when={number}"
        return self.runs.run(self.folder, ("-e", f"trace={call}", "-e", inject))

    def nothing_is_torn(self) -> None:
        """Check that a reader sees whole versions: of now, or of before."""
        versions = [self.graph.rows(values) for values in VALUES.values()]
        with Workspace.open(self.folder) as workspace:
            for cell in workspace.tools.store.heads("main"):
                rows = workspace.load_arrow(cell.asset)["n"].to_pylist()
                assert rows in [each[cell.asset] for each in versions]

    def converges(self) -> None:
        """Check that the next run ends where an undisturbed one does."""
        with Workspace.open(self.folder) as workspace:
            workspace.materialize()
            found = {
                asset.key: workspace.load_arrow(asset.key)["n"].to_pylist()
                for asset in workspace.graph_of_assets.assets
            }
            assert found == self.graph.rows(VALUES[self.phase])
            assert not workspace.plan().steps
            findings = examine(workspace.tools, workspace.graph_of_assets, "main").findings
            assert findings == ()

    def at_most_one_ran_twice(self) -> None:
        """Check that only what was in flight was computed again."""
        calls = (self.folder / "calls.log").read_text().split()
        repeated = [name for name in set(calls) if calls.count(name) > 1]
        assert len(repeated) <= 1
        assert all(calls.count(name) <= 2 for name in repeated)


def kill_everywhere(sweep: Sweep, offset: int = 0) -> int:
    """Kill a run at every point; return at how many."""
    count = 0
    every = 1 if NIGHTLY else EVERY[sweep.storage]
    for call, number in islice(sweep.points(), offset, None, every):
        ended = sweep.disturb(call, number, "signal=SIGKILL")
        if ended == Ended(0, (), ""):
            continue  # a slow machine made a call more when they were counted
        assert ended.code == KILLED, (call, number, ended)
        sweep.nothing_is_torn()
        sweep.converges()
        sweep.at_most_one_ran_twice()
        count += 1
    print(f"{sweep.storage}, {sweep.phase}: killed at {count} calls")  # noqa: T201 - to be quoted
    return count


@pytest.mark.parametrize("phase", VALUES)
@pytest.mark.parametrize("storage", STORAGES)
def test_killed_at_any_call_a_run_is_completed_by_the_next(
    runs: TracedRuns, folder: Path, storage: str, phase: str
) -> None:
    """Nothing is torn or lost, and at most one asset is computed twice."""
    assert kill_everywhere(Sweep(runs, folder, CHAIN, storage, phase)) >= 10


@pytest.mark.parametrize("seed", GRAPHS)
@pytest.mark.parametrize("storage", ["parquet", "duckdb"])
def test_killed_at_any_call_a_random_graph_is_completed_by_the_next(
    runs: TracedRuns, folder: Path, storage: str, seed: int
) -> None:
    """Whatever reads whatever."""
    sweep = Sweep(runs, folder, random_graph(seed), storage, "first run")

    assert kill_everywhere(sweep, seed % 3) >= 10


@pytest.mark.parametrize("phase", VALUES)
@pytest.mark.parametrize("storage", STORAGES)
def test_an_error_of_any_call_is_named_and_the_next_run_converges(
    runs: TracedRuns, folder: Path, storage: str, phase: str
) -> None:
    """A disk that fails costs a run that says so, never the data."""
    sweep = Sweep(runs, folder, CHAIN, storage, phase)
    points = sweep.points()
    tried = [(*point, error) for error in ERRORS for point in points]
    count = 0
    every = 1 if NIGHTLY else EVERY_ERROR[storage]
    for call, number, error in islice(tried, 0, None, every):
        ended = sweep.disturb(call, number, f"error={error}")
        assert (ended.code, ended.error) == (0, ""), (call, number, error, ended)
        assert set(ended.names) <= NAMED, (call, number, error, ended)
        sweep.nothing_is_torn()
        sweep.converges()
        count += 1
    print(f"{storage}, {phase}: {count} errors")  # noqa: T201 - to be quoted


NAMED = {"StoreError", "PublishError", "Blocked", "UnsupportedDataError", "OSError"}
"""What a run may end with: our errors, and the one of the function's own call."""
