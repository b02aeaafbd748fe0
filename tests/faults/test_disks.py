"""A disk that is full, or becomes read-only while a run goes on (G19).

The error is named, the version that was there before stays, and as soon as there is
room again the same command ends well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.faults.small_disk import PIPELINE, SmallDisk, start

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
FREE = range(0, 1_200_000, 65_536) if NIGHTLY else (0, 100_000)
SETTINGS = 'name = "disk"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
STORES = {
    "parquet": "",
    "tables": '[io.warehouse]\ntype = "duckdb"\n',
    "views": '[io.warehouse]\ntype = "duckdb"\nstorage = "views"\n',
}
# Whether all of the project is on the disk that is full, or the data alone.
FULL_DISKS = (
    [(store, all_on_it) for store in STORES for all_on_it in (False, True)]
    if NIGHTLY
    else [("parquet", True), ("tables", False)]
)
Opener = Callable[..., SmallDisk]
# SQLite calls it an I/O error when there is no room for the index of its log.
FULL = ("No space left on device", "disk is full", "check the disk's free space")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Return what makes a project on a disk of its own, materialized once."""
    with ExitStack() as stack:

        def make(store: str, *, all_on_it: bool) -> SmallDisk:
            settings = SETTINGS + STORES[store]
            disk = SmallDisk(stack.enter_context(start(tmp_path, all_on_it=all_on_it)))
            disk.do("put", "assets.toml", settings)
            disk.do("put", "pipeline.py", PIPELINE)
            ended = disk.materialize()
            assert ended.code == 0, ended.told
            return disk

        yield make


def expected(number: int) -> dict[str, Any]:
    """Return what must be there when the source holds this number."""
    mixed = [(i * 2_654_435_761 + number * 7) % 1_000_003 for i in range(30_000)]
    return {
        "version": [number],
        "rows": 30_000,
        "sum": sum(mixed),
        "below": [sum(mixed)],
        "findings": [],
        "left": 0,
    }


@pytest.mark.sweep
@pytest.mark.needs("unshare", "mount", package="util-linux mount")
@pytest.mark.parametrize(("store", "all_on_it"), FULL_DISKS)
def test_a_full_disk_is_named_keeps_what_was_there_and_does_no_harm_later(
    tmp_path: Path, opened: Opener, store: str, *, all_on_it: bool
) -> None:
    """With a little more room each time, so that it is full at another moment."""
    disk = opened(store, all_on_it=all_on_it)
    failed = 0
    for number, free in enumerate(FREE, start=2):
        before = disk.do("read", "data/big.parquet")
        (tmp_path / "number.txt").write_text(str(number))
        disk.do("fill", free)

        ended = disk.materialize()

        assert "Traceback" not in ended.told
        if ended.code:
            failed += 1
            assert ended.code == 1, ended.told
            assert any(word in ended.told for word in FULL), ended.told
            assert "Fix: " in ended.told  # an error of ours, not of a library
            if not all_on_it:
                assert disk.load() in (f"{{{number - 1}}}", f"{{{number}}}")
                assert disk.do("read", "data/big.parquet") == before
        disk.do("empty")
        assert disk.materialize_and_look() == expected(number)
    assert failed


@pytest.mark.sweep
@pytest.mark.needs("unshare", "mount", package="util-linux mount")
@pytest.mark.parametrize("store", [*STORES] if NIGHTLY else ["parquet", "tables"])
def test_a_disk_that_becomes_read_only_is_named_and_keeps_what_was_there(
    tmp_path: Path, opened: Opener, store: str
) -> None:
    """As Linux does it by itself when a disk begins to fail."""
    disk = opened(store, all_on_it=False)
    (tmp_path / "number.txt").write_text("2")
    (tmp_path / "read_only_disk").write_text(str(tmp_path / "project" / "data"))

    ended = disk.materialize()

    assert ended.code == 1
    assert "Traceback" not in ended.told
    assert "ead-only file system" in ended.told
    assert "failed big: StoreError" in ended.told
    assert disk.load() == "{1}"
    (tmp_path / "read_only_disk").unlink()
    disk.do("remount", "rw")
    assert disk.materialize_and_look() == expected(2)
