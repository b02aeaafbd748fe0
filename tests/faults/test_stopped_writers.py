"""A writer that is stopped for longer than its lease never moves a head again (G7, G8).

It is stopped at a point, as a laptop that sleeps or a virtual machine that is moved. A
run of another host, which cannot see processes here, believes that its lease has ended,
takes its claims over and commits. Then the stopped one goes on.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assets_core.backends.metadata.claiming import all_claims
from assets_core.backends.metadata.store import LEASE_SECONDS, SQLStore
from assets_core.backends.process_owner import this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN, Claim, Owner
from tests.faults.children import Child, run_child
from tests.faults.crash_project import RUN, SETTINGS, CrashProject, make_project
from tests.faults.forked import LONG
from tests.faults.other_hosts import (
    BEATING,
    OTHER_HOST,
    SLOW,
    WAITING,
    errors_of_runs,
    head_moves,
    record_head_moves,
)

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
DATABASE = SETTINGS + '[io.warehouse]\ntype = "duckdb"\nlock_timeout = 0.5\n'
PATIENT = SETTINGS + '[io.warehouse]\ntype = "duckdb"\n'
COUNTS = (1, 2, 3) if NIGHTLY else (1,)
STOPS = [
    # point, the settings, whether the source changes once more meanwhile
    ("claim.taken", SETTINGS, False),
    ("stage.written", SETTINGS, True),
    ("seal.durable", SETTINGS, True),
    ("duckdb.sealed", PATIENT, True),
    *(
        [
            ("claim.taken", SETTINGS, True),
            ("stage.created", SETTINGS, True),
            ("stage.written", SETTINGS, False),
            ("seal.durable", SETTINGS, False),
            ("seal.synced", SETTINGS, True),
            ("seal.linked", SETTINGS, True),
            ("seal.unstaged", SETTINGS, True),
            ("claim.taken", PATIENT, True),
            ("duckdb.staged", PATIENT, True),
            ("duckdb.staged", PATIENT, False),
            ("duckdb.sealed", PATIENT, False),
        ]
        * NIGHTLY
    ),
]
SEALED = ("seal.linked", "seal.durable", "seal.unstaged", "duckdb.sealed")
AHEAD = str(10 * LEASE_SECONDS)
SLOW_CELL = Cell(AssetKey("slow"))


def name_of(value: object) -> str | None:
    """Name settings in the name of a test."""
    return {SETTINGS: "parquet", PATIENT: "duckdb", DATABASE: "duckdb"}.get(str(value))


def materialized(folder: Path, settings: str) -> CrashProject:
    """Return a project that was materialized once, and whose source then changed."""
    project = make_project(folder)
    (folder / "assets.toml").write_text(settings)
    project.state()
    record_head_moves(folder)
    project.set_values("4 5")
    project.calls()
    return project


@pytest.mark.sweep
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("point", "settings", "changes"), STOPS, ids=name_of)
def test_a_stopped_writer_that_was_taken_over_commits_nothing_when_it_goes_on(
    tmp_path: Path, point: str, settings: str, count: int, *, changes: bool
) -> None:
    """It ends by a named error, or finds that nothing is left to do."""
    project = materialized(tmp_path / "project", settings)
    with Child(project.folder, RUN, crash=f"{point}:{count}:stop") as stopped:
        stopped.wait_until_stopped()
        if changes:
            project.set_values("6 7 8")
        assert "computed" in run_child(project.folder, OTHER_HOST, "60", AHEAD)
        moves = head_moves(project.folder)

        stopped.go_on()

        code, told = stopped.ends(), stopped.errors()
    if point == "claim.taken":
        assert code == 0, told  # it looks again, and everything is done
        assert errors_of_runs(project.folder) == set()
    elif point in SEALED:
        assert code == 1
        assert "took" in told
        assert errors_of_runs(project.folder) == {"ClaimLostError"}
    else:
        # What it had written was tidied up before it could be made durable.
        assert code == 1
        assert errors_of_runs(project.folder) <= {"ClaimLostError", "StoreError"}
        assert "cannot be stored" in told or "took" in told
    assert head_moves(project.folder) == moves
    for _, group in itertools.groupby(sorted(moves), key=lambda move: move[0]):
        numbers = [generation for _, generation, _ in group]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    project.calls()
    state = project.state()
    assert project.calls() == []
    assert state["computed"] == []
    assert state["left"] == 0
    assert state["findings"] == []
    assert state["rows"]["third"]["twice"] == ([12, 14, 16] if changes else [8, 10])
    assert head_moves(project.folder) == moves


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("point", "settings", "told"),
    [
        ("commit.begun", SETTINGS, "The metadata store was busy"),
        ("duckdb.staging", DATABASE, "The database is busy"),
        *([("commit.written", SETTINGS, "The metadata store was busy")] * NIGHTLY),
    ],
    ids=name_of,
)
def test_who_is_stopped_inside_a_transaction_is_waited_for_and_then_named(
    tmp_path: Path, point: str, settings: str, told: str
) -> None:
    """It holds a lock of the system, which no lease ends; and what it commits counts."""
    project = materialized(tmp_path / "project", settings)
    with Child(project.folder, RUN, crash=f"{point}:1:stop") as stopped:
        stopped.wait_until_stopped()
        with Child(project.folder, OTHER_HOST, "0.5", AHEAD) as other:
            assert other.ends() == 1
            assert told in other.errors()
            pid = f"process {stopped.process.pid} has it open"
            assert pid in other.errors() or settings == SETTINGS
        assert head_moves(project.folder) == []

        stopped.go_on()

        assert stopped.ends() == 0, stopped.errors()
    state = project.state()
    assert state["rows"]["third"]["twice"] == [8, 10]
    assert state["findings"] == []
    generations = [generation for asset, generation, _ in head_moves(project.folder)]
    assert generations == [2, 2, 2]


def test_the_claim_of_a_killed_process_is_taken_over_within_two_seconds(
    tmp_path: Path,
) -> None:
    """Counted by what the waiting run sleeps after the kill; a live one is waited for."""
    project = materialized(tmp_path / "project", SETTINGS)
    with Child(project.folder, RUN, crash="stage.written:1:stop") as holder:
        holder.wait_until_stopped()
        with Child(project.folder, WAITING) as waiting:
            assert waiting.answer() == "waiting"

            holder.kill_unseen()
            waiting.send("killed")

            assert waiting.answer() < 2.0
            assert waiting.ends() == 0, waiting.errors()
    assert project.calls() == ["first", "first", "second", "third"]
    assert project.state()["findings"] == []


class Clock:
    """The time of all hosts, in a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock.txt"
        self.seconds = 1_000_000.0
        self.advance(0)

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.seconds += seconds
        new = self._path.with_suffix(".new")
        new.write_text(repr(self.seconds))
        new.replace(self._path)

    def now(self) -> float:
        """Return what the time is."""
        return self.seconds


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Return a project whose one function waits for a file."""
    (tmp_path / ".assets").mkdir()
    (tmp_path / "assets.toml").write_text(SETTINGS)
    (tmp_path / "pipeline.py").write_text(SLOW)
    return tmp_path


@pytest.fixture
def clock(slow: Path) -> Clock:
    """Return the time."""
    return Clock(slow)


@pytest.fixture
def store(slow: Path, clock: Clock) -> Iterator[SQLStore]:
    """Return the store as another host sees it, which knows of no process."""
    path = slow / ".assets" / "metadata.db"
    with closing(open_sqlite(path, lambda owner: None, clock.now)) as store:
        yield store


def wait_for_lease(store: SQLStore, until: float) -> None:
    """Wait until the one claim there is has a lease that ends then."""
    deadline = time.monotonic() + LONG
    while [expires for _, expires in all_claims(store._db)] != [until]:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_heartbeat_keeps_the_claim_of_a_live_process_of_another_host(
    slow: Path, clock: Clock, store: SQLStore
) -> None:
    """For ten leases; when it is stopped, its lease ends, and its result is dropped."""
    me = this_process()
    with Child(slow, BEATING) as living:
        wait_for_lease(store, clock.now() + LEASE_SECONDS)
        for _ in range(15):
            clock.advance(LEASE_SECONDS * 2 / 3)
            taken = store.claim(MAIN, SLOW_CELL, "a" * 32, me)
            assert isinstance(taken, Owner)
            assert taken.host == "elsewhere"
            wait_for_lease(store, clock.now() + LEASE_SECONDS)
        with store._db.transaction():  # so that it is not stopped while it holds the lock
            living.stop()
        clock.advance(LEASE_SECONDS + 1)

        claim = store.claim(MAIN, SLOW_CELL, "b" * 32, me)

        assert isinstance(claim, Claim)
        (slow / "go.txt").touch()
        living.go_on()
        assert living.ends() == 1
        assert "took 'slow' over" in living.errors()
    assert store.heads(MAIN) == {}
    assert errors_of_runs(slow) == {"ClaimLostError"}
