"""What the tests in a browser share; where Chromium is missing they are skipped by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.browsing import Visitor


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give the browser that the tests of one process share."""
    # Most tests need none, nor what drives it.
    with importlib.import_module("tests.browser.browsing").running_browser() as one:
        yield one


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Give a reader whose pages must be without a complaint when the test ends."""
    one = importlib.import_module("tests.browser.browsing").Visitor(browser)
    yield one
    one.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Give a maker of readers with another screen, theme or wish."""
    made: list[Visitor] = []

    def make(**kwargs: Any) -> Visitor:
        kind = importlib.import_module("tests.browser.browsing").Visitor
        made.append(kind(browser, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a plain page with the lineage of a small project; give its address."""
    pages = importlib.import_module("tests.browser.pages")
    folder: Path = pages.write_site(tmp_path_factory.mktemp("site"), pages.small_project())
    with importlib.import_module("tests.browser.browsing").served(folder) as address:
        yield address
