"""Runs the real `assets` program, mostly as its own process, as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assets_core.interfaces.cli import main

PROGRAM = Path(sys.executable).with_name("assets")
SETTINGS = 'name = "example"\nmodules = ["assets"]\n'
KEPT = ("PATH", "HOME", "PYTHONPATH")


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Return the one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """Return the error that stands on stdout in place of a document."""
        found: dict[str, str] = self.document["error"]
        return found


def variables(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return few variables, so that no test depends on the machine's."""
    few = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**few, "COLUMNS": "80", **(more or {})}


@dataclass(frozen=True)
class Project:
    """A folder in which `assets` is called."""

    folder: Path

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, *words: str, more: Mapping[str, str] | None = None) -> Ended:
        """Run `assets` with these words."""
        done = subprocess.run(
            [str(PROGRAM), *words],
            cwd=self.folder,
            env=variables(more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str, more: Mapping[str, str]) -> subprocess.Popen[str]:
        """Start `assets` and leave it running."""
        return subprocess.Popen(
            [str(PROGRAM), *words],
            cwd=self.folder,
            env=variables(more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def ask(capfd: pytest.CaptureFixture[str], project: Project, *words: str) -> Ended:
    """Run the same program in this process, which takes a tenth of the time."""
    capfd.readouterr()
    code = main(["--project", str(project.folder), *words])
    out, err = capfd.readouterr()
    return Ended(code, out, err)


MakeProject = Callable[..., Project]


def write_project(folder: Path, code: str | None, settings: str = SETTINGS) -> Project:
    """Write a project with this code; without code the folder stays empty."""
    project = Project(folder)
    if code is not None:
        project.write("assets.toml", settings)
        project.write("assets.py", code)
    return project
