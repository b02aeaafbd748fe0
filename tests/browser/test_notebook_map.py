"""The map that a notebook shows: in a frame of its own, of which the page knows nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assets_core import Workspace
from tests.browser.browsing import PATIENCE, Visitor, take_picture, wait_until_ready
from tests.browser.test_hostile_text import CLEAN, CORPUS, FOREIGN
from tests.flows.small_project import Project

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

pytestmark = pytest.mark.needs("chromium")

PIPELINE = """
@asset(group="raw", owners=["ada"])
def orders() -> pa.Table:
    return pa.table({"id": [1, 2], "price": [3.0, 4.0]})

@asset(group="raw")
def customers() -> pa.Table:
    return pa.table({"id": [1]})

@asset(group="marts", description="What was earned.")
def revenue(orders: pa.Table) -> pa.Table:
    return orders.select(["price"])

@asset(group="marts")
def board(revenue: pa.Table, customers: pa.Table) -> pa.Table:
    return revenue
"""
HOSTILE = """
CORPUS = {corpus!r}

def declare(number, text):
    @asset(key=f"odd/a{{number}}", group=text, tags=[text], owners=[text], description=text)
    def one() -> pa.Table:
        return pa.table({{text: [text]}})
    return one

for number, text in enumerate(CORPUS):
    globals()[f"asset_{{number}}"] = declare(number, text)
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"></head>
<body{about}><main style="height: {above}px"></main>{shown}</body></html>"""
STATE = "document.querySelector('.ac-lineage').explorer.state"
VIEW = "({...document.querySelector('.ac-lineage').explorer.surface.view})"


def shown(folder: Path, code: str, key: str | None = None) -> str:
    """Return what a notebook shows of the lineage of a project."""
    project = Project(folder)
    project.write(code)
    project.run()
    with Workspace.open(folder) as workspace:
        html: str = workspace.lineage(key)._repr_html_()  # type: ignore[attr-defined]
        return html


@pytest.fixture(scope="module")
def lineage(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what a notebook shows of the lineage of four assets."""
    return shown(tmp_path_factory.mktemp("small"), PIPELINE)


@pytest.fixture
def notebook(serve: Callable[..., str], tmp_path: Path) -> Callable[..., str]:
    """Give a maker of pages that hold what a notebook shows; each has an address."""
    folder = tmp_path / "page"
    folder.mkdir()
    address = serve(folder, strict=False)

    def write(html: str, about: str = "", above: int = 0) -> str:
        page = PAGE.format(about=about, shown=html, above=above)
        (folder / "index.html").write_text(page, encoding="utf-8")
        return f"{address}index.html"

    return write


def inside(page: Page) -> Frame:
    """Return the frame of the map, once it is drawn."""
    frame = page.frames[1]
    wait_until_ready(frame)
    return frame


def test_the_map_can_be_searched_moved_and_walked_by_keys(
    visitor: Visitor, notebook: Callable[..., str], lineage: str
) -> None:
    """All that the site's own map does, with nothing asked of any host."""
    page = visitor.open(notebook(lineage), ready=False)
    frame = inside(page)
    take_picture(page, "notebook-map")
    search = frame.get_by_role("combobox", name="Search assets")
    search.fill("reven")
    search.press("Enter")
    assert frame.evaluate(f"{STATE}.asset") == "revenue"
    assert frame.get_by_role("heading", name="revenue").is_visible()
    frame.locator("canvas").focus()
    walked = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        walked.append(frame.evaluate(f"{STATE}.asset"))
    assert walked == ["orders", "revenue", "board"]
    page.keyboard.press("f")
    assert frame.evaluate(f"{STATE}.focus")
    page.keyboard.press("Escape")
    page.wait_for_timeout(400)  # until it stands still
    before = frame.evaluate(VIEW)["k"]
    page.keyboard.press("+")
    assert frame.evaluate(VIEW)["k"] > before
    frame.get_by_role("button", name="price").click()
    page.wait_for_timeout(300)
    take_picture(page, "notebook-map-column")
    assert page.url.endswith("index.html"), "what is looked at is no part of the address"
    assert visitor.fetched < 200_000


