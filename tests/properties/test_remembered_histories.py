"""Whatever happens to a project, what is remembered of it tells what loading it tells."""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest

from tests.flows.remembered_project import SETTLED, Remembered, remembered_project

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
HISTORIES = 20 if NIGHTLY else 1
STEPS = 30 if NIGHTLY else 8


def edit(project: Remembered, chance: random.Random) -> None:
    """Change a number in a module, perhaps to what it was."""
    text = (project.folder / "assets.py").read_text("utf-8")
    edited = re.sub(r"\[\d \* n", f"[{chance.randint(2, 3)} * n", text)
    project.write("assets.py", edited)


def edit_helper(project: Remembered, chance: random.Random) -> None:
    """Change a constant in a helper, perhaps to what it was."""
    lines = (project.folder / "helpers.py").read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("LIMIT")]
    project.write("helpers.py", "\n".join([*kept, f"LIMIT = {chance.randint(2, 3)}", ""]))


def edit_source(project: Remembered, chance: random.Random) -> None:
    """Write a source, perhaps with what it held."""
    project.write("names.txt", chance.choice(["one", "two"]))


def set_variable(project: Remembered, chance: random.Random) -> None:
    """Set a variable that is read, perhaps to what it was."""
    project.more["SHIFT"] = chance.choice(["1", "2"])


def delete_stored(project: Remembered, chance: random.Random) -> None:
    """Delete something that is stored."""
    stored = sorted((project.folder / "data" / ".objects").glob("??/*.parquet"))
    if stored:
        chance.choice(stored).unlink()


def materialize(project: Remembered, chance: random.Random) -> None:
    """Run what has to run, or nothing."""
    project.run("materialize")


def wait(project: Remembered, chance: random.Random) -> None:
    """Let everything settle, so that it may be remembered."""
    project.run("materialize")
    time.sleep(SETTLED)
    project.run("plan")


ACTS = (
    edit,
    edit_helper,
    edit_source,
    set_variable,
    delete_stored,
    materialize,
    wait,
    wait,
)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_is_told_alike(tmp_path: Path, seed: int) -> None:
    """After each act, from what is remembered and from the project itself."""
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
    project = remembered_project(tmp_path)
    told: list[str] = []
    for _ in range(STEPS):
        act = chance.choice(ACTS)
        act(project, chance)
        told.append(act.__name__)
        assert project.plan() == project.plan_loaded(), told
