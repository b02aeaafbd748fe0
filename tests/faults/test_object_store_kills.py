"""A process that is killed while its tables go to a bucket loses nothing, nor tears any.

At each request in turn, before the server hears of it and once it has carried it out, at
each crash point, and at each call of the system that hands something on (G1, G2, G3).
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.faults.calls.databases import Databases
from tests.faults.calls.lakes import MOMENTS, Lake
from tests.faults.calls.projects import CHAIN, LINKED, SHARED, Graph, random_graph
from tests.faults.calls.sweeps import KILLED, VALUES, Sweep
from tests.faults.calls.traced import Ended, TracedRuns

if TYPE_CHECKING:
    from tests.object_store.proxy import Proxy
    from tests.object_store.swift_server import Swift
    from tests.postgres import Postgres

Metadata = Literal["SQLite", "PostgreSQL"]

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
SEEDS = int(os.environ.get("ASSETS_SWEEP_SEEDS", "4")) if NIGHTLY else 0
"""How many random graphs are swept: all sweeps together come to some 26,000 kills then."""
GRAPHS: dict[str, Graph] = {
    "chain": CHAIN,
    **({"linked": LINKED, "shared": SHARED} if NIGHTLY else {}),
    **{f"random {seed}": random_graph(seed) for seed in range(SEEDS)},
}
STORES: tuple[Metadata, ...] = ("SQLite", "PostgreSQL")
# By default only one point of so many is tried.
EVERY = {"requests": 7, "points": 9, "calls": 120}

Kill = Callable[[Sweep], Ended]

pytestmark = pytest.mark.sweep


@pytest.fixture
def lake(swift: Swift, s3_proxy: Proxy) -> Lake:
    """Return a place in a bucket."""
    return Lake(swift, s3_proxy)


@pytest.fixture(params=STORES)
def databases(request: pytest.FixtureRequest) -> Databases | None:
    """Return an empty database for metadata; None if they lie in SQLite."""
    if request.param == "SQLite":
        return None
    server: Postgres = request.getfixturevalue("postgres")
    return Databases(server)


@pytest.fixture
def sweep(
    runs: TracedRuns,
    folder: Path,
    lake: Lake,
    databases: Databases | None,
    request: pytest.FixtureRequest,
) -> Sweep:
    """Return the project that is asked for, its tables in a bucket."""
    graph, phase = request.param
    return Sweep(runs, folder, GRAPHS[graph], "S3", phase, databases, lake)


def at_requests(sweep: Sweep) -> Iterator[Kill]:
    """Yield how to kill a run at each of its requests, before and after."""
    lake = sweep.lake
    assert lake is not None

    def kill(number: int, moment: Literal["before", "after"], sweep: Sweep) -> Ended:
        armed = partial(lake.kill_at, number, moment)
        return sweep.runs.run_untraced(sweep.folder, beside=armed)

    sweep.reset()
    assert sweep.runs.run_untraced(sweep.folder).is_whole
    for number in range(1, len(lake.proxy.requests) + 1):
        for moment in MOMENTS:
            yield partial(kill, number, moment)


def at_point(crash: str, sweep: Sweep) -> Ended:
    """Kill a run at a crash point."""
    return sweep.runs.run_untraced(sweep.folder, crash)


def at_call(call: str, number: int, sweep: Sweep) -> Ended:
    """Kill a run at a call of the system."""
    return sweep.trace(call, number, "signal=SIGKILL")


def at_points(sweep: Sweep) -> Iterator[Kill]:
    """Yield how to kill a run at each crash point, as often as it is passed."""
    sweep.reset()
    whole = sweep.runs.run_untraced(sweep.folder)
    assert whole.is_whole
    for point, passes in Counter(whole.passed).items():
        for number in range(1, passes + 1):
            yield partial(at_point, f"{point}:{number}:kill")


def at_calls(sweep: Sweep) -> Iterator[Kill]:
    """Yield how to kill a run at each call of the system that hands something on."""
    sweep.reset()
    for call, number in sweep.points():
        yield partial(at_call, call, number)


def kill_everywhere(
    sweep: Sweep, kills: Iterator[Kill], every: int, told: Callable[[str, object], None]
) -> int:
    """Kill a run at every point; return at how many."""
    count = 0
    for kill in islice(kills, 0, None, 1 if NIGHTLY else every):
        sweep.reset()
        ended = kill(sweep)
        if ended.is_whole:
            continue  # that point is not passed so often
        assert ended.code == KILLED, ended
        assert sweep.lake is not None
        sweep.lake.proxy.reset()
        sweep.is_whole()
        count += 1
    told("told", sweep.told(count))
    return count


def each(phase: str) -> pytest.MarkDecorator:
    """Sweep every graph and phase by night, by default one graph and this phase."""
    swept = list(itertools.product(GRAPHS, VALUES if NIGHTLY else [phase]))
    return pytest.mark.parametrize("sweep", swept, indirect=True, ids="-".join)


@each("first run")
def test_killed_at_any_request_a_run_is_completed_by_the_next(
    sweep: Sweep, record_property: Callable[[str, object], None]
) -> None:
    """Whether or not the server still carries it out."""
    kills = at_requests(sweep)

    assert kill_everywhere(sweep, kills, EVERY["requests"], record_property) >= 2


@each("update")
def test_killed_at_any_crash_point_a_run_is_completed_by_the_next(
    sweep: Sweep, record_property: Callable[[str, object], None]
) -> None:
    """Before and after each object is put, and each commit is made."""
    kills = at_points(sweep)

    assert kill_everywhere(sweep, kills, EVERY["points"], record_property) >= 2


@pytest.mark.needs("strace")
@each("first run")
def test_killed_at_any_call_a_run_is_completed_by_the_next(
    sweep: Sweep, record_property: Callable[[str, object], None]
) -> None:
    """Of files, of the bucket and of the metadata store."""
    kills = at_calls(sweep)

    assert kill_everywhere(sweep, kills, EVERY["calls"], record_property) >= 2
