"""Open the metadata store in one SQLite file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from assets_core.backends.metadata.claiming import IsAlive
from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.sqlite.connection import Connection


def open_sqlite(
    path: Path,
    is_alive: IsAlive,
    now: Callable[[], float] = time.time,
    *,
    read_only: bool = False,
) -> SQLStore:
    """Open the metadata store in a file, making or upgrading it.

    Args:
        path: The file.
        is_alive: Whether a process is alive; None if that cannot be seen from here.
        now: Seconds since 1970, for the leases of processes of other hosts.
        read_only: Whether nothing is made, upgraded or written.

    Raises:
        ConfigurationError: The file is something else, or is not there or of an older
            version and may only be read.
        StoreError: It cannot be opened.
    """
    return SQLStore(Connection(path, now, read_only=read_only), is_alive)
