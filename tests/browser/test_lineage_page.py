"""The map of the lineage in a browser: each thing that a reader does on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browsing import Visitor, take_picture, wait_until_ready
from tests.browser.pages import lineage_of, small_project, write_site

pytestmark = pytest.mark.needs("chromium")

DRAWN = """() => {
  const { scene, graph } = document.querySelector('.ac-lineage').explorer;
  const name = (box) => box.folded ? `(${box.folded.name})` : graph.key[box.asset];
  return scene.boxes.map(name).sort();
}"""
CHOSEN = "() => document.querySelector('.ac-lineage').explorer.state.asset"
VIEW = "() => ({...document.querySelector('.ac-lineage').explorer.surface.view})"


def test_searching_chooses_an_asset_and_says_what_it_is(
    visitor: Visitor, site: str
) -> None:
    """Words find keys and titles; Enter takes the first."""
    page = visitor.open(site)
    page.get_by_role("combobox", name="Search assets").fill("rev")
    assert page.get_by_role("option").all_inner_texts()[0].startswith("marts/revenue")
    page.keyboard.press("Enter")

    assert page.get_by_role("heading", name="marts/revenue").is_visible()
    assert (
        page.get_by_role("status").inner_text()
        == "marts/revenue, stale, reads 1, read by 1"
    )
    assert page.url.endswith("#asset=marts/revenue") or "at=" in page.url


def test_a_search_without_a_match_says_so(visitor: Visitor, site: str) -> None:
    """An empty list of suggestions is not silence."""
    page = visitor.open(site)
    page.get_by_role("combobox", name="Search assets").fill("no such thing")

    assert page.locator("[role=listbox] li").all_inner_texts() == [
        "No asset has these words."
    ]


def test_arrows_walk_two_steps_up_and_down(visitor: Visitor, site: str) -> None:
    """Left goes to what an asset reads, right to what reads it."""
    page = visitor.open(f"{site}#asset=marts/revenue")
    page.locator("canvas").focus()
    walked = []
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        walked.append(page.evaluate(CHOSEN))

    assert walked[:3] == ["staged/orders", "raw/orders", "staged/orders"]
    assert walked[3] in {"marts/revenue", "marts/churn"}


def test_a_focus_shows_as_many_steps_as_asked_for(visitor: Visitor, site: str) -> None:
    """What is further away is not drawn."""
    page = visitor.open(f"{site}#asset=marts/revenue&focus=1&up=1&down=0")
    assert page.evaluate(DRAWN) == ["marts/revenue", "staged/orders"]
    page.get_by_label("Steps up").fill("2")
    page.keyboard.press("Tab")

    assert page.evaluate(DRAWN) == ["marts/revenue", "raw/orders", "staged/orders"]
    assert "up=2" not in page.url, "what is usual needs no word in the link"


def test_a_column_shows_where_it_comes_from_and_how_that_is_known(
    visitor: Visitor, site: str
) -> None:
    """The lineage of a column is drawn with its kind of evidence."""
    page = visitor.open(f"{site}#asset=marts/revenue")
    page.get_by_role("button", name="total").click()
    edges = page.evaluate(
        "() => document.querySelector('.ac-lineage').explorer.scene.edges.map((e) => e.how)"
    )
    take_picture(page, "column")

    assert sorted(edges) == ["assumed", "exact", "observed"]
    assert page.evaluate(DRAWN) == [
        "marts/board",
        "marts/revenue",
        "raw/orders",
        "staged/orders",
    ]
    assert "column=total" in page.url


def test_a_link_to_a_column_that_is_gone_says_so(visitor: Visitor, site: str) -> None:
    """Links outlive columns."""
    page = visitor.open(f"{site}#asset=marts/revenue&column=profit")
    page.get_by_text("It has no column profit.").wait_for()


def test_a_folded_group_is_one_box_and_opens_at_a_click(
    visitor: Visitor, site: str
) -> None:
    """Groups fold all at once or, by a link, one by one."""
    page = visitor.open(f"{site}#fold=marts")
    assert [one for one in page.evaluate(DRAWN) if one.startswith("(")] == ["(marts)"]
    page.get_by_role("button", name="Fold groups").click()
    assert page.evaluate(DRAWN) == ["(marts)", "(raw)", "(staged)", "files/orders"]
    page.get_by_role("button", name="Unfold groups").click()

    assert len(page.evaluate(DRAWN)) == 8


@pytest.mark.parametrize(
    "state",
    [
        "#asset=marts/revenue",
        "#asset=marts/revenue&focus=1&up=1&down=3",
        "#asset=marts/revenue&column=total",
        "#colour=group&status=stale&status=failed&owner=grace&fold=raw&at=300,100,0.7",
        "#asset=nothing/like/it",
    ],
)
def test_every_state_has_a_link_that_brings_it_back(
    visitor: Visitor, site: str, state: str
) -> None:
    """A link that is opened again keeps its words."""
    page = visitor.open(f"{site}{state}")
    page.wait_for_timeout(400)
    page.reload()
    wait_until_ready(page)

    kept = page.evaluate("location.hash")
    assert kept.split("&at=", 1)[0] == state.split("&at=", maxsplit=1)[0]


def test_back_and_forward_go_through_what_was_looked_at(
    visitor: Visitor, site: str
) -> None:
    """The browser's own buttons undo a choice."""
    page = visitor.open(site)
    for word in ("revenue", "churn"):
        page.get_by_role("combobox", name="Search assets").fill(word)
        page.keyboard.press("Enter")
    page.go_back()
    assert page.evaluate(CHOSEN) == "marts/revenue"
    page.go_back()
    assert page.evaluate(CHOSEN) is None
    page.go_forward()

    assert page.evaluate(CHOSEN) == "marts/revenue"


