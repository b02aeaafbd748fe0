"""File assets whose files lie in a bucket: figures, folders, and who reads their paths."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assets_core import Workspace
from assets_core.errors import MissingDataError
from assets_core.upkeep.rebuild import rebuild
from tests.flows.object_store_project import findings, load
from tests.flows.small_project import SETTINGS

if TYPE_CHECKING:
    from tests.flows.object_store_project import Lake
    from tests.flows.small_project import Project

BODY = """
from matplotlib.figure import Figure
from assets_core import file_asset

prices = source("prices", path="prices.txt")


@file_asset
def pages(prices: Path, context):
    (context.path / "sub").mkdir(parents=True)
    for word in prices.read_text().split():
        (context.path / "sub" / f"{word}.txt").write_text(word)


@file_asset(extension="svg")
def figure(pages: Path) -> Figure:
    drawn = Figure()
    drawn.subplots().bar([0], len(list((pages / "sub").iterdir())))
    return drawn


@asset
def sizes(pages: Path, figure: bytes) -> pa.Table:
    found = sorted(int(one.read_text()) for one in (pages / "sub").iterdir())
    return pa.table({"page": found, "is_svg": [b"<svg" in figure for _ in found]})
"""
RETENTION = "[retention]\nversions = 1\ndays = 0\ngrace_hours = 0\n"


@pytest.fixture
def files(lake: Lake) -> Project:
    """Give a project of files and a table in one part of a bucket."""
    project = lake.write(body=BODY)
    settings = project.folder / "assets.toml"
    section = settings.read_text().partition("[io.lake]")[2]
    section = section.replace("io.lake", "io.files").replace('"parquet"', '"files"')
    with settings.open("a") as file:
        file.write(f"[io.files]{section}")
    return project


def pages(project: Project) -> list[str]:
    """Return the names of the files in the folder that is shown."""
    with Workspace.open(project.folder) as workspace:
        return sorted(one.name for one in (workspace.load("pages") / "sub").iterdir())


def stored(lake: Lake) -> list[str]:
    """Return how the names of the objects end that hold files."""
    return sorted(one[74:] for one in lake.names() if one.startswith(".files/"))


def shown(project: Project, key: str) -> str:
    """Return the name of the object that an asset shows."""
    with Workspace.open(project.folder) as workspace:
        return str(workspace[key].history()[0].stored.location)


def test_files_lie_in_the_bucket_and_follow_their_source(
    lake: Lake, files: Project
) -> None:
    """A change, a rollback and a collection, as for tables; a plan asks nothing."""
    assert set(files.ended().values()) == {"computed"}
    assert stored(lake) == ["-folder.tar", ".svg"]
    assert not (files.folder / "data").exists()
    assert load(files, "sizes") == {"page": [1, 2, 3, 4, 5], "is_svg": [True] * 5}
    lake.proxy.reset()
    assert files.ended() == {}
    assert lake.proxy.requests == []

    (files.folder / "prices.txt").write_text("1 2 7")
    assert set(files.ended().values()) == {"computed"}
    assert pages(files) == ["1.txt", "2.txt", "7.txt"]

    with Workspace.open(files.folder) as workspace:
        workspace.rollback("pages", to=workspace["pages"].history()[1].id)
    assert pages(files) == ["1.txt", "2.txt", "3.txt", "4.txt", "5.txt"]
    assert stored(lake) == ["-folder.tar", "-folder.tar", ".svg", ".svg"]

    files.run("pages", force=True)
    (files.folder / "prices.txt").write_text("1 8")
    files.run()
    with (files.folder / "assets.toml").open("a") as file:
        file.write(RETENTION)
    for _ in range(2):
        with Workspace.open(files.folder) as workspace:
            workspace.gc()
    assert stored(lake) == ["-folder.tar", ".svg"]
    assert findings(files) == []


@pytest.mark.parametrize("key", ["pages", "figure"])
def test_a_file_that_is_gone_is_noted_by_who_reads_it(
    lake: Lake, files: Project, key: str
) -> None:
    """Then planning knows, and the next run makes it again."""
    files.run()
    lake.swift.delete(f"{lake.prefix}/{shown(files, key)}")
    assert files.plan().counts["compute"] == 0

    with (
        Workspace.open(files.folder) as workspace,
        pytest.raises(MissingDataError, match="gone"),
    ):
        workspace.load(key)

    assert files.reasons(key).keys() == {"output_missing"}
    assert files.ended()[key] == "computed"
    assert files.plan().counts["compute"] == 0
    assert findings(files) == []


@pytest.mark.parametrize("harm", ["deleted", "damaged"])
def test_a_repair_lets_the_next_run_make_what_is_lost(
    lake: Lake, files: Project, harm: str
) -> None:
    """A folder; and nothing else."""
    files.run()
    name = f"{lake.prefix}/{shown(files, 'pages')}"
    if harm == "deleted":
        lake.swift.delete(name)
    else:
        lake.swift.put(name, b"no folder")

    with Workspace.open(files.folder) as workspace:
        (found,) = workspace.verify(repair=True).findings
        assert (found.asset, found.repaired) == ("pages", "the next run computes it")

    assert files.ended()["pages"] == "computed"
    assert findings(files) == []


def test_a_folder_moves_into_the_bucket_without_being_computed(
    lake: Lake, files: Project
) -> None:
    """With the same data versions there as here."""
    settings = files.folder / "assets.toml"
    far = settings.read_text()
    settings.write_text(SETTINGS)
    files.run()

    def versions() -> dict[str, str]:
        with Workspace.open(files.folder) as workspace:
            keys = ("pages", "figure", "sizes")
            return {key: workspace[key].history()[0].data_version for key in keys}

    before = versions()
    old = '[io.old]\ntype = "files"\n[io.tables]\ntype = "parquet"\n'
    settings.write_text(f"{far}{old}")

    assert set(files.ended().values()) == {"reused"}
    assert stored(lake) == ["-folder.tar", ".svg"]
    assert versions() == before
    assert findings(files) == []


def test_lost_metadata_of_files_comes_back_from_the_bucket(files: Project) -> None:
    """And another machine, that has no copies, reads what lies there."""
    files.run()
    with Workspace.open(files.folder) as workspace:
        heads = workspace.tools.store.heads("main")
    state = files.folder / ".assets"
    state.rename(files.folder / "elsewhere")

    with Workspace.open(files.folder) as workspace:
        rebuilt = rebuild(workspace.tools, workspace.graph_of_assets, "main")
        assert workspace.tools.store.heads("main") == heads

    assert rebuilt.problems == ()
    assert files.ended() == {}
    assert pages(files) == ["1.txt", "2.txt", "3.txt", "4.txt", "5.txt"]
    assert Path(state / "remote").is_dir()
