"""What PostgreSQL says, as an error with a fix, and without any secret."""

from __future__ import annotations

import psycopg
from psycopg import errors

from assets_core.errors import AssetsError, ConfigurationError, StoreError
from assets_core.model.masking import without

_START = "start it, or check the host and the port in [metadata] url"
_NOT_REACHED = (
    # what libpq says, the problem, the fix
    (
        "password authentication failed",
        "The database server does not accept the user or the password",
        "check the user in [metadata] url, and PGPASSWORD, ~/.pgpass or ${VARIABLE}",
    ),
    (
        "no password supplied",
        "The database server asks for a password and none is set",
        "set PGPASSWORD, write it to ~/.pgpass, or name it as ${VARIABLE} in the URL",
    ),
    (
        "no pg_hba.conf entry",
        "The database server lets nobody in from here",
        "have it allowed in its pg_hba.conf, or use sslmode=require in the URL",
    ),
    (
        "too many",
        "The database server has too many connections",
        "close some, raise max_connections, or put a pooler in front of it",
    ),
    (
        "failed to resolve host",
        "The host of the database server is not known",
        "check the host in [metadata] url",
    ),
    ("Connection refused", "The database server does not answer", _START),
    ("No such file or directory", "The database server does not answer", _START),
    ("timeout expired", "The database server does not answer in time", _START),
)
_PASSES = (
    "Connection refused",
    "No such file or directory",
    "is starting up",
    "is shutting down",
    "closed the connection",
    "in recovery mode",
    "timeout expired",
    "reset by peer",
    "failed to resolve host",
)
_REFUSED: tuple[tuple[type[psycopg.Error], str, str], ...] = (
    (
        errors.InsufficientPrivilege,
        "The database user may not do this",
        "have the rights granted that docs/how-to/share-metadata names",
    ),
    (
        errors.ReadOnlySqlTransaction,
        "The database is read-only",
        "use the URL of the primary server, or a user that may write",
    ),
    (
        errors.LockNotAvailable,
        "The metadata store was busy for {busy} seconds",
        "another process holds it; end it, or run the command again",
    ),
    (
        errors.IdleInTransactionSessionTimeout,
        "This process was stopped in the middle of writing; nothing of it was kept",
        "run the command again",
    ),
    (
        errors.QueryCanceled,
        "The database server canceled a statement, by hand or by statement_timeout",
        "run it again; if it took too long: ALTER ROLE … SET statement_timeout = '5min'",
    ),
    (
        errors.DiskFull,
        "The disk of the database server is full",
        "make space there, then run the command again",
    ),
)
LOST = "The connection to the metadata store was lost; nothing of this was written"
AGAIN = "check that the server runs, then run the command again"


def named(
    error: psycopg.Error, *, where: str, secrets: tuple[str, ...], busy: float
) -> AssetsError:
    """Return what a statement failed with.

    Args:
        error: What the driver raises.
        where: The URL, masked.
        secrets: What must not be told.
        busy: For how many seconds others are waited for.
    """
    for kind, problem, fix in _REFUSED:
        if isinstance(error, kind):
            return StoreError(problem.format(busy=f"{busy:.0f}"), fix=fix, where=where)
    said = _first_line(error, secrets)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreError(f"{LOST}: {said}", fix=AGAIN, where=where)
    return StoreError(
        f"The metadata store refuses: {said}",
        fix="run 'assets doctor'; if somebody changed its tables, restore a backup",
        where=where,
    )


def may_only_read(where: str) -> StoreError:
    """Return why nothing can be written."""
    return StoreError(
        "The metadata store can only be read from here",
        fix="use a database user that may write, on the primary server",
        where=where,
    )


def not_reached(
    error: psycopg.Error, *, where: str, secrets: tuple[str, ...]
) -> AssetsError:
    """Return why there is no connection."""
    said = str(error)
    if "database" in said and "does not exist" in said:
        return ConfigurationError(
            "There is no such database on the server",
            fix="make it: createdb NAME, or check the name in [metadata] url",
            where=where,
        )
    for words, problem, fix in _NOT_REACHED:
        if words in said:
            return StoreError(problem, fix=fix, where=where)
    return StoreError(
        f"The database server cannot be reached: {_first_line(error, secrets)}",
        fix=_START,
        where=where,
    )


def passes(error: psycopg.Error) -> bool:
    """Return whether a server that cannot be reached may soon be back, as in a restart."""
    said = str(error)
    return any(words in said for words in _PASSES)


def _first_line(error: psycopg.Error, secrets: tuple[str, ...]) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return without(lines[0] if lines else type(error).__name__, secrets)
