"""A connection to SQLite that is safe with many threads and processes.

* Write-ahead log with `synchronous=FULL` for what must survive loss of power. Notes
  that a run can do without, such as claims, are synced with the next such commit.
* Every write and every checkpoint holds one advisory lock beside the database. This
  keeps writers from starving each other, and it keeps away from a fault of SQLite before
  3.51.3 in which a checkpoint and a commit at the same moment could damage the file.
* The database file itself is only ever opened by SQLite: closing any other handle on
  it would drop SQLite's own locks.
* A connection is not used in a process that was forked from its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from assets_core.backends.metadata.schema import (
    MIGRATIONS,
    NEW_JOURNAL,
    Step,
    not_upgraded,
)
from assets_core.errors import ConfigurationError, StoreError

APPLICATION_ID = 0x41535354  # "ASST": tells our file from any other SQLite file
BUSY_SECONDS = 30.0
CHECKPOINT_EVERY = 200  # writes; the log is read through by every reader, so keep it short
_NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "lustre",
        "gpfs",
        "9p",
        "afs",
        "glusterfs",
        "ceph",
    }
)


class Connection:
    """One SQLite file, opened."""

    def __init__(
        self, path: Path, now: Callable[[], float], *, read_only: bool = False
    ) -> None:
        self.path = path
        self.read_only = read_only
        self.now = now
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._writes = 0
        _refuse_network(path)
        if read_only and not path.exists():
            raise not_upgraded(0, str(path))
        try:
            descriptor = os.open(
                path.with_name(path.name + ".lock"),
                os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
                0o600,
            )
        except OSError as error:
            raise _not_openable(path, error) from error
        self._lock_file = descriptor
        try:
            self._connection = self._open()
        except BaseException:
            os.close(descriptor)
            raise

    def _open(self) -> sqlite3.Connection:
        with self._alone(), self._named_errors():
            if not self.read_only:
                _make_private(self.path)
            connection = sqlite3.connect(
                self.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                _prepare(connection, self.path, read_only=self.read_only)
            except BaseException:
                connection.close()
                raise
            return connection

    def close(self) -> None:
        """Close; the last one to close empties the log, which also needs the lock."""
        if self._pid != os.getpid():
            return  # it belongs to the process that this one was forked from
        with self._lock:
            if self._lock_file < 0:
                return
            with contextlib.suppress(sqlite3.Error), self._alone():
                self._connection.close()
            os.close(self._lock_file)
            self._lock_file = -1

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite finds damaged in the file."""
        found = [text for (text,) in self.rows("PRAGMA integrity_check") if text != "ok"]
        return tuple(f"the metadata store is damaged: {text}" for text in found)

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with self._mine():
            return self._connection.execute(sql, tuple(values)).fetchall()

    def rows_among(
        self, sql: str, values: Iterable[Any], first: Iterable[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return what a query with one `IN (…)` finds, for any number of values.

        Args:
            first: What the parameters before the `IN (…)` are.
        """
        many = list(values)
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(many), 500):
            part = many[start : start + 500]
            marks = ",".join("?" * len(part))
            found += self.rows(sql.replace("(…)", f"({marks})"), (*first, *part))
        return found

    def backup(self, path: str) -> None:
        """Write a copy of the whole database to a file that does not exist yet."""
        with self._mine(), self._alone():
            self._connection.execute("VACUUM INTO ?", (path,))
        with self._named_errors(), contextlib.closing(sqlite3.connect(path)) as copy:
            # In the place of the store it knows less than the journals: it begins its own.
            copy.executescript(NEW_JOURNAL)

    @contextlib.contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Write: all of it or nothing.

        Args:
            durable: Whether it survives loss of power at once. If not, it does so with
                the next one that is; what a killed process wrote is kept either way.
        """
        if self.read_only:
            raise StoreError(
                "The metadata store can only be read from here",
                fix="run this where [metadata] read_only is not set",
                where=str(self.path),
            )
        with self._mine(), self._alone():
            connection = self._connection
            # NORMAL leaves the log to be synced by the next commit under FULL.
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self._writes += 1
            if self._writes % CHECKPOINT_EVERY == 0:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StoreError(
                        f"The metadata store was busy for {BUSY_SECONDS:.0f} seconds",
                        fix="another process holds it; end it, or run the command again",
                        where=str(self.path),
                    ) from None
                time.sleep(0.002)
        try:
            yield
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"The metadata store refuses: {error}",
                fix="check the disk's free space and rights, then run 'assets doctor'",
                where=str(self.path),
            ) from error

    @contextlib.contextmanager
    def _mine(self) -> Iterator[None]:
        """Keep other threads away. A forked process may not even ask for the locks.

        It shares the lock file with the process it was forked from, so that unlocking
        it here would unlock it there.
        """
        if os.getpid() != self._pid:
            raise StoreError(
                "The metadata store was opened before this process was forked",
                fix="start worker processes by 'spawn' or 'forkserver' and open it there",
                where=str(self.path),
            )
        with self._lock, self._named_errors():
            if self._lock_file < 0:
                raise StoreError("The metadata store is closed", where=str(self.path))
            yield


def _make_private(path: Path) -> None:
    """Make a new database that others cannot read; its log gets the same rights.

    A file that is there already is never opened here, see the top.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        os.close(os.open(path, flags, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise _not_openable(path, error) from error


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the tables, 0 if there are none. Refuse other files."""
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise _of_something_else(path) from error
        raise
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (tables or application or version):
        raise _of_something_else(path)
    if version > len(MIGRATIONS):
        raise ConfigurationError(
            f"The metadata store has version {version}; this knows {len(MIGRATIONS)}",
            fix="upgrade: pip install --upgrade assets-core",
            where=str(path),
        )
    return int(version)


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    version = _version(connection, path)
    if read_only:
        if version != len(MIGRATIONS):
            raise not_upgraded(version, str(path))
        connection.execute("PRAGMA wal_autocheckpoint=0")
        return
    # Only now: a file that is refused must not be changed.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    if version == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    for step in chain.from_iterable(MIGRATIONS[version:]):
        _migrate(connection, step)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection, step: Step) -> None:
    if callable(step):
        step(connection)
        return
    for statement in step.split(";"):
        connection.execute(statement)


