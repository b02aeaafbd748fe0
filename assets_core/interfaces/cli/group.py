"""The command `assets`, whose commands are imported when they are called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

import assets_core
from assets_core.errors import UsageError, nearest
from assets_core.interfaces.cli.options import LOOKS, named, shared_options
from assets_core.interfaces.cli.overview import ABOUT, COMMANDS, overview

PACKAGE = "assets_core.interfaces.cli.commands"


class LazyGroup(click.Group):
    """A group that knows its commands' names, and imports one when it is called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what stands before the command's name."""
        with named(ctx):
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the names, in our order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import one command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{PACKAGE}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], COMMANDS)
            raise UsageError(
                f"There is no command '{args[0]}'",
                fix=f"did you mean '{near[0]}'?"
                if near
                else "run 'assets --help' to see them",
            )
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's
        """Return the help page, written without importing any command."""
        return overview()


def _version(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
    if value:
        click.echo(f"assets-core {assets_core.__version__}")
        context.exit()


root = LazyGroup(
    "assets",
    help=ABOUT,
    no_args_is_help=True,
    context_settings=LOOKS,
    params=[
        *shared_options({"--project": "ASSETS_PROJECT", "--env": "ASSETS_ENV"}),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
        ),
    ],
)
