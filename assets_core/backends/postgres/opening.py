"""Open the metadata store in a PostgreSQL database."""

from __future__ import annotations

import logging

from assets_core.backends.metadata.claiming import IsAlive
from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.postgres.connection import Connection

# What the driver notes of connections that break, we tell by errors of our own.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


def open_postgres(
    url: str, schema: str, is_alive: IsAlive, *, read_only: bool = False
) -> SQLStore:
    """Open the metadata store in a schema, making or upgrading it.

    Args:
        url: Where the database is, as libpq reads it; what it leaves out comes from the
            usual variables and files, such as `PGPASSWORD` and `~/.pgpass`.
        schema: In which all its tables are.
        is_alive: Whether a process is alive; None if that cannot be seen from here.
        read_only: Whether nothing is made, upgraded or written.

    Raises:
        ConfigurationError: The URL, the database or its schema is not right, or it may
            only be read and is not there or of an older version.
        StoreError: The server does not let us in, or refuses.
    """
    return SQLStore(Connection(url, schema, read_only=read_only), is_alive)
