"""With the metadata store in PostgreSQL: runs that are killed, and servers that are.

G1, G2, G3 and G9, as in `test_crash_points.py`: nothing is torn, lost or left unknown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.children import Child
from tests.faults.crash_project import RUN, CrashProject
from tests.faults.kills import KILLS, NEVER_IN_A_HEALTHY_STORE, OF_RUNS, ONCE_A_RUN
from tests.postgres import PASSWORD, Postgres, new_schema, running_postgres

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
STOPS = (
    [
        f"{point}:{count}"
        for point in OF_RUNS
        if point not in NEVER_IN_A_HEALTHY_STORE
        for count in ((1,) if point in ONCE_A_RUN else (1, 2, 3))
    ]
    if NIGHTLY
    else ["claim.taken:2", "commit.written:2", "commit.done:1"]
)
EVERY = 1 if NIGHTLY else 30


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """Give a server that tests may stop."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def own_database(own_postgres: Postgres) -> str:
    """Give a database on it."""
    return own_postgres.new_database()


@pytest.fixture
def shared(
    project: CrashProject,
    own_database: str,
    undisturbed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> CrashProject:
    """Give the project, with its metadata in a schema of its own."""
    monkeypatch.setenv("ASSETS_METADATA__URL", own_database)
    monkeypatch.setenv("ASSETS_METADATA__SCHEMA", new_schema())
    return project


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS[::EVERY])
def test_a_first_run_killed_at_a_point_is_completed_by_the_next(
    shared: CrashProject, undisturbed: dict[str, Any], crash: str
) -> None:
    """The server gives back what a dead process had locked."""
    shared.is_killed_and_completed(crash, undisturbed)


@pytest.mark.sweep
@pytest.mark.parametrize("point", STOPS)
def test_a_server_that_crashes_at_a_point_costs_at_most_that_run(
    shared: CrashProject, own_postgres: Postgres, undisturbed: dict[str, Any], point: str
) -> None:
    """It is back at once. The run goes on or ends by a named error; the next converges."""
    with Child(shared.folder, RUN, crash=f"{point}:stop") as child:
        child.wait_until_stopped()
        own_postgres.stop_at_once()
        own_postgres.start()
        child.go_on()
        code, said = child.ends(), child.errors()

    assert code in (0, 1)
    assert PASSWORD not in said
    if point.startswith("commit.") and "done" not in point:
        assert "The connection to the metadata store was lost" in said
    elif code:  # claims are notes, which do not wait for the disk of the server
        assert "Another run took" in said
    shared.converges(undisturbed)


WITHOUT_PATIENCE = """
from assets_core.backends.postgres import connection

connection.AGAIN_SECONDS = connection.BUSY_SECONDS = 0.5
"""


@pytest.mark.sweep
@pytest.mark.parametrize("point", STOPS if NIGHTLY else ["seal.durable:2"])
def test_a_server_that_stays_away_ends_the_run_by_name(
    shared: CrashProject, own_postgres: Postgres, undisturbed: dict[str, Any], point: str
) -> None:
    """What was computed until then is shown by the next run, once there is a server."""
    code = WITHOUT_PATIENCE + RUN
    with Child(shared.folder, code, crash=f"{point}:stop") as child:
        child.wait_until_stopped()
        own_postgres.stop_at_once()
        try:
            child.go_on()
            ended, said = child.ends(), child.errors()
        finally:
            own_postgres.start()

    assert ended == 1
    assert PASSWORD not in said
    assert "The database server does not answer" in said or "is not known" in said
    shared.converges(undisturbed)
