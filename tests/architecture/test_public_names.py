"""The front door: what it offers, and what it costs to open it."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

import assets_core

ROOT = Path(__file__).parents[2]
FRAMES = {"numpy", "pandas", "pandera", "polars", "pyarrow"}
HEAVY = FRAMES | {"duckdb", "networkx", "sqlalchemy"}


def loaded_by(code: str) -> set[str]:
    """Return the modules that a new Python has loaded after running some code."""
    report = "import sys, json; print(json.dumps([*sys.modules]), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def imports(statements: Iterable[ast.stmt]) -> dict[str, str]:
    """Return the names that statements import, with the module that each comes from."""
    return {
        alias.asname or alias.name: str(node.module)
        for node in statements
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def front_door() -> list[ast.stmt]:
    """Return the statements of `assets_core/__init__.py`."""
    text = Path(str(assets_core.__file__)).read_text(encoding="utf-8")
    return ast.parse(text).body


def test_all_that_is_public_is_listed_and_nothing_else() -> None:
    """A name without an underscore is a promise, so each is made on purpose."""
    values = {name: getattr(assets_core, name) for name in assets_core.__all__}
    tools = {
        name
        for name, module in imports(front_door()).items()
        if not module.startswith("assets_core")
    }
    present = {
        name
        for name, value in vars(assets_core).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert len(values) == len(assets_core.__all__)
    assert present - tools == values.keys()
    assert values.keys() <= set(dir(assets_core))


def test_type_checkers_see_what_is_there() -> None:
    """Names load late, so they are written down a second time for tools that only read."""
    blocks = [node.body for node in front_door() if isinstance(node, ast.If)]
    seen = imports(statement for body in blocks for statement in body)

    assert seen.keys() == set(assets_core.__all__)
    for name, module in seen.items():
        assert getattr(assets_core, name) is getattr(importlib.import_module(module), name)


def test_an_unknown_name_is_refused_as_everywhere_in_python() -> None:
    """Names load when they are first used, which must not show."""
    with pytest.raises(AttributeError, match="assets_core"):
        _ = assets_core.no_such_name


def test_importing_the_package_loads_nothing_heavy() -> None:
    """A project of ten modules pays for pandas when it computes, not when it is read."""
    assert loaded_by("import assets_core") & HEAVY == set()


def test_importing_the_decorator_loads_nothing_heavy() -> None:
    """The first line of every project."""
    assert loaded_by("from assets_core import asset") & HEAVY == set()


def test_asking_for_help_loads_nothing_heavy() -> None:
    """`assets --help` answers at once."""
    code = (
        "import sys; from assets_core.interfaces.cli import main\n"
        "sys.argv = ['assets', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code"
    )

    assert loaded_by(code) & HEAVY == set()


@pytest.mark.parametrize("group", ["console_scripts", "assets_core.io_managers"])
def test_entry_points_lead_somewhere(group: str) -> None:
    """What the installed package names can be loaded, and is what pyproject.toml says."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    declared = {"console_scripts": project["scripts"], **project["entry-points"]}[group]
    distribution = importlib.metadata.distribution("assets-core")
    installed = distribution.entry_points.select(group=group)

    assert {entry.name: entry.value for entry in installed} == declared
    for entry in installed:
        assert callable(entry.load())
