"""The options that every command takes, before its name or after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import click

from assets_core.interfaces.cli.interrupts import Interrupts
from assets_core.interfaces.cli.overview import OPTIONS

SHARED = tuple(text.partition(" ")[0].removeprefix("--") for text in OPTIONS)
LOOKS: dict[str, Any] = {"help_option_names": ["-h", "--help"]}


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


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Remember a shared option; what stands after the command's name counts."""
    if value == "" and parameter.name == "env":
        raise click.BadParameter("it is empty; leave it out to mean main", param=parameter)
    if value:
        setattr(context.ensure_object(Given), str(parameter.name), value)


def shared_options(
    variables: Mapping[str, str] = MappingProxyType({}),
) -> list[click.Parameter]:
    """Return the options of every command.

    Args:
        variables: The environment variables that are read, by option.
    """
    found: list[click.Parameter] = []
    for text, about in OPTIONS.items():
        name, _, metavar = text.partition(" ")
        found.append(
            click.Option(
                [name],
                metavar=metavar or None,
                is_flag=not metavar,
                envvar=variables.get(name),
                expose_value=False,
                callback=_keep,
                help=about,
            )
        )
    return found


@contextmanager
def named(context: click.Context) -> Iterator[None]:
    """Say which command a wrong option was given to, where click leaves it out."""
    try:
        yield
    except click.UsageError as error:
        error.ctx = error.ctx or context
        raise
