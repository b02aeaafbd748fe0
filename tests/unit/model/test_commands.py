"""How values come into the arguments of a command: once, and never as code."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets_core.model.commands import Command, filled, names_in

NASTY = [
    "a b",
    "'; touch /tmp/x; '",
    "$(id)",
    "`id`",
    "{output}",
    "-rf",
    "a\nb",
    "*",
    "",
    '"',
    "\\",
]
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.mark.parametrize("value", NASTY)
def test_a_value_is_one_argument_whatever_it_holds(value: str) -> None:
    """Nothing splits it, and nothing in it is replaced again."""
    command = Command(("cp", "{inputs.raw}", "--to={output}"))

    arguments = command.filled({"inputs.raw": (value,), "output": (value,)})

    assert arguments == ("cp", value, f"--to={value}")


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=60)
def test_a_shell_takes_values_as_they_are(values: list[str]) -> None:
    """Each is quoted, so that the shell sees words and no code."""
    command = Command(("printf '%s\\0' {inputs.all}",), in_shell=True)

    shell, flag, text = command.filled({"inputs.all": tuple(values)})

    assert (shell, flag) == ("/bin/sh", "-c")
    assert shlex.split(text)[2:] == values


@pytest.mark.parametrize("value", NASTY)
def test_the_shell_of_the_system_agrees(value: str) -> None:
    """What is meant as a key stays one."""
    arguments = Command(("printf %s {partition}",), in_shell=True).filled(
        {"partition": (value,)}
    )

    done = subprocess.run(arguments, capture_output=True, check=True)

    assert done.stdout.decode() == value


def test_several_files_become_several_arguments() -> None:
    """And no file at all becomes none."""
    command = Command(("cat", "{inputs.days}", "{inputs.none}"))

    assert command.filled({"inputs.days": ("a", "b c"), "inputs.none": ()}) == (
        "cat",
        "a",
        "b c",
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ print $1 }}", "{ print $1 }"),
        ("{{{x}}}", "{1}"),
        ("{{x}}", "{x}"),
        ("no name", "no name"),
        ("{x}{x}", "11"),
    ],
)
def test_braces_are_written_twice(template: str, text: str) -> None:
    """As in texts of Python."""
    assert filled(template, {"x": "1"}) == text


@pytest.mark.parametrize(
    ("template", "names"),
    [("{a} {b.c}", ["a", "b.c"]), ("{ print }", [" print "]), ("{", ["{"]), ("a}b", ["}"])],
)
def test_a_brace_that_belongs_to_no_name_is_told(template: str, names: list[str]) -> None:
    """So that a declaration is refused and no program gets half of a name."""
    assert list(names_in(template)) == names
