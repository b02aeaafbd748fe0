"""Tells how a run goes on: one line for each step that has ended."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from time import monotonic
from typing import Any

from assets_core.catalogue.words import count_text
from assets_core.interfaces.cli.layout import clean, quiet, wide
from assets_core.interfaces.cli.previewing import preview_lines
from assets_core.interfaces.cli.screen import Screen
from assets_core.interfaces.cli.step_lines import (
    STATUS_WIDTH,
    WIDEST_NAME,
    Group,
    how_far,
    step_lines,
    warning_lines,
)
from assets_core.model.events import (
    Event,
    Preview,
    RunEnded,
    RunStarted,
    StepEnded,
    StepsPlanned,
    StepStarted,
    StepWaiting,
    Warned,
)
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StepRecord

EVERY_SECONDS = 10.0
"""How often a long run says how far it is."""

_HEARD = b"\nStopping when what runs now has ended; Ctrl-C again leaves it at once\n"


class Progress:
    """Watches a run and writes lines.

    Attributes:
        run_id: The run, as soon as it has begun with something to do.
    """

    def __init__(self, screen: Screen, clock: Callable[[], float] = monotonic) -> None:
        self.run_id = ""
        self._clock = clock
        self._began = self._told = 0.0
        self._groups: dict[str, Group] = {}
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
            case Preview() | RunStarted() | StepsPlanned() | RunEnded():
                self._take_run(event)
            case StepStarted():
                self._running[event.cell] = None
            case StepEnded():
                self._end(event.step)
            case StepWaiting():
                self._write(f"{'waiting':{STATUS_WIDTH}}  {event.cell}  {event.why}")
            case Warned():
                self._above(self._screen.complain, f"warning: {clean(event.text)}")
        self._refresh()

    def _take_run(self, event: Preview | RunStarted | StepsPlanned | RunEnded) -> None:
        match event:
            case Preview():
                self._screen.tell(*preview_lines(event))
            case RunStarted():
                self._begin(event)
            case StepsPlanned():
                self._plan_more(event)
            case RunEnded():
                self.stop()

    def _end(self, step: StepRecord) -> None:
        self._running.pop(step.cell, None)
        self._ended += 1
        group = self._groups.get(step.cell.asset)
        if group is None:
            lines = step_lines(step, self._name_width, self._screen.width)
        else:
            lines = group.take(step, self._name_width, self._screen.width)
        for line in (*lines, *warning_lines(step)):
            self._write(line)
        self._tell_now_and_then()

    def _tell_now_and_then(self) -> None:
        """Say how far a long run is, where there is no live line that says so."""
        now = self._clock()
        if self._live is None and self._groups and now - self._told >= EVERY_SECONDS:
            self._told = now
            self._write(quiet(f"  {self._how_far()}"))

    def _how_far(self) -> str:
        """Return how many steps are done, how fast that goes, and how long it takes."""
        return how_far(self._ended, self._steps, self._clock() - self._began)

    def _begin(self, event: RunStarted) -> None:
        if not event.steps:
            return
        self.run_id, self._steps = event.run_id, event.steps
        self._began = self._told = self._clock()
        self._groups = _groups(event.by_asset)
        fresh = f", {event.fresh:,} fresh" if event.fresh else ""
        self._write(quiet(f"run {event.run_id[:12]}: {_steps(event.steps)}{fresh}"))
        if self._screen.live:
            live = import_module("assets_core.interfaces.cli.live")  # it brings in rich
            self._live = live.Live(self._screen.progress)
            self._live.start()

    def _plan_more(self, event: StepsPlanned) -> None:
        self._steps = self._ended + event.steps
        self._groups = _groups(event.by_asset)
        if event.steps:
            self._write(quiet(f"for the keys that are known now: {_steps(event.steps)}"))

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
            self._live.show(f"{self._how_far()}, running: {names}")

    def stop(self) -> None:
        """Take the live line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def heard(self) -> None:
        """Say that an interruption was heard; called inside a signal handler."""
        if self._steps:
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, _HEARD)


def _groups(by_asset: Mapping[AssetKey, int]) -> dict[str, Group]:
    """Return the assets of which several partitions are told together."""
    return {key: Group(key, count) for key, count in by_asset.items() if count > 1}


def _steps(count: int) -> str:
    return count_text(count, "step")
