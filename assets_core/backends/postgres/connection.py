"""A connection to PostgreSQL that is safe with many threads, processes and machines.

* Writers take turns: each transaction takes one advisory lock first, which the server
  gives back when the transaction ends, however it ends. So what a transaction has read is
  still so when it writes. Readers wait for nobody, and writers for nobody who has stopped.
* Nothing belongs to a session: no prepared statements, no settings, no locks. A pooler
  may give each transaction another session.
* Each transaction writes its number. When the answer to COMMIT is lost, the number tells
  whether it was committed; the same lock makes sure that the answer is final.
* A connection that was lost is opened again before the next transaction.
* A connection is not used in a process that was forked from its own.
"""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from assets_core.backends.metadata.connection import Found, Write
from assets_core.backends.metadata.schema import MIGRATIONS, not_upgraded
from assets_core.backends.postgres import problems, turns
from assets_core.backends.postgres.dialect import batches, translated
from assets_core.backends.postgres.schema import Plain, look, upgrade
from assets_core.errors import AssetsError, ConfigurationError, StoreError, UsageError
from assets_core.model.masking import masked
from assets_core.model.versions import digest

BUSY_SECONDS = 30.0
STOPPED_SECONDS = 10.0  # after which who stopped inside a transaction is ended
AGAIN_SECONDS = 15.0  # for which a server that restarts is waited for
ROWS = 1000  # that are made at a time, and sent

