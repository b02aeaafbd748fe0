"""Files that are pictures, shown on the pages of their assets."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core import Workspace
from assets_core.catalogue.gathering import LARGEST_PICTURE
from assets_core.interfaces.site import building
from tests.flows.catalogue_project import broken_links, generated

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fccff0bf1e00068102fe5a7b5f480000000049454e44ae426082"
)
PIPELINE = f"""
from assets_core import StaticPartitions, file_asset

PIXEL = {PIXEL!r}

@file_asset(extension="png", key="figures/dot")
def dot() -> bytes:
    "A dot, larger than life."
    return PIXEL

@file_asset(extension="png", partitions=StaticPartitions(["a", "b"]))
def dots(context) -> bytes:
    return PIXEL + context.partition.key.encode()

@file_asset(extension="svg")
def drawn() -> str:
    return "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"

@file_asset(extension="png")
def large() -> bytes:
    return PIXEL + bytes({LARGEST_PICTURE})

@file_asset(extension="png")
def personal() -> bytes:
    return PIXEL
"""
SETTINGS = """\
modules = ["pipeline"]

[executor]
type = "inline"

[docs]
no_sample = ["personal"]
"""


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the pages of a project that was computed."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "pipeline.py").write_text(PIPELINE)
    with Workspace.open(folder) as workspace:
        workspace.materialize()
    generated(folder)
    return folder / ".assets/site/docs"


def test_a_picture_is_shown_on_the_page_of_its_asset(docs: Path) -> None:
    """Its file goes with the pages."""
    assert (docs / "catalogue/pictures/figures/dot.png").read_bytes() == PIXEL
    page = (docs / "assets/figures/dot.md").read_text()
    assert 'alt="A dot, larger than life."' in page


def test_the_pages_of_pictures_have_no_link_that_leads_nowhere(docs: Path) -> None:
    """Whoever builds them finds the files."""
    site = building.build(docs.parent)
    assert list(broken_links(site)) == []


def test_of_partitions_the_latest_picture_is_shown(docs: Path) -> None:
    """As a page tells of the latest elsewhere."""
    assert (docs / "catalogue/pictures/dots.png").read_bytes() in {
        PIXEL + b"a",
        PIXEL + b"b",
    }


@pytest.mark.parametrize("key", ["drawn", "large", "personal"])
def test_what_is_not_to_be_shown_is_not_there(docs: Path, key: str) -> None:
    """A drawing may hold scripts, a large one delays the page, the last is switched off."""
    assert "<img" not in (docs / f"assets/{key}.md").read_text()
    assert list((docs / "catalogue/pictures").rglob(f"{key}.*")) == []


def test_a_picture_whose_file_is_lost_leaves_a_page_without_it(tmp_path: Path) -> None:
    """Its status says what is wrong."""
    (tmp_path / "assets.toml").write_text(SETTINGS)
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    with Workspace.open(tmp_path) as workspace:
        workspace.materialize(["figures/dot"])
    for one in (tmp_path / "data/.files").rglob("*.png"):
        one.unlink()
    generated(tmp_path)
    assert "<img" not in (tmp_path / ".assets/site/docs/assets/figures/dot.md").read_text()
