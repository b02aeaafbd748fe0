"""The site of the flights project, as somebody reads it who looks for a table."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assets_core import Workspace
from assets_core.catalogue.gathering import gather
from assets_core.interfaces.site.building import build
from assets_core.interfaces.site.generating import generate
from assets_core.interfaces.site.serving import server
from tests.browser.browsing import Visitor, running, take_picture, wait_until_ready
from tests.flows.flights_project import Flights

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.needs("chromium")

DRAWING = Path(__file__).parents[2] / "docs" / "images" / "lineage-map.svg"
SVG = """() => {
  const one = document.querySelector('.ac-lineage').explorer;
  const body = document.body.dataset;
  const themes = ['default', 'slate'].map((scheme) => {
    body.mdColorScheme = scheme;
    const { status, groups, font, ...plain } = assetsCatalogue.readPalette(one.element);
    return { ...plain, ...status };
  });
  body.mdColorScheme = 'default';
  const names = Object.keys(themes[0]);
  const told = (theme) => names.map((name) => `--${name}:${theme[name]}`).join(';');
  const style = (theme) => `svg{${told(theme)}}`;
  const named = Object.fromEntries(names.map((name) => [name, `var(--${name})`]));
  const palette = { ...named, status: named, font: 'sans-serif' };
  const look = { ...one.look(), palette };
  look.colour = assetsCatalogue.colouring(one.graph, palette, 'status');
  const svg = assetsCatalogue.svgOf(one.scene, look);
  const dark = `@media (prefers-color-scheme: dark){${style(themes[1])}}`;
  svg.setAttribute('role', 'img');
  svg.prepend(
    assetsCatalogue.make('svg:title', {}, 'The lineage of the flights project'),
    assetsCatalogue.make('svg:style', {}, style(themes[0]) + dark),
  );
  return new XMLSerializer().serializeToString(svg).replaceAll('<g ', '\\n<g ') + '\\n';
}"""
KINDS = (
    *("index", "lineage", "groups/marts", "kinds/index", "runs/index"),
    *("assets/delays/daily", "assets/figures/delays_by_hour", "assets/files/flights"),
)
"""A page of each kind."""

FAULTS = """() => {
  const all = (what) => [...document.querySelectorAll(`.md-content ${what}`)];
  const levels = all(':is(h1, h2, h3, h4)').map((one) => Number(one.tagName[1]));
  const wide = document.scrollingElement.scrollWidth;
  return [
    ...(wide > innerWidth ? [`is ${wide} wide`] : []),
    ...levels.filter((level, place) => level > (levels[place - 1] ?? 0) + 1),
    ...all('table').filter((one) => !one.querySelector('th')),
    ...all('th').filter((one) => !one.textContent.trim()),
  ].map(String);
}"""
STATE = "document.querySelector('.ac-lineage').explorer.state"


@pytest.fixture(scope="module")
def flights_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site of a project of which a part was computed, and some of it is stale."""
    flights = Flights.new(tmp_path_factory.mktemp("flights") / "project")
    flights.run("+marts/airline_ranking", "+marts/destinations")
    query = flights.folder / "queries" / "destinations.sql"
    query.write_text(f"{query.read_text()}limit 50\n")
    with Workspace.open(flights.folder) as workspace:
        folder = tmp_path_factory.mktemp("site")
        generate(gather(workspace), folder)
    with running(server(build(folder), 0, partial(dict, status=[]))) as address:
        yield address


def test_a_reader_finds_a_table_and_what_it_comes_from(
    visitor: Visitor, flights_site: str
) -> None:
    """Search, two steps up and down, a column, what is stale, a link, a reload, dark."""
    page = visitor.open(flights_site)
    take_picture(page, "flights-home")
    page.get_by_role("link", name="Lineage").first.click()
    wait_until_ready(page)
    take_picture(page, "flights-map")
    if os.environ.get("ASSETS_WRITE_DOCS") == "1":
        DRAWING.write_text(page.evaluate(SVG), encoding="utf-8")
    find(page, "staged/flights")
    walked = walk(page, "ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight", "ArrowRight")
    assert walked[:4] == ["raw/flights", "files/flights", "raw/flights", "staged/flights"]
    assert walked[4].startswith(("days/", "marts/"))
    walk(page, "ArrowRight")

    find(page, "marts/airline_ranking")
    page.locator(".ac-map-columns button").first.click()
    assert page.evaluate(f"{STATE}.column")
    take_picture(page, "flights-column")
    page.keyboard.press("Escape")

    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("checkbox", name="stale").check()
    listed = page.locator(".ac-map-list > summary").inner_text()
    link = page.url
    page.reload()
    wait_until_ready(page)
    assert page.url.split("&at=")[0] == link.split("&at=")[0]
    assert page.evaluate(f"{STATE}.filter.status") == ["stale"]
    assert page.locator(".ac-map-list > summary").inner_text() == listed
    assert " of " in listed
    assert not listed.startswith("As a list: 0")

    page.locator("label[title=Dark]").click()
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    take_picture(page, "flights-dark")


def find(page: Page, key: str) -> None:
    """Choose an asset by the search of the map."""
    search = page.get_by_role("combobox", name="Search assets")
    search.fill(key)
    search.press("Enter")
    assert page.evaluate(f"{STATE}.asset") == key


def walk(page: Page, *keys: str) -> list[str]:
    """Press keys on the map; return what was chosen after each."""
    page.locator("canvas").focus()
    found = []
    for key in keys:
        page.keyboard.press(key)
        found.append(page.evaluate(f"{STATE}.asset"))
    return found


def test_the_page_of_an_asset_looks_right_everywhere(
    visitor: Visitor, flights_site: str
) -> None:
    """Its drawing of neighbours is there, and a click on a column changes it."""
    page = visitor.open(f"{flights_site}assets/staged/flights.html")
    before = page.locator("svg .ac-node").count()
    take_picture(page, "flights-asset")
    page.locator("code[data-column]").first.click()
    page.wait_for_selector("svg .ac-column")
    page.locator("#lineage").scroll_into_view_if_needed()
    take_picture(page, "flights-asset-column")

    assert before > 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_no_page_is_wider_than_a_phone(
    visit: Callable[..., Visitor], flights_site: str
) -> None:
    """Nor does a heading skip a level, or a column of a table go without its name."""
    phone = visit(viewport={"width": 390, "height": 844})
    page = phone.open(flights_site, ready=False)
    run = page.request.get(f"{flights_site}runs/index.html").text()
    found = {}
    for name in (*KINDS, f"runs/{re.findall('href=.([0-9a-f]{32})', run)[0]}"):
        page.goto(f"{flights_site}{name}.html")
        found[name] = page.evaluate(FAULTS)

    assert {name: faults for name, faults in found.items() if faults} == {}
