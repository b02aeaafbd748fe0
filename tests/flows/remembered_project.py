"""A project of which it is remembered that nothing is to be done, as processes see it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.flows.cli.program import Ended, variables

SETTLED = 2.2
"""Longer than what is changed is not trusted for, in seconds."""

NOT_LOADED = "the project is not loaded"
SETTINGS = """\
modules = ["assets"]
sql = ["queries"]
"""
ASSETS = """\
import os
from pathlib import Path

import pyarrow as pa
from assets_core import asset, source

from helpers import LIMIT, scaled

SHIFT = int(os.environ.get("SHIFT", "1"))
names = source("names", path="names.txt")
many = source("many", path="many/*.txt")


@asset
def numbers(names: Path) -> pa.Table:
    return pa.table({"n": [scaled(n) + SHIFT for n in range(LIMIT)]})


@asset
def letters(many: list[Path]) -> pa.Table:
    return pa.table({"file": [path.name for path in many]})


@asset
def doubled(numbers: pa.Table) -> pa.Table:
    return pa.table({"n": [2 * n for n in numbers["n"].to_pylist()]})
"""
HELPERS = """\
try:
    from extra import FACTOR
except ImportError:
    FACTOR = 2

LIMIT = 3


def scaled(number):
    return number * FACTOR
"""
QUERY = "select n + 1 as n from numbers\n"


@dataclass
class Remembered:
    """The project, and the ways in which it is called."""

    folder: Path
    library: Path
    more: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> Path:
        """Write a file of it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit a file of it."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def run(self, *words: str, **more: str) -> Ended:
        """Call `assets`; raise if it fails."""
        given = variables({**self.more, **more})
        paths = [str(self.library), given.get("PYTHONPATH", "")]
        done = subprocess.run(
            [Path(sys.executable).with_name("assets"), "--debug", *words],
            cwd=self.folder,
            env={**given, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def plan(self, **more: str) -> Any:
        """Return what a plan tells, loading the project or not."""
        return self.run("plan", "--json", **more).document

    def plan_loaded(self, **more: str) -> Any:
        """Return what a plan tells that remembers nothing."""
        return self.plan(ASSETS_METADATA__REMEMBER="false", **more)

    def settle(self) -> None:
        """Wait until what was changed is trusted, and remember what a plan finds then.

        A first plan may write the bytecode of modules, and so change their folder.
        """
        for _ in range(2):
            time.sleep(SETTLED)
            said = self.run("plan").err
            if "without loading it? yes" in said or NOT_LOADED in said:
                return
        raise AssertionError(said)

    def plan_as_it_is(self) -> Any:
        """Return what a plan tells, which has to be what one tells that loads."""
        told = self.plan()
        assert told == self.plan_loaded()
        return told

    def is_answered(self, *words: str, **more: str) -> bool:
        """Return whether a command does not load the project."""
        return NOT_LOADED in self.run(*(words or ("plan",)), **more).err


def new_project(folder: Path, files: Mapping[str, str], **more: str) -> Remembered:
    """Make a project of which nothing is computed, with some files that are others."""
    made = Remembered(folder / "project", folder / "site-packages", dict(more))
    made.library.mkdir(parents=True)
    usual = {
        "assets.toml": SETTINGS,
        "assets.py": ASSETS,
        "helpers.py": HELPERS,
        "queries/plus.sql": QUERY,
        "names.txt": "one",
        "many/a.txt": "a",
    }
    for name, text in {**usual, **files}.items():
        made.write(name, text)
    return made


def remembered_project(
    folder: Path, files: Mapping[str, str] | None = None, **more: str
) -> Remembered:
    """Make a project, compute it, and let a plan remember that nothing is to be done."""
    made = new_project(folder, files or {}, **more)
    made.run("materialize")
    made.settle()
    return made