_NOW = "SELECT date_part('epoch', clock_timestamp())"
_FORGET = (
    " DELETE FROM writers WHERE at < date_part('epoch', clock_timestamp()) - 7 * 86400;"
)
_NOTE = (
    " INSERT INTO writers VALUES"
    " ('{writer}', {number}, date_part('epoch', clock_timestamp()))"
    " ON CONFLICT (id) DO UPDATE SET number = excluded.number, at = excluded.at; "
)
_NUMBER = "SELECT number FROM writers WHERE id = ?"
_LOST = (psycopg.OperationalError, psycopg.InterfaceError)
_DEFAULTS: dict[str, Any] = {
    "connect_timeout": 10,
    "fallback_application_name": "assets-core",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


class Connection:
    """One schema of a database, opened."""

    def __init__(self, url: str, schema: str, *, read_only: bool = False) -> None:
        self.where = f"{masked(url)}, schema {schema}"
        self._url, self._schema = url, schema
        self._options, self._secrets = _options(url, self.where)
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._closed = False
        self.read_only = read_only
        self._connection: Plain | None = None
        self._began: float | None = None
        self._writer, self._number = uuid.uuid4().hex, 0
        self._turn = int(digest("turns of writers", schema)[:15], 16)
        with self._mine():
            self._prepare()

    def close(self) -> None:
        """Close; what was not committed is gone."""
        if self._pid != os.getpid():
            return  # it belongs to the process that this one was forked from
        with self._lock:
            self._drop()
            self._closed = True

    def problems(self) -> tuple[str, ...]:
        """Return nothing: a server looks after its files itself."""
        return ()

    def backup(self, path: str) -> None:  # noqa: ARG002 - as others have it
        """Refuse: a server has a way of its own."""
        raise UsageError(
            "The metadata store is in PostgreSQL, which is not copied to a file by us",
            fix=f"pg_dump --schema={self._schema} --file=BACKUP …",
        )

    def now(self) -> float:
        """Return the time of the server; inside a transaction, that of its beginning."""
        with self._mine():
            if self._began is not None:
                return self._began
            found = self._read(_NOW, ())
            return float(found[0][0])

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        with self._mine():
            return self._read(translated(sql, self._schema), tuple(values))

    def rows_among(
        self, sql: str, values: Iterable[Any], first: Iterable[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Return what a query with one `IN (…)` finds, for any number of values.

        Args:
            first: What the parameters before the `IN (…)` are.
        """
        many = list(values)
        return self.rows(sql, (*first, many)) if many else []

    @contextlib.contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[Write]:
        """Write: all of it or nothing, and alone.

        Args:
            durable: Whether it survives loss of power at once. If not, it does so with
                the next one that is; what a killed process wrote is kept either way.
        """
        with self._mine():
            if self.read_only:
                raise problems.may_only_read(self.where)
            connection = self._begin(durable=durable)
            try:
                yield _Writing(connection, self._schema)
                self._commit(connection)
            except BaseException:
                self._undo(connection)
                raise
            finally:
                self._began = None

    # A turn to write.

    def _begin(self, *, durable: bool) -> Plain:
        self._number += 1
        text = self._beginning(durable=durable)
        if self._number == 1:
            text += _FORGET
        text += _NOTE.format(writer=self._writer, number=self._number) + _NOW
        connection, now = self._take_turn(translated(text, self._schema))
        self._began = float(now)
        return connection

    def _beginning(self, *, durable: bool) -> str:
        return turns.beginning(
            self._turn, busy=BUSY_SECONDS, stopped=STOPPED_SECONDS, durable=durable
        )

    def _take_turn(self, text: str) -> tuple[Plain, Any]:
        """Begin a transaction; return what its last statement answers.

        One that could not begin is begun again, and so is one whose turn does not come,
        after whoever has stopped in it was ended.
        """
        deadline, again = time.monotonic() + BUSY_SECONDS, True
        while True:
            connection = self._connected()
            try:
                return connection, turns.last_answer(connection.execute(text))
            except errors.LockNotAvailable:
                self._undo(connection)
                if time.monotonic() > deadline:
                    raise
                turns.end_stopped(self._connected(), self._turn, STOPPED_SECONDS)
            except _LOST:
                lost = connection.closed
                self._undo(connection)
                if not lost or not again:
                    raise
                again = False
            except BaseException:
                self._undo(connection)
                raise

    def _commit(self, connection: Plain) -> None:
        try:
            done = connection.execute("COMMIT")
        except _LOST:
            if not connection.closed:
                raise
            self._drop()
            if not self._was_committed():
                raise
            return
        if done.statusmessage != "COMMIT":
            raise StoreError(
                "The metadata store did not keep what was written",
                fix="run the command again",
                where=self.where,
            )

    def _was_committed(self) -> bool:
        """Return whether the last transaction was committed whose answer got lost.

        Whoever has the turn to write knows: that transaction had it until its end.
        """
        asked = translated(_NUMBER, self._schema)
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection, _ = self._take_turn(self._beginning(durable=False))
                row = connection.execute(asked, (self._writer,)).fetchone()
                connection.execute("ROLLBACK")
                return row is not None and int(row[0]) == self._number
            except (psycopg.Error, AssetsError) as error:
                self._drop()
                if time.monotonic() > deadline:
                    raise StoreError(
                        "It is not known whether the last result was committed:"
                        " the connection was lost, and does not come back",
                        fix="nothing was deleted; when the server runs again, run the"
                        " command again: it finds out",
                        where=self.where,
                    ) from error
                time.sleep(random.uniform(0.05, 0.3))  # noqa: S311 - so that not all ask at once

    def _undo(self, connection: Plain) -> None:
        """Leave a connection that can be used again, or none."""
        idle = TransactionStatus.IDLE
        with contextlib.suppress(psycopg.Error):
            if connection.info.transaction_status == TransactionStatus.ACTIVE:
                connection.close()
            elif connection.info.transaction_status != idle:
                connection.execute("ROLLBACK")
        if connection.closed or connection.info.transaction_status != idle:
            self._drop()

    # A connection, as long as there is one.

    def _read(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        for again in (self._began is None, False):
            connection = self._connected()
            try:
                return connection.execute(sql, values, binary=True).fetchall()
            except _LOST:
                if not connection.closed or not again:
                    raise
                self._drop()
        raise AssertionError  # pragma: no cover - the loop has returned or raised

    def _connected(self) -> Plain:
        """Return the connection; one that was lost is opened again."""
        if self._connection is not None and not self._connection.closed:
            return self._connection
        deadline = time.monotonic() + AGAIN_SECONDS
        while True:
            try:
                self._connection = self._open()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or not problems.passes(error):
                    raise self._not_reached(error) from None
                time.sleep(random.uniform(0.05, 0.3))  # noqa: S311 - so that not all ask at once
            else:
                return self._connection

    def _open(self) -> Plain:
        return psycopg.connect(
            self._url, autocommit=True, prepare_threshold=None, **self._options
        )

    def _not_reached(self, error: psycopg.Error) -> AssetsError:
        return problems.not_reached(error, where=self.where, secrets=self._secrets)

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def _prepare(self) -> None:
        try:
            self._connection = self._open()
        except psycopg.Error as error:
            raise self._not_reached(error) from None
        try:
            version, only = look(self._connection, self._schema, self.where)
            if version == len(MIGRATIONS):
                self.read_only |= only
                return
            if self.read_only:
                raise not_upgraded(version, self.where)  # noqa: TRY301 - it is closed
            connection, _ = self._take_turn(self._beginning(durable=True))
            write = _Writing(connection, self._schema)
            upgrade(connection, write, self._schema, self.where)
            connection.execute("COMMIT")
        except BaseException:
            self._drop()
            raise

    @contextlib.contextmanager
    def _mine(self) -> Iterator[None]:
        """Keep other threads away, and forked processes, which share the connection."""
        if os.getpid() != self._pid:
            raise StoreError(
                "The metadata store was opened before this process was forked",
                fix="start worker processes by 'spawn' or 'forkserver' and open it there",
                where=self.where,
            )
        with self._lock:
            if self._closed:
                raise StoreError("The metadata store is closed", where=self.where)
            try:
                yield
            except psycopg.Error as error:
                raise problems.named(
                    error, where=self.where, secrets=self._secrets, busy=BUSY_SECONDS
                ) from None


class _Writing:
    """A transaction that has its turn."""

    def __init__(self, connection: Plain, schema: str) -> None:
        self._connection, self._schema = connection, schema

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Found:
        """Carry out a statement."""
        return self._connection.execute(
            translated(sql, self._schema), tuple(values), binary=True
        )

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> Found:
        """Carry out a statement for each of many rows of values, in few messages.

        Rows are sent while others are still made: who only makes rows looks as if stopped.
        """
        done, waiting = _Done(), iter(values)
        while rows := list(islice(waiting, ROWS)):
            for statement, batch in batches(sql, rows):
                cursor = self._connection.cursor()
                cursor.executemany(translated(statement, self._schema), batch)
                done.rowcount += cursor.rowcount
        return done


class _Done:
    """How many rows were changed by several statements, which find none."""

    rowcount = 0

    def fetchone(self) -> None:
        """Return that there is no row."""

    def fetchall(self) -> list[Any]:
        """Return no rows."""
        return []


def _options(url: str, where: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return how to connect, beside what the URL says, and what in it is secret."""
    try:
        said = conninfo_to_dict(url)
    except psycopg.Error:  # which quotes all of it
        raise ConfigurationError(
            "The URL of the metadata store cannot be read",
            fix="write it as postgresql://user@host:5432/database, and signs such as"
            " '/' or '#' in a password as %2F and %23",
            where=where,
        ) from None
    options = {name: value for name, value in _DEFAULTS.items() if name not in said}
    secrets = (str(said.get(name, "")) for name in ("password", "sslpassword"))
    return {**options, "client_encoding": "utf8"}, tuple(filter(None, secrets))
