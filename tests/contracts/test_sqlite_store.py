"""The metadata store in SQLite keeps what every metadata store promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.model.records import Owner
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing import MetadataStoreContract


class TestSQLiteStore(MetadataStoreContract):
    """One file, and the process table of this machine."""

    def opener(self, folder: Path) -> Callable[[], MetadataStore]:
        """Open a file in the folder."""
        return partial(open_sqlite, folder / "metadata.db", is_alive)

    def live_owner(self) -> Owner:
        """Return this process."""
        return this_process()

    def dead_owner(self) -> Owner:
        """Return a process that had the number of this one at another time."""
        return replace(this_process(), started="1")
