"""The command `assets` and the list of its commands, each imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

import assets_core
from assets_core.interfaces.cli.options import (
    LOOKS,
    UnknownCommand,
    named,
    shared_options,
)

COMMANDS = {
    "init": "Write a project that runs at once.",
    "list": "Show assets with their status.",
    "plan": "Show what would run and why; change nothing.",
    "materialize": "Make assets fresh: compute what is stale, and nothing else.",
    "why": "Explain why an asset is stale, down to the root cause.",
    "show": "Show one asset: columns, rows, versions, checks, history.",
    "lineage": "Show which asset reads which.",
    "runs": "Show the latest runs, or one in full with its logs.",
    "resume": "Go on with what a run has left.",
    "check": "Run schemas and checks on what is stored.",
    "doctor": "Look for damage in what is stored; change nothing.",
}
"""Each command and its first line of help. The order is that of a project's life."""

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

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
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
            raise UnknownCommand(args[0], list(COMMANDS), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what each command does, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
    if value:
        click.echo(f"assets-core {assets_core.__version__}")
        context.exit()


root = LazyGroup(
    "assets",
    help="Declare tables as functions, materialize what is stale, know why.",
    no_args_is_help=True,
    context_settings=LOOKS,
    params=[
        *shared_options("ASSETS_PROJECT"),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Show the version.",
        ),
    ],
)
