"""Two projects by mistake in one schema of PostgreSQL: the second one is told, in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core import ConfigurationError, Workspace
from tests.postgres import carry_out, new_schema

ASSETS = """
import pyarrow as pa

from assets_core import asset


@asset
def orders() -> pa.Table:
    return pa.table({"n": [1]})
"""


def write(folder: Path, settings: str) -> Path:
    """Write a project with one asset."""
    folder.mkdir()
    (folder / "assets.toml").write_text(f'{settings}modules = ["assets"]\n')
    (folder / "assets.py").write_text(ASSETS)
    return folder


@pytest.fixture
def schema(shared_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let all projects have their metadata in one schema; return its name."""
    name = new_schema()
    monkeypatch.setenv("ASSETS_METADATA__URL", shared_database)
    monkeypatch.setenv("ASSETS_METADATA__SCHEMA", name)
    return name


def test_a_project_of_another_name_is_refused(
    tmp_path: Path, schema: str, shared_database: str
) -> None:
    """Assets of the same key would show each other's data; nothing is changed."""
    shop, farm = (write(tmp_path / one, f'name = "{one}"\n') for one in ("shop", "farm"))
    with Workspace.open(shop) as workspace:
        workspace.materialize()

    with pytest.raises(ConfigurationError, match="belongs to the project 'shop'") as told:
        Workspace.open(farm)

    assert "[metadata] schema" in told.value.fix
    Workspace.open(shop).close()
    # As the error says what to do after a project was renamed.
    renamed = f"UPDATE {schema}.facts SET value = 'farm' WHERE name = 'project'"  # noqa: S608 - of a test
    carry_out(shared_database, renamed)
    Workspace.open(farm).close()


@pytest.mark.usefixtures("schema")
def test_a_project_without_a_name_is_known_by_no_folder(tmp_path: Path) -> None:
    """Each machine may have checked it out under another one."""
    for folder in ("here", "there"):
        with Workspace.open(write(tmp_path / folder, "")) as workspace:
            workspace.materialize()
    with Workspace.open(write(tmp_path / "named", 'name = "shop"\n')) as workspace:
        assert set(workspace) == {"orders"}