def test_the_map_follows_the_theme_at_once(visitor: Visitor, site: str) -> None:
    """Whoever switches to dark sees a dark map, without a reload."""
    page = visitor.open(site)
    corner = """() => {
      const to = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      to.drawImage(document.querySelector('canvas'), -2, -2);
      return [...to.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }"""
    page.wait_for_timeout(200)
    light = page.evaluate(corner)
    page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    page.wait_for_timeout(200)
    dark = page.evaluate(corner)
    take_picture(page, "dark")

    assert min(light) > 200
    assert max(dark) < 60


@pytest.mark.parametrize(
    ("name", "start"), [("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("Mermaid", b"flowchart LR")]
)
def test_what_is_drawn_can_be_saved(
    visitor: Visitor, site: str, name: str, start: bytes
) -> None:
    """A saved file holds what was drawn, in its own format."""
    page = visitor.open(site)
    page.get_by_text("Save", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name=name, exact=True).click()
    content = Path(saved.value.path()).read_bytes()

    assert content.startswith(start)
    assert name == "PNG" or content.count(b"marts/revenue") >= 1


def test_a_question_mark_lists_the_keys(visitor: Visitor, site: str) -> None:
    """Nobody has to guess what the keyboard does."""
    page = visitor.open(site)
    page.locator("canvas").focus()
    page.keyboard.press("?")

    assert page.get_by_role("dialog").get_by_text("Keys on the map").is_visible()


def test_escape_goes_back_step_by_step(visitor: Visitor, site: str) -> None:
    """From the column to its asset in focus, to the map with it chosen, to the map."""
    page = visitor.open(f"{site}#asset=marts/revenue&focus=1&column=total")
    page.locator("canvas").focus()
    seen = []
    for _ in range(3):
        page.keyboard.press("Escape")
        seen.append(page.evaluate("location.hash").split("&at=")[0].split("#at=")[0])

    assert seen == ["#asset=marts/revenue&focus=1", "#asset=marts/revenue", ""]


def test_two_fingers_zoom_and_one_moves(visit: Callable[..., Visitor], site: str) -> None:
    """The map is usable on a phone."""
    phone = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.open(site)
    take_picture(page, "phone")
    middle = page.locator("canvas").bounding_box()
    assert middle
    x, y = middle["x"] + 150, middle["y"] + 150
    before = page.evaluate(VIEW)
    send = page.context.new_cdp_session(page).send

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": a, "y": b, "id": place} for place, (a, b) in enumerate(points)]
        send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", (x - 30, y), (x + 30, y))
    touch("touchMove", (x - 60, y), (x + 60, y))
    touch("touchEnd")
    zoomed = page.evaluate(VIEW)
    touch("touchStart", (x, y))
    touch("touchMove", (x + 40, y))
    touch("touchMove", (x + 80, y))
    touch("touchEnd")

    assert zoomed["k"] / before["k"] == pytest.approx(2, rel=0.1)
    assert page.evaluate(VIEW)["x"] < zoomed["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_nothing_flies_for_readers_who_want_no_motion(
    visit: Callable[..., Visitor], site: str
) -> None:
    """The view is where it will be at once."""
    page = visit(reduced_motion="reduce").open(site)
    views = page.evaluate(
        """() => {
          const { surface } = document.querySelector('.ac-lineage').explorer;
          surface.fly({ x: 10, y: 20, k: 0.5 });
          return [surface.view.x, surface.view.y, surface.view.k];
        }"""
    )

    assert views == [10, 20, 0.5]


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_all_that_has_to_be_read_stands_out(
    visitor: Visitor, site: str, scheme: str
) -> None:
    """Text has a contrast of 4.5 at least, signs and borders of controls one of 3."""
    page = visitor.open(site)
    page.evaluate(f"document.body.dataset.mdColorScheme = '{scheme}'")
    palette = page.evaluate(
        "() => assetsCatalogue.readPalette(document.querySelector('.ac-lineage'))"
    )
    grounds = [palette[name] for name in ("paper", "region", "box")]
    text = [palette["text"], palette["muted"]]
    signs = [*palette["status"].values(), *palette["groups"], palette["accent"]]

    assert min(contrast(a, b) for a in text for b in grounds) >= 4.5
    assert min(contrast(a, b) for a in signs for b in grounds) >= 3
    assert min(contrast(palette["edge"], b) for b in grounds) >= 2.8


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG counts it."""
    lights = sorted((brightness(one), brightness(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def brightness(colour: str) -> float:
    """Return the relative luminance of a colour such as '#1f5fbf'."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_page_of_an_asset_shows_its_neighbours_and_a_columns_lineage(
    visitor: Visitor, site: str
) -> None:
    """A click on a column of the table draws where it comes from."""
    page = visitor.open(f"{site}pages/revenue.html")
    nodes = page.locator("svg .ac-node")
    assert sorted(
        one or "" for one in nodes.evaluate_all("all => all.map(one => one.dataset.asset)")
    ) == [
        "marts/board",
        "marts/revenue",
        "staged/orders",
    ]
    page.locator("code[data-column=total]").click()
    page.wait_for_selector("svg .ac-column")

    assert page.locator("svg .ac-node").count() == 4
    assert page.get_by_role("link", name="Open the map").get_attribute("href", timeout=500)


@pytest.mark.parametrize(
    ("lineage", "told"),
    [
        pytest.param(lineage_of([], []), "There are no assets yet", id="empty"),
        pytest.param({"version": 2}, "made by another version", id="other-version"),
    ],
)
def test_a_page_that_has_nothing_to_draw_says_why(
    visitor: Visitor,
    serve: Callable[..., str],
    tmp_path: Path,
    lineage: dict[str, Any],
    told: str,
) -> None:
    """An empty project and a catalogue of another version are no blank page."""
    folder = write_site(tmp_path / "site", {**small_project(), "lineage": lineage})
    page = visitor.open(serve(folder), ready=False)

    page.get_by_text(told).wait_for()


def test_columns_of_another_version_are_refused_by_name(
    visitor: Visitor, serve: Callable[..., str], tmp_path: Path
) -> None:
    """Their shape is not what the scripts read; the map stays as it is."""
    project = small_project()
    project["columns"]["version"] -= 1
    folder = write_site(tmp_path / "site", project)
    page = visitor.open(f"{serve(folder)}#asset=marts/revenue")

    page.get_by_text("Columns cannot be shown. The catalogue was made by").wait_for()
    assert page.locator("canvas").count() == 1


def test_without_scripts_the_list_stays(visit: Callable[..., Visitor], site: str) -> None:
    """What the page was written with is not taken away."""
    page = visit(java_script_enabled=False).open(site, ready=False)

    assert page.locator(".ac-lineage > ul").count() == 1


def test_a_page_that_is_opened_from_a_folder_shows_the_map(
    visitor: Visitor, tmp_path: Path
) -> None:
    """No server is needed to read the catalogue."""
    folder = write_site(tmp_path / "site", small_project())
    page = visitor.open(f"{(folder / 'index.html').as_uri()}#asset=marts/revenue")
    page.get_by_role("button", name="total").click()

    assert page.evaluate(DRAWN)[0] == "marts/board"


def test_badges_follow_a_server_that_knows_the_status_of_now(
    visitor: Visitor, serve: Callable[..., str], tmp_path: Path
) -> None:
    """Where the server says that its answers are of now, pages are kept up to date."""
    small = small_project()
    status = ["source", *["fresh"] * 6, "held"]
    live = {"at": "2026-01-01T00:00:00Z", "status": status, "live": True}
    folder = write_site(tmp_path / "site", {**small, "status": live})
    page_file = folder / "pages" / "revenue.html"
    badge = '<span class="ac-status ac-stale" data-asset="marts/revenue">stale</span>'
    page_file.write_text(page_file.read_text().replace("<code", f"<h1>x</h1>{badge}<code"))
    page = visitor.open(f"{serve(folder)}pages/revenue.html")
    page.wait_for_selector(".ac-status.ac-fresh")
    page.get_by_label("marts/revenue, fresh").wait_for()

    assert page.locator(".ac-status").inner_text() == "fresh"
    assert page.locator("h1 + .ac-changed").inner_text().startswith("1 asset has another")
