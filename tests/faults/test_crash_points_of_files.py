"""Killed while it stores a folder, a run leaves all of the old one or of the new one."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from tests.faults.forked import run_python
from tests.flows.small_project import SETTINGS

POINTS = (
    "stage.created",
    "stage.written",
    "seal.synced",
    "seal.linked",
    "seal.durable",
    "commit.done",
    "publish.prepared",
)
"""Those between which a folder is in another state than before."""

PIPELINE = """
import os
import signal
from pathlib import Path

from assets_core import file_asset, source

word = source("word", path="word.txt")


@file_asset
def pages(word: Path, context):
    context.path.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (context.path / name).write_text(word.read_text())
        if name == "b.txt" and os.environ.get("KILL_INSIDE"):
            os.kill(os.getpid(), signal.SIGKILL)
"""
RUN = "from assets_core import Workspace; Workspace.open('.').materialize()"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project that made its folder from `old`, and is to make it from `new`."""
    (tmp_path / "assets.toml").write_text(SETTINGS)
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "word.txt").write_text("old")
    converge(tmp_path)
    (tmp_path / "word.txt").write_text("new")
    return tmp_path


def killed(folder: Path, crash: str = "") -> None:
    """Run it in a process that is killed on the way."""
    ended = run_python(folder, RUN, crash=crash)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def converge(folder: Path) -> None:
    """Run it undisturbed; nothing is left to do or to say then."""
    with Workspace.open(folder) as workspace:
        workspace.materialize()
        assert not workspace.plan().steps
        assert workspace.verify(deep=True).findings == ()
        assert examine(workspace.tools, workspace.graph_of_assets, "main").findings == ()
    assert not list((folder / "data" / ".files" / ".staging").iterdir())


def shown(folder: Path) -> dict[str, str]:
    """Return what everybody sees at the stable path."""
    return {path.name: path.read_text() for path in (folder / "data" / "pages").iterdir()}


def whole(word: str) -> dict[str, str]:
    """Return the whole folder that is made of a word."""
    return dict.fromkeys(("a.txt", "b.txt", "c.txt"), word)


@pytest.mark.sweep
@pytest.mark.parametrize("point", POINTS)
def test_a_folder_is_never_seen_in_part(folder: Path, point: str) -> None:
    """It is the old one or the new one, and the next run ends with the new one."""
    killed(folder, f"{point}:1:kill")

    assert shown(folder) in (whole("old"), whole("new"))
    converge(folder)
    assert shown(folder) == whole("new")


def test_half_a_folder_that_a_function_left_is_never_seen(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next call begins with nothing."""
    with monkeypatch.context() as inside:
        inside.setenv("KILL_INSIDE", "1")
        killed(folder)

    assert shown(folder) == whole("old")
    converge(folder)
    assert shown(folder) == whole("new")


@pytest.mark.parametrize("left", [("a.txt",), ("a.txt", "b.txt", "more.txt"), ()])
def test_a_damaged_folder_of_the_same_name_is_replaced(
    folder: Path, left: tuple[str, ...]
) -> None:
    """As a deletion leaves it that was killed on its way."""
    converge(folder)
    stored = (folder / "data" / "pages").resolve()
    for path in stored.iterdir():
        path.unlink()
    for name in left:
        (stored / name).write_text("new")

    with Workspace.open(folder) as workspace:
        workspace.materialize(force=True)

    converge(folder)
    assert shown(folder) == whole("new")
