"""Turns to write: one transaction at a time, and none that has stopped in the middle.

The lock of a turn belongs to the transaction that has it. While its process is stopped, or
its machine is cut off, nobody else can write: so the server is asked to end it after a
while, and whoever waits for as long does so as well, because a server does not count
the time of one that stopped in the middle of a batch.
"""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg

from assets_core.backends.postgres.schema import Plain

_SYNC = (
    # A server may be set to wait for more than its own disk; that is left as it is.
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'"
    " ELSE current_setting('synchronous_commit') END"
)
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
    " SET LOCAL lock_timeout = {patience};"
    # What a role is given for its queries is not for ours; waiting has its own limit.
    " SET LOCAL statement_timeout = 0;"
    " SET LOCAL idle_in_transaction_session_timeout = {stopped};"
    " SELECT set_config('synchronous_commit', {sync}, true);"
    " SELECT pg_advisory_xact_lock({turn});"
    " SET LOCAL lock_timeout = {busy};"
)
# Every message of a client sets `state_change`, also those of a batch.
_END_STOPPED = (
    "SELECT pg_terminate_backend(a.pid) FROM pg_locks l"
    " JOIN pg_stat_activity a ON a.pid = l.pid"
    " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND ((l.classid::bigint << 32) | l.objid::bigint) = %s"
    " AND a.state <> 'idle' AND a.wait_event_type = 'Client'"
    " AND a.state_change < clock_timestamp() - make_interval(secs => %s)"
)


def beginning(turn: int, *, busy: float, stopped: float, durable: bool) -> str:
    """Return what begins a transaction and waits for its turn, as one message.

    Args:
        turn: The number of the lock.
        busy: For how many seconds others are waited for.
        stopped: After how many seconds who does not go on is ended.
        durable: Whether its end waits for the disk.
    """
    return _BEGIN.format(
        turn=turn,
        busy=round(busy * 1000),
        stopped=round(stopped * 1000),
        patience=round(min(busy, stopped) * 1000),
        sync=_SYNC if durable else "'off'",
    )


def end_stopped(connection: Plain, turn: int, seconds: float) -> None:
    """End whoever has the turn and has sent nothing for some seconds.

    Only our own writers take this lock. Where our role may not end the sessions of theirs,
    that is left to the server.
    """
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        connection.execute(_END_STOPPED, (turn, seconds))


def last_answer(found: psycopg.Cursor[tuple[Any, ...]]) -> Any:
    """Return the first value of what the last of several statements answers, if any."""
    while found.nextset():
        pass
    row = found.fetchone() if found.description else None
    return row[0] if row else None
