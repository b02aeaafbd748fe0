"""What the tests in a browser share; where Chromium is missing they are skipped by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
def serve() -> Iterator[Callable[..., str]]:
    """Give what serves a folder, and returns its address, until its readers have left.

    What a page still asks for when its test ends would be refused otherwise.
    """
    served = importlib.import_module("tests.browser.browsing").served
    with ExitStack() as stack:
        yield lambda folder, **kwargs: stack.enter_context(served(folder, **kwargs))


@pytest.fixture
def visit(
    browser: Browser,
    serve: Callable[..., str],  # readers leave before it ends
) -> Iterator[Callable[..., Visitor]]:
    """Give a maker of readers whose pages must be without a complaint at the end."""
    kind = importlib.import_module("tests.browser.browsing").Visitor
    made: list[Visitor] = []

    def make(**kwargs: Any) -> Visitor:
        made.append(kind(browser, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Give a reader with the screen of a desk."""
    return visit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a plain page with the lineage of a small project; give its address."""
    pages = importlib.import_module("tests.browser.pages")
    folder: Path = pages.write_site(tmp_path_factory.mktemp("site"), pages.small_project())
    with importlib.import_module("tests.browser.browsing").served(folder) as address:
        yield address
