"""The site builds without a warning, and reading it asks nobody else for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MKDOCS = Path(sys.executable).with_name("mkdocs")
LOADED = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?(https?:)?//"
)
IMPORTED = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//")
# The theme fetches its drawing program from elsewhere for such elements, and only then.
DRAWN_ELSEWHERE = re.compile(r'class="[^"]*\bmermaid\b')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [str(MKDOCS), "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_reading_a_page_asks_no_other_host(site: Path) -> None:
    """It can be read on a train, and nobody learns who reads it."""
    pages = {page: page.read_text("utf-8") for page in site.rglob("*.html")}
    styles = {style: style.read_text("utf-8") for style in site.rglob("*.css")}

    assert len(pages) > 30
    assert {page for page, text in pages.items() if LOADED.search(text)} == set()
    assert {page for page, text in pages.items() if DRAWN_ELSEWHERE.search(text)} == set()
    assert {style for style, text in styles.items() if IMPORTED.search(text)} == set()


def test_a_drawing_can_be_read_by_those_who_do_not_see_it() -> None:
    """In words beside it, and in a title inside it; and it suits a dark page."""
    drawings = sorted((ROOT / "docs" / "images").glob("*.svg"))
    pages = "".join(page.read_text("utf-8") for page in ROOT.glob("docs/**/*.md"))

    assert drawings
    for drawing in drawings:
        text = drawing.read_text("utf-8")
        assert "<title>" in text
        assert "prefers-color-scheme: dark" in text
        assert re.search(rf"!\[[^\]]{{40,}}\]\([./]*images/{drawing.name}\)", pages)
