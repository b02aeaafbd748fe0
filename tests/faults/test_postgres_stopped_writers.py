"""On PostgreSQL a writer that was stopped for longer than its lease moves no head (G7).

It is stopped at a point; its lease ends by the clock of the server. A run of another host
takes its claims over and commits. Then the stopped one goes on.
"""

from __future__ import annotations

import itertools
import os
import time
from contextlib import closing

import pytest

from assets_core.backends.postgres import connection, open_postgres
from assets_core.backends.process_owner import is_alive
from tests.faults.children import Child, run_child
from tests.faults.crash_project import RUN, CrashProject
from tests.faults.other_hosts import OTHER_HOST_OF_POSTGRES, Database

SERVER_SECONDS = connection.STOPPED_SECONDS
NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
STOPS = [
    # point, how often it is passed, whether the source changes once more meanwhile
    ("seal.durable", 1, True),
    *(
        (point, count, changes)
        for point in ("claim.taken", "stage.written", "seal.linked", "seal.durable")
        for count in (1, 2, 3)
        for changes in (True, False)
        if NIGHTLY
    ),
]


@pytest.mark.sweep
@pytest.mark.parametrize(("point", "count", "changes"), STOPS)
def test_a_stopped_writer_that_was_taken_over_commits_nothing_when_it_goes_on(
    project: CrashProject,
    metadata_in_postgres: Database,
    point: str,
    count: int,
    *,
    changes: bool,
) -> None:
    """It ends by a named error, or finds that nothing is left to do."""
    database = metadata_in_postgres
    project.state()
    database.record_head_moves()
    project.set_values("4 5")
    with Child(project.folder, RUN, crash=f"{point}:{count}:stop") as stopped:
        stopped.wait_until_stopped()
        if changes:
            project.set_values("6 7 8")
        database.end_leases()
        assert "computed" in run_child(project.folder, OTHER_HOST_OF_POSTGRES)
        moves = database.head_moves()

        stopped.go_on()

        code, told = stopped.ends(), stopped.errors()
    if point == "claim.taken":
        assert code == 0, told  # it looks again, and everything is done
    else:
        assert code == 1
        assert "took" in told or "cannot be stored" in told
    assert database.head_moves() == moves
    for _, group in itertools.groupby(sorted(moves), key=lambda move: move[0]):
        numbers = [generation for _, generation, _ in group]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    state = project.state()
    assert state["computed"] == []
    assert state["findings"] == []
    assert state["rows"]["third"]["twice"] == ([12, 14, 16] if changes else [8, 10])
    assert database.head_moves() == moves


@pytest.mark.sweep
def test_who_is_stopped_inside_a_commit_is_ended_by_whoever_waits_for_it(
    project: CrashProject, metadata_in_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others go on after a while; when it goes on itself it is told what became of it."""
    project.state()
    project.set_values("4 5")
    database = metadata_in_postgres
    database.record_head_moves()
    monkeypatch.setattr(connection, "STOPPED_SECONDS", 0.3)  # of this process alone
    with Child(project.folder, RUN, crash="commit.written:1:stop") as stopped:
        stopped.wait_until_stopped()
        with closing(open_postgres(database.url, database.schema, is_alive)) as store:
            began = time.monotonic()
            store.published(())
            waited = time.monotonic() - began
            assert len(store.claims()) == 1  # what it had begun was undone
        database.end_leases()
        assert run_child(project.folder, OTHER_HOST_OF_POSTGRES) == ["computed"] * 3
        moves = database.head_moves()

        stopped.go_on()

        assert stopped.ends() == 1
        told = stopped.errors()
    assert waited < SERVER_SECONDS
    assert "nothing of this was written" in told
    assert database.head_moves() == moves
    assert project.state()["rows"]["third"]["twice"] == [8, 10]
    assert database.head_moves() == moves
