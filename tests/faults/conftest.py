"""The project that is stopped at every point, and what it is when nothing stops it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.calls.traced import TracedRuns
from tests.faults.crash_project import CrashProject, make_project
from tests.faults.other_hosts import Database
from tests.postgres import new_schema

MEMORY = Path("/dev/shm")  # noqa: S108 - where syncing costs nothing


@pytest.fixture
def project(tmp_path: Path) -> CrashProject:
    """Return the project in an empty folder."""
    return make_project(tmp_path / "project")


@pytest.fixture(scope="module")
def runs() -> Iterator[TracedRuns]:
    """Return the server of traced runs."""
    with TracedRuns() as found:
        yield found


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder for a project, where its functions find their files."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        found = Path(name) / "project"
        found.mkdir()
        monkeypatch.chdir(found)
        yield found


@pytest.fixture
def metadata_in_postgres(shared_database: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Let what is started from now on keep its metadata in a schema of its own."""
    found = Database(shared_database, new_schema())
    monkeypatch.setenv("ASSETS_METADATA__URL", found.url)
    monkeypatch.setenv("ASSETS_METADATA__SCHEMA", found.schema)
    return found


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the states and the published bytes of a project that nothing ever stopped."""
    project = make_project(tmp_path_factory.mktemp("undisturbed") / "project")
    first = project.state()
    first_bytes = project.published()
    project.set_values("4 5")
    second = project.state()
    return {
        "first": first,
        "second": second,
        "bytes": {"first": first_bytes, "second": project.published()},
    }
