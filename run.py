#!/usr/bin/env python3
"""Set up this project and run any of its checks, with Python alone.

`python3 run.py flights` runs the example, `python3 run.py test` runs every check, and
`python3 run.py` lists the rest. The Makefile, pre-commit and CI only call this file, so
each check has one definition, here. It uses the standard library only and installs
nothing outside `.venv`; `peers` makes environments in `.peers`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
OLDEST_PYTHON = (3, 11)
if sys.version_info < OLDEST_PYTHON:
    sys.exit("This project needs Python 3.11 or newer, not " + sys.version.split()[0])

Command = tuple[str, ...]


class Task(NamedTuple):
    """Something that can be asked for by name; each command starts with a program."""

    about: str
    commands: tuple[Command, ...]
    settings: tuple[tuple[str, str], ...] = ()


class Group(NamedTuple):
    """Tasks that are run one after the other, with a summary at the end."""

    about: str
    tasks: tuple[str, ...]


PYTEST: Command = ("pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
COMPILE_LOCK: Command = (
    *("uv", "pip", "compile", "pyproject.toml", "--output-file", "requirements.lock"),
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"),
    *("--all-extras", "--group", "dev", "--group", "docs", "--group", "flights"),
    *("--custom-compile-command", "python3 run.py lock"),
)
FLIGHTS: Command = ("assets", "--project", "projects/flights")
CATALOGUE: Command = (*FLIGHTS, "docs", "generate", "--into", "docs/flights")
QUIET_DOCS = (("NO_MKDOCS_2_WARNING", "1"),)

TASKS = {
    "flights": Task(
        "run the example: New York's flights of 2013",
        ((*FLIGHTS, "materialize"),),
    ),
    "setup": Task("make .venv, or bring it up to date", ()),
    "format": Task(
        "format the code, with the fixes that are safe",
        (("ruff", "check", "--fix-only", "--quiet", "."), ("ruff", "format", ".")),
    ),
    "format-check": Task("is everything formatted?", (("ruff", "format", "--check", "."),)),
    "lint": Task("ruff's rules", (("ruff", "check", "."),)),
    "types": Task("mypy, strict", (("mypy",),)),
    "imports": Task("who may import whom", (("lint-imports",),)),
    "spelling": Task("codespell", (("codespell",),)),
    "tests": Task("the tests; further arguments go to pytest", (PYTEST,)),
    "docs": Task(
        "build the documentation, with the catalogue of the computed flights",
        ((*FLIGHTS, "materialize"), CATALOGUE, ("mkdocs", "build", "--strict")),
        QUIET_DOCS,
    ),
    "docs-serve": Task("the documentation, live", (("mkdocs", "serve"),), QUIET_DOCS),
    "bench": Task("measure against the budgets", (("python", "tests/benchmarks/run.py"),)),
    "peers": Task(
        "measure the same work with other tools, from PyPI",
        (("python", "tests/benchmarks/peers/run.py"),),
    ),
    "sweep": Task(
        "stop and fail the product at every point in turn",
        ((*PYTEST, "-m", "sweep", "tests/faults"),),
    ),
    "nightly": Task(
        "the long tests in full size",
        ((*PYTEST, "-m", "sweep or nightly"),),
        (("ASSETS_TEST_SIZE", "nightly"),),
    ),
    "lock": Task("write requirements.lock again; --upgrade moves it on", (COMPILE_LOCK,)),
}
CHECK = ("format-check", "lint", "types", "imports", "spelling")
GROUPS = {
    "check": Group("all that needs no test run", CHECK),
    "test": Group("every check; --complete: no test left out", (*CHECK, "tests", "docs")),
}


class SetupError(Exception):
    """What stands in the way, and what to do about it."""

    def __init__(self, problem: str, *, fix: str) -> None:
        super().__init__(f"{problem}\n  Fix: {fix}")


class Environment(NamedTuple):
    """A Python to run programs with, and the folder that holds these programs."""

    python: Path
    programs: Path
    is_ours: bool

    def variables(self, settings: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
        """Return the variables for a child, so that it finds the same programs."""
        variables = {**os.environ, **dict(settings)}
        variables["PATH"] = f"{self.programs}:{variables.get('PATH', os.defpath)}"
        # The tests start thousands of programs; each would compile the project anew.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        if self.is_ours:
            variables["VIRTUAL_ENV"] = str(VENV)
            variables.pop("PYTHONPATH", None)
            variables.pop("PYTHONHOME", None)
        return variables

    def run(self, command: Command, settings: tuple[tuple[str, str], ...] = ()) -> int:
        """Run a command in the project's folder and return its exit code."""
        name, *arguments = command
        program = self.python if name == "python" else self.programs / name
        if not program.exists():
            fix = "install requirements.lock and the project there, or unset ASSETS_NO_VENV"
            raise SetupError(
                f"'{name}' is not installed in '{self.programs.parent}'",
                fix="remove the folder '.venv' and run this again" if self.is_ours else fix,
            )
        sys.stdout.flush()
        line = [str(program), *arguments]
        environ = self.variables(settings)
        return subprocess.run(line, cwd=ROOT, env=environ, check=False).returncode


