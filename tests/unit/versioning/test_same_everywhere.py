"""A code version is the same in every process, in every folder, under every Python."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.versioning.edits import split, write
from tests.unit.versioning.pythons import PROGRAM, interpreters, versions
from tests.unit.versioning.test_edits import EDITS
from tests.unit.versioning.test_scopes import MODULES

PROJECT = Path(__file__).with_name("whole_project.txt")
# What only the standard library is needed for: other Pythons have nothing else.
PLAIN = [edit for edit in EDITS if not edit.needs and "assets_core" not in str(edit.before)]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one project for each edit of the corpus, and a large one."""
    folder = tmp_path_factory.mktemp("projects")
    for number, edit in enumerate(PLAIN):
        write(folder / f"{number:03}", edit.before)
    write(folder / "whole", split(PROJECT.read_text(encoding="utf-8")))
    return folder


def forms(program: str) -> dict[str, str]:
    """Return what another process reads out of the files of this Python's library."""
    specs = map(importlib.util.find_spec, MODULES)
    files = [spec.origin for spec in specs if spec is not None and spec.origin]
    done = subprocess.run(
        [program, "-W", "ignore", str(PROGRAM.with_name("print_forms.py")), *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def known(projects: Path) -> dict[str, str]:
    """Return the versions that this Python finds."""
    return versions(projects)


def names_of(different: dict[str, str], known: dict[str, str]) -> list[str]:
    """Return which projects have other versions, by the name of their edit."""
    return [
        PLAIN[int(key)].name if key.isdigit() else key
        for key, value in known.items()
        if different[key] != value
    ]


def test_every_project_has_a_version(known: dict[str, str]) -> None:
    """Otherwise the comparisons below would compare nothing."""
    assert len(known) == len(PLAIN) + 1
    assert len(set(known.values())) > len(known) // 2


def test_another_hash_seed_finds_the_same_versions(
    projects: Path, known: dict[str, str]
) -> None:
    """Sets are in another order in every process."""
    assert names_of(versions(projects, seed="4711"), known) == []


@pytest.mark.parametrize("option", ["-O", "-Xno_debug_ranges"])
def test_options_of_python_change_no_version(
    option: str, projects: Path, known: dict[str, str]
) -> None:
    """How the bytecode is made is no part of the code."""
    assert names_of(versions(projects, sys.executable, "0", option), known) == []


def test_another_folder_has_the_same_versions(
    projects: Path, known: dict[str, str], tmp_path: Path
) -> None:
    """A project is checked out in many places."""
    shutil.copytree(projects, tmp_path / "elsewhere" / "deep")

    assert names_of(versions(tmp_path / "elsewhere" / "deep"), known) == []


@pytest.mark.parametrize("program", list(interpreters()) or [""])
def test_another_python_finds_the_same_versions(
    program: str, projects: Path, known: dict[str, str]
) -> None:
    """An upgrade of Python is no reason to compute everything again."""
    if not program:
        pytest.skip("needs another Python, 3.11 or newer, which is not installed here")

    assert names_of(versions(projects, program), known) == []


@pytest.mark.parametrize("program", list(interpreters()) or [""])
def test_another_python_reads_the_same_out_of_real_code(program: str) -> None:
    """The library of this Python holds all that people write."""
    if not program:
        pytest.skip("needs another Python, 3.11 or newer, which is not installed here")
    ours, theirs = forms(sys.executable), forms(program)

    assert [file for file in ours if ours[file] != theirs[file]] == []
    assert len(ours) > 20
