"""The same flights in a bucket beside PostgreSQL, and in a folder beside SQLite.

Where data is kept, and what is known of it, changes nothing of what it is.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.flows.flights_project import Flights
from tests.postgres import new_schema

if TYPE_CHECKING:
    from tests.object_store.swift_server import Swift

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
SOME = () if NIGHTLY else ("days/weather", "staged/planes", "staged/airlines")
DAYS = None if NIGHTLY else "2013-01-01..2013-01-03"
HERE = """[io.lake]
type = "parquet"
root = "data"
"""


def moved(project: Flights, swift: Swift, database: str) -> str:
    """Let a project keep its tables in a bucket and its metadata in PostgreSQL."""
    settings = project.folder / "assets.toml"
    root = f"s3://lake/{swift.new_prefix()}"
    lake = f'[io.lake]\ntype = "parquet"\nroot = "{root}"\n[io.lake.storage_options]\n'
    lake += "\n".join(f'{name} = "{value}"' for name, value in swift.options().items())
    text = settings.read_text()
    here = 'url = "sqlite:///.assets/metadata.db"'
    assert HERE in text
    assert here in text
    there = f'url = "{database}"\nschema = "{new_schema()}"'
    settings.write_text(text.replace(HERE, f"{lake}\n").replace(here, there))
    return root


@pytest.mark.sweep
def test_the_same_flights_have_the_same_versions_wherever_they_are_kept(
    tmp_path: Path, swift: Swift, shared_database: str
) -> None:
    """Cell by cell: some days by default, and everything by night."""
    here, there = Flights.new(tmp_path / "here"), Flights.new(tmp_path / "there")
    root = moved(there, swift, shared_database)

    for project in (here, there):
        assert project.run(*SOME, partitions=DAYS).status == "success"

    versions = here.versions()
    assert versions == there.versions()
    assert len(versions) >= (365 * 4 if NIGHTLY else 5)
    assert swift.names(root.removeprefix("s3://lake/") + "/.objects/")
    assert not (there.folder / ".assets" / "metadata.db").exists()
