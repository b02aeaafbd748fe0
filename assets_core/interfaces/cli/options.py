"""The options that every command takes, before its name or after it.

`assets --help` reads this file, so it imports next to nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from assets_core.interfaces.cli.interrupts import Interrupts

SHARED = ("project", "env", "json", "debug")
WIDEST = 80


def _width() -> int:
    """Return the width of help pages; click would import much to find it out."""
    try:
        return min(WIDEST, int(os.environ["COLUMNS"]))
    except (KeyError, ValueError):
        pass
    try:
        return min(WIDEST, os.get_terminal_size(1).columns or WIDEST)
    except OSError:
        return WIDEST


LOOKS: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    "terminal_width": _width(),
}


class Given:
    """What the options of every command say.

    Attributes:
        project: The project's folder; None means the nearest one upward.
    """

    def __init__(self, *, debug: bool = False, json: bool = False) -> None:
        self.project: str | None = None
        self.env = "main"
        self.debug = debug
        self.json = json
        self.interrupts = Interrupts()


class UnknownCommand(click.UsageError):
    """There is no command of that name; it is not told here, where little is imported."""

    def __init__(self, name: str, known: list[str], context: click.Context) -> None:
        super().__init__(f"There is no command '{name}'", context)
        self.name = name
        self.known = known


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Remember a shared option; what stands after the command's name counts."""
    if value:
        setattr(context.ensure_object(Given), str(parameter.name), value)


def shared_options(variable: str | None = None) -> list[click.Parameter]:
    """Return the options of every command.

    Args:
        variable: The environment variable that names the project, where it is read.
    """
    quiet: dict[str, Any] = {"expose_value": False, "callback": _keep}
    where = "The project's folder; by default $ASSETS_PROJECT, else the nearest one upward."
    return [
        click.Option(["--project"], metavar="DIR", envvar=variable, help=where, **quiet),
        click.Option(["--env"], metavar="NAME", help="The environment.", **quiet),
        click.Option(
            ["--json"], is_flag=True, help="Print one JSON document, nothing else.", **quiet
        ),
        click.Option(
            ["--debug"], is_flag=True, help="Show the traceback of an error.", **quiet
        ),
    ]


@contextmanager
def named(context: click.Context) -> Iterator[None]:
    """Say which command a wrong option was given to, where click leaves it out."""
    try:
        yield
    except click.UsageError as error:
        error.ctx = error.ctx or context
        raise