def _of_something_else(path: Path) -> ConfigurationError:
    return ConfigurationError(
        "The file named as metadata store is something else",
        fix="set [metadata] url to a file that does not exist yet,"
        " or restore a backup if it was one",
        where=str(path),
    )


def _not_openable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"The metadata store cannot be opened: {error.strerror}",
        fix="check that the folder exists and may be written",
        where=str(path),
    )


def _refuse_network(path: Path) -> None:
    kind = _file_system(path.parent)
    if kind in _NETWORK_FILE_SYSTEMS or kind.startswith("fuse."):
        raise ConfigurationError(
            f"SQLite is not safe on this file system ({kind})",
            fix="put the metadata store on a local disk with [metadata] url,"
            " or use PostgreSQL for many machines",
            where=str(path),
        )


def _file_system(folder: Path) -> str:
    """Return the type of the file system a folder is on, as far as Linux tells."""
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes()
    except OSError:
        return ""
    return file_system_among(mounts, os.fsencode(folder.resolve()))


def file_system_among(mounts: bytes, folder: bytes) -> str:
    r"""Return the type of the file system that a folder is on, from `mountinfo`.

    >>> file_system_among(rb"36 35 8:1 / /my\040disk rw - nfs4 host:/d rw", b"/my disk/a")
    'nfs4'
    """
    best = (b"", b"")
    for mount in mounts.splitlines():
        fields, _, rest = mount.partition(b" - ")
        point = re.sub(
            rb"\\([0-7]{3})",
            lambda match: bytes([int(match[1], 8)]),
            fields.split(b" ")[4],
        )
        inside = folder == point or folder.startswith(point.rstrip(b"/") + b"/")
        if inside and len(point) >= len(best[0]):
            best = (point, rest.split(b" ")[0])
    return best[1].decode("ascii", "replace")
