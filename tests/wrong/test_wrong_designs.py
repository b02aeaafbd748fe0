"""The tests notice wrong designs: each is built in a copy of the project, and must fail.

A test that cannot fail proves nothing. So every way of being wrong that the tests are
there for is tried out, and the tests named beside it have to fail there.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.wrong.design import Design
from tests.wrong.designs import DESIGNS

ROOT = Path(__file__).parents[2]
COPIED = ("assets_core", "io_managers", "tests", "projects", "pyproject.toml")
SOME_FAILED = 1  # pytest: tests were run and some failed


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project, with bytecode that a changed text makes void."""
    folder = tmp_path_factory.mktemp("copy")
    left_out = shutil.ignore_patterns("__pycache__", ".assets", "data")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)
        else:
            shutil.copy(ROOT / name, folder / name)
    compileall = [sys.executable, "-m", "compileall", "-q"]
    subprocess.run(
        [*compileall, "--invalidation-mode", "checked-hash", *COPIED[:3]],
        cwd=folder,
        check=True,
    )
    return folder


def run_tests(project: Path, asked: str) -> subprocess.CompletedProcess[str]:
    """Run some tests of a copy, against the copy's own code, up to the first failure."""
    quiet = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *shlex.split(asked)],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_are_enough_wrong_designs() -> None:
    """Each has a name of its own."""
    assert len(DESIGNS) >= 15
    assert Counter(design.name for design in DESIGNS).most_common(1)[0][1] == 1


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_a_wrong_design_is_noticed(design: Design, project: Path) -> None:
    """The tests that are there for it fail."""
    file = project / design.file
    right = file.read_text("utf-8")
    assert right.count(design.right) == 1, f"say the wrong design anew: {design.right}"

    file.write_text(right.replace(design.right, design.wrong), "utf-8")
    try:
        done = run_tests(project, design.noticed_by)
    finally:
        file.write_text(right, "utf-8")

    assert done.returncode == SOME_FAILED, done.stdout + done.stderr
    assert " error" not in done.stdout.splitlines()[-1], done.stdout  # it was really tried
