"""A database file that is open only while it is used, by one process that writes.

DuckDB lets one process write into a file, and nobody else open it meanwhile. So a file is
opened for a load or a commit and closed at once, under a lock file beside it that tells
our own processes apart from each other in good order. Threads of one process share what
is open; the last one closes it.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakValueDictionary

import duckdb

from assets_core import files
from assets_core.errors import DatabaseBusyError, StoreError
from assets_core.files import crash_point
from assets_core.frozen import frozen

OLDEST_READER = "v1.5.0"
"""The oldest DuckDB that can open what is written here."""

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Without these, a missing extension is an attempt to download it.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # Neither a view nor a value in this file makes us read another one.
    "enable_external_access": "false",
    "preserve_insertion_order": "true",
}
_HOLDER = re.compile(r"\bPID (\d+)")
_LONG = 2.0  # seconds after which the other processes come first
_PAUSE = 0.05


def open_lock(path: Path) -> files.LockFile:
    """Return the lock of a database, which need not be there yet.

    Raises:
        StoreError: There is no right to make or open the file.
    """
    name = path.with_name(f"{path.name}.lock")
    try:
        files.make_folder(path.parent)
        return files.LockFile(name)
    except OSError as error:
        raise StoreError(
            f"The lock of the database cannot be used: {error.strerror}",
            fix="check the rights of the folder and the disk",
            where=str(name),
        ) from error


def busy_error(path: Path, holder: int | None) -> DatabaseBusyError:
    """Return the error about a file that others do not close."""
    by = "another process has" if holder is None else f"process {holder} has"
    if holder == os.getpid():
        by = f"other code of this very process ({holder}) has"
    return DatabaseBusyError(
        f"The database is busy: {by} it open",
        fix="close it there, or let 'lock_timeout' be longer",
        where=str(path),
    )


def holder_named_by(error: duckdb.Error) -> int | None:
    """Return the process that has a file open, if that is what DuckDB complains about."""
    found = _HOLDER.search(str(error))
    return int(found[1]) if found and "lock" in str(error) else None


def waited(wait: float, deadline: float, path: Path, holder: int | None) -> float:
    """Sleep a while and return how long to sleep the next time.

    Raises:
        DatabaseBusyError: The time is over.
    """
    if time.monotonic() >= deadline:
        raise busy_error(path, holder)
    time.sleep(wait)
    return min(wait * 1.5, 0.05)


_databases: WeakValueDictionary[str, Database] = WeakValueDictionary()
_databases_lock = threading.Lock()


def open_database(path: Path) -> Database:
    """Return the one `Database` that this process has for a file."""
    real = os.path.realpath(path)
    with _databases_lock:
        found = _databases.get(real)
        if found is None or found.pid != os.getpid():
            found = _databases[real] = Database(Path(real))
        return found


@frozen
class _Session:
    """The file while it is open."""

    connection: duckdb.DuckDBPyConnection
    lock: files.LockFile
    writes: bool
    since: float

    def close(self) -> None:
        try:
            self.connection.close()
        finally:
            self.lock.close()


class Database:
    """A DuckDB file, shared by all threads of this process. See `open_database`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pid = os.getpid()
        self._changed = threading.Condition()
        self._session: _Session | None = None
        self._users = 0
        self._writing = False
        self._waiting = 0  # threads that want to write
        self._pause_until = 0.0

    @contextlib.contextmanager
    def reading(self, timeout: float) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """Open the file to read it; None if there is none, which is not created.

        Raises:
            DatabaseBusyError: Another process has it open for longer than the timeout.
            duckdb.Error: It cannot be opened.
        """
        self._check_process()
        if not self.path.exists():
            yield None
            return
        with self._joined(timeout, write=False) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self, timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file for one transaction, which is committed unless something raises.

        Raises:
            DatabaseBusyError: Another process has it open for longer than the timeout.
            duckdb.Error: It cannot be opened.
        """
        self._check_process()
        with self._joined(timeout, write=True) as connection:
            connection.begin()
            try:
                yield connection
                connection.commit()
            except BaseException:
                with contextlib.suppress(duckdb.Error):
                    connection.rollback()
                raise

    def _check_process(self) -> None:
        if os.getpid() != self.pid:
            raise StoreError(
                "The database was opened before this process was forked",
                fix="start worker processes by 'spawn' or 'forkserver' and open it there",
                where=str(self.path),
            )

    # Threads of this process.

    @contextlib.contextmanager
    def _joined(
        self, timeout: float, *, write: bool
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        session = self._join(time.monotonic() + timeout, write=write)
        try:
            with session.connection.cursor() as cursor:
                yield cursor
        finally:
            self._leave(session, write=write)

    def _join(self, deadline: float, *, write: bool) -> _Session:
        with self._changed:
            self._waiting += write
            try:
                while not self._may_join(write=write):
                    left = deadline - time.monotonic()
                    if left <= 0:
                        raise busy_error(self.path, self.pid)
                    self._changed.wait(left)
                if self._session is None:
                    self._session = self._open(deadline, write=write)
                self._users += 1
                self._writing |= write
                return self._session
            finally:
                self._waiting -= write

    def _may_join(self, *, write: bool) -> bool:
        session = self._session
        if session is None:
            return True
        if time.monotonic() > session.since + _LONG:
            return False  # it is closed first, so that other processes have their turn
        if write:
            return session.writes and not self._writing
        return session.writes or not self._waiting

    def _leave(self, session: _Session, *, write: bool) -> None:
        with self._changed:
            self._users -= 1
            if write:
                self._writing = False
            try:
                if not self._users:
                    self._session = None
                    if time.monotonic() > session.since + _LONG:
                        self._pause_until = time.monotonic() + _PAUSE
                    session.close()
            finally:
                self._changed.notify_all()

    # Processes.

    def _open(self, deadline: float, *, write: bool) -> _Session:
        time.sleep(max(0.0, self._pause_until - time.monotonic()))
        lock = open_lock(self.path)
        try:
            wait = 0.002
            while not lock.take(shared=not write):
                holder = lock.holder()
                wait = waited(wait, deadline, self.path, holder)
            connection = self._connect(deadline, write=write)
        except BaseException:
            lock.close()
            raise
        return _Session(connection, lock, write, time.monotonic())

    def _connect(self, deadline: float, *, write: bool) -> duckdb.DuckDBPyConnection:
        if write and not self.path.exists():
            self._create()
        wait = 0.002
        while True:
            try:
                return duckdb.connect(self.path, read_only=not write, config=CONFIG)
            except duckdb.ConnectionException:
                # Other code of this very process has it open, in another way.
                holder: int | None = self.pid
            except duckdb.IOException as error:
                holder = holder_named_by(error)
                if holder is None:
                    raise
            wait = waited(wait, deadline, self.path, holder)

    def _create(self) -> None:
        """Make an empty database beside, so that a kill leaves none that is half made."""
        log = self.path.with_name(f"{self.path.name}.wal")
        if log.exists():
            raise StoreError(
                "The database is gone, and its log of changes is still there",
                fix=f"bring {self.path.name} back; if it is lost, move the log away",
                where=str(log),
            )
        new = self.path.with_name(f".{self.path.name}.new")
        files.remove(new)
        duckdb.connect(
            new, config={**CONFIG, "storage_compatibility_version": OLDEST_READER}
        ).close()
        files.sync_file(new)
        crash_point("duckdb.created")
        files.replace(new, self.path)
        files.sync_folder(self.path.parent)
