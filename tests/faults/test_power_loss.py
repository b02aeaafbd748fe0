"""Whatever a loss of power leaves on disk, nothing that was promised is gone (G1, G2, G3).

A program's changes are recorded; for every moment the states are listed that the disk may
be in, and each is looked at. Some of them are then materialized to the end.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from tests.faults.crash_project import PIPELINE, SETTINGS, make_project
from tests.faults.power.disk import LINK, Disk, Enter, Machine, Operation
from tests.faults.power.tracing import trace

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
SAMPLES = 60 if NIGHTLY else 6  # random states at each moment, beside the systematic ones
EVERY = 1 if NIGHTLY else 3  # is looked at
CONVERGE_EVERY = 20  # of these
MEMORY = Path("/dev/shm")  # noqa: S108 - where syncing costs nothing
UNFINISHED = {"dead_claim", "leftover", "unpublished"}  # the next run puts it right

UPDATES = """
from pathlib import Path
from assets_core import Workspace
for values in ("1 2 3", "4 5"):
    Path("values.txt").write_text(values)
    with Workspace.open(".") as workspace:
        workspace.materialize()
"""
DELETIONS = (
    UPDATES
    + """
import os
for name in ("DAYS", "VERSIONS", "GRACE_HOURS"):
    os.environ[f"ASSETS_RETENTION__{name}"] = "0"
with Workspace.open(".") as workspace:
    assert len(workspace.gc().deleted) == 3
Path("values.txt").write_text("1 2 3")
with Workspace.open(".") as workspace:
    workspace.materialize()  # seals again what was deleted
"""
)
ROLLBACKS = (
    UPDATES
    + """
with Workspace.open(".") as workspace:
    old = workspace.tools.store.results()[0].id
    workspace.rollback("first", to=old)
    workspace.materialize()
    workspace.rollback("first", release=True)
    workspace.materialize()
"""
)


# The same table by way of partitions: b to d take no time and are done together.
PARTS = """
from pathlib import Path

import pyarrow as pa

from assets_core import StaticPartitions, asset, source

KEYS = ["a", "b", "c", "d"]
values = source("values", path="values.txt")


@asset(partitions=StaticPartitions(KEYS))
def first(values: Path, context) -> pa.Table:
    numbers = [int(word) for word in values.read_text().split()]
    at = KEYS.index(context.partition.key)
    return pa.table({"n": pa.array(numbers[at : at + 1], pa.int64())})


@asset(partitions=StaticPartitions(KEYS), key="mid/second")
def second(first: pa.Table) -> pa.Table:
    twice = [2 * n for n in first["n"].to_pylist()]
    return pa.table({"twice": pa.array(twice, pa.int64())})


@asset(inputs={"rows": "mid/second"})
def third(rows: pa.Table) -> pa.Table:
    return rows.select(["twice"])
"""


class Promise(NamedTuple):
    """From one operation on, a cell shows one stored object, or a later one."""

    since: int
    cell: str
    location: str


def promises(operations: list[Operation]) -> list[Promise]:
    """Return what was promised: a stable path is moved only after the commit is durable."""
    found = []
    for number, one in enumerate(operations):
        if isinstance(one, Enter) and one.file == LINK and not one.path.endswith(".tmp"):
            name = one.path.removeprefix("data/").removesuffix(".parquet")
            asset, _, key = name.removesuffix("/data").partition("/partition=")
            cell = f"{asset}[{key}]" if key else asset
            found.append(
                Promise(number, cell, ".objects" + one.target.partition(".objects")[2])
            )
    return found


def states(operations: list[Operation]) -> Iterator[tuple[int, Disk]]:
    """Yield every state that is not like another one, with the number of the moment."""
    machine, rng = Machine(), random.Random(4711)  # noqa: S311 - the same states each time
    seen: set[bytes] = set()
    for number, operation in enumerate(operations):
        machine.do(operation)
        for disk in machine.losses(rng, SAMPLES):
            fingerprint = disk.fingerprint()
            if fingerprint not in seen:
                seen.add(fingerprint)
                yield number, disk


def put(disk: Disk, folder: Path, pipeline: str, values: str) -> None:
    """Make a folder that holds a state of the disk, and the project's own files whole."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    disk.put(folder)
    for name, text in (
        ("assets.toml", SETTINGS),
        ("pipeline.py", pipeline),
        ("values.txt", values),
    ):
        (folder / name).write_text(text)


