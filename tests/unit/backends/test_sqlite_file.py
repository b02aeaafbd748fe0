"""The file of the SQLite store: which are taken, refused and made, with which rights."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets_core.backends.metadata.schema import MIGRATIONS
from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.backends.sqlite.connection import (
    APPLICATION_ID,
    CHECKPOINT_EVERY,
    file_system_among,
)
from assets_core.errors import ConfigurationError, StoreError
from assets_core.model.keys import AssetKey
from assets_core.model.records import FileIdentity, Observation
from assets_core.testing.examples import ORDERS, make_result, show_result


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a store that is not there yet."""
    return tmp_path / "metadata.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLStore]:
    """Give an open store."""
    store = open_sqlite(path, is_alive)
    yield store
    store.close()


def test_a_database_of_something_else_is_refused_and_left_alone(path: Path) -> None:
    """Somebody wrote the wrong path into the settings; their data is not ours to touch."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match="something else") as refused:
        open_sqlite(path, is_alive)

    assert str(path) in str(refused.value)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mark", ["application_id", "user_version"])
def test_an_empty_database_of_something_else_is_refused(path: Path, mark: str) -> None:
    """It has no tables yet, but it says whose it is going to be."""
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA {mark}=1")
    other.close()

    with pytest.raises(ConfigurationError, match="something else"):
        open_sqlite(path, is_alive)


@pytest.mark.parametrize("text", ["name,total\nann,3\n", "x" * 100_000])
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    path: Path, text: str
) -> None:
    """The same, with a file of another kind."""
    path.write_text(text)

    with pytest.raises(ConfigurationError, match="something else"):
        open_sqlite(path, is_alive)

    assert path.read_text() == text


def test_a_store_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    """An old installation must not write what a new one will misread."""
    open_sqlite(path, is_alive).close()
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    newer.close()
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match="upgrade"):
        open_sqlite(path, is_alive)

    assert path.read_bytes() == before


def test_a_store_that_is_only_read_is_not_made(path: Path) -> None:
    """Nor is anything else made beside it, and an empty file stays empty."""
    with pytest.raises(ConfigurationError, match="no metadata store yet") as refused:
        open_sqlite(path, is_alive, read_only=True)
    assert "where it may be written" in refused.value.fix
    assert list(path.parent.iterdir()) == []

    path.touch()
    with pytest.raises(ConfigurationError, match="no metadata store yet"):
        open_sqlite(path, is_alive, read_only=True)
    assert path.read_bytes() == b""


def test_a_store_that_is_only_read_is_not_upgraded(path: Path) -> None:
    """Others may still use it with the version that it has; one that fits is read."""
    open_sqlite(path, is_alive).close()
    store = open_sqlite(path, is_alive, read_only=True)
    assert store.heads("main") == {}
    with pytest.raises(StoreError, match="can only be read"):
        store.add_dynamic_keys("list", ["a"])
    store.close()
    with sqlite3.connect(path) as older:
        older.execute(f"PRAGMA user_version={len(MIGRATIONS) - 1}")
    older.close()
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match=r"has version .* only be read here"):
        open_sqlite(path, is_alive, read_only=True)

    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    """What a process that was killed while it made the store leaves behind."""
    path.touch()

    store = open_sqlite(path, is_alive)

    assert store.heads("main") == {}
    store.close()


def test_the_file_says_whose_it_is(path: Path) -> None:
    """`file` and other tools can tell it from any other database."""
    open_sqlite(path, is_alive).close()

    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert raw.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    raw.close()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """The message of SQLite alone ('unable to open database file') helps nobody."""
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        open_sqlite(tmp_path / "nowhere" / "metadata.db", is_alive)

    assert "nowhere" in str(refused.value)


OPEN_AS_NOBODY = """
import os, sys
from pathlib import Path
from assets_core.backends.process_owner import is_alive
from assets_core.backends.sqlite import open_sqlite
from assets_core.errors import StoreError

os.chdir(sys.argv[1])
if os.getuid() == 0:
    os.setuid(65534)
