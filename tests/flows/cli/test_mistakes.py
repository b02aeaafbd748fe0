"""Every mistake as the user sees it: what is wrong, where, the fix; exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets_core.interfaces.cli.ending import told
from tests.flows.cli.program import MakeProject, Project, ask

CODE = """
import pyarrow as pa
from assets_core import asset, source

file = source("files/input", path="input.csv")

@asset(group="marts", tags=["daily"])
def orders() -> pa.Table:
    return pa.table({"n": [1]})

@asset
def revenue(orders: pa.Table) -> pa.Table:
    return orders
"""


@pytest.fixture(scope="module")
def shop(shared_project: MakeProject) -> Project:
    """Return a project without mistakes."""
    return shared_project(CODE)


MISTAKES = {
    "an unknown command": (["plam"], "There is no command 'plam'", "did you mean 'plan'?"),
    "an unknown option": (
        ["plan", "--froce"],
        "There is no option '--froce'",
        "did you mean '--force'",
    ),
    "a missing argument": (["show"], "ASSET is missing", "run 'assets show --help'"),
    "an argument too many": (
        ["show", "orders", "revenue"],
        "Got unexpected extra argument (revenue)",
        "run 'assets show --help'",
    ),
    "an option without its value": (
        ["materialize", "--jobs"],
        "Option '--jobs' requires an argument",
        "run 'assets materialize --help'",
    ),
    "no whole number": (
        ["materialize", "--jobs", "many"],
        "Invalid value for '--jobs': 'many' is no whole number from 1 up",
        "run 'assets materialize --help'",
    ),
    "a format that is not there": (
        ["lineage", "--format", "svg"],
        "'svg' is not one of 'text', 'mermaid', 'dot', 'json'",
        "run 'assets lineage --help'",
    ),
    "an unknown asset": (
        ["why", "revenu"],
        "There is no asset 'revenu'",
        "did you mean 'revenue'?",
    ),
    "an unknown asset in a selection": (
        ["plan", "+ordes"],
        "There is no asset 'ordes'",
        "did you mean 'orders'?",
    ),
    "an unknown group": (
        ["list", "group:mart"],
        "Nothing has group 'mart'",
        "did you mean 'group:marts'?",
    ),
    "a selection that cannot be read": (
        ["plan", "(orders"],
        "'(orders' cannot be read: a ')' is missing (character 8)",
        "write for example: +orders",
    ),
    "a source where an asset is meant": (
        ["why", "files/input"],
        "'files/input' is a source",
        "name an asset that reads it",
    ),
    "an unknown run": (
        ["runs", "abc"],
        "There is no run 'abc'",
        "run 'assets runs' to see them",
    ),
    "an unknown run to resume": (
        ["resume", "abc"],
        "There is no run 'abc'",
        "run 'assets runs' to see them",
    ),
    "an unknown executor": (
        ["materialize", "--executor", "thread"],
        "There is no executor 'thread'",
        "did you mean 'threads'?",
    ),
    "an unknown environment": (
        ["--env", "dev", "list"],
        "There is no environment 'dev'",
        "make it: assets env create dev",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_fix(
    capfd: pytest.CaptureFixture[str], shop: Project, name: str
) -> None:
    """Two lines are enough to go on."""
    words, problem, fix = MISTAKES[name]
    done = ask(capfd, shop, *words)

    assert done.code == 2
    assert done.out == ""
    assert problem in done.err.splitlines()[0]
    assert done.err.splitlines()[1].startswith(f"  Fix: {fix}")
    assert "Traceback" not in done.err


def test_with_json_a_mistake_is_the_one_document(shop: Project) -> None:
    """A program that reads stdout finds the mistake there."""
    done = shop.run("plan", "ordes", "--json")

    assert done.code == 2
    assert done.document == {
        "error": {
            "type": "SelectionError",
            "message": "There is no asset 'ordes'",
            "fix": "did you mean 'orders'?",
        }
    }
    assert done.err.startswith("There is no asset 'ordes'")


def test_with_json_a_wrong_command_line_is_a_document_too(shop: Project) -> None:
    """Even when nothing after the mistake could be read."""
    done = shop.run("plan", "--froce", "--json")

    assert done.code == 2
    assert done.error["type"] == "UsageError"
    assert done.error["message"] == "There is no option '--froce'"


def test_a_command_without_a_document_says_so(tmp_path: Path, shop: Project) -> None:
    """`init` writes files; there is nothing to report."""
    done = shop.run("init", str(tmp_path / "new"), "--json")

    assert done.code == 2
    assert done.error["message"] == "'init' has no --json"
    assert not (tmp_path / "new").exists()


def test_json_and_another_format_contradict_each_other(shop: Project) -> None:
    """Better said than guessed."""
    done = shop.run("lineage", "--format", "dot", "--json")

    assert done.code == 2
    assert done.error["message"] == "--json and --format dot contradict each other"


def test_debug_shows_where_an_error_came_from(shop: Project) -> None:
    """Only then is there a traceback, and the error still stands below it."""
    done = shop.run("plan", "ordes", "--debug")

    assert done.code == 2
    assert "Traceback (most recent call last)" in done.err
    assert done.err.splitlines()[-1] == "  Fix: did you mean 'orders'?"


def test_a_folder_without_a_project_is_named(tmp_path: Path, shop: Project) -> None:
    """The first mistake of everyone who begins."""
    done = shop.run("plan", "--project", str(tmp_path))

    assert done.code == 2
    assert done.err.splitlines() == [
        f"There is no project in {tmp_path}",
        f"  at {tmp_path}",
        "  Fix: run 'assets init my_project', or write assets.toml",
    ]


def test_a_cycle_is_written_out(project: MakeProject) -> None:
    """Its arrows are what has to be cut."""
    code = """
