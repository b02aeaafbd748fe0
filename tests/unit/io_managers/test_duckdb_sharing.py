"""One file, many who want it: threads, processes, and people with a connection open."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from assets_core.errors import DatabaseBusyError, StoreError
from assets_core.files import LockFile
from assets_core.model.keys import AssetKey, Cell
from assets_core.testing.io_suite import ORDERS, ROWS, keep, show
from io_managers.duckdb import make_duckdb
from io_managers.duckdb.database import holder_named_by, open_database

FILE = Path("data", "warehouse.duckdb")
HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reads")
print("open", flush=True)
sys.stdin.read()
"""
LOOK = """
import select, sys, duckdb
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0.01)[0]:
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as connection:
            rows = connection.sql("SELECT min(n), max(n), count(*) FROM orders").fetchall()
    except duckdb.IOException:
        continue
    print(*rows[0])
"""
WRITE = """
import sys
from uuid import uuid4
import pyarrow as pa
from assets_core.model.keys import Cell
from io_managers.duckdb import make_duckdb
manager = make_duckdb(sys.argv[1], {})
for number in range(int(sys.argv[3])):
    cell = Cell(f"process/{sys.argv[2]}")
    staged = manager.stage([(cell, pa.table({"n": [number]}), uuid4().hex)])
    (stored,) = manager.seal(staged)
    manager.publish([(cell, stored, uuid4().hex)], how=None, env="main")
"""


@contextmanager
def held_outside(file: Path, how: str) -> Iterator[int]:
    """Keep a file open in another process, which knows nothing of us."""
    command = [sys.executable, "-c", HOLD, str(file), how]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline()
        yield process.pid
        process.kill()


@pytest.mark.parametrize("how", ["writes", "reads"])
def test_a_connection_that_others_leave_open_is_named(tmp_path: Path, how: str) -> None:
    """A notebook that was forgotten: its process is told, after a while."""
    keep(make_duckdb(str(tmp_path), {}))
    impatient = make_duckdb(str(tmp_path), {"lock_timeout": 0.2})

    with held_outside(tmp_path / FILE, how) as pid:
        with pytest.raises(DatabaseBusyError, match=f"process {pid} has it open"):
            keep(impatient, ROWS.slice(1))
        if how == "reads":
            assert impatient.leftovers() == {}

    keep(impatient, ROWS.slice(1))


def test_a_connection_that_others_close_in_time_is_waited_for(tmp_path: Path) -> None:
    """Which is all that a short query from outside costs."""
    manager = make_duckdb(str(tmp_path), {})
    keep(manager)
    with held_outside(tmp_path / FILE, "reads"):
        waiting = threading.Thread(target=keep, args=(manager, ROWS.slice(1)))
        waiting.start()
        time.sleep(0.2)
        assert waiting.is_alive()
    waiting.join(20)

    assert len(list(manager.objects())) == 2


def test_another_run_that_holds_the_lock_is_named(tmp_path: Path) -> None:
    """The lock file says who took it."""
    manager = make_duckdb(str(tmp_path), {"lock_timeout": 0.1})
    stored = keep(manager)
    lock = LockFile(tmp_path / "data" / "warehouse.duckdb.lock")
    assert lock.take(shared=False)

    with pytest.raises(DatabaseBusyError, match=rf"this very process \({os.getpid()}\)"):
        manager.read(ORDERS, stored, ROWS.schema)

    lock.close()
    manager.read(ORDERS, stored, ROWS.schema)


def test_a_connection_in_this_process_is_named(tmp_path: Path) -> None:
    """A cell of a notebook that was run before."""
    manager = make_duckdb(str(tmp_path), {"lock_timeout": 0.1})
    keep(manager)

    with (
        duckdb.connect(tmp_path / FILE),
        pytest.raises(DatabaseBusyError, match="this very process"),
    ):
        keep(manager, ROWS.slice(1))


def test_nothing_stays_open(tmp_path: Path) -> None:
    """After each call, others may do what they like."""
    manager = make_duckdb(str(tmp_path), {})
    stored = keep(manager)
    show(manager, stored)
    manager.read(ORDERS, stored, ROWS.schema)

    with held_outside(tmp_path / FILE, "writes"):
        pass


def test_threads_share_one_connection(tmp_path: Path) -> None:
    """All at once, each version whole, and none lost."""
    manager = make_duckdb(str(tmp_path), {})
    tables = {
        Cell(AssetKey(f"table_{number}")): pa.table({"n": [number] * 10})
        for number in range(24)
    }

    def work(cell: Cell) -> bool:
        stored = keep(manager, tables[cell], cell)
        show(manager, stored, cell)
        found = manager.read(cell, stored, tables[cell].schema)
        return bool(found.equals(tables[cell]))

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, tables))

    assert len(list(manager.objects())) == len(tables)


def test_processes_take_turns(tmp_path: Path) -> None:
    """Without the lock file most of their commits would fail."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(tmp_path), str(number), "5"],
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]

    said = [writer.communicate(timeout=120)[1] for writer in writers]

    assert [writer.returncode for writer in writers] == [0] * 4, said
    manager = make_duckdb(str(tmp_path), {})
    assert len(list(manager.objects())) == 20
    with duckdb.connect(tmp_path / FILE, read_only=True) as connection:
        assert connection.sql('SELECT n FROM process."3"').fetchall() == [(4,)]


def test_readers_from_outside_see_whole_versions(tmp_path: Path) -> None:
    """One row in the first, two in the second, and each row says which it is."""
    manager = make_duckdb(str(tmp_path), {})
    show(manager, keep(manager, pa.table({"n": [1]})))
    command = [sys.executable, "-c", LOOK, str(tmp_path / FILE)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout
        assert reader.stdout.readline()
        for number in range(2, 12):
            show(manager, keep(manager, pa.table({"n": [number] * number})))
        seen, _ = reader.communicate("stop", timeout=60)

    versions = [tuple(map(int, line.split())) for line in seen.splitlines()]
    assert len(versions) > 3
    assert all(low == high == rows for low, high, rows in versions)
    assert versions == sorted(versions)


def test_one_that_uses_it_for_long_lets_others_go_first(tmp_path: Path) -> None:
    """Threads that overlap for ever would shut out every other process."""
    database = open_database(tmp_path / FILE)
    make_duckdb(str(tmp_path), {})
    order: list[str] = []

    def late() -> None:
        with database.reading(20):
            order.append("late")

    with database.writing(20):
        time.sleep(2.1)
        other = threading.Thread(target=late)
        other.start()
        time.sleep(0.1)
        order.append("first")
    other.join(20)

    assert order == ["first", "late"]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_is_refused(tmp_path: Path) -> None:
    """It has the locks of its parent and none of its threads."""
    manager = make_duckdb(str(tmp_path), {})
    stored = keep(manager)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            manager.read(ORDERS, stored, ROWS.schema)
        except StoreError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)

    assert b"before this process was forked" in os.read(reader, 10_000)
    os.close(reader)


@pytest.mark.parametrize(
    "said",
    [
        "Conflicting lock is held in /usr/bin/python3.11 (PID 3591). See also",
        "Conflicting lock is held in PID 3591. However, you would be able to",
    ],
)
def test_the_process_that_has_the_file_is_found_however_it_is_named(said: str) -> None:
    """DuckDB leaves the program out when it cannot tell it."""
    error = duckdb.IOException(f'IO Error: Could not set lock on file "x.duckdb": {said}')

    assert holder_named_by(error) == 3591
    assert holder_named_by(duckdb.IOException("IO Error: PID 3591 is full")) is None