def test_the_wheel_turns_the_page_until_the_map_is_chosen(
    visitor: Visitor, notebook: Callable[..., str], lineage: str
) -> None:
    """Whoever reads on is not caught in a map on the way; a click makes it zoom."""
    page = visitor.open(notebook(lineage, above=2000), ready=False)
    frame = inside(page)
    page.locator("iframe").scroll_into_view_if_needed()
    canvas = frame.locator("canvas").bounding_box()
    assert canvas
    x, y = canvas["x"] + 200, canvas["y"] + canvas["height"] - 20
    before, top = frame.evaluate(VIEW)["k"], page.evaluate("scrollY")
    page.mouse.move(x, y)
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(300)
    assert frame.evaluate(VIEW)["k"] == before
    assert page.evaluate("scrollY") < top

    page.mouse.wheel(0, 200)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(300)
    zoomed = frame.evaluate(VIEW)
    assert zoomed["k"] > before
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=3)
    page.mouse.up()
    assert frame.evaluate(VIEW)["x"] < zoomed["x"]


@pytest.mark.parametrize(
    ("system", "about", "scheme"),
    [
        ("light", "", "default"),
        ("dark", "", "slate"),
        ("light", ' data-jp-theme-light="false"', "slate"),
        ("dark", ' data-jp-theme-light="true"', "default"),
        ("light", ' class="vscode-dark"', "slate"),
        ("light", ' class="dark"', "slate"),
    ],
)
def test_the_map_is_as_dark_as_the_page_around_it(
    visit: Callable[..., Visitor],
    notebook: Callable[..., str],
    lineage: str,
    system: str,
    about: str,
    scheme: str,
) -> None:
    """Jupyter, VS Code and marimo say so in their own ways; others follow the system."""
    visitor = visit(color_scheme=system, viewport={"width": 390, "height": 700})
    page = visitor.open(notebook(lineage, about), ready=False)
    frame = inside(page)
    frame.wait_for_selector(f"body[data-md-color-scheme={scheme}]", timeout=PATIENCE)
    take_picture(page, f"notebook-map-{scheme}")

    assert frame.evaluate("document.body.dataset.mdColorScheme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_the_frame_a_picture_stands_in_its_place(
    visitor: Visitor, notebook: Callable[..., str], lineage: str
) -> None:
    """GitHub and others take frames away; paper has no use for one."""
    page = visitor.open(notebook(lineage), ready=False)
    still = page.locator(".ac-still img")
    assert not still.is_visible()
    page.emulate_media(media="print")
    assert still.is_visible()
    assert still.evaluate("one => one.complete && one.naturalWidth") > 100
    page.emulate_media(media="screen")
    page.evaluate("document.querySelector('iframe').removeAttribute('srcdoc')")
    assert still.is_visible()


def test_the_map_of_a_notebook_shows_hostile_text_as_text(
    visitor: Visitor, notebook: Callable[..., str], tmp_path: Path
) -> None:
    """It cannot leave its frame, and the frame cannot reach the page."""
    html = shown(tmp_path, HOSTILE.format(corpus=CORPUS))
    page = visitor.open(notebook(html), ready=False)
    frame = inside(page)
    for number, text in enumerate(CORPUS):
        frame.evaluate(
            "(one) => document.querySelector('.ac-lineage').explorer.go(one)",
            {"asset": f"odd/a{number}", "focus": False, "column": text},
        )

        assert frame.evaluate(FOREIGN) == CLEAN, text
    assert page.evaluate("window.pwned") is None
    assert page.locator("iframe").get_attribute("sandbox") == (
        "allow-scripts allow-downloads"
    )
    assert frame.evaluate("origin") == "null"
