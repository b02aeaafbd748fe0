"""The filters of the map: by mouse, by keyboard, by a link."""

from __future__ import annotations

import pytest

from tests.browser.browsing import Visitor, take_picture

pytestmark = pytest.mark.needs("chromium")


def test_a_filter_is_the_same_on_the_map_and_in_the_list(
    visitor: Visitor, site: str
) -> None:
    """Who reads the page as a list is told of the same assets."""
    page = visitor.open(site)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("checkbox", name="stale").check()
    page.get_by_text("As a list: 2 of 8 assets").click()
    page.locator(".ac-map-list li > a").first.wait_for()
    listed = page.locator(".ac-map-list li > a").all_inner_texts()
    dimmed = page.evaluate(
        "() => [...document.querySelector('.ac-lineage').explorer.shown]"
    )

    assert listed == ["marts/churn", "marts/revenue"]
    assert dimmed == [0, 0, 0, 0, 0, 1, 1, 0]
    assert "status=stale" in page.evaluate("location.hash")


def test_a_filter_takes_several_values_of_several_kinds(
    visitor: Visitor, site: str
) -> None:
    """One of the values asked for is enough, of each kind that is asked for."""
    page = visitor.open(f"{site}#status=stale&status=failed&owner=ada")
    shown = "() => [...document.querySelector('.ac-lineage').explorer.shown]"
    assert page.evaluate(shown) == [0, 0, 0, 0, 0, 0, 1, 0]
    page.get_by_text("Filter (3)", exact=True).click()
    take_picture(page, "filter")
    page.get_by_text("Owner (1)", exact=True).click()
    page.get_by_role("checkbox", name="ada").uncheck()

    assert page.evaluate(shown) == [0, 0, 0, 0, 0, 1, 1, 1]
    assert "status=stale&status=failed" in page.evaluate("location.hash")
    page.get_by_role("button", name="Clear").click()
    assert "status=" not in page.evaluate("location.hash")


def test_filters_can_be_set_from_the_keyboard(visitor: Visitor, site: str) -> None:
    """A key of the map leads to them, arrows from one to the next, Escape back."""
    page = visitor.open(site)
    page.locator("canvas").focus()
    for key in ("t", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    assert (
        page.evaluate("location.hash")
        .split("&at=")[0]
        .endswith("#status=failed&status=stale")
    )
    for key in ("Escape", "Escape"):
        page.keyboard.press(key)

    assert page.evaluate("document.activeElement.textContent") == "Filter (2)"
    assert not page.get_by_role("checkbox", name="stale").is_visible()
