"""The line at the foot of a terminal that says what is running just now."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.text import Text

from assets_core.model.hiding import hide


class Live:
    """A line that is written over again and again; other lines appear above it."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False)
        self._status = self._console.status("", spinner="dots")

    def start(self) -> None:
        """Show the line."""
        self._status.start()

    def stop(self) -> None:
        """Take the line away."""
        self._status.stop()

    def show(self, text: str) -> None:
        """Say something else."""
        room = max(20, self._console.width - 4)
        line = Text(text, no_wrap=True)
        line.truncate(room, overflow="ellipsis")
        self._status.update(line)

    def print(self, line: str) -> None:
        """Write a line above."""
        self._console.print(Text.from_ansi(hide(line)), soft_wrap=True)
