"""The metadata store in PostgreSQL keeps what every metadata store promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest

from assets_core.backends.postgres import open_postgres
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.model.records import Owner
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing import MetadataStoreContract
from tests.pgbouncer import running_pgbouncer
from tests.postgres import Postgres, new_schema


@pytest.fixture(scope="module")
def pooled_database(postgres: Postgres, shared_database: str) -> Iterator[str]:
    """Give the URL of the database behind a pooler."""
    name = shared_database.partition("?")[0].rpartition("/")[2]
    with running_pgbouncer(postgres) as port:
        yield f"postgresql://anybody@127.0.0.1:{port}/{name}?sslmode=disable"


class TestPostgresStore(MetadataStoreContract):
    """A schema for each folder, in one database of a real server."""

    url: ClassVar[str] = ""
    used: ClassVar[dict[Path, str]] = {}

    @pytest.fixture(autouse=True)
    def _database(self, shared_database: str) -> Iterator[None]:
        """Give all tests of this process one database."""
        type(self).url = shared_database
        yield
        self.used.clear()

    def opener(self, folder: Path) -> Callable[[], MetadataStore]:
        """Open a schema that is this folder's."""
        schema = self.used.get(folder) or self.used.setdefault(folder, new_schema())
        return partial(open_postgres, self.url, schema, is_alive)

    def live_owner(self) -> Owner:
        """Return this process."""
        return this_process()

    def dead_owner(self) -> Owner:
        """Return a process that had the number of this one at another time."""
        return replace(this_process(), started="1")


@pytest.mark.nightly
@pytest.mark.needs("pgbouncer")
class TestPostgresStoreBehindPgBouncer(TestPostgresStore):
    """Three sessions for all: each transaction gets the one that is free."""

    @pytest.fixture(autouse=True)
    def _database(self, pooled_database: str) -> Iterator[None]:
        """Give all tests of this class the database behind the pooler."""
        type(self).url = pooled_database
        yield
        self.used.clear()
