"""What every test shares: programs of the system that a test may need.

A test says `@pytest.mark.needs("strace")`, or `needs("unshare", package="util-linux")`.
Where the program is missing the test is skipped, and the reason says how to get it;
`run.py test --complete` accepts no skip. pyproject.toml registers the markers.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine may stop for longer than any deadline; slowness has its own benchmarks.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


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
