"""What every test shares: programs of the system that a test may need.

A test says `@pytest.mark.needs("strace")`, or `needs("unshare", package="util-linux")`.
Where the program is missing the test is skipped, and the reason says how to get it;
`run.py test --complete` accepts no skip. pyproject.toml registers the markers.
"""

from __future__ import annotations

import gc
import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.object_store.proxy import Proxy
    from tests.object_store.swift_server import Swift
    from tests.postgres import Postgres

# A shared machine may stop for longer than any deadline; slowness has its own benchmarks.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

LONG = ("faults", "histories", "wrong")
"""The folders whose files take longest."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a PostgreSQL server that the tests of one process share."""
    # Most tests need none, nor what talks to it.
    with importlib.import_module("tests.postgres").running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def shared_database(postgres: Postgres) -> str:
    """Return the URL of a database for metadata stores, each in a schema of its own."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def swift() -> Iterator[Swift]:
    """Give a server of S3 that the tests of one process share."""
    with importlib.import_module(
        "tests.object_store.swift_server"
    ).running_swift() as server:
        yield server


@pytest.fixture
def s3_proxy(swift: Swift) -> Iterator[Proxy]:
    """Give a proxy before that server."""
    with importlib.import_module("tests.object_store.proxy").running_proxy(
        swift.port
    ) as one:
        yield one


@pytest.fixture(autouse=True)
def _no_folder_stays_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the folders of a test's projects: imports would look into ever more."""
    monkeypatch.setattr(sys, "path", list(sys.path))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that none of it is left for the end alone."""
    items.sort(key=lambda item: item.path.parent.name not in LONG)


def pytest_collection_finish() -> None:
    """Let no search for garbage go through eleven thousand tests again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let libraries find what they look for when they end."""
    gc.unfreeze()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave alone what tests only use: `--doctest-modules` would import every file."""
    is_code = collection_path.suffix == ".py" and collection_path.is_file()
    return True if is_code and not collection_path.name.startswith("test_") else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose programs are not installed."""
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            if shutil.which(program) is None:
                package = marker.kwargs.get("package", program)
                how = f"on Debian: apt-get install {package}"
                pytest.skip(f"needs '{program}', which is not installed here ({how})")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have to tell: `record_property("told", text)`, from any worker."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == "told" and getattr(report, "when", "") == "call":
                    terminalreporter.write_line(f"\n{text}")
