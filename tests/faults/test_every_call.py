"""Killed or failed at any call of the system that changes something, nothing is lost.

G1, G2, G3 and G19: after SIGKILL the next run ends where an undisturbed one does and
repeats only what was in flight; after an error the run says what is wrong, by name, what
was there before is there still, and the next run converges.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from tests.faults.calls.databases import Databases
from tests.faults.calls.projects import (
    CHAIN,
    LINKED,
    SHARED,
    STORAGES,
    WIDE,
    Graph,
    random_graph,
)
from tests.faults.calls.sweeps import KILLED, VALUES, Sweep
from tests.faults.calls.traced import TracedRuns
from tests.postgres import Postgres

pytestmark = [pytest.mark.sweep, pytest.mark.needs("strace")]

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
# By default only one point of so many is tried.
EVERY = {"parquet": 16, "duckdb": 40, "views": 40, "postgres": 16}
EVERY_ERROR = {"parquet": 110, "duckdb": 375, "views": 375}
GRAPHS = range(int(os.environ.get("ASSETS_SWEEP_SEEDS", "6")) if NIGHTLY else 1)
ERRORS = ("EIO", "ENOSPC", "EROFS", "EMFILE")
Told = Callable[[str, object], None]


@pytest.fixture
def told(record_property: Told) -> Told:
    """Return what notes a text that is printed in the end."""
    return record_property


@pytest.fixture
def databases(postgres: Postgres) -> Databases:
    """Return an empty database that can be set back."""
    return Databases(postgres)


def kill_everywhere(sweep: Sweep, told: Told, offset: int = 0) -> int:
    """Kill a run at every point; return at how many."""
    count = 0
    every = 1 if NIGHTLY else EVERY["postgres" if sweep.metadata else sweep.storage]
    for call, number in islice(sweep.points(), offset, None, every):
        ended = sweep.disturb(call, number, "signal=SIGKILL")
        if ended.is_whole:
            continue  # a slow machine made a call more when they were counted
        assert ended.code == KILLED, (call, number, ended)
        sweep.is_whole()
        count += 1
    told("told", sweep.told(count))
    return count


@pytest.mark.parametrize("phase", VALUES)
@pytest.mark.parametrize("storage", STORAGES)
def test_killed_at_any_call_a_run_is_completed_by_the_next(
    runs: TracedRuns, folder: Path, storage: str, phase: str, told: Told
) -> None:
    """Nothing is torn or lost, and what could be seen is not computed again."""
    assert kill_everywhere(Sweep(runs, folder, CHAIN, storage, phase), told) >= 5


@pytest.mark.parametrize("phase", VALUES)
@pytest.mark.parametrize(
    ("graph", "storage"),
    [
        (LINKED, "parquet"),
        (SHARED, "parquet"),
        (WIDE, "parquet"),
        *([(LINKED, "duckdb"), (WIDE, "duckdb")] * NIGHTLY),
    ],
)
def test_killed_at_any_call_short_steps_are_completed_by_the_next(
    runs: TracedRuns, folder: Path, graph: Graph, storage: str, phase: str, told: Told
) -> None:
    """Partitions and assets that are committed together are all there, or none of them."""
    assert kill_everywhere(Sweep(runs, folder, graph, storage, phase), told) >= 10


@pytest.mark.parametrize("phase", VALUES)
@pytest.mark.parametrize(
    "given",
    [
        (CHAIN, "parquet"),
        *([(LINKED, "parquet"), (SHARED, "parquet"), (CHAIN, "duckdb")] * NIGHTLY),
    ],
)
def test_killed_at_any_call_beside_postgresql_a_run_is_completed_by_the_next(
    runs: TracedRuns,
    folder: Path,
    databases: Databases,
    given: tuple[Graph, str],
    phase: str,
    told: Told,
) -> None:
    """Every message to the server is a call, too: of opening, claiming and committing."""
    assert kill_everywhere(Sweep(runs, folder, *given, phase, databases), told) >= 10


@pytest.mark.parametrize("seed", GRAPHS)
@pytest.mark.parametrize("storage", ["parquet", "duckdb"])
def test_killed_at_any_call_a_random_graph_is_completed_by_the_next(
    runs: TracedRuns, folder: Path, storage: str, seed: int, told: Told
) -> None:
    """Whatever reads whatever."""
    sweep = Sweep(runs, folder, random_graph(seed), storage, "first run")

    assert kill_everywhere(sweep, told, seed % 3) >= 10


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