try:
    open_sqlite(Path("metadata.db"), is_alive)
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize("is_there", [False, True], ids=["new", "there"])
def test_a_folder_that_may_not_be_written_is_named(path: Path, *, is_there: bool) -> None:
    """A project on a read-only disk, or of another user."""
    if is_there:
        open_sqlite(path, is_alive).close()
    path.parent.chmod(0o555)

    done = subprocess.run(
        [sys.executable, "-c", OPEN_AS_NOBODY, path.parent],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("The metadata store cannot be opened: Permission denied")
    assert "Fix: " in done.stdout


def test_only_its_owner_can_read_it(path: Path) -> None:
    """It holds rows that broke checks; what the umask says does not matter."""
    before = os.umask(0)
    try:
        store = open_sqlite(path, is_alive)
        show_result(store, this_process(), make_result(1))
    finally:
        os.umask(before)

    modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}

    assert modes == {
        "metadata.db": 0o600,
        "metadata.db-wal": 0o600,
        "metadata.db-shm": 0o600,
        "metadata.db.lock": 0o600,
    }
    store.close()


def test_after_closing_everything_is_in_the_one_file(path: Path) -> None:
    """So that copying it is a backup."""
    store = open_sqlite(path, is_alive)
    show_result(store, this_process(), make_result(1))

    store.close()

    names = {one.name for one in path.parent.iterdir()}
    assert names == {"metadata.db", "metadata.db.lock"}


def test_what_was_written_survives_loss_of_power(store: SQLStore) -> None:
    """A commit is promised only once it is on the disk, and the log is a log."""
    assert store._db.rows("PRAGMA synchronous") == [(2,)]
    assert store._db.rows("PRAGMA journal_mode") == [("wal",)]


def test_the_log_is_emptied_under_our_lock_only(store: SQLStore) -> None:
    """SQLite before 3.51.3 may damage the file when it does so by itself."""
    assert store._db.rows("PRAGMA wal_autocheckpoint") == [(0,)]


def test_the_log_does_not_grow_for_ever(store: SQLStore, path: Path) -> None:
    """A run of a thousand steps must not leave a log that every reader reads through."""
    log = path.with_name("metadata.db-wal")

    def write(count: int) -> int:
        for number in range(count):
            identity = FileIdentity(number, 1, 2, 3, 4)
            store.observe([Observation(AssetKey("rates"), "rates.csv", identity, "0" * 32)])
        return log.stat().st_size

    once = write(CHECKPOINT_EVERY + 10)

    assert write(CHECKPOINT_EVERY) <= once


def test_a_closed_store_says_so(store: SQLStore) -> None:
    """Not 'file descriptor cannot be a negative integer'."""
    store.close()
    store.close()

    with pytest.raises(StoreError, match="is closed"):
        store.heads("main")
    with pytest.raises(StoreError, match="is closed"):
        show_result(store, this_process(), make_result(1))


def test_a_damaged_page_is_found(path: Path) -> None:
    """`assets doctor` tells it before a run stumbles over it."""
    store = open_sqlite(path, is_alive)
    before = None
    for number in range(60):
        made = make_result(number)
        show_result(store, this_process(), made, before)
        before = made
    store.close()
    with sqlite3.connect(path) as raw:
        (page,) = raw.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'materializations_of_cell'"
        ).fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size + size // 2 : page * size] = bytes(size - size // 2)
    path.write_bytes(data)

    store = open_sqlite(path, is_alive)

    assert store.problems() != ()
    assert all("damaged" in problem for problem in store.problems())
    assert store.head("main", ORDERS) is not None
    store.close()


MOUNTS = rb"""
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
23 22 0:5 / /export rw - nfs4 server:/export rw
24 23 0:6 / /export/ada/fast rw shared:2 - xfs /dev/sdb rw
25 22 0:7 / /mnt/my\040disk rw - fuse.sshfs host: rw
26 22 0:8 / /mnt/Gr\303\266\303\237e rw - cifs //host/x rw
27 22 0:9 / /mnt/back\134slash rw - smb3 //host/y rw
""".strip()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/project", "ext4"),
        ("/exports", "ext4"),
        ("/export/ada/project", "nfs4"),
        ("/export/ada/fast/project", "xfs"),
        ("/mnt/my disk/project", "fuse.sshfs"),
        ("/mnt/Größe", "cifs"),
        ("/mnt/back\\slash/project", "smb3"),
    ],
)
def test_the_file_system_of_a_folder_is_known(folder: str, kind: str) -> None:
    """SQLite on a network file system loses commits, so it is refused before it does."""
    mounts = MOUNTS.replace(rb"\303\266\303\237", "öß".encode())

    assert file_system_among(mounts, folder.encode()) == kind
