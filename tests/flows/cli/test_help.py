"""What `assets --help` tells, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

import assets_core
from assets_core.interfaces.cli.group import root
from assets_core.interfaces.cli.overview import COMMANDS
from tests.flows.cli.program import PROGRAM, MakeProject, variables

HEAVY = {
    *("duckdb", "networkx", "numpy", "pandas", "pandera", "polars", "pyarrow"),
    *("click", "rich", "sqlalchemy", "sqlite3"),
}
BUDGET = 5.0


def seconds(*words: str) -> float:
    """Return the time that a process spends, apart from what others take from it."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, env=variables())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def modules_of_help() -> set[str]:
    """Return what `assets --help` imports."""
    code = (
        "import sys; from assets_core.interfaces.cli import main\n"
        "main(['--help']); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_help_names_every_command_and_nothing_else(project: MakeProject) -> None:
    """What is listed can be called; nothing is announced that is not there."""
    done = project().run("--help")
    listed = [line.split()[0] for line in done.out.split("Commands:\n")[1].splitlines()]

    assert done.code == 0
    assert listed == list(COMMANDS)
    assert done.err == ""
    assert max(map(len, done.out.splitlines())) <= 80


def test_help_is_the_same_wherever_it_is_asked_for(project: MakeProject) -> None:
    """The quick answer and click's are one text."""
    place = project()

    assert place.run("--help").out == place.run("-h").out == place.run("--json", "-h").out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_the_command_says_of_itself(name: str) -> None:
    """The list is written by hand, since it must not import the commands."""
    command = root.get_command(click.Context(root), name)

    assert command is not None
    assert command.help is not None
    assert command.help.splitlines()[0] == COMMANDS[name]


def test_help_loads_nothing_heavy() -> None:
    """It is answered from two small files, without even the library for command lines."""
    loaded = modules_of_help()

    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    assert not any(
        name.startswith("assets_core.interfaces.cli.commands") for name in loaded
    )
    assert not any(name.startswith("assets_core.workspace") for name in loaded)


def test_help_is_answered_within_its_budget() -> None:
    """Whoever asks for help is waiting."""
    ratios = []
    for _ in range(4):
        nothing = min(seconds(sys.executable, "-c", "pass") for _ in range(5))
        ratios.append(min(seconds(str(PROGRAM), "--help") for _ in range(5)) / nothing)
        if ratios[-1] <= BUDGET:
            return

    assert min(ratios) <= BUDGET


def test_without_a_command_the_help_is_shown_as_a_mistake(project: MakeProject) -> None:
    """A script that lost its arguments must not go on as if all were well."""
    done = project().run()

    assert done.code == 2
    assert done.out == ""
    assert "Commands:" in done.err


def test_the_version_is_that_of_the_package(project: MakeProject) -> None:
    """It belongs into every report of a mistake."""
    assert project().run("--version").out == f"assets-core {assets_core.__version__}\n"


def test_a_command_has_short_help_too(project: MakeProject) -> None:
    """`-h` is what fingers type; every command takes the options of all."""
    done = project().run("plan", "-h")

    assert done.code == 0
    assert "--no-upstream" in done.out
    assert "Options of every command" in done.out
