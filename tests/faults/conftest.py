"""The project that is stopped at every point, and what it is when nothing stops it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faults.crash_project import CrashProject, make_project


@pytest.fixture
def project(tmp_path: Path) -> CrashProject:
    """Return the project in an empty folder."""
    return make_project(tmp_path / "project")


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
