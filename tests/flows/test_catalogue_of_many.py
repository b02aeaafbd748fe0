"""The catalogue of very many assets: what writing it takes, and that it builds.

A thousand in CI, where machines may be slow and work is counted; ten thousand at night,
against the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.many_assets import Wrote, generate_counted, write_many

IS_NIGHT = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
COUNT = 10_000 if IS_NIGHT else 1_000
SAY_WHEN = 4
"""The first page, the map, its script and the status say when they were written."""

AT_ONCE = 500
OPTIONS = ("--strict", "--quiet", "--config-file", "mkdocs.yml")
PEER = ("properdocs==1.6.7", "mkdocs-material==9.8.1")
Told = Callable[[str, object], None]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Wrote:
    """Write the catalogue of 230 assets, which has more than 300 pages."""
    return generate_counted(write_many(tmp_path_factory.mktemp("few") / "project", 230))


def test_it_takes_no_query_for_an_asset_and_writes_only_what_is_new(
    few: Wrote, tmp_path: Path, record_property: Told
) -> None:
    """Of ten times as many assets too; what was seen of their data is one file."""
    many = write_many(tmp_path / "many", COUNT)
    first, again = generate_counted(many), generate_counted(many)
    record_property(
        "told",
        f"{COUNT:,} assets: {first.statements} statements, {first.seconds:.1f} s, then"
        f" {again.seconds:.1f} s",
    )

    assert few.told["pages"] >= 300
    assert first.told["assets"] == COUNT
    assert first.statements == again.statements
    assert first.statements - few.statements <= 10 * COUNT / AT_ONCE
    assert first.read < 20
    assert again.told["written"] == SAY_WHEN
    assert again.read - again.told["pages"] - COUNT < 50
    assert again.wrote < 20
    assert first.seconds <= 60 or not IS_NIGHT


def test_three_hundred_pages_build_without_a_warning(few: Wrote) -> None:
    """With MkDocs."""
    build(few, Path(sys.executable), "mkdocs")


@pytest.mark.nightly
def test_three_hundred_pages_build_with_what_comes_after_mkdocs(
    few: Wrote, tmp_path: Path
) -> None:
    """ProperDocs goes on where MkDocs ended."""
    place = Path(os.environ.get("ASSETS_PEERS") or tmp_path) / "properdocs"
    python = place / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *PEER]
        if subprocess.run(install, check=False).returncode:
            pytest.skip("ProperDocs cannot be installed from here")
    build(few, python, "properdocs")


@pytest.mark.nightly
def test_a_thousand_assets_take_eight_seconds_at_most(tmp_path: Path) -> None:
    """The whole command, with its start."""
    assert generate_counted(write_many(tmp_path / "many", 1_000)).seconds <= 8


def build(wrote: Wrote, python: Path, builder: str) -> None:
    """Build a site, strictly, and see its pages."""
    folder = Path(wrote.told["folder"])
    into = folder.with_name(builder)
    done = subprocess.run(
        [str(python), "-m", builder, "build", *OPTIONS, "--site-dir", str(into)],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    assert len(list(into.rglob("*.html"))) >= 300
