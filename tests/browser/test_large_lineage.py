"""The map of a large project: soon there, smooth to move, small to fetch.

A thousand assets in CI, where machines may be slow and work is counted; ten thousand at
night, against the clock.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browsing import Visitor, served, take_picture
from tests.browser.pages import Project, large_project, write_site
from tests.flows.many_assets import generate_counted, write_many

pytestmark = pytest.mark.needs("chromium")

IS_NIGHT = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
COUNT = 10_000 if IS_NIGHT else 1_000
KINDS = ("made up", "generated") if IS_NIGHT else ("made up",)
FRAMES = 90
Told = Callable[[str, object], None]
PAN = """async (frames) => {
  const { surface } = document.querySelector('.ac-lineage').explorer;
  const before = { ...surface.work };
  const start = performance.now();
  for (let frame = 0; frame < frames; frame++) {
    surface.pan(-7, frame % 20 < 10 ? 3 : -3);
    await new Promise(requestAnimationFrame);
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    rate: frames / seconds, drawings: surface.work.drawings - before.drawings,
    copies: surface.work.copies - before.copies, ...surface.counts,
  };
}"""
GO = """(k) => {
  const { surface, scene } = document.querySelector('.ac-lineage').explorer;
  const box = scene.boxes[Math.floor(scene.boxes.length / 2)];
  surface.moveTo({ x: box.x, y: box.y, k });
}"""
CHOOSE = """() => {
  const { explorer } = document.querySelector('.ac-lineage');
  explorer.choose(explorer.graph.count >> 1, true);
}"""
READY = """() => {
  const [entry] = performance.getEntriesByName('ac-ready');
  return entry.startTime / 1000;
}"""


@pytest.fixture(scope="module", params=KINDS)
def large_site(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Serve the lineage of a large project."""
    place = tmp_path_factory.mktemp("large")
    made = request.param == "made up"
    project = large_project(COUNT) if made else generated_project(place / "project")
    with served(write_site(place / "site", project)) as address:
        yield address


def generated_project(folder: Path) -> Project:
    """Return what `assets docs generate` says of a real project as large."""
    found = generate_counted(write_many(folder, COUNT)).told["folder"]
    names = ("lineage", "columns", "status")
    texts = {name: Path(found, f"docs/catalogue/{name}.json").read_text() for name in names}
    return {name: json.loads(text) for name, text in texts.items()}


def test_a_large_map_is_soon_there_and_small_to_fetch(
    visitor: Visitor, large_site: str, record_property: Told
) -> None:
    """Five megabytes at most with all columns, of which the first view asks for none."""
    page = visitor.open(large_site)
    seconds = page.evaluate(READY)
    page.wait_for_timeout(600)
    take_picture(page, f"large-{COUNT}")
    first = visitor.fetched / 1e6
    page.evaluate(CHOOSE)
    page.locator(".ac-map-columns button").first.click()
    megabytes = visitor.fetched / 1e6
    record_property(
        "told",
        f"{COUNT:,} assets: interactive in {seconds:.2f} s, {first:.2f} MB; with the"
        f" columns {megabytes:.2f} MB",
    )

    assert "column=" in page.url
    assert megabytes <= 5 * COUNT / 10_000 + 0.3
    assert seconds <= 2 or not IS_NIGHT


def test_a_large_map_moves_by_copying_what_is_drawn(
    visitor: Visitor, large_site: str, record_property: Told
) -> None:
    """Few frames of a movement are drawn anew, and these hold what is in view."""
    page = visitor.open(large_site)
    page.wait_for_timeout(500)
    lines = []
    for zoom in (None, 0.1, 0.3, 0.8):
        if zoom is not None:
            page.evaluate(GO, zoom)
            page.wait_for_timeout(300)
            take_picture(page, f"large-{COUNT}-at-{zoom}")
        found: dict[str, Any] = page.evaluate(PAN, FRAMES)
        lines.append(f"{COUNT:,} assets at zoom {zoom or 'of all'}: {told(found)}")
        assert found["copies"] >= FRAMES - 2
        assert found["drawings"] <= FRAMES / 8
        assert found["edges"] <= 1_500 + 200
        assert found["rate"] >= 30 or not IS_NIGHT
    record_property("told", "\n".join(lines))


def told(found: dict[str, Any]) -> str:
    """Return what a movement cost, in words."""
    return (
        f"{found['rate']:.0f} frames a second, {found['drawings']} of {FRAMES} drawn anew"
        f" with {found['boxes']} boxes, {found['edges']} edges, {found['roads']} roads"
    )