def set_up() -> Environment:
    """Return an environment with all that the lock file names, made where missing."""
    if os.environ.get("ASSETS_NO_VENV", "0") not in {"", "0"}:
        programs = Path(sysconfig.get_path("scripts"))
        return Environment(Path(sys.executable), programs, is_ours=False)
    environment = Environment(VENV / "bin" / "python", VENV / "bin", is_ours=True)
    wanted = {
        "folder": str(ROOT),
        "lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(),
        "project": hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
    }
    installed = read_stamp()
    # An environment holds its own path in many places: a moved one has to be made again.
    moved = installed.get("folder", wanted["folder"]) != wanted["folder"]
    if moved or not runs(environment.python):
        make_venv()
        installed = {}
    if installed.get("lock") != wanted["lock"]:
        print("Installing requirements.lock into .venv (the first time: some minutes)")
        install(environment, "--require-hashes", "--requirement", str(LOCK))
    if installed != wanted:
        install(environment, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    return environment


def read_stamp() -> dict[str, str]:
    """Return what the last set-up that came to its end had installed."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def runs(python: Path) -> bool:
    """Tell whether this Python starts and has pip; not so when the system's moved on."""
    question = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        done = subprocess.run(
            [str(python), "-c", question], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def make_venv() -> None:
    """Make `.venv` from nothing, with the Python that runs this file."""
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise SetupError(
            f"This Python ({sys.executable}) cannot make virtual environments",
            fix="install its 'venv' part (on Debian: apt-get install python3-venv), or\n"
            "  use an environment that has everything: ASSETS_NO_VENV=1 python3 run.py ...",
        )
    print("Making .venv")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, check=False).returncode:
        raise SetupError(f"'{VENV}' could not be made", fix="see the message above")


def install(environment: Environment, *arguments: str) -> None:
    """Let pip install something into our environment, quietly unless it fails."""
    pip = ("python", "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input")
    if environment.run((*pip, "install", *arguments)):
        raise SetupError(
            "pip could not install everything (its message stands above)",
            fix="check the network and the space on the disk, then run this again",
        )


def run_task(environment: Environment, name: str, arguments: Command = ()) -> int:
    """Run the commands of a task up to the first that fails; return its exit code."""
    for command in TASKS[name].commands:
        if code := environment.run((*command, *arguments), TASKS[name].settings):
            return code
    return 0


def run_group(environment: Environment, names: tuple[str, ...], *, complete: bool) -> int:
    """Run several tasks, all of them even when one fails, and sum up at the end."""
    outcomes = []
    left_out: list[str] = []
    for name in names:
        print(f"\n== {name}: {TASKS[name].about}")
        started = time.monotonic()
        if name == "tests":
            code, left_out = run_tests(environment)
        else:
            code = run_task(environment, name)
        outcomes.append((name, code, time.monotonic() - started))
    print("\n== summary")
    for name, code, seconds in outcomes:
        print(f"{name:<13} {'FAILED' if code else 'passed'} {seconds:7.1f} s")
    if left_out:
        print(f"\nTests that could not be run here: {len(left_out)}")
        print("\n".join(f"  {line}" for line in left_out))
        if complete:
            print("\nFAILED: with --complete no test may be left out")
    failed = any(code for _, code, _ in outcomes)
    return 1 if failed or (complete and left_out) else 0


def run_tests(environment: Environment) -> tuple[int, list[str]]:
    """Run the tests; return the exit code, and a line for each test left out."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        code = run_task(environment, "tests", (f"--junit-xml={report}",))
        return code, read_skipped(report) if report.exists() else []


def read_skipped(report: Path) -> list[str]:
    """Return a line for each test that a report of pytest calls skipped."""
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - our own pytest wrote it
    return [
        f"{case.get('classname')}::{case.get('name')}: {skipped.get('message')}"
        for case in cases
        for skipped in case.iter("skipped")
        if skipped.get("type") != "pytest.xfail"
    ]


def overview() -> str:
    """Return the list of all names."""
    entries: dict[str, Task | Group] = {**TASKS, **GROUPS}
    lines = [f"  {name:<13} {entry.about}" for name, entry in entries.items()]
    return "\n".join(["Usage: python3 run.py NAME", "", *lines])


def misuse(name: str, arguments: list[str]) -> str:
    """Return what is wrong with the command line; nothing when it can be carried out."""
    if name not in TASKS and name not in GROUPS:
        return f"There is nothing called '{name}'"
    takes_any = name in TASKS and len(TASKS[name].commands) == 1
    if arguments and not takes_any and (name, arguments) != ("test", ["--complete"]):
        return f"'{name}' does not take '{' '.join(arguments)}'"
    return ""


def main(arguments: list[str]) -> int:
    """Do what was asked for and return the exit code."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(overview())
        return 0
    name, *rest = arguments
    if wrong := misuse(name, rest):
        print(f"{wrong}\n\n{overview()}", file=sys.stderr)
        return 2
    try:
        environment = set_up()
        if name in GROUPS:
            return run_group(environment, GROUPS[name].tasks, complete=bool(rest))
        return run_task(environment, name, tuple(rest))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
