"""Tells how a run goes on: one line for each step that has ended."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from assets_core.interfaces.cli.layout import clean, quiet, status_word, wide
from assets_core.interfaces.cli.screen import Screen
from assets_core.interfaces.cli.words import (
    bytes_text,
    count_text,
    rows_text,
    seconds_text,
)
from assets_core.model.events import (
    Event,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
    StepWaiting,
    Warned,
)
from assets_core.model.keys import Cell
from assets_core.model.records import StepRecord

STATUS_WIDTH = 11
WIDEST_NAME = 28

_HEARD = b"\nStopping when what runs now has ended; Ctrl-C again leaves it at once\n"


class Progress:
    """Watches a run and writes lines.

    Attributes:
        run_id: The run, as soon as it has begun with something to do.
    """

    def __init__(self, screen: Screen) -> None:
        self.run_id = ""
        self._screen = screen
        self._name_width = 0
        self._lock = threading.RLock()
        self._running: dict[Cell, None] = {}
        self._steps = 0
        self._ended = 0
        self._live: Any = None

    def expect(self, names: Iterable[str]) -> None:
        """Make room for the names of assets."""
        self._name_width = min(WIDEST_NAME, max(map(wide, names), default=0))

    def notify(self, event: Event) -> None:
        """Take note of something that has happened."""
        with self._lock:
            self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._begin(event)
            case StepStarted():
                self._running[event.cell] = None
            case StepEnded():
                self._end(event.step)
            case StepWaiting():
                self._write(f"{'waiting':{STATUS_WIDTH}}  {event.cell}  {event.why}")
            case Warned():
                self._above(self._screen.complain, f"warning: {clean(event.text)}")
            case RunEnded():
                self.stop()
        self._refresh()

    def _end(self, step: StepRecord) -> None:
        self._running.pop(step.cell, None)
        self._ended += 1
        lines = step_lines(step, self._name_width, self._screen.width)
        for line in (*lines, *warning_lines(step)):
            self._write(line)

    def _begin(self, event: RunStarted) -> None:
        if not event.steps:
            return
        self.run_id, self._steps = event.run_id, event.steps
        fresh = f", {event.fresh:,} fresh" if event.fresh else ""
        self._write(
            quiet(f"run {event.run_id[:12]}: {count_text(event.steps, 'step')}{fresh}")
        )
        if self._screen.live:
            live = import_module("assets_core.interfaces.cli.live")  # it brings in rich
            self._live = live.Live(self._screen.progress)
            self._live.start()

    def _write(self, line: str) -> None:
        if self._live is None:
            self._screen.tell(line)
        else:
            self._live.print(line)

    def _above(self, write: Callable[[str], None], line: str) -> None:
        if self._live is None:
            write(line)
        else:
            self._live.print(line)

    def _refresh(self) -> None:
        if self._live is not None:
            names = ", ".join(str(cell) for cell in self._running) or "…"
            self._live.show(f"{self._ended} of {self._steps} done, running: {names}")

    def stop(self) -> None:
        """Take the live line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def heard(self) -> None:
        """Say that an interruption was heard; called inside a signal handler."""
        if self._steps:
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, _HEARD)


def warning_lines(step: StepRecord) -> list[str]:
    """Return a line for each check that only warns and did not pass."""
    return [
        f"{status_word('warning', STATUS_WIDTH)}  {step.cell}: {check.check}:"
        f" {clean(check.message) or 'not passed'}"
        for check in step.checks
        if not check.passed and not check.blocking
    ]


def step_lines(step: StepRecord, name_width: int, width: int | None) -> list[str]:
    """Return what is said of a step that has ended: one line, two if it has a long name."""
    name = str(step.cell)
    head = f"{status_word(step.status, STATUS_WIDTH)}  {name}"
    room = STATUS_WIDTH + 2 + name_width
    tail = _tail(step)
    if not tail:
        return [head]
    line = f"{head}{' ' * (name_width - wide(name))}  {tail}"
    if wide(name) <= name_width:
        return [line]
    line = f"{head}  {tail.lstrip()}"
    if width is None or wide(line) <= width:
        return [line]
    return [head, f"{' ' * room}  {tail}"]


def _tail(step: StepRecord) -> str:
    if step.status == "canceled":
        return ""
    if step.status == "blocked":
        return clean(step.error.message) if step.error else ""
    rows = f"{rows_text(step.rows)} rows" if step.rows is not None else ""
    seconds = seconds_text(step.seconds)
    tail = f"{rows:>14}  {bytes_text(step.bytes):>8}  {seconds:>7}"
    if step.status == "failed" and step.error:
        return f"{tail}  {step.error.type}"
    return tail
