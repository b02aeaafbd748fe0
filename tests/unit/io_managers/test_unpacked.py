"""Unpacked folders stay while somebody may read them, and as long as there is room."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from assets_core.folders import Entry
from io_managers.stores.unpacked import Unpacked

BYTES = 100
DATA = b"a".ljust(BYTES)
ENTRIES = [Entry("a", BYTES, sha256(DATA).hexdigest())]


def unpack(new: Path) -> None:
    """Write the one file of the folder."""
    new.mkdir()
    (new / "a").write_bytes(DATA)


def names(folder: Path) -> list[str]:
    """Return which folders are there."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_those_that_do_not_fit_are_removed_once_their_time_is_over(tmp_path: Path) -> None:
    """Oldest first; what was asked for today stays even if there is no room."""
    unpacked = Unpacked(tmp_path, 2 * BYTES)
    for name in ("one", "two", "three"):
        unpacked.find(name, ENTRIES, unpack)
    assert names(tmp_path) == ["one", "three", "two"]
    for number, name in enumerate(("two", "one", "three")):
        os.utime(tmp_path / name, (number, number))

    path = unpacked.find("one", ENTRIES, unpack)
    unpacked.find("four", ENTRIES, unpack)

    assert names(tmp_path) == ["four", "one"]
    assert (path / "a").read_bytes() == DATA


def test_what_a_killed_process_has_left_is_removed_after_a_day(tmp_path: Path) -> None:
    """And what one is writing now is left alone."""
    for name in ("old.new", "now.new"):
        unpack(tmp_path / name)
    os.utime(tmp_path / "old.new", (0, 0))

    Unpacked(tmp_path, 10 * BYTES).find("one", ENTRIES, unpack)

    assert names(tmp_path) == ["now.new", "one"]
