"""Large files that were just stored are not looked through to be read, until touched."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_core import files
from assets_core.errors import CorruptDataError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from io_managers.stores import local
from io_managers.stores.local import LARGE, LocalStore
from io_managers.stores.protocol import StagedFile

CELL = Cell(AssetKey("raw/events"))


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Return a store in an empty folder."""
    return LocalStore("local:test", tmp_path, ".bin")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the files that are looked through from now on."""
    found: list[Path] = []
    digest = files.file_digest

    def file_digest(path: Path) -> tuple[str, int]:
        found.append(path)
        return digest(path)

    monkeypatch.setattr(files, "file_digest", file_digest)
    return found


def stage(store: LocalStore, size: int) -> StagedFile:
    """Write a file of so many bytes."""

    def write(file: files.NewFile) -> None:
        for at in range(0, size, 1 << 20):
            file.write(bytes([at >> 20]) * min(1 << 20, size - at))

    return store.stage(CELL, "attempt-1", write)


def stored_file(store: LocalStore, size: int = LARGE) -> tuple[StoredData, Path]:
    """Store a file of so many bytes; return its record and where it is."""
    [stored] = store.seal([stage(store, size)])
    return stored, store.path(CELL, stored)


def test_a_large_file_that_was_just_stored_is_not_looked_through(
    store: LocalStore, looked: list[Path]
) -> None:
    """Its digest is known, and reading it would take longer than the read."""
    stored, path = stored_file(store)
    assert store.whole(CELL, stored) == path
    assert looked == []
    assert stored.checksum == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_small_one_is(store: LocalStore, looked: list[Path]) -> None:
    """It costs nothing, and nobody has to remember it."""
    stored, path = stored_file(store, LARGE - 1)
    assert store.whole(CELL, stored) == path
    assert looked == [path]


def test_another_process_looks_through_it(tmp_path: Path, looked: list[Path]) -> None:
    """Who has not written a file does not know it."""
    stored, path = stored_file(LocalStore("local:test", tmp_path, ".bin"))
    LocalStore("local:test", tmp_path, ".bin").whole(CELL, stored)
    assert looked == [path]


def wait_for_another_time(folder: Path) -> None:
    """Wait until files have another time: some systems count it in ticks."""
    probe = folder / "probe"
    probe.touch()
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        time.sleep(0.001)
        probe.touch()


def overwritten(path: Path) -> None:
    """Change a byte, and nothing else that a program can set."""
    before = path.stat()
    wait_for_another_time(path.parent)
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.write(b"!")
    path.chmod(0o444)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def cut(path: Path) -> None:
    """Take the last byte away."""
    os.truncate(path, path.stat().st_size - 1)


def exchanged(path: Path) -> None:
    """Put a file of the same size and time in its place."""
    before = path.stat()
    other = path.with_suffix(".other")
    other.write_bytes(b"!" * before.st_size)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("damage", [overwritten, cut, exchanged])
def test_what_happens_to_it_after_it_was_stored_is_noticed(
    store: LocalStore, damage: Callable[[Path], None]
) -> None:
    """Also where its size and time are put back."""
    stored, path = stored_file(store)
    damage(path)
    with pytest.raises(CorruptDataError, match="was damaged"):
        store.whole(CELL, stored)


def test_what_happens_to_it_before_it_is_sealed_is_noticed(store: LocalStore) -> None:
    """It is not what was written any more."""
    staged = stage(store, LARGE)
    overwritten(staged.path)
    [stored] = store.seal([staged])
    with pytest.raises(CorruptDataError, match="was damaged"):
        store.whole(CELL, stored)


def test_one_that_was_there_already_is_looked_through(
    store: LocalStore, looked: list[Path]
) -> None:
    """Its bytes are not those that were just written."""
    _, path = stored_file(store)
    stored, again = stored_file(LocalStore("local:test", store.root, ".bin"))
    assert (again, looked) == (path, [path])
    LocalStore("local:test", store.root, ".bin").whole(CELL, stored)
    assert looked == [path, path]


def test_who_asks_whether_it_is_all_right_has_it_read(
    store: LocalStore, looked: list[Path]
) -> None:
    """`assets verify` and `assets doctor` tell what is on the disk."""
    stored, path = stored_file(store)
    store.verify(CELL, stored)
    store.verify(CELL, stored)
    assert looked == [path]


def test_one_that_cannot_be_seen_when_it_is_stored_is_stored_all_the_same(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, looked: list[Path]
) -> None:
    """What is only faster may not make a step fail."""
    monkeypatch.setattr(local, "state_at", lambda _: None)
    stored, path = stored_file(store)
    assert store.whole(CELL, stored) == path
    assert looked == [path]
