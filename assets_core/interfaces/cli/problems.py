"""Errors as the user reads them, and the exit code that goes with each."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import click

from assets_core.errors import (
    AssetsError,
    ConfigurationError,
    DefinitionError,
    DefinitionErrors,
    UsageError,
)
from assets_core.interfaces.cli.layout import clean, strong
from assets_core.model.hiding import hide

DONE = 0
FAILED = 1
MISUSED = 2

_HELP = "run '{} --help' to see what there is"


def exit_code(error: AssetsError) -> int:
    """Return 2 for what has to be mended before anything can run, else 1."""
    wrong = (UsageError, ConfigurationError, DefinitionError)
    return MISUSED if isinstance(error, wrong) else FAILED


def from_click(error: click.ClickException) -> AssetsError:
    """Return a wrong command line as one of our own errors."""
    context = getattr(error, "ctx", None)
    fix = _HELP.format(context.command_path if context else "assets")
    if isinstance(error, click.NoSuchOption):
        if error.possibilities:
            fix = "did you mean " + " or ".join(f"'{one}'" for one in error.possibilities)
            fix += "?"
        return UsageError(f"There is no option '{error.option_name}'", fix=fix)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        name = error.param.make_metavar(context) if context else error.param.name
        return UsageError(f"{name} is missing", fix=fix)
    problem = error.format_message().rstrip(".").replace(".\n", "\n")
    return UsageError(problem, fix=fix)


def error_document(error: AssetsError) -> dict[str, Any]:
    """Return the document that stands on stdout when there is no other."""
    parts = list(each(error))
    if len(parts) == 1:
        return {"error": _described(parts[0])}
    return {
        "error": {
            "type": type(error).__name__,
            "message": hide("\n".join(part.problem for part in parts)),
            "fix": hide("\n".join(dict.fromkeys(part.fix for part in parts if part.fix))),
            "problems": [_described(part) for part in parts],
        }
    }


def _described(error: AssetsError) -> dict[str, str]:
    found = {"type": type(error).__name__, "message": error.problem, "fix": error.fix}
    if error.where:
        found["where"] = error.where
    return {name: said if name == "type" else hide(said) for name, said in found.items()}


def each(error: AssetsError) -> Iterator[AssetsError]:
    """Yield every single problem of an error."""
    if isinstance(error, DefinitionErrors):
        for part in error.problems:
            yield from each(part)
    else:
        yield error


def error_lines(error: AssetsError, *, debug: bool) -> list[str]:
    """Return an error as lines: what is wrong, where, the fix."""
    lines = traceback.format_exception(error) if debug else []
    problem, _, rest = clean(str(error)).partition("\n")
    return [*"".join(lines).splitlines(), strong(problem), *rest.splitlines()]


def unexpected_lines(error: BaseException, *, debug: bool) -> list[str]:
    """Return what is said about a mistake of ours."""
    if debug:
        return "".join(traceback.format_exception(error)).splitlines()
    name = type(error).__name__
    text = clean(str(error)).partition("\n")[0]
    return [
        strong(f"Something unexpected went wrong: {name}: {text}".rstrip(": ")),
        "  Fix: run it again with --debug to see more, and please report it",
    ]
