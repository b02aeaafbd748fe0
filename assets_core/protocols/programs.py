"""What the core asks of the system: to run a program, and to end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import field
from typing import Protocol

from assets_core.frozen import frozen


@frozen
class Program:
    """A program that is to run.

    Attributes:
        arguments: The program and its arguments. No shell reads them.
        variables: The environment variables that it gets beside those that every program
            gets; None for the value that this process has.
        seconds: How long it may take.
    """

    arguments: tuple[str, ...]
    variables: Mapping[str, str | None] = field(default_factory=dict)
    seconds: float | None = None


@frozen
class Ended:
    """How a program ended.

    Attributes:
        code: What it returned; below 0 the number of the signal that ended it.
        timed_out: Whether it was ended because it took too long.
        last: The last lines that it wrote.
    """

    code: int
    timed_out: bool
    last: tuple[str, ...]


class Programs(Protocol):
    """Runs programs.

    A program gets no more variables than those it is given, those named by `PATH`, `HOME`,
    `LANG`, `LC_ALL` and `TZ`, and a `TMPDIR`. When it has ended, or was ended, nothing that
    it has started in its process group goes on.
    """

    def scratch(self) -> AbstractContextManager[str]:
        """Give the path of an empty folder, which is removed afterwards."""
        ...

    def run(self, program: Program, folder: str, tell: Callable[[str], None]) -> Ended:
        """Run a program in a folder until it ends.

        Args:
            tell: Gets every line that it writes, to whichever of its two outputs.

        Raises:
            CommandError: It cannot be started.
        """
        ...

    def stop(self) -> None:
        """End all programs that run, at once; for a process that is about to end."""
        ...