def objects_are_whole(folder: Path) -> None:
    """Check that every stable path leads to an object with all its bytes."""
    for path in (folder / "data").rglob("*.parquet"):
        if path.is_symlink():
            data = path.read_bytes()
            assert hashlib.sha256(data).hexdigest() == path.resolve().stem


def nothing_promised_is_gone(folder: Path, made: list[Promise], number: int) -> None:
    """Check heads, their data and their stable paths, as doctor does, and the promises."""
    with Workspace.open(folder) as workspace:
        found = examine(workspace.tools, workspace.graph_of_assets, "main").findings
        to_follow = {one.asset for one in found if one.kind == "unpublished"}
        wrong = [one for one in found if one.kind not in UNFINISHED]
        assert all(one.kind == "path_wrong" and one.asset in to_follow for one in wrong), (
            wrong
        )
        heads = workspace.tools.store.heads("main")
        stored = workspace.tools.store.stored(
            head.materialization for head in heads.values()
        )
        shown = {
            str(cell): stored[head.materialization].location for cell, head in heads.items()
        }
    for cell in {one.cell for one in made if one.since < number}:
        mine = [one for one in made if one.cell == cell]
        last = max(place for place, one in enumerate(mine) if one.since < number)
        assert shown[cell] in [one.location for one in mine[last:]]


def converges(folder: Path, values: str) -> None:
    """Check that a run ends where one ends that nothing disturbed."""
    numbers = [int(word) for word in values.split()]
    with Workspace.open(folder) as workspace:
        if any(head.held for head in workspace.tools.store.heads("main").values()):
            workspace.rollback("first", release=True)
        workspace.materialize()
        assert workspace.load_arrow("third")["twice"].to_pylist() == [
            2 * n for n in numbers
        ]
        assert not workspace.plan().steps
        assert examine(workspace.tools, workspace.graph_of_assets, "main").findings == ()


@pytest.mark.sweep
@pytest.mark.needs("strace")
@pytest.mark.parametrize(
    ("pipeline", "program", "every"),
    [
        (PIPELINE, UPDATES, 1),
        (PIPELINE, DELETIONS, 1 if NIGHTLY else 2),
        (PIPELINE, ROLLBACKS, 1 if NIGHTLY else 2),
        (PARTS, UPDATES, 1 if NIGHTLY else 10),
    ],
    ids=["updates", "deletions", "rollbacks", "short steps"],
)
def test_no_loss_of_power_takes_what_was_promised(
    pipeline: str, program: str, every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every moment, in every state that the disk may be in."""
    project = make_project(tmp_path / "project")
    (project.folder / "pipeline.py").write_text(pipeline)
    operations = trace(program, project.folder, tmp_path / "log")
    made = promises(operations)
    monkeypatch.chdir(tmp_path)  # the assets' functions leave a line where they run
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else tmp_path))

    count = 0
    looked_at = islice(states(operations), 0, None, EVERY * every)
    for count, (number, disk) in enumerate(looked_at, 1):
        put(disk, folder, pipeline, "7 8")
        objects_are_whole(folder)
        nothing_promised_is_gone(folder, made, number)
        if count % CONVERGE_EVERY == 0:
            converges(folder, "7 8")

    shutil.rmtree(folder)
    print(f"{len(operations)} operations, {count} states")  # noqa: T201 - to be quoted
    assert count > 4500 / EVERY / every
