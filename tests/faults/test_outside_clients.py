"""Programs that open the database of a project while runs go on.

What happens is what the page on keeping tables in DuckDB says; the tests quote it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.faults.children import Child
from tests.faults.crash_project import RUN, SETTINGS, CrashProject, make_project
from tests.faults.forked import LONG

TABLES = SETTINGS + '[io.warehouse]\ntype = "duckdb"\n'
VIEWS = TABLES + 'storage = "views"\n'
IMPATIENT = "lock_timeout = 0.2\n"
PATIENT = "lock_timeout = 300\n"
ROWS = "SELECT twice FROM third ORDER BY twice"

# A notebook: its connection stays open between what it is asked to do.
NOTEBOOK = f"""
import json, sys, duckdb

def connect():
    return duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reads")

connection = connect()
print(json.dumps("open"), flush=True)
for line in sys.stdin:
    if line.strip() == "again":
        connection.close()
        connection = connect()
    rows = connection.execute("{ROWS}").fetchall()
    print(json.dumps([row[0] for row in rows]), flush=True)
"""

# A dashboard: it opens the file, asks and closes, and tries again as it should.
DASHBOARD = f"""
import json, sys, time, duckdb

refused = None
while True:
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            rows = connection.execute("{ROWS}").fetchall()
        break
    except duckdb.IOException as error:
        if refused is None:
            refused = str(error)
            print(json.dumps(refused), flush=True)
        time.sleep(0.01)
print(json.dumps([row[0] for row in rows]), flush=True)
"""


def materialized(folder: Path, settings: str) -> CrashProject:
    """Return a project that was materialized once, and whose source then changed."""
    project = make_project(folder)
    (folder / "assets.toml").write_text(settings)
    project.state()
    project.calls()
    project.set_values("4 5")
    return project


def database(project: CrashProject) -> Path:
    """Return the file."""
    return project.folder / "data" / "warehouse.duckdb"


def notebook(project: CrashProject, how: str) -> Child:
    """Start a program that keeps the file open."""
    return Child(project.folder, NOTEBOOK, str(database(project)), how)


def ask(child: Child, word: str = "rows") -> list[int]:
    """Return the rows that a notebook sees."""
    child.send(word)
    found: list[int] = child.answer()
    return found


def rows(project: CrashProject) -> list[int]:
    """Return the rows that a new connection sees."""
    with duckdb.connect(database(project), read_only=True) as connection:
        return [row[0] for row in connection.execute(ROWS).fetchall()]


def materialize(project: CrashProject) -> subprocess.CompletedProcess[str]:
    """Run `assets materialize`."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "assets_core", "materialize"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG,
        env={**os.environ, "COLUMNS": "200"},
    )


def assert_converges(project: CrashProject) -> None:
    """Check that an undisturbed run leaves everything as it has to be."""
    state = project.state()
    assert state["rows"]["third"] == {"twice": [8, 10]}
    assert state["left"] == 0
    assert state["findings"] == []
    assert rows(project) == [8, 10]


def test_a_reader_is_refused_while_something_is_committed_and_works_after_that(
    tmp_path: Path,
) -> None:
    """Two sentences of the page.

    "DuckDB itself does not wait: a program that opens the file in that moment gets an
    error that says which process has it, and should try again."
    """
    project = materialized(tmp_path / "project", TABLES)
    with Child(project.folder, RUN, crash="duckdb.publishing:3:stop") as run:
        run.wait_until_stopped()
        with Child(project.folder, DASHBOARD, str(database(project))) as dashboard:
            assert f"PID {run.process.pid}" in dashboard.answer()

            run.go_on()

            assert run.ends() == 0, run.errors()
            assert dashboard.answer() == [8, 10]
    assert_converges(project)
    assert project.calls() == ["first", "second", "third"]


def test_a_connection_that_is_left_open_makes_a_step_fail_that_says_whose_it_is(
    tmp_path: Path,
) -> None:
    """A connection that only reads.

    "A connection that you leave open delays runs. Even one that only reads. A run waits
    for it up to `lock_timeout` seconds, 30 by default; then the step fails, and says which
    process to end"
    """
    project = materialized(tmp_path / "project", TABLES + IMPATIENT)
    with notebook(project, "reads") as reader:
        assert reader.answer() == "open"

        ended = materialize(project)

        assert ended.returncode == 1
        assert "Traceback" not in ended.stdout + ended.stderr
        told = ended.stdout + ended.stderr
        assert "failed first: DatabaseBusyError" in told
        assert f"process {reader.process.pid} has it open" in told
        assert "close it there, or let 'lock_timeout' be longer" in told
        assert ask(reader) == [2, 4, 6]
        assert rows(project) == [2, 4, 6]  # others may read beside it
    assert_converges(project)


@pytest.mark.parametrize("storage", [TABLES, VIEWS], ids=["tables", "views"])
def test_a_connection_that_writes_keeps_a_run_from_computing_until_it_ends(
    tmp_path: Path, storage: str
) -> None:
    """Also over views, and also if it ends by a kill.

    "Only a connection that may write into the database is waited for, as it is without
    `storage = "views"`."
    """
    project = materialized(tmp_path / "project", storage + IMPATIENT)
    with notebook(project, "writes") as writer:
        assert writer.answer() == "open"

        ended = materialize(project)

        assert ended.returncode == 1
        assert "Traceback" not in ended.stdout + ended.stderr
        assert f"process {writer.process.pid} has it open" in ended.stdout + ended.stderr
        assert ask(writer) == [2, 4, 6]
        assert project.calls() == []

        writer.kill_unseen()

        assert_converges(project)


def test_a_run_waits_for_a_connection_that_is_closed_in_time(tmp_path: Path) -> None:
    """As the page says: "A run waits for it up to `lock_timeout` seconds"."""
    project = materialized(tmp_path / "project", TABLES + PATIENT)
    with notebook(project, "reads") as reader:
        assert reader.answer() == "open"
        with Child(project.folder, RUN) as run:
            wait_until_computed(project)
            assert ask(reader) == [2, 4, 6]

            assert reader.ends() == 0

            assert run.ends() == 0, run.errors()
    assert project.calls() == ["first", "second", "third"]
    assert_converges(project)


def wait_until_computed(project: CrashProject) -> None:
    """Wait until the first function was called, so that its result wants to be stored."""
    deadline = time.monotonic() + LONG
    while not (project.folder / "calls.log").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_over_views_nobody_waits_for_anybody(tmp_path: Path) -> None:
    """With `storage = "views"`.

    "nobody waits for anybody. Who has it open goes on seeing what it showed, and connects
    again to see more."
    """
    project = materialized(tmp_path / "project", VIEWS + "lock_timeout = 0\n")
    with notebook(project, "reads") as reader:
        assert reader.answer() == "open"

        ended = materialize(project)

        assert ended.returncode == 0, ended.stderr
        assert "busy" not in ended.stdout + ended.stderr
        assert ask(reader) == [2, 4, 6]
        assert ask(reader, "again") == [8, 10]
    assert_converges(project)
