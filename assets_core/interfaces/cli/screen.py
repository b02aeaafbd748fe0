"""Where texts go: stdout for what was asked for, stderr for everything else.

A reader that goes away is no error: what follows is written to nobody.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import click

from assets_core.model.hiding import hide

WIDTH = 80


@contextlib.contextmanager
def kept_stdout() -> Iterator[TextIO]:
    """Give stdout to one writer; what others print meanwhile goes to stderr."""
    try:
        sys.stdout.flush()
        own, before = os.dup(1), os.dup(1)
    except (AttributeError, OSError):  # it is closed
        yield io.StringIO()
        return
    out = os.fdopen(own, "w", encoding=sys.stdout.encoding, errors="backslashreplace")
    try:
        with contextlib.suppress(OSError):
            os.dup2(2, 1)
        yield out
    finally:
        with contextlib.suppress(OSError):
            out.close()
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os.dup2(before, 1)
        os.close(before)


class Screen:
    """The two streams of a command, with their colours and width.

    Args:
        out: Where documents and texts go.
        json: Whether `out` is kept for one document, so that progress goes to stderr.
    """

    def __init__(self, out: TextIO | None = None, *, json: bool = False) -> None:
        self.out = out or sys.stdout
        self.error = sys.stderr
        self.progress = self.error if json else self.out
        self.json = json

    def say(self, *lines: str) -> None:
        """Write lines of what was asked for."""
        _write(self.out, lines)

    def tell(self, *lines: str) -> None:
        """Write lines of progress."""
        _write(self.progress, lines)

    def complain(self, *lines: str) -> None:
        """Write lines of an error or a warning."""
        _write(self.error, lines)

    def document(self, document: Any) -> None:
        """Write one JSON document, whose free text was hidden where it was made."""
        self.draw(json.dumps(document, indent=2, allow_nan=False))

    def draw(self, *lines: str) -> None:
        """Write lines for programs, in which a name stays whole whatever it is."""
        _put(self.out, "".join(f"{line}\n" for line in lines))

    @property
    def width(self) -> int | None:
        """Return the columns of the terminal; None where lines may be of any length."""
        return shutil.get_terminal_size((WIDTH, 24)).columns if _is_live(self.out) else None

    @property
    def live(self) -> bool:
        """Return whether a line of progress may be written over."""
        return _is_live(self.progress) and os.environ.get("TERM") != "dumb"


def _write(stream: TextIO | None, lines: tuple[str, ...]) -> None:
    _put(stream, hide("".join(f"{line}\n" for line in lines)))


def _put(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    if not has_colour(stream):
        text = click.unstyle(text)
    try:
        stream.write(text)
        stream.flush()
    except (BrokenPipeError, ValueError):
        _silence(stream)


def _silence(stream: TextIO) -> None:
    """Send what is still to come, and what Python flushes at its end, to nobody."""
    with contextlib.suppress(OSError, ValueError):
        nobody = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nobody, stream.fileno())
        os.close(nobody)


def has_colour(stream: TextIO) -> bool:
    """Return whether a stream may be given colours."""
    return (
        _is_live(stream)
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def _is_live(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # it is closed
        return False
