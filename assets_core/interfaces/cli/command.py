"""What all commands share: where they write, and the options that follow their name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from assets_core.errors import UsageError
from assets_core.frozen import frozen
from assets_core.interfaces.cli.interrupts import Interrupts
from assets_core.interfaces.cli.options import (
    LOOKS,
    SHARED,
    Given,
    named,
    shared_options,
)
from assets_core.interfaces.cli.screen import Screen, kept_stdout


@frozen
class Asked:
    """What a command was asked to do it with.

    Attributes:
        project: The project's folder; None means the nearest one upward.
        json: Whether one document is wanted in place of text.
        debug: Whether more is told than most want to know.
    """

    project: str | None
    env: str
    json: bool
    debug: bool
    screen: Screen
    interrupts: Interrupts


class Command(click.Command):
    """A command that takes the shared options as well, and keeps stdout to itself."""

    has_document = True
    """Whether it has a JSON document."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"context_settings": LOOKS, **kwargs})
        self.params += shared_options()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; what is wrong with it is this command's."""
        with named(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; whatever else prints meanwhile, prints to stderr."""
        given = ctx.ensure_object(Given)
        if given.json and not self.has_document:
            raise UsageError(f"'{ctx.info_name}' has no --json", fix="leave it out")
        with kept_stdout() as stdout:
            screen = Screen(stdout, json=given.json)
            options = (given.project, given.env, given.json, given.debug)
            ctx.obj = Asked(*options, screen, given.interrupts)
            return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options first."""
        rows: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if parameter.param_type_name != "option" or not row:
                continue
            if self.has_document or parameter.name != "json":
                rows[parameter.name in SHARED].append(row)
        with formatter.section("Options"):
            formatter.write_dl(rows[False])
        with formatter.section("Options of every command"):
            formatter.write_dl(rows[True])


class TextCommand(Command):
    """A command without a JSON document."""

    has_document = False


def at_least(least: int) -> Callable[..., int | None]:
    """Return what reads a whole number and refuses one that is too small."""

    def read(_context: click.Context, _option: click.Parameter, text: Any) -> int | None:
        if text is None:
            return None
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise click.BadParameter(f"{text!r} is no whole number from {least} up")
        return number

    return read


def selection_argument() -> Callable[[Any], Any]:
    """Return the argument `[SELECTION]...`."""
    return click.argument("selection", nargs=-1, metavar="[SELECTION]...")


def _some(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> str | None:
    """Refuse an empty text: a variable of the shell that is not set must not mean all."""
    if text is not None and not text.strip():
        raise click.BadParameter("it is empty; leave it out to mean all")
    return text


def partitions_option() -> Callable[[Any], Any]:
    """Return the option `--partitions`."""
    return click.option(
        "--partitions",
        metavar="P",
        callback=_some,
        help="Only these: 2024-01-01..2024-01-31, a,b, or date=2024-01-01.. region=eu.",
    )


def as_of_option() -> Callable[[Any], Any]:
    """Return the option `--as-of`."""
    return click.option(
        "--as-of",
        metavar="TIME",
        callback=_some,
        help="As it was then: 2026-11-20T18:25, UTC unless it has a zone.",
    )


def partition_option() -> Callable[[Any], Any]:
    """Return the option `--partition`."""
    return click.option("--partition", metavar="KEY", help="One partition of it.")
