"""Who may read and write what a project makes, and where it lies (threats 2 and 10)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.errors import AssetsError
from assets_core.model.keys import AssetKey, Cell
from io_managers.stores.local import LocalStore
from tests.flows.kept_project import Kept
from tests.flows.small_project import Project

STORE = LocalStore("parquet:data", Path("/srv/data"), ".parquet")
TEXTS = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        [
            "..",
            ".",
            "../x",
            "/etc/passwd",
            "a/../../b",
            "~",
            "%2e%2e",
            "a\0b",
            "a b",
            "=",
            "CON",
        ]
    ),
)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Let everybody read and write what is made, as far as others ask for nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """Return the rights of a path."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_only_its_owner_reads_what_the_framework_remembers(project: Project) -> None:
    """Whatever the umask is."""
    kept = Kept(project)
    kept.make("1")

    assert mode(kept.folder / ".assets") == 0o700
    for path in (kept.folder / ".assets").glob("metadata.db*"):
        assert mode(path) == 0o600, path.name
    (journal,) = (kept.folder / "data" / ".journal").glob("*.jsonl")
    assert mode(journal.parent) == 0o700
    assert mode(journal) == 0o600


@pytest.mark.usefixtures("open_umask")
def test_stored_files_are_read_only_and_staged_beside_each_other(project: Project) -> None:
    """Nothing is ever written in a folder that others share, such as /tmp."""
    kept = Kept(project)
    kept.make("1")

    for made in kept.versions():
        assert mode(kept.path(made)) == 0o444
    with kept.opened() as workspace:
        manager = workspace.tools.io["data"]
        staged = manager._store.staging  # type: ignore[attr-defined]
        assert staged.is_relative_to(kept.folder / "data")


@given(st.lists(TEXTS, min_size=2, max_size=2, unique=True))
def test_paths_of_partitions_stay_inside_and_never_collide(keys: list[str]) -> None:
    """Whatever they are called (G18)."""
    paths = []
    for key in keys:
        try:
            path = STORE.stable_path(Cell(AssetKey("sales"), key), "main", ("region",))
        except (AssetsError, ValueError):
            continue  # refused is as good
        whole = os.path.normpath(path)
        assert whole == str(path)
        assert whole.startswith("/srv/data/sales/")
        paths.append(whole.casefold())
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize(
    "location", ["../../etc/passwd", "/etc/passwd", ".objects/../../x", "data.parquet", ""]
)
def test_a_record_cannot_name_a_file_outside(location: str) -> None:
    """Rows of the metadata store and lines of journals are not trusted."""
    with pytest.raises(ValueError, match=r".*"):
        STORE._inside(location)
