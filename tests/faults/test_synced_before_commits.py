"""Every committed byte is synced before the commit that names it is written (G2).

Runs are followed by strace through every file descriptor and path. A commit may reach the
disk as soon as it is written to SQLite's log, so that this is the moment that counts.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.power.synced import UNFOLLOWED, Unsynced
from tests.faults.power.tracing import Call, calls_of

pytestmark = pytest.mark.needs("strace")

SETTINGS = """
name = "synced"
modules = ["pipeline"]
[executor]
type = "{executor}"
jobs = 2
[io.data]
type = "parquet"
root = "data"
[io.warehouse]
type = "duckdb"
[io.views]
type = "duckdb"
database = "data/views.duckdb"
root = "data/of_views"
storage = "views"
"""
PIPELINE = """
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from assets_core import StaticPartitions, asset, file_asset, source

NAMES = ["a", "b", "c"]
values = source("values", path="values.txt")


@asset
def table(values: Path) -> pa.Table:
    return pa.table({"n": [int(word) for word in values.read_text().split()]})


@asset(publish="copy")
def copied(table: pa.Table) -> pa.Table:
    return table.append_column("copied", table["n"])


@asset
def streamed(table: pa.Table) -> Iterator[pa.RecordBatch]:
    yield from table.append_column("again", table["n"]).to_batches()


@asset(partitions=StaticPartitions(NAMES), publish="none")
def parts(table: pa.Table, context) -> pa.Table:
    at = NAMES.index(context.partition.key)
    return pa.table({"n": [n + at for n in table["n"].to_pylist()]})


@asset(partitions=StaticPartitions(NAMES), key="shown/parts")
def shown(parts: pa.Table) -> pa.Table:
    return parts.append_column("twice", parts["n"])


@asset(io="warehouse")
def rows(parts: pa.Table) -> pa.Table:
    return parts.select(["n"])


@asset(io="views")
def viewed(rows: pa.Table) -> pa.Table:
    return rows.append_column("viewed", rows["n"])


@file_asset(extension="txt")
def page(table: pa.Table):
    return str(table["n"].to_pylist())


@file_asset
def pages(table: pa.Table, context):
    (context.path / "deep").mkdir(parents=True)
    for name in ("a.txt", "deep/b.txt"):
        (context.path / name).write_text(str(table["n"].to_pylist()))
"""
PROGRAM = """
from pathlib import Path
from assets_core import Workspace
for values in ("1 2 3", "4 5"):
    Path("values.txt").write_text(values)
    with Workspace.open(".") as workspace:
        workspace.materialize()