from assets_core import asset

@asset
def hen(egg): return egg

@asset
def egg(hen): return hen
"""
    done = project(code).run("plan", "--json")

    assert done.code == 2
    assert done.error["type"] == "CycleError"
    assert "hen" in done.error["message"]
    assert "egg" in done.error["message"]
    assert "assets.py:" in done.err
    assert "Fix:" in done.err


def test_several_problems_are_told_at_once(project: MakeProject) -> None:
    """Mending one after the other, with a run in between, is a waste of time."""
    code = """
from assets_core import asset

@asset
def orders(): return 1

@asset(publish="lnk")
def revenue(ordes): return 1

@asset(io="lake")
def costs(): return 1
"""
    done = project(code).run("list", "--json")
    problems = done.document["error"]["problems"]

    assert done.code == 2
    assert done.error["type"] == "DefinitionErrors"
    assert [one["type"] for one in problems] == [
        "DefinitionError",
        "UnknownUpstreamError",
        "UnknownIOManagerError",
    ]
    assert all("assets.py:" in one["where"] for one in problems)
    assert done.err.splitlines()[0] == "3 problems in the project's definitions"
    assert done.err.count("  Fix: ") == 3


def test_missing_variables_and_unknown_settings_are_told_at_once(
    project: MakeProject,
) -> None:
    """So is everything that is wrong with the settings."""
    settings = (
        'name = "x"\nmodules = ["assets"]\ncolour = "red"\n'
        '[io.lake]\ntype = "parquet"\nroot = "${LAKE}"\n'
    )
    done = project(CODE, settings).run("plan")

    assert done.code == 2
    assert "io.lake.root needs the environment variable LAKE, which is not set" in done.err
    assert "there is no setting 'colour'" in done.err
    assert "assets.toml" in done.err


def test_a_module_that_cannot_be_imported_is_named_with_its_line(
    project: MakeProject,
) -> None:
    """The user's own line, not one of ours."""
    done = project("import nothing_of_that_name\n").run("plan")

    assert done.code == 2
    assert "assets.py:1" in done.err
    assert "nothing_of_that_name" in done.err
    assert "Traceback" not in done.err


def test_code_that_ends_the_process_is_no_silent_success(project: MakeProject) -> None:
    """`sys.exit(0)` in a module must not look like a plan in which nothing is to do."""
    done = project("import sys\nsys.exit(0)\n").run("plan", "--check")

    assert done.code == 2
    assert "sys.exit" in done.err


def test_a_file_that_is_no_database_is_named(project: MakeProject) -> None:
    """Nothing is written over it."""
    shop = project(CODE)
    shop.write(".assets/metadata.db", "this is no database, and never was\n" * 100)
    done = shop.run("list", "--json")

    assert done.code == 2
    assert done.error["type"] == "ConfigurationError"
    assert "metadata.db" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("debug", [False, True])
def test_a_mistake_of_ours_is_told_in_one_line_and_in_full_with_debug(
    capsys: pytest.CaptureFixture[str], *, debug: bool
) -> None:
    """A traceback helps nobody who did not write the framework."""
    code = told(RuntimeError("the moon is in the way"), json=True, debug=debug)
    out, err = capsys.readouterr()

    assert code == 1
    assert json.loads(out)["error"]["message"] == "the moon is in the way"
    assert ("--debug" in err.splitlines()[-1]) is not debug
    assert "RuntimeError: the moon is in the way" in err
