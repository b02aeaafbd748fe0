"""Projects for the tests of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.cli.program import SETTINGS, MakeProject, Project, write_project


@pytest.fixture
def project(tmp_path: Path) -> MakeProject:
    """Return what writes a project with this code into an empty folder."""

    def make(code: str | None = None, settings: str = SETTINGS) -> Project:
        return write_project(tmp_path, code, settings)

    return make


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> MakeProject:
    """Return what writes a project that the tests of a file have in common."""

    def make(code: str | None = None, settings: str = SETTINGS) -> Project:
        return write_project(tmp_path_factory.mktemp("project"), code, settings)

    return make