"""
METADATA = ".assets/metadata.db"
LOG = f"{METADATA}-wal"
MOST = 1000 if os.environ.get("ASSETS_TEST_SIZE") == "nightly" else 8
SYNCS = ("fsync", "fdatasync")
MAY_BE_LOST = ("values.txt", ".assets/readings", ".assets/logs", ".assets/.gitignore")
"""The source, which is not ours, and what is made again where it is gone."""

KINDS = {
    "a table": r"\.staging/\w+\.parquet$",
    "a folder of tables": r"\.objects/\w\w$",
    "a file": r"\.staging/\w+/data\.txt$",
    "all of a folder": r"\.staging/\w+/data(/.+)?$",
    "a folder of files": r"\.files/\w\w$",
    "a copy at a stable path": r"data/\.copied\.parquet\.\w+\.tmp$",
    "a folder of stable paths": r"data/shown/parts/partition=\w$",
    "a file of DuckDB": r"warehouse\.duckdb$",
    "the log of SQLite": r"\.assets/metadata\.db-wal$",
}
"""What is synced, by a pattern of its path."""
NEEDED = 1 / 3
"""Of the syncs of a kind, how many are needed: others follow, or the bytes are not new."""


class Did(NamedTuple):
    """A call, and what is stored that it writes of to the log of the metadata store."""

    call: Call
    named: frozenset[str]


class Run:
    """What a run has done, and what it has committed.

    Attributes:
        calls: What changed something in its folder.
        stored: The files and folders whose bytes were committed.
    """

    def __init__(self, folder: Path, executor: str) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        (self.folder / "assets.toml").write_text(SETTINGS.format(executor=executor))
        (self.folder / "pipeline.py").write_text(PIPELINE)
        also = "".join(f",?{call}" for call in UNFOLLOWED)
        calls = [*calls_of(PROGRAM, self.folder, folder / "log", also)]
        with closing(sqlite3.connect(self.folder / METADATA)) as metadata:
            found = metadata.execute("SELECT storage, location FROM materializations")
            stored = {place.encode(): _file_of(storage, place) for storage, place in found}
        self.stored = {*stored.values()}
        looked = Unsynced(self.folder)
        self.calls = [
            Did(call, frozenset(stored[one] for one in stored if one in text))
            for call in calls
            if (path := looked.opened(call))
            or call.name in SYNCS
            or any(looked.inside(call))
            for text in (call.texts[0] if path == LOG and call.texts else b"",)
        ]

    def complaints(self, calls: Sequence[Did], *, alone: bool) -> list[str]:
        """Return what was promised before it was durable, and all that never was.

        Args:
            alone: Whether one step was done after the other.
        """
        watch = Watch(Unsynced(self.folder), alone=alone)
        for did in calls:
            watch.note(did)
        left = [
            f"{one}, in the end"
            for one in watch.unsynced.everything()
            if not one.split(" of ")[1].startswith(MAY_BE_LOST)
        ]
        return [*watch.found, *left]


@dataclass
class Watch:
    """Looks at what is not synced whenever something is promised.

    Attributes:
        committing: What was written to the log, and is not synced there.
        shown: The stable paths that were moved since.
        seen: All that was committed.
    """

    unsynced: Unsynced
    alone: bool
    found: list[str] = field(default_factory=list)
    committing: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def note(self, did: Did) -> None:
        """Look at what a call promises, and follow it."""
        path, name = self.unsynced.opened(did.call), did.call.name
        if path == LOG and name == "pwrite64":
            self._write_log(did)
        elif path == LOG and name in SYNCS:
            self.committing.clear()
        elif name not in {*SYNCS, "mmap"} and not path.startswith(METADATA):
            self._change(did.call)
        self.unsynced.note(did.call)

    def _write_log(self, did: Did) -> None:
        for one in did.named:
            self._expect(one, f"{one} is committed")
        self.committing |= did.named - self.seen
        self.seen |= did.named
        if did.call.words[-1] == "0":
            self._expect(METADATA, "its log begins anew")
        if self.alone:
            for one in self.shown:
                self._expect(one, "its note is struck off")
            self.shown.clear()

    def _change(self, call: Call) -> None:
        (*_, path) = self.unsynced.inside(call) or [""]
        if path == LOG and call.name == "unlink":
            self._expect(METADATA, "its log is removed")
        is_note = path.startswith(METADATA) or (
            call.name == "openat" and "O_CREAT" not in "".join(call.words)
        )
        if self.alone and self.committing and not is_note:
            self.found += [f"commit of {one}, when it goes on" for one in self.committing]
            self.committing.clear()
        if call.name == "rename" and "/." not in path and path.startswith("data/"):
            self.shown.add(path)

    def _expect(self, path: str, when: str) -> None:
        self.found += [f"{what}, when {when}" for what in self.unsynced.of(path)]


def _file_of(storage: str, location: str) -> str:
    kind, _, place = storage.rpartition(":")
    return place if kind == "duckdb" else f"{place}/{location}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a run of one step after the other."""
    return Run(tmp_path_factory.mktemp("inline"), "inline")


def test_every_committed_byte_is_synced_before_its_commit(run: Run) -> None:
    """Parquet, streams, shared files, files, folders, DuckDB, and SQLite beside them."""
    assert run.complaints(run.calls, alone=True) == []


def test_steps_beside_each_other_wait_for_their_own_bytes(tmp_path: Path) -> None:
    """What another step syncs meanwhile is no excuse."""
    run = Run(tmp_path, "threads")

    assert run.complaints(run.calls, alone=False) == []


def test_every_commit_is_looked_at(run: Run) -> None:
    """What a commit names is found in what is written to SQLite's log."""
    kinds = {Path(one).suffix or "folder" for one in run.stored}

    assert frozenset().union(*(did.named for did in run.calls)) == run.stored
    assert kinds == {".parquet", ".txt", ".duckdb", "folder"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_sync_that_is_left_out_is_noticed(run: Run, kind: str) -> None:
    """The watch is watched: what was seen is looked at again without one of the syncs."""
    syncs = [
        number
        for number, (call, _) in enumerate(run.calls)
        if call.name in SYNCS and re.search(KINDS[kind], call.paths[0])
    ]
    looked_at = syncs[:: max(1, len(syncs) // MOST)]
    noticed = [
        number
        for number in looked_at
        if run.complaints(run.calls[:number] + run.calls[number + 1 :], alone=True)
    ]

    assert noticed
    assert len(noticed) >= NEEDED * len(looked_at)
