"""Who reads while others write sees a whole version, and never an error (G1).

The versions are known beforehand, from a project that nobody disturbs. Every read is one
of them, to the last byte.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets_core import Workspace
from tests.faults.children import Child

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
READS = 100_000 if NIGHTLY else 5_000  # of the stable path, for each way to publish
LOADS = 2_000 if NIGHTLY else 100  # through the framework
CONNECTIONS = 1_000 if NIGHTLY else 30  # to DuckDB
FLIPS = 200 if NIGHTLY else 12  # as many changes at least happen meanwhile
VERSIONS = 6
Tell = Callable[[str, object], None]
ROWS = 8_000  # some pages long, so that a file that is half written would be noticed

PIPELINE = f"""
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

number = source("number", path="number.txt")


@asset
def shown(number: Path) -> pa.Table:
    n = int(number.read_text())
    # Numbers that do not compress to nothing, and say of each row whose it is.
    mixed = [(i * 2_654_435_761 + n) % 1_000_003 for i in range({ROWS})]
    return pa.table({{"version": [n] * {ROWS}, "mixed": mixed}})
"""
STORES = {
    "link": '[io.lake]\ntype = "parquet"\n',
    "copy": '[io.lake]\ntype = "parquet"\npublish = "copy"\n',
    "views": '[io.warehouse]\ntype = "duckdb"\nstorage = "views"\n',
}

# It changes what is shown, by its source, until its input is closed. Each second time
# round, results are computed again and do not only become the head again.
WRITE = """
import json, os, sys, threading
from pathlib import Path
from assets_core import Workspace

versions = int(sys.argv[1])
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
flips = 0
with Workspace.open(".") as workspace:
    while not ended.is_set():
        Path("number.new").write_text(str(flips % versions))
        os.replace("number.new", "number.txt")
        workspace.materialize(force=flips // versions % 2 == 1)
        flips += 1
        print(json.dumps(flips), flush=True)
"""

# It makes the same, again and again, and so has an old result in its hands now and then.
AGAIN = """
import json, sys, threading
from assets_core import Workspace
from assets_core.errors import RunFailed

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
with Workspace.open(".") as workspace:
    while not ended.is_set():
        try:
            workspace.materialize(force=True)
        except RunFailed as error:
            # The one thing that may happen: the other one changed the source meanwhile.
            if "changed while" not in str(error):
                raise
"""


def make_project(folder: Path, store: str) -> Path:
    """Write a project whose one asset shows the number in a file."""
    folder.mkdir(parents=True)
    (folder / "assets.toml").write_text(
        f'name = "flips"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
        f"{STORES[store]}"
    )
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "number.txt").write_text("0")
    return folder


@dataclass(frozen=True)
class Version:
    """What there is to see of one version."""

    file: str
    table: str
    sums: tuple[int, ...]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> list[Version]:
    """Return what there is to see of each version while nobody disturbs."""
    folder = make_project(tmp_path_factory.mktemp("known") / "project", "copy")
    found = []
    with Workspace.open(folder) as workspace:
        for number in range(VERSIONS):
            (folder / "number.txt").write_text(str(number))
            workspace.materialize()
            table = workspace.load_arrow("shown")
            data = (folder / "data" / "shown.parquet").read_bytes()
            file = hashlib.sha256(data).hexdigest()
            found.append(Version(file, digest_of(table), sums_of(table)))
    assert len({one.table for one in found}) == VERSIONS
    return found


@contextmanager
def written_meanwhile(folder: Path, *codes: str) -> Iterator[Callable[[], int]]:
    """Let processes write until the block ends; give how often the version changed."""
    with ExitStack() as stack:
        writer, *others = (
            stack.enter_context(Child(folder, code, str(VERSIONS))) for code in codes
        )
        flips = [writer.answer()]

        def changes() -> int:
            while writer.has_answer():
                flips.append(writer.answer())
            return int(flips[-1])

        yield changes
        for child in (*others, writer):
            assert child.ends() == 0, child.errors()


def read_often(
    read: Callable[[], Any], times: int, changes: Callable[[], int]
) -> tuple[list[Any], float]:
    """Read so often, and until enough has changed; return the different reads, in order."""
    seen: dict[Any, int] = {}
    started, count = time.perf_counter(), 0
    while count < times or changes() < FLIPS:
        for _ in range(max(1, times // 100)):
            found = read()
            seen[found] = seen.get(found, 0) + 1
            count += 1
    assert sum(seen.values()) == count >= times
    return list(seen), count / (time.perf_counter() - started)


@pytest.mark.sweep
@pytest.mark.parametrize("store", ["link", "copy"])
def test_every_read_of_a_stable_path_is_a_whole_version(
    tmp_path: Path, known: list[Version], store: str, record_property: Tell
) -> None:
    """With two writers: one changes the source, one makes the same again and again."""
    folder = make_project(tmp_path / "project", store)
    path = folder / "data" / "shown.parquet"

    def read() -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    with written_meanwhile(folder, WRITE, AGAIN) as changes:
        seen, speed = read_often(read, READS, changes)
        count = changes()

    assert set(seen) <= {one.file for one in known}
    assert len(seen) > 1
    record_property(
        "told",
        f"stable path ({store}): at least {READS:,} reads beside {count:,} changes,"
        f" {speed:,.0f} reads a second, none torn",
    )


@pytest.mark.sweep
@pytest.mark.parametrize("store", ["link", "views"])
def test_every_load_through_a_workspace_is_a_whole_version(
    tmp_path: Path, known: list[Version], store: str, record_property: Tell
) -> None:
    """One workspace stays open all the time and sees what is the head by then."""
    folder = make_project(tmp_path / "project", store)

    with (
        written_meanwhile(folder, WRITE) as changes,
        Workspace.open(folder) as workspace,
    ):
        seen, speed = read_often(
            lambda: digest_of(workspace.load_arrow("shown")), LOADS, changes
        )
        count = changes()

    assert set(seen) <= {one.table for one in known}
    assert len(seen) > 1
    record_property(
        "told",
        f"workspace ({store}): at least {LOADS:,} loads beside {count:,} changes,"
        f" {speed:,.0f} loads a second, none torn",
    )


@pytest.mark.sweep
def test_every_read_of_a_view_by_a_new_connection_is_a_whole_version(
    tmp_path: Path, known: list[Version], record_property: Tell
) -> None:
    """In `views` mode, where nobody waits for anybody."""
    sums = "SELECT min(version), max(version), count(*), sum(mixed)::bigint FROM"
    folder = make_project(tmp_path / "project", "views")
    file = folder / "data" / "warehouse.duckdb"

    def read() -> tuple[int, ...]:
        with duckdb.connect(file, read_only=True) as connection:
            (row,) = connection.execute(f"{sums} shown").fetchall()
        return tuple(row)

    with written_meanwhile(folder, WRITE) as changes:
        seen, speed = read_often(read, CONNECTIONS, changes)
        count = changes()

    assert set(seen) <= {one.sums for one in known}
    assert len(seen) > 1
    record_property(
        "told",
        f"DuckDB view: at least {CONNECTIONS:,} connections beside {count:,} changes,"
        f" {speed:,.0f} reads a second, none torn",
    )


def digest_of(table: Any) -> str:
    """Return a digest of every value of a table."""
    return hashlib.sha256(
        b"".join(table.column(name).to_numpy().tobytes() for name in table.column_names)
    ).hexdigest()


def sums_of(table: Any) -> tuple[int, ...]:
    """Return what the query of the views comes to, computed otherwise."""
    rows = table.to_pydict()
    version = rows["version"]
    return min(version), max(version), len(version), sum(rows["mixed"])
