"""Every kind of page of a catalogue, in both themes, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from assets_core import Workspace
from assets_core.catalogue.gathering import gather
from assets_core.interfaces.site.building import build
from assets_core.interfaces.site.generating import generate
from assets_core.interfaces.site.serving import server
from tests.browser import every_kind
from tests.browser.browsing import Visitor, running, take_picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.needs("chromium")

PHONE = {"width": 390, "height": 844}
THEMES = ("light", "dark")
PAGES = (
    *("index", "lineage", "assets/index", "groups/index", "owners/index", "tags/index"),
    *("kinds/index", "runs/index", "groups/marts", "owners/grace", "tags/board"),
    *("assets/raw/orders", "assets/raw/events", "assets/days/visits"),
    *("assets/days/regions", "assets/days/channels", "assets/days/by_region"),
    *("assets/models/train", "assets/figures/totals", "assets/marts/by_country"),
    *("assets/marts/broken", "assets/marts/never", "assets/marts/waiting"),
    *("assets/plain", "assets/empty", "assets/wide", "assets/files/lost"),
    f"assets/marts/{every_kind.LONG}",
)
"""One of each kind; of runs, the latest comes on top of them."""

WIDE = """() => {
  const wide = document.scrollingElement.scrollWidth;
  const cut = [...document.querySelectorAll('.md-content .ac-stacked')]
    .filter((one) => one.scrollWidth > one.parentElement.clientWidth + 1);
  const told = wide > innerWidth ? [`is ${wide} wide`] : [];
  return [...told, ...cut.map((one) => one.className)];
}"""
PALE = """() => {
  const spot = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const painted = (colours) => {
    for (const one of colours) { spot.fillStyle = one; spot.fillRect(0, 0, 1, 1); }
    return [...spot.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const found = {};
  const words = document.createTreeWalker(document.querySelector('.md-content'), 4);
  while (words.nextNode()) {
    const one = words.currentNode.parentElement;
    const text = words.currentNode.data.trim();
    const drawn = one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!text || !drawn || one.closest('.headerlink, title, desc, option')) continue;
    const style = getComputedStyle(one);
    const under = [];
    for (let up = one; up; up = up.parentElement) {
      under.unshift(getComputedStyle(up).backgroundColor);
    }
    const behind = painted(['white', ...under]);
    const ink = one.closest('svg') ? style.fill : style.color;
    const both = [light(behind), light(painted(['white', ...under, ink]))].sort();
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) {
      found[`${one.tagName}.${one.className.baseVal ?? one.className}`] =
        `${text.slice(0, 30)}: ${ratio.toFixed(2)}`;
    }
  }
  return Object.entries(found).map((one) => one.join(' '));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const ring = parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== 'none';
  const box = one.getBoundingClientRect();
  const path = [];
  for (let up = one; up && path.length < 4; up = up.parentElement) {
    path.unshift(up.tagName.toLowerCase() + (up.classList[0] ? `.${up.classList[0]}` : ''));
  }
  return {
    name: `${path.join('>')} ${one.textContent.trim().slice(0, 30)}`,
    ring, colour: style.outlineColor, inside: one.closest('.md-content') !== null,
    place: [...document.querySelectorAll('*')].indexOf(one),
    seen: box.width > 0 && box.height > 0,
  };
}"""


@pytest.fixture(scope="module")
def every_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """Serve the site of a project with one of everything; give its address and pages."""
    folder = every_kind.run_all(tmp_path_factory.mktemp("every") / "project")
    with Workspace.open(folder) as workspace:
        found = gather(workspace)
        generate(found, folder / "docs")
    run = f"runs/{found.runs[0].id}"
    with running(server(build(folder / "docs"), 0, partial(dict, status=[]))) as address:
        yield address, [*PAGES, run]


@pytest.mark.parametrize("theme", THEMES)
def test_every_kind_of_page_fits_a_phone(
    visit: Callable[..., Visitor], every_page: tuple[str, list[str]], theme: str
) -> None:
    """No page is wider than it, and no table of words has to be pushed aside."""
    address, names = every_page
    page = visit(viewport=PHONE, color_scheme=theme).open(address, ready=False)

    assert faults(page, address, names, WIDE) == {}


@pytest.mark.parametrize("theme", THEMES)
def test_every_word_stands_out_from_what_is_behind_it(
    visit: Callable[..., Visitor], every_page: tuple[str, list[str]], theme: str
) -> None:
    """By 4.5 to 1, and large ones by 3 to 1, as WCAG AA asks."""
    address, names = every_page
    page = visit(color_scheme=theme).open(address, ready=False)

    assert faults(page, address, names, PALE) == {}


def faults(page: Page, address: str, names: list[str], look: str) -> dict[str, list[str]]:
    """Open pages one after the other; return what is wrong with each."""
    found = {}
    for name in names:
        page.goto(f"{address}{name}.html")
        if page.locator(".ac-lineage").count():
            page.wait_for_selector("[data-state=ready]", state="attached")
        found[name] = page.evaluate(look)
    take_picture(page, f"every-kind-{look == WIDE}")
    return {name: told for name, told in found.items() if told}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["index", "lineage", "assets/raw/orders"])
def test_whoever_tabs_through_a_page_sees_where_they_are(
    visit: Callable[..., Visitor],
    every_page: tuple[str, list[str]],
    theme: str,
    name: str,
) -> None:
    """Each link and control that takes the focus has a ring, which goes on to the next."""
    page = visit(color_scheme=theme).open(f"{every_page[0]}{name}.html")
    stops = list(walked(page))

    assert [one["name"] for one in stops if one["seen"] and not one["ring"]] == []
    assert sum(one["inside"] for one in stops) > 5


def walked(page: Page) -> Iterator[dict[str, Any]]:
    """Press Tab until the page is left; yield what has the focus after each."""
    before: set[int] = set()
    for _ in range(300):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or stop["place"] in before:
            return
        before.add(stop["place"])
        yield stop
