"""How a command ends that did not come to its end: what is said, and the exit code."""

from __future__ import annotations

import errno
from typing import Any

import click

from assets_core.errors import AssetsError, DefinitionError
from assets_core.interfaces.cli.interrupts import INTERRUPTED
from assets_core.interfaces.cli.problems import (
    FAILED,
    MISUSED,
    error_document,
    error_lines,
    exit_code,
    from_click,
    unexpected_lines,
)
from assets_core.interfaces.cli.screen import Screen
from assets_core.model.hiding import hide


def told(error: BaseException, *, json: bool, debug: bool) -> int:
    """Say what went wrong and return the exit code; with `json`, in a document too."""
    screen = Screen()
    if isinstance(error, click.Abort | KeyboardInterrupt):
        lines, code = ["Interrupted"], INTERRUPTED
        document = _document("KeyboardInterrupt", "Interrupted", "")
    elif isinstance(error, click.exceptions.NoArgsIsHelpError) and not json:
        lines, code, document = error.format_message().splitlines(), MISUSED, {}
    elif isinstance(error, SystemExit) and _reader_left(error):
        return FAILED
    elif (known := _known(error)) is not None:
        lines, code = error_lines(known, debug=debug), exit_code(known)
        document = error_document(known)
    else:
        lines, code = unexpected_lines(error, debug=debug), FAILED
        kind = type(error).__name__
        document = _document(kind, str(error), "run it again with --debug to see more")
    screen.complain(*lines)
    if json:
        screen.document(document)
    return code


def _known(error: BaseException) -> AssetsError | None:
    """Return an error as one that the user can mend; None for a mistake of ours."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return from_click(click.UsageError("A command is missing", error.ctx))
    if isinstance(error, click.ClickException):
        return from_click(error)
    if isinstance(error, SystemExit):
        found = DefinitionError(
            f"Code of the project ended the process with sys.exit({error.code!r})",
            fix="raise an error there, or return; --debug shows the place",
        )
        found.__cause__ = error
        return found
    return error if isinstance(error, AssetsError) else None


def _reader_left(error: SystemExit) -> bool:
    """Return whether click ended because nobody reads what it writes."""
    return getattr(error.__context__, "errno", None) == errno.EPIPE


def _document(kind: str, message: str, fix: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": hide(message), "fix": fix}}
